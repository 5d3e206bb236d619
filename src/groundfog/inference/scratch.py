"""A temporary directory for each host process, removed with it. Directories of servers that were killed are swept.

They lie in the system's temporary directory, not under the state: engines put Unix sockets there, whose paths must be
short.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import psutil

PREFIX = "groundfog-"


def make() -> Path:
    """A new directory, for this user's eyes only."""
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))


def remove(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)


def sweep() -> None:
    """Remove what servers left that ended without a chance to clean up."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = path.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            remove(path)
