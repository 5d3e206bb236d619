"""How numbers and tables look in a terminal; plain and tab-free when piped."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from groundfog.weights.progress import human_size as size

__all__ = ["age", "bad", "dim", "good", "interactive", "size", "table"]


def age(seconds: float) -> str:
    """`3 min`."""
    for limit, unit, name in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds / 86_400:.0f} days"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> str:
    """Columns as wide as their longest cell; the head is bold in a terminal. `right`: columns of numbers."""
    cells = [list(head), *[list(row) for row in rows]]
    widths = [max(len(click.unstyle(row[column])) for row in cells) for column in range(len(head))]
    lines = []
    for number, row in enumerate(cells):
        parts = [_pad(cell, widths[column], column in right) for column, cell in enumerate(row)]
        line = "  ".join(parts).rstrip()
        lines.append(click.style(line, bold=True) if number == 0 else line)
    return "\n".join(lines)


def _pad(cell: str, width: int, right: bool) -> str:
    space = " " * (width - len(click.unstyle(cell)))
    return space + cell if right else cell + space


def dim(value: str) -> str:
    return click.style(value, dim=True)


def good(value: str) -> str:
    return click.style(value, fg="green")


def bad(value: str) -> str:
    return click.style(value, fg="red")


def interactive() -> bool:
    """Whether a person looks at standard output."""
    return sys.stdout.isatty()
