"""Labels with their scores: what classifiers answer."""

from __future__ import annotations

from typing import Any

import msgspec

from groundfog.tasks import schema as s
from groundfog.tasks.schema import Schema


class Label(msgspec.Struct):
    """`score` is a probability between 0 and 1."""

    label: str
    score: float


def shown(labels: list[Label]) -> list[dict[str, Any]]:
    return [{"label": label.label, "score": label.score} for label in labels]


LABEL: Schema = s.thing(
    {"label": s.text("What was found"), "score": s.number("Probability", least=0, most=1)}, ("label", "score")
)
