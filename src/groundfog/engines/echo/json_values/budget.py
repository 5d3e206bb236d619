"""How much work the making of one value may be: nobody else is answered meanwhile."""

from __future__ import annotations

from typing import Any

from groundfog import errors

MOST_STEPS = 100_000
"""A step is about a microsecond."""
MERGING = "too many parts to put together (allOf, $ref)"
CHECKING = "too many values to check"
MAKING = "too many values to make"
MATCHING = "patterns that take too long"


class Budget:
    """Shared by all that happens for one schema, in every attempt; `patterns` are those that have been read."""

    __slots__ = ("left", "patterns")

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.left = steps
        self.patterns: dict[str, Any] = {}

    def spend(self, steps: int, on: str) -> None:
        """Raises NO_JSON_SCHEMA, which says what there is too much of, when nothing is left."""
        self.left -= steps
        if self.left < 0:
            raise errors.NO_JSON_SCHEMA(what=f"the schema is too large for echo: {on}")

    def weigh(self, value: Any, on: str) -> None:
        """Spend what it takes to go through all of a JSON value."""
        waiting = [value]
        while waiting:
            part = waiting.pop()
            if isinstance(part, str):
                self.spend(len(part) // 16, on)
            elif isinstance(part, dict):
                self.spend(1 + len(part), on)
                waiting += part.values()
            elif isinstance(part, list):
                self.spend(1 + len(part) // 2, on)
                waiting += part
