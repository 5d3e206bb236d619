"""What callers say about an answer (spec ai-gateway §3.13): numbers, or the older `{rating, comment}`."""

from __future__ import annotations

import math
from typing import Any

from groundfog.gateway.checks import Path, fields, mapping, nullable, number, refuse, text

COMMENT = "feedback_comment"
"""Metadata entry that keeps a comment."""


def read(data: Any) -> dict[str, Any]:
    """The changes of a PATCH: `feedback` 1, -1 or None, `score` 0 to 100 or None, `metadata` to merge or None.

    Only what was sent is there. Raises GATEWAY_INVALID.
    """
    given: dict[str, Any] = fields(
        {
            "feedback": lambda value, path: value,
            "score": nullable(_score),
            "metadata": nullable(mapping(_plain, text(1, 200), 100)),
        }
    )(data, ())
    if "feedback" not in given:
        return given
    if isinstance(given["feedback"], dict):
        return _rated(given)
    return {**given, "feedback": _thumb(given["feedback"], ("feedback",))}


def _rated(given: dict[str, Any]) -> dict[str, Any]:
    """-1, 0 and 1 are thumbs; 2 to 5 are stars, of which 4 and 5 are praise."""
    path = ("feedback",)
    opinion = fields({"rating": nullable(number(least=-1)), "comment": nullable(text(0, 10_000))})(
        given["feedback"], path
    )
    changes = dict(given)
    rating = opinion.get("rating")
    if rating is not None and rating > 1:
        if rating > 5 or rating != int(rating):
            refuse((*path, "rating"), "must be -1, 0, 1, or 2 to 5 stars")
        changes["feedback"] = 1 if rating >= 4 else None if rating == 3 else -1
        changes.setdefault("score", (int(rating) - 1) * 25)
    else:
        changes["feedback"] = _thumb(rating, (*path, "rating"))
    comment = opinion.get("comment")
    if comment:
        changes["metadata"] = {**(given.get("metadata") or {}), COMMENT: comment}
    return changes


def _thumb(value: Any, path: Path) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value not in (-1, 0, 1):
        refuse(path, "must be 1, -1, 0 or null")
    return int(value) or None


def _score(value: Any, path: Path) -> float:
    given: float = number(least=0)(value, path)
    if given > 100:
        refuse(path, "must be 0 to 100")
    return given


def _plain(value: Any, path: Path) -> str | int | float | bool:
    if not isinstance(value, str | int | float | bool) or (isinstance(value, float) and not math.isfinite(value)):
        refuse(path, "must be a string, a number or a boolean")
    return value
