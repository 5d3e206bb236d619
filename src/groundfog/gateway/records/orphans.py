"""Journals whose process has died: whoever gets the lock on one brings it into the database."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from groundfog.gateway.records import frames
from groundfog.gateway.records.journal import Segment


def process_of(path: Path) -> str:
    """The process that wrote a journal."""
    return path.stem.partition("-")[0]


@contextlib.contextmanager
def adopt(directory: Path, own: str) -> Iterator[dict[str, list[Segment]]]:
    """Journals of dead processes, oldest first, locked until the block ends: process → its files.

    A process that still holds one of its files is alive, and keeps them all.
    """
    found: dict[str, list[Segment]] = {}
    alive = {own}
    try:
        for path in sorted(directory.glob("*.journal")):
            process = process_of(path)
            if process in alive:
                continue
            segment = _lock(path)
            if segment is None:
                alive.add(process)
                for other in found.pop(process, ()):
                    os.close(other.fd)
            elif segment.written:
                found.setdefault(process, []).append(segment)
            else:
                os.close(segment.fd)
        for path in directory.glob("*.new"):
            # Its process died before the file had its name: nothing was in it that anybody waited for.
            if process_of(path) not in alive and (half := _lock(path)) is not None:
                path.unlink(missing_ok=True)
                os.close(half.fd)
        yield found
    finally:
        for segments in found.values():
            for segment in segments:
                if segment.fd >= 0:
                    os.close(segment.fd)


def _lock(path: Path) -> Segment | None:
    """The file, locked; None when somebody else holds it. `written` is 0 when it was finished by somebody else."""
    try:
        fd = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return Segment(path, os.open(os.devnull, os.O_RDONLY), 0)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    state = os.fstat(fd)
    segment = Segment(path, fd, state.st_size if state.st_nlink else 0)
    segment.closed = True
    return segment


def has_mark(segment: Segment) -> bool:
    """Whether it is a journal of this form."""
    return os.pread(segment.fd, len(frames.MARK), 0) == frames.MARK
