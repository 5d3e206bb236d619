"""Brings journals into the database: in batches, each with its position in the same transaction, so exactly once."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from groundfog.errors import GroundfogError
from groundfog.gateway.record import Record
from groundfog.gateway.records import frames, orphans, repeats
from groundfog.gateway.records.journal import Journal, Segment, Written
from groundfog.store import Store

BATCH = 1024
"""Records of one transaction at most, but for those that were written at once."""
READ_BYTES = 4 << 20
"""What is read of a journal at a time, unless one frame is longer."""
ADOPT_EVERY_S = 3.0
UPKEEP_EVERY_S = 2.0
UPKEEP_PAUSE_S = 0.02
"""Between two steps of upkeep, when there is more to do."""
START_S = 0.2
"""So long after the start, or when there is something to apply, the work begins."""
PRIORITY = 5
"""Of the threads that write, where 0 is that of requests, and 19 the last."""
RETRY_S = 0.5
"""Pause while the database does not take anything."""

log = logging.getLogger(__name__)


class Sink(Protocol):
    """What is done with records, inside one transaction."""

    def prepare(self, process: str, records: list[Record]) -> Callable[[sqlite3.Connection], None]:
        """Work on records before a transaction; what is returned runs inside it."""
        ...

    def committed(self) -> None:
        """What was prepared last is in the database."""
        ...

    def settle(self, connection: sqlite3.Connection, process: str, records: list[Record]) -> None:
        """Only the charges of records that cannot be kept."""
        ...

    def finish(self, connection: sqlite3.Connection, process: str) -> None:
        """A process has died, and everything of its journals is applied."""
        ...

    def sweep(self, connection: sqlite3.Connection, alive: set[str]) -> None:
        """Processes not among `alive` have no journal: nothing of theirs will come any more."""
        ...


class Applier:
    """A thread of its own. It never stops because the database does not answer: it tries again."""

    def __init__(
        self,
        store: Store,
        directory: Path,
        process: str,
        journal: Journal,
        work: Callable[[], tuple[Sink, Callable[[sqlite3.Connection], bool]]],
    ) -> None:
        """`work` makes the sink and the upkeep, in this thread: loading what they need takes a tenth of a second.

        The upkeep does a part of what is to be done in the background, and says whether there is more.
        """
        self._store = store
        self._directory = directory
        self._process = process
        self._journal = journal
        self._make = work
        self._wake = threading.Event()
        self._hurry = threading.Event()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._handed: deque[Written] = deque()
        """What the journal handed over, and the database does not have."""
        self._waiting: list[tuple[int, Callable[[bool], None]]] = []
        self._adopted = False
        self._stopping = False
        self._batch = BATCH
        self.failing = False
        """The database has not taken the last batch."""
        self._thread = threading.Thread(target=self._run, name="groundfog-records", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Apply what was written by now. Waking a thread costs as much as some rows: let a batch gather first."""
        self._wake.set()

    def when_applied(self, done: Callable[[bool], None]) -> None:
        """Call `done(True)` when everything journalled so far, and by dead processes, is in the database; `done(False)`
        when the database cannot be written. From the applier's thread."""
        with self._lock:
            ended = self._ended.is_set()
            if not ended:
                self._waiting.append((self._journal.total, done))
        if ended:
            done(self.is_done)
        self._hurry.set()
        self._wake.set()

    @property
    def is_done(self) -> bool:
        """Nothing waits to be applied."""
        return self._adopted and not self.failing and self._journal.applied >= self._journal.total

    def stop(self, patience_s: float) -> None:
        """Apply what is left, as far as the database takes it in that time, and end the thread."""
        self._stopping = True
        self._hurry.set()
        self._wake.set()
        if self._ended.wait(patience_s):
            self._journal_closed()

    def _run(self) -> None:
        _step_back()
        # A request has started this: let it have the interpreter first.
        self._wake.wait(START_S)
        try:
            self._sink, self._upkeep = self._make()
        except Exception:
            log.exception("what writes the log's database cannot be loaded")
            self.failing = True
            self._end()
            return
        with contextlib.suppress(GroundfogError):
            self._store.write(_step_back)
        due = upkeep_due = 0.0
        while True:
            if time.monotonic() >= due or not self._adopted:
                self._guard(self._adopt)
                due = time.monotonic() + ADOPT_EVERY_S
            self._wake.clear()
            more = self._guard(self._apply_own)
            self._tell()
            if not self._stopping and not self.failing and time.monotonic() >= upkeep_due:
                upkeep_due = time.monotonic() + (UPKEEP_PAUSE_S if self._tidy() else UPKEEP_EVERY_S)
            if self._stopping and (self.failing or self._journal.applied >= self._journal.total):
                break
            if self.failing:
                self._hurry.clear()
                self._hurry.wait(RETRY_S)
            elif not more:
                self._wake.wait(max(0.0, min(due, upkeep_due) - time.monotonic()))
        self._end()

    def _end(self) -> None:
        """Whoever waits, and who asks later, is told how it stands."""
        with self._lock:
            self._ended.set()
            left, self._waiting = self._waiting, []
        for _, done in left:
            done(self.is_done)

    def _guard(self, work: Callable[[], bool]) -> bool:
        """Whatever goes wrong is tried again; it is logged when it begins."""
        try:
            done = work()
            if self.failing:
                log.warning("the log's database answers again")
            self.failing = False
            return done
        except Exception as error:
            if not self.failing:
                detail = None if _is_down(error) else error
                log.error("the log's database cannot be written: %s", error, exc_info=detail)
            self.failing = True
            return False

    def _tidy(self) -> bool:
        """A step of upkeep; whether there is more. What fails is tried again at the next."""
        try:
            return self._store.write(self._upkeep).result()
        except Exception as error:
            log.error("upkeep of the log failed: %s", error, exc_info=None if _is_down(error) else error)
            return False

    def _tell(self) -> None:
        with self._lock:
            if self.failing:
                ready, self._waiting = self._waiting, []
            elif self._adopted:
                ready = [one for one in self._waiting if one[0] <= self._journal.applied]
                self._waiting = [one for one in self._waiting if one[0] > self._journal.applied]
            else:
                ready = []
        for _, done in ready:
            done(not self.failing)

    def _apply_own(self) -> bool:
        """One batch of this process's journal; whether another is to follow at once."""
        for segment in list(self._journal.segments):
            before, end = segment.applied, segment.written
            if before < end:
                try:
                    self._apply(self._process, segment, end)
                except frames.Damaged:
                    log.error("%s is damaged at byte %d: one record is lost", segment.path, segment.applied)
                    segment.applied += frames.needed(os.pread(segment.fd, frames.HEADER.size, segment.applied))
                while self._handed and self._handed[0].segment is segment and self._handed[0].end <= segment.applied:
                    self._handed.popleft()
                self._journal.applied += segment.applied - before
                return segment.applied < end or segment.closed or bool(self._waiting) or self._stopping
            if segment.closed and not self._stopping:
                self._remove(segment)
                self._journal.segments.remove(segment)
        return False

    def _adopt(self) -> bool:
        """Everything that dead processes left."""
        with orphans.adopt(self._directory, self._process) as found:
            for process, segments in found.items():
                for segment in segments:
                    self._apply_orphan(process, segment)
                self._store.write(functools.partial(self._sink.finish, process=process)).result()
                for segment in segments:
                    self._remove(segment)

        def sweep(connection: sqlite3.Connection) -> None:
            alive = {orphans.process_of(path) for form in ("*.journal", "*.new") for path in self._directory.glob(form)}
            self._sink.sweep(connection, alive | {self._process})

        self._store.write(sweep).result()
        self._adopted = True
        return True

    def _apply_orphan(self, process: str, segment: Segment) -> None:
        if not orphans.has_mark(segment):
            if segment.written > len(frames.MARK):
                self._put_aside(segment)
            return
        (found,) = self._store.read(
            lambda db: db.execute("SELECT max(position) FROM journals WHERE name = ?", (segment.path.name,)).fetchone()
        )
        segment.applied = found or segment.applied
        while segment.applied < segment.written:
            before = segment.applied
            try:
                self._apply(process, segment, segment.written)
            except frames.Damaged:
                self._put_aside(segment)
                return
            if segment.applied == before:
                return  # A torn last frame: its process was killed before anybody was answered.

    def _apply(self, process: str, segment: Segment, end: int) -> None:
        """One batch, from where the segment is applied; moves `segment.applied`."""
        start = segment.applied
        records, size = self._next(segment, end)
        if not records:
            return
        try:
            segment.applied = self._write(process, segment.path.name, start, size, self._sink.prepare(process, records))
            self._sink.committed()
            self._batch = BATCH
        except Exception as error:
            if _is_down(error):
                raise
            # Something in one of these records cannot be kept: find it, and go on without it.
            if self._batch > 1:
                self._batch = 1
                return
            log.error("a record of %s cannot be kept, only its charge", segment.path, exc_info=error)
            charge = functools.partial(self._sink.settle, process=process, records=records)
            segment.applied = self._write(process, segment.path.name, start, size, charge)

    def _next(self, segment: Segment, end: int) -> tuple[list[Record], int]:
        """Records that come next, and their bytes: from memory as far as this process still has them, else the file."""
        start = position = segment.applied
        records: list[Record] = []
        while self._journal.recent:
            self._handed.append(self._journal.recent.popleft())
        for handed in self._handed:
            if handed.segment is not segment or len(records) >= self._batch:
                break
            if handed.start != position or self._batch != BATCH:
                # Too much waited for memory, or one of these cannot be kept: read up to where memory goes on.
                end = min(end, handed.start if handed.start > position else handed.end)
                break
            records += handed.records
            position = handed.end
        if records:
            return records, position - start
        data = os.pread(segment.fd, min(READ_BYTES, end - start), start)
        if len(data) < end - start and frames.needed(data) > len(data):
            data = os.pread(segment.fd, min(frames.needed(data), end - start), start)
        records, size = frames.read(data, self._batch)
        repeats.restore(records, segment.fd)
        return records, size

    def _write(
        self, process: str, name: str, start: int, size: int, apply: Callable[[sqlite3.Connection], None]
    ) -> int:
        """Apply, and note the position, in one transaction; the position after it. What is applied stays so."""

        def work(connection: sqlite3.Connection) -> int:
            row = connection.execute("SELECT position FROM journals WHERE name = ?", (name,)).fetchone()
            position = int(row[0]) if row else len(frames.MARK)
            if position == start:
                apply(connection)
                position = start + size
                connection.execute(
                    "INSERT INTO journals VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET position = excluded.position",
                    (name, position),
                )
            return position

        return self._store.write(work).result()

    def _remove(self, segment: Segment) -> None:
        """Delete a file that the database has, once the disk has what the database has."""
        _sync_database(self._store.path)
        segment.path.unlink(missing_ok=True)
        os.close(segment.fd)
        segment.fd = -1
        name = segment.path.name
        self._store.write(lambda db: db.execute("DELETE FROM journals WHERE name = ?", (name,))).result()

    def _put_aside(self, segment: Segment) -> None:
        """Keep what cannot be read, under another name, for a person to look at."""
        aside = segment.path.with_suffix(".damaged")
        log.error("%s is damaged after byte %d: kept as %s", segment.path, segment.applied, aside)
        os.rename(segment.path, aside)

    def _journal_closed(self) -> None:
        """At the end: delete what is applied, and leave the rest, unlocked, to whoever comes next."""
        for segment in self._journal.segments:
            if segment.applied >= segment.written and not self.failing:
                with contextlib.suppress(GroundfogError):
                    self._remove(segment)
                    continue
            if segment.fd >= 0:
                os.close(segment.fd)
                segment.fd = -1
        self._journal.segments.clear()


def _step_back(_: object = None) -> None:
    """Requests come before this thread; not every system knows priorities of threads."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PRIORITY)


def _is_down(error: Exception) -> bool:
    """Whether trying again later may help."""
    if isinstance(error, sqlite3.Error):
        return not isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.InterfaceError)
    return isinstance(error, GroundfogError | OSError)


def _sync_database(path: Path) -> None:
    """Commits are durable once the write-ahead log is; without one the database itself holds everything."""
    for name in (f"{path}-wal", str(path)):
        with contextlib.suppress(FileNotFoundError):
            fd = os.open(name, os.O_RDWR)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)
