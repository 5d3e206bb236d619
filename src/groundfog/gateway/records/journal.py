"""The journal of one process: what was answered is in it before the last byte of the answer leaves.

Records of one turn of the event loop are written with one system call. The database follows behind (`applier`).
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, NamedTuple

from groundfog import errors
from groundfog.gateway.record import Record
from groundfog.gateway.records import frames
from groundfog.gateway.records.repeats import Repeats
from groundfog.gateway.waiting import Ticket

Durability = Literal["power", "process", "deferred"]
SEGMENT_BYTES = 64 << 20
"""A file longer than this is closed, and deleted when the database has it."""
IN_MEMORY_BYTES = 16 << 20
"""While more than this waits for the database, what is written is read back from the file."""
PROBE_EVERY_S = 1.0
"""How often one request may try whether a journal that could not be written can be again."""

log = logging.getLogger(__name__)


class Segment:
    """One file. Its process holds a lock on it as long as it lives: an unlocked one belongs to a dead process."""

    __slots__ = ("applied", "closed", "fd", "path", "written")

    def __init__(self, path: Path, fd: int, written: int = len(frames.MARK)) -> None:
        self.path = path
        self.fd = fd
        self.written = written
        """Where the next frame goes."""
        self.applied = len(frames.MARK)
        """Up to where the database has it."""
        self.closed = False
        """Nothing will be added."""


class Written(NamedTuple):
    """What one write added to a file, from `start` to before `end`."""

    segment: Segment
    start: int
    end: int
    records: list[Record]


class Journal:
    """Appends on the event loop's thread; `segments` is also read by the applier's.

    `limit` is how many bytes may wait for the database (settings.gateway_spill_bytes). `written` is called after each
    write with the records that it made durable.
    """

    def __init__(
        self,
        directory: Path,
        process: str,
        durability: Durability,
        limit: int,
        written: Callable[[list[Record]], None],
    ) -> None:
        self._directory = directory
        self._process = process
        self._durability = durability
        self._limit = limit
        self._written = written
        self._buffer = bytearray()
        self._records: list[Record] = []
        self._repeats = Repeats()
        self._tickets: list[Ticket] = []
        self._syncing = False
        self._unsynced: list[Ticket] = []
        self._dirty: dict[Segment, int] = {}
        """Files with bytes that the disk may not have, and a descriptor of our own for each."""
        self._thread: ThreadPoolExecutor | None = None
        self._failing = False
        """The last write failed."""
        self._probe_at = 0.0
        self._number = 0
        self._current: Segment | None = None
        self.segments: list[Segment] = []
        """Oldest first; the applier takes away what is applied and closed."""
        self.recent: deque[Written] = deque()
        """What was written last, oldest first, for the applier to take: most of it is never read back."""
        self.total = 0
        """Bytes of frames ever written."""
        self.applied = 0
        """Bytes of frames that the database has."""

    def open(self) -> None:
        """Make the file, and lock it. Raises SPILL_FULL when that is impossible."""
        if self._current is not None:
            return
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._number += 1
            segment = _create(self._directory, f"{self._process}-{self._number:06d}")
        except OSError as error:
            raise errors.SPILL_FULL() from error
        if self._durability == "power":
            sync_directory(self._directory)
        self.segments.append(segment)
        self._current = segment
        self._repeats.clear()

    @property
    def waiting(self) -> int:
        """Bytes that the database does not have yet."""
        return self.total - self.applied + len(self._buffer)

    def check(self) -> None:
        """Raises SPILL_FULL when no more can be recorded: ask before something is done that must be."""
        if self.waiting >= self._limit:
            raise errors.SPILL_FULL()
        if self._failing:
            now = time.monotonic()
            if now < self._probe_at:
                raise errors.SPILL_FULL()
            self._probe_at = now + PROBE_EVERY_S

    async def append(self, record: Record) -> None:
        """Return when the record is as durable as the settings ask. Raises SPILL_FULL."""
        buffer = self._buffer
        if self.total - self.applied + len(buffer) >= self._limit:
            raise errors.SPILL_FULL()
        loop = asyncio.get_running_loop()
        if not buffer:
            if self._current is None:
                self.open()
            loop.call_soon(self.flush)
        known = None
        if record.cached and self._current is not None:
            known = self._repeats.find(record, self._current.written + len(buffer))
        self._records.append(frames.add(buffer, record, known))
        if self._durability == "deferred":
            return
        ticket = Ticket(loop)
        self._tickets.append(ticket)
        await ticket

    def flush(self, *, inside: bool = False) -> None:
        """Write what was appended in this turn of the loop, and go on with those who wait for it: at once, or, where a
        task calls (`inside`), in the next turn.
        """
        buffer, segment = self._buffer, self._current
        if not buffer or segment is None:
            return
        tickets, self._tickets = self._tickets, []
        records, self._records = self._records, []
        size = len(buffer)
        try:
            frames.write_all(segment.fd, buffer)
        except OSError as error:
            if not self._failing:
                log.error("the journal %s cannot be written: %s", segment.path, error)
            self._failing, self._probe_at = True, time.monotonic() + PROBE_EVERY_S
            self._buffer = bytearray()
            self._repeats.clear()
            self._cut(segment)
            _end(tickets, errors.SPILL_FULL, inside=inside)
            return
        if self._failing:
            self._failing = False
            log.warning("the journal can be written again")
        buffer.clear()
        if self.total - self.applied < IN_MEMORY_BYTES:
            self.recent.append(Written(segment, segment.written, segment.written + size, records))
        segment.written += size
        self.total += size
        if self._durability == "power" and segment not in self._dirty:
            # A duplicate, since the applier closes the file once the database has it.
            self._dirty[segment] = os.dup(segment.fd)
        if segment.written >= SEGMENT_BYTES:
            segment.closed = True
            self._current = None
        self._written(records)
        if self._durability == "power":
            self._unsynced.extend(tickets)
            self._sync()
        else:
            _end(tickets, inside=inside)

    def _cut(self, segment: Segment) -> None:
        """Take away a half-written frame; where that fails too, let it be the last one of its file."""
        try:
            os.ftruncate(segment.fd, segment.written)
        except OSError:
            segment.closed = True
            self._current = None

    def _sync(self) -> None:
        """One sync at a time; what is written meanwhile waits for the next."""
        if self._syncing or not self._unsynced:
            return
        self._syncing = True
        tickets, self._unsynced = self._unsynced, []
        dirty, self._dirty = self._dirty, {}
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="groundfog-journal")
        done = asyncio.get_running_loop().run_in_executor(self._thread, _fdatasync, list(dirty.values()))

        def finish(done: asyncio.Future[None]) -> None:
            self._syncing = False
            if done.cancelled() or done.exception() is not None:
                log.error("the journal cannot be synced")
                _end(tickets, errors.SPILL_FULL)
            else:
                _end(tickets)
            self._sync()

        done.add_done_callback(finish)

    def close(self) -> None:
        """Write the rest. The files stay, for the applier to finish; it also closes them."""
        self.flush(inside=True)
        for segment in self.segments:
            segment.closed = True
        self._current = None
        if self._thread is not None:
            self._thread.shutdown(wait=True)
            self._thread = None


def _create(directory: Path, name: str) -> Segment:
    """Locked before it has its name, so that nobody takes it for a dead process's."""
    path = directory / f"{name}.journal"
    new = directory / f"{name}.new"
    fd = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        frames.write_all(fd, frames.MARK)
        os.rename(new, path)
    except BaseException:
        os.close(fd)
        new.unlink(missing_ok=True)
        raise
    return Segment(path, fd)


def sync_directory(directory: Path) -> None:
    fd = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _fdatasync(descriptors: list[int]) -> None:
    try:
        for fd in descriptors:
            os.fdatasync(fd)
    finally:
        for fd in descriptors:
            os.close(fd)


def _end(tickets: list[Ticket], why: Callable[[], Exception] | None = None, *, inside: bool = False) -> None:
    """Go on with who waits; `why` makes the error for each."""
    if inside and tickets:
        asyncio.get_running_loop().call_soon(_end, tickets, why)
        return
    for ticket in tickets:
        ticket.end(None if why is None else why())
