"""Small helpers to make answers follow from content."""

from __future__ import annotations

from groundfog.engines.echo.seeds import Random


def shares(random: Random, count: int) -> list[float]:
    """`count` probabilities that sum to about 1, largest first, with four digits."""
    weights = sorted((random.unit() + 0.01 for _ in range(count)), reverse=True)
    weights[0] += 1.5
    total = sum(weights)
    return [round(weight / total, 4) for weight in weights]
