"""Progress of long work on standard error: a bar for people, a line per file for logs."""

from __future__ import annotations

from types import MappingProxyType

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from groundfog.weights.progress import Step

WORDS = MappingProxyType({"download": "Downloading", "verify": "Checking", "copy": "Copying"})


class Bar:
    """One line per stage: name, bar, bytes, speed, time left."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, TaskID] = {}
        self._progress.start()

    def __call__(self, step: Step) -> None:
        if step.stage == "resolve":
            self._progress.console.print(f"Looking up {step.file} …", style="dim")
        elif step.stage == "wait":
            self._progress.console.print(f"Waiting: another pull of {step.file} is on.", style="dim")
        elif step.stage in WORDS and step.total:
            task = self._tasks.get(step.stage)
            if task is None:
                task = self._progress.add_task(WORDS[step.stage], total=step.total, completed=step.done)
                self._tasks[step.stage] = task
            self._progress.update(task, completed=step.done)

    def close(self) -> None:
        self._progress.stop()


class Lines:
    """For logs and pipes."""

    def __init__(self) -> None:
        self._last = ("", "")

    def __call__(self, step: Step) -> None:
        if (step.stage, step.file) == self._last:
            return
        self._last = (step.stage, step.file)
        if step.stage == "resolve":
            click.echo(f"Looking up {step.file}", err=True)
        elif step.stage == "wait":
            click.echo(f"Waiting: another pull of {step.file} is on", err=True)
        elif step.stage in WORDS:
            click.echo(f"{WORDS[step.stage]} {step.file} ({step.done} of {step.total} bytes)", err=True)

    def close(self) -> None: ...
