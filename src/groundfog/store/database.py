"""One SQLite database: reads on the caller's thread, writes queued to one thread that commits them in groups."""

from __future__ import annotations

import contextlib
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from groundfog import errors
from groundfog.store.migrations import MIGRATIONS, Migration, migrate

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

BUSY_TIMEOUT_S = 5.0
"""How long a statement waits for another process's lock."""
LOOK_EVERY_S = 0.02
"""How often it is asked whether another process has changed something; a change by this process is seen at once."""
GROUP_LIMIT = 512
"""Writes that go into one commit at most."""


class Store:
    """A database of a state directory. Nothing is opened or created before the first use.

    `migrations` is the history of its schema: rooms bring those of their own tables.
    All methods may be called from any thread. Raises STORE_DOWN when the file cannot be opened, read or written.
    """

    def __init__(
        self, directory: Path, name: str = "groundfog.db", migrations: Sequence[Migration] = MIGRATIONS
    ) -> None:
        self.path = directory / name
        self._migrations = migrations
        self._lock = threading.Lock()
        self._readers: list[sqlite3.Connection] = []
        self._queue: queue.SimpleQueue[tuple[Work[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._opened = False
        self._closed = False
        self.commits = 0
        """Groups that this process has committed: a cheap sign that something may have changed."""

    def open(self) -> None:
        """Create what is missing (only the owner may read it) and bring the schema up to date. Idempotent."""
        with self._lock:
            if self._closed:
                raise errors.STORE_DOWN()
            if self._opened:
                return
            with _store_errors():
                self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
                connection = self._connect()
                try:
                    _use_wal(connection)
                    migrate(connection, self._migrations)
                finally:
                    connection.close()
            self._writer = threading.Thread(target=self._write_loop, name="groundfog-store", daemon=True)
            self._writer.start()
            self._opened = True

    def close(self) -> None:
        """Finish the queued writes and close every connection."""
        with self._lock:
            writer, self._writer = self._writer, None
            self._closed = True
            readers, self._readers = self._readers, []
        if writer is not None:
            self._queue.put(None)
            writer.join()
        for reader in readers:
            reader.close()

    def read(self, work: Work[T]) -> T:
        """Run `work` on a read-only connection and return what it returns."""
        self.open()
        with _store_errors():
            reader = self._take_reader()
            try:
                return work(reader)
            finally:
                self._give_back(reader)

    def write(self, work: Work[T]) -> Future[T]:
        """Queue `work`; the future is set once its group is committed. What fails is rolled back alone."""
        self.open()
        future: Future[T] = Future()
        self._queue.put((work, future))
        return future

    def version(self) -> int:
        """A number that changes when anybody, in any process, has changed the database. Costs microseconds."""
        self.open()
        with self._lock:
            if self._closed:
                raise errors.STORE_DOWN()
            with _store_errors():
                if self._version_reader is None:
                    self._version_reader = self._connect(read_only=True)
                (number,) = self._version_reader.execute("PRAGMA data_version").fetchone()
        return int(number)

    _version_reader: sqlite3.Connection | None = None

    def look(self, now: float, *, fresh: bool = False) -> tuple[int, float]:
        """`version`, at most `LOOK_EVERY_S` old where only others have written since (now, if `fresh`), and when it
        is to be looked at again. `now` is the caller's clock, in seconds. All who ask share one question.
        """
        version, commits, until = self._looked
        if fresh or commits != self.commits or not until - LOOK_EVERY_S <= now < until:
            # Read first: what is committed meanwhile is looked at again.
            commits = self.commits
            version, until = self.version(), now + LOOK_EVERY_S
            self._looked = version, commits, until
        return version, until

    _looked: tuple[int, int, float] = (-1, -1, 0.0)

    def _connect(self, *, read_only: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        return connection

    def _take_reader(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise errors.STORE_DOWN()
            if self._readers:
                return self._readers.pop()
        return self._connect(read_only=True)

    def _give_back(self, reader: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._readers.append(reader)
                return
        reader.close()

    def _count_commit(self) -> None:
        self.commits += 1

    def _write_loop(self) -> None:
        connection: sqlite3.Connection | None = None
        try:
            open_for_work = True
            while open_for_work:
                group = []
                item = self._queue.get()
                while item is not None:
                    group.append(item)
                    if len(group) >= GROUP_LIMIT or self._queue.empty():
                        break
                    item = self._queue.get()
                open_for_work = item is not None
                if not group:
                    continue
                try:
                    connection = connection or self._connect()
                except (sqlite3.Error, OSError):
                    # Whoever waits is told; the next group tries again.
                    _refuse(group)
                else:
                    _commit(connection, group, self._count_commit)
        finally:
            if connection is not None:
                connection.close()


def _refuse(group: list[tuple[Work[Any], Future[Any]]]) -> None:
    for _, future in group:
        if not future.done() and not future.cancelled():
            future.set_exception(errors.STORE_DOWN())


def _commit(
    connection: sqlite3.Connection, group: list[tuple[Work[Any], Future[Any]]], committed: Callable[[], None]
) -> None:
    """One transaction for the group; each work in a savepoint of its own, so that a failure spoils nobody else's.

    `committed` is called before the futures are set: whoever awaited a write is shown nothing older.
    """
    outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
    try:
        connection.execute("BEGIN IMMEDIATE")
        for work, future in group:
            if not future.set_running_or_notify_cancel():
                continue
            connection.execute("SAVEPOINT work")
            try:
                outcomes.append((future, work(connection), None))
            except Exception as error:
                connection.execute("ROLLBACK TO work")
                outcomes.append((future, None, error))
            connection.execute("RELEASE work")
        connection.execute("COMMIT")
        committed()
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        _refuse(group)
        return
    for future, result, failure in outcomes:
        if failure is None:
            future.set_result(result)
        elif isinstance(failure, sqlite3.OperationalError):
            future.set_exception(errors.STORE_DOWN())
        else:
            future.set_exception(failure)


def _use_wal(connection: sqlite3.Connection) -> None:
    """SQLite's own busy timeout does not cover the change of mode, when two processes open a new database at once."""
    until = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


@contextlib.contextmanager
def _store_errors() -> Iterator[None]:
    """What the file system or SQLite refuses is STORE_DOWN."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise
        raise errors.STORE_DOWN() from error
