"""The seam of those who judge a text: which categories does it violate (spec ai-gateway §3.17)?"""

from __future__ import annotations

import dataclasses
from typing import Literal, Protocol

CATEGORIES: dict[str, str] = {
    "S1": "Violent crimes",
    "S2": "Non-violent crimes",
    "S3": "Sex-related crimes",
    "S4": "Child sexual exploitation",
    "S5": "Defamation",
    "S6": "Specialised advice",
    "S7": "Privacy",
    "S8": "Intellectual property",
    "S9": "Indiscriminate weapons",
    "S10": "Hate",
    "S11": "Suicide and self-harm",
    "S12": "Sexual content",
    "S13": "Elections",
    "P1": "Prompt injection",
}
Role = Literal["user", "assistant"]


class ScannerUnavailable(Exception):
    """Nobody could judge; the text says why."""


@dataclasses.dataclass(frozen=True, slots=True)
class Verdicts:
    """`violated`: those of the asked categories. `model` and `source` say who judged, and go into the log."""

    violated: frozenset[str]
    model: str
    source: str


class Scanner(Protocol):
    async def scan(self, account: str, text: str, categories: frozenset[str], role: Role) -> Verdicts:
        """Judge a text of any length, which somebody in `role` wrote. Raises ScannerUnavailable."""
        ...
