"""What long work on weights says while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

Stage = Literal["resolve", "wait", "download", "copy", "verify", "done"]


class Step(msgspec.Struct, frozen=True):
    """`done` and `total` are bytes over all files of a stage, 0 if unknown. `wait`: another pull is on."""

    stage: Stage
    file: str = ""
    done: int = 0
    total: int = 0


Progress = Callable[[Step], None]


def silent(_: Step) -> None:
    """For callers that show nothing."""


class Counter:
    """Counts bytes over several files and reports each change."""

    def __init__(self, stage: Stage, total: int, progress: Progress, done: int = 0) -> None:
        self.stage: Stage = stage
        self.total = total
        self.done = done
        self.file = ""
        self._progress = progress

    def start(self, file: str) -> None:
        self.file = file
        self.add(0)

    def add(self, count: int) -> None:
        """`count` is negative when a transfer has to start again."""
        self.done += count
        self._progress(Step(self.stage, self.file, self.done, self.total))


def human_size(count: int) -> str:
    """`4.9 GB`, in decimal units as disks and hubs count."""
    value = float(count)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{count} bytes" if unit == "bytes" else f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB" if value < 1000 else f"{value / 1000:.2f} TB"
