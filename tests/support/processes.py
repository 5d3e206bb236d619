"""Looking at processes that groundfog started."""

from __future__ import annotations

import contextlib

import psutil


def hosts() -> list[psutil.Process]:
    """Host processes that this very process started and that have not ended; servers of other tests do not count."""
    found: list[psutil.Process] = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if "groundfog.inference.host" in child.cmdline():
                found.append(child)
    return found
