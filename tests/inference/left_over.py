"""What a process holds that could leak."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import threading
from pathlib import Path

import psutil

from groundfog.inference.scratch import PREFIX

POOLED = ("asyncio_", "ThreadPoolExecutor")
"""Threads of the event loop's own pool come when they are needed and stay."""


def left_over() -> dict[str, int]:
    """Counts; equal before and after something, nothing of it has stayed."""
    return {
        "files": len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0,
        "processes": len(psutil.Process().children(recursive=True)),
        "threads": sum(not thread.name.startswith(POOLED) for thread in threading.enumerate()),
        "tasks": len(asyncio.all_tasks()),
        "scratch": len(list(Path(tempfile.gettempdir()).glob(f"{PREFIX}{os.getpid()}-*"))),
    }
