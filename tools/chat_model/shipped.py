"""The file that ships with groundfog, and what `tools.chat_model.ship` measured of it.

`shipped.json` keeps the numbers: tests hold the file to them, and the tables of docs/chat-model.md are made from them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from groundfog.weights import embedded

FOLDER = embedded.CHAT
FILE = FOLDER / "model.gguf"
RECORD = Path(__file__).with_name("shipped.json")
QUICK_CASES = 40
"""For each skill, in the short evaluation that tests repeat."""
TO_SHIP = {
    ("context", "answers"): 0.60,
    ("context", "refusals"): 0.70,
    ("extract", "fields"): 0.60,
    ("tools", "right tool"): 0.70,
    ("all", "ended well"): 0.95,
}
"""From here on it is of more use than `echo`."""


class Measure(msgspec.Struct, frozen=True):
    """`right` of `asked` answers; `goal` and the least `to_ship` are shares, None where nothing is asked of it."""

    skill: str
    measure: str
    right: int
    asked: int
    goal: float | None = None
    to_ship: float | None = None

    @property
    def share(self) -> float:
        return self.right / max(self.asked, 1)

    @property
    def ships(self) -> bool:
        return self.to_ship is None or self.share >= self.to_ship


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """`digest` is the file's sha256; `by_hand` are right answers out of ten, by form; `speed` as the tool prints it."""

    digest: str
    size: int
    parameters: int
    evaluation: list[Measure]
    quick: list[Measure]
    by_hand: dict[str, int]
    by_hand_goal: int
    speed: list[dict[str, Any]]


def record() -> Record:
    return msgspec.json.decode(RECORD.read_bytes(), type=Record)


def file_line() -> str:
    kept = record()
    size = f"{kept.parameters / 1e6:.1f} million numbers, {kept.size / 1e6:.1f} MB"
    return f"`groundfog-chat/model.gguf`: {size}, a context of 2,048 tokens, under groundfog's own licence."


def evaluation_table() -> str:
    lines = ["| Skill | Measure | Goal | To ship | Reached | Cases |", "| --- | --- | ---: | ---: | ---: | ---: |"]
    for row in record().evaluation:
        cells = (row.skill, row.measure, _least(row.goal), _least(row.to_ship), f"{row.share:.1%}", f"{row.asked:,}")
        lines.append(f"| {' | '.join(cells)} |".replace("%", " %").replace("  ", " "))
    return "\n".join(lines)


def by_hand_table() -> str:
    kept = record()
    lines = ["| Form | Goal | Reached |", "| --- | ---: | ---: |"]
    lines += [f"| {form} | {kept.by_hand_goal} of 10 | {right} of 10 |" for form, right in kept.by_hand.items()]
    return "\n".join(lines)


def speed_table() -> str:
    head = ("File", "Size", "Prompt tokens/s", "Tokens/s, one answer", "Tokens/s, eight at once", "Memory")
    lines = [f"| {' | '.join(head)} |", "| --- " + "| ---: " * (len(head) - 1) + "|"]
    for row in record().speed:
        rates = (f"{row[name]:,}" for name in ("prompt_tokens_per_s", "tokens_per_s", "tokens_per_s_of_8"))
        cells = (row["file"], f"{row['size_mb']} MB", *rates, f"{row['memory_mb']:.0f} MB")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _least(share: float | None) -> str:
    return "" if share is None else f"≥ {share:.0%}"
