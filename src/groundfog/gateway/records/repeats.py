"""Bodies that one journal file has already: a cache hit repeats what the hit before it said.

Writing two kilobytes costs more than finding out that they are there. The first hit of a file is written whole; a later
one says at which byte of the same file that frame begins, so that the file alone is enough to read both.
"""

from __future__ import annotations

import os

import msgspec

from groundfog.gateway.record import Record
from groundfog.gateway.records import frames

LEAST = 256
"""Bytes of bodies that are worth it."""
MOST = 8 << 20
"""Bytes of bodies that are remembered."""
Bodies = tuple[bytes | None, bytes | None]


class Repeats:
    """What the current file has. `clear` it with a new file, and when something of it was not written."""

    __slots__ = ("_known", "_size")

    def __init__(self) -> None:
        self._known: dict[Bodies, tuple[int, Bodies]] = {}
        self._size = 0

    def clear(self) -> None:
        self._known.clear()
        self._size = 0

    def find(self, record: Record, start: int) -> int | None:
        """Where the file has the bodies of a hit; None for the first, whose frame will begin at `start`.

        The record gets the very objects that the first had, so that they are hashed and kept once.
        """
        bodies = (record.request_body, record.response_body)
        known = self._known.get(bodies)
        if known is not None:
            at, (record.request_body, record.response_body) = known
            return at
        size = len(bodies[0] or b"") + len(bodies[1] or b"")
        if LEAST <= size <= MOST:
            if self._size + size > MOST:
                self.clear()
            self._known[bodies] = start, bodies
            self._size += size
        return None


def restore(records: list[Record], fd: int) -> None:
    """Give records that were read from a file the bodies that it has elsewhere. What cannot be read stays without."""
    found: dict[int, Bodies] = {}
    for record in records:
        at = record.bodies_at
        if at is None or record.request_body is not None or record.response_body is not None:
            continue
        if at not in found:
            found[at] = _bodies(fd, at)
        record.request_body, record.response_body = found[at]


def _bodies(fd: int, at: int) -> Bodies:
    size = frames.needed(os.pread(fd, frames.HEADER.size, at))
    try:
        records, _ = frames.read(os.pread(fd, size, at), 1)
    except (frames.Damaged, msgspec.DecodeError):
        return None, None
    return (records[0].request_body, records[0].response_body) if records else (None, None)
