"""`Records`: what is kept of every call. Appending is fast and sure; everything else follows behind."""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import functools
import logging
import secrets
import sqlite3
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from groundfog import errors
from groundfog.clock import Clock
from groundfog.gateway.log_query import AnalyticsGroup, AnalyticsQuery, LogFilter, LogPage, LogQuery, LogRow
from groundfog.gateway.record import Record
from groundfog.gateway.records.applier import Applier, Sink
from groundfog.gateway.records.journal import Journal
from groundfog.gateway.records.schema import MIGRATIONS
from groundfog.settings import Settings
from groundfog.store import Store

if TYPE_CHECKING:
    from groundfog.gateway.records.queries import Measure
    from groundfog.gateway.records.sink import Retention

T = TypeVar("T")
Listener = Callable[[Record], None]
READERS = 4
DELETED_AT_ONCE = 1024
"""Rows of one transaction."""
STOP_PATIENCE_S = 10.0
GATHER_S = 0.1
"""So long after the first record the applier is woken, unless somebody waits to read: for all that came until then."""

log = logging.getLogger(__name__)


class Records:
    """The log of all gateways, and the charges that come with it.

    `directory` is the state directory: `records.db` and `journal/` are in it. Build the ledger over `store`, and set
    `process` to the ledger's before `start`: the journal is named after it, so that a dead process's leases are given
    back when its journal is applied. `listeners` get every record once it is durable, on the event loop: they must be
    quick, and are only logged when they fail. NumPy and what needs it are loaded when the first rows are written or
    read, in the threads that do so.
    """

    def __init__(self, directory: Path, clock: Clock, settings: Settings) -> None:
        self.store = Store(directory, "records.db", MIGRATIONS)
        self.process = secrets.token_hex(16)
        self.listeners: builtins.list[Listener] = []
        self.closing: builtins.list[Callable[[], Awaitable[None]]] = []
        """What listeners have to finish when the records are closed."""
        self._directory = directory / "journal"
        self._clock = clock
        self._settings = settings
        self.retention: Retention | None = None
        """How many logs each gateway keeps; the platform sets it."""
        self._journal: Journal | None = None
        self._applier: Applier | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._wake_at = 0.0

    async def start(self) -> None:
        """Lock this process's journal, and take over those of dead ones."""
        journal = Journal(
            self._directory,
            self.process,
            self._settings.gateway_durability,
            self._settings.gateway_spill_bytes,
            self._written,
        )
        journal.open()
        self._journal = journal
        self._applier = Applier(self.store, self._directory, self.process, journal, self._work)
        self._applier.start()
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="groundfog-logs")

    async def stop(self) -> None:
        """Bring what is journalled into the database, if it takes it, and close both."""
        if self._journal is None or self._applier is None or self._threads is None:
            return
        self._journal.close()
        for close in self.closing:
            await close()
        await asyncio.to_thread(self._applier.stop, STOP_PATIENCE_S)
        self._threads.shutdown(wait=True)
        await asyncio.to_thread(self.store.close)
        self._journal = self._applier = self._threads = None

    def append(self, record: Record) -> Coroutine[Any, Any, None]:
        """Done when the record is as durable as settings.gateway_durability asks. The record is not changed after.

        Raises SPILL_FULL (503) when it can be written nowhere.
        """
        if self._journal is None:
            raise RuntimeError("Records.start() comes first")
        return self._journal.append(record)

    def check(self) -> None:
        """Raises SPILL_FULL when no more can be recorded: ask before a provider is."""
        if self._journal is not None:
            self._journal.check()

    @property
    def waiting_bytes(self) -> int:
        """What is journalled and not yet in the database."""
        return self._journal.waiting if self._journal is not None else 0

    async def applied(self) -> bool:
        """Wait until everything that was appended is in the database; False when that cannot be written at present."""
        if self._journal is None or self._applier is None:
            return True
        self._journal.flush(inside=True)
        if self._applier.is_done:
            return True
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()

        def done(well: bool) -> None:
            with contextlib.suppress(RuntimeError):  # Whoever asked has closed its loop meanwhile.
                loop.call_soon_threadsafe(_set, future, well)

        self._applier.when_applied(done)
        return await future

    async def list(self, account: str, gateway: str, query: LogQuery) -> LogPage:
        """A page of the log (spec ai-gateway §5.3); an empty one past the end, and for a gateway without any log."""

        def page(db: sqlite3.Connection) -> LogPage:
            from groundfog.gateway.records import queries

            return queries.page(db, account, gateway, query)

        return await self._read(page)

    async def get(self, account: str, gateway: str, id: str, bodies: bool = False) -> LogRow | None:
        """One row. Raises STORE_DOWN rather than to say None about a row that may only wait to be applied."""

        def one(db: sqlite3.Connection) -> LogRow | None:
            from groundfog.gateway.records import queries

            return queries.get(db, account, gateway, id, bodies)

        well = await self.applied()
        row = await self._read(one)
        if row is None and not well:
            raise errors.STORE_DOWN()
        return row

    async def edit(self, account: str, gateway: str, id: str, changes: Mapping[str, Any]) -> bool:
        """Set `feedback`, `score` and `metadata`, those that `changes` has (spec §3.13); False: no such log."""

        def work(db: sqlite3.Connection) -> bool:
            from groundfog.gateway.records import edits

            return edits.edit(db, account, gateway, id, changes)

        if not await self.applied():
            raise errors.STORE_DOWN()
        return await self._write(work)

    async def delete(self, account: str, gateway: str, query: LogQuery, limit: int | None = None) -> int:
        """Delete what fits, first in the query's order, at most `limit`; how many there were. In short transactions."""

        def find(db: sqlite3.Connection) -> builtins.list[int]:
            from groundfog.gateway.records import queries

            found: builtins.list[int] = queries.keys_of(db, account, gateway, query, limit).tolist()
            return found

        def work(db: sqlite3.Connection, keys: builtins.list[int]) -> int:
            from groundfog.gateway.records import edits

            return edits.delete(db, keys)

        keys = await self._read(find)
        deleted = 0
        for start in range(0, len(keys), DELETED_AT_ONCE):
            deleted += await self._write(functools.partial(work, keys=keys[start : start + DELETED_AT_ONCE]))
        return deleted

    async def delete_gateway(self, account: str, gateway: str) -> None:
        """Forget a gateway's logs and sums: at once for whoever asks, on the disk bit by bit."""

        def work(db: sqlite3.Connection) -> None:
            from groundfog.gateway.records import edits

            edits.forget_gateway(db, account, gateway)

        await self.applied()
        await self._write(work)

    async def analytics(self, query: AnalyticsQuery) -> builtins.list[AnalyticsGroup]:
        """Sums over time. Requests that are not logged count too, and deleted logs still do."""

        def run(db: sqlite3.Connection) -> builtins.list[AnalyticsGroup]:
            from groundfog.gateway.records import analytics

            return analytics.run(db, query, self._clock.time())

        return await self._read(run)

    async def measure(
        self, account: str, gateway: str, filters: Sequence[LogFilter], kind: Measure
    ) -> tuple[float | None, int]:
        """What an evaluation finds: the average over the rows that have the field, and how many those are."""

        def average(db: sqlite3.Connection) -> tuple[float | None, int]:
            from groundfog.gateway.records import queries

            return queries.measure(db, account, gateway, filters, kind)

        return await self._read(average)

    def _work(self) -> tuple[Sink, Callable[[sqlite3.Connection], bool]]:
        """What the applier does with records, and its upkeep; loaded in its thread."""
        from groundfog.gateway.records.sink import LogSink
        from groundfog.gateway.records.upkeep import Upkeep

        return LogSink(lambda: self.retention), Upkeep(self._clock, lambda: self.retention).step

    async def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run a query in a thread, on what has been appended until now."""
        await self.applied()

        def read() -> T:
            return self.store.read(work)

        if self._threads is None:
            return await asyncio.to_thread(read)
        return await asyncio.get_running_loop().run_in_executor(self._threads, read)

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.wrap_future(self.store.write(work))

    def _written(self, records: builtins.list[Record]) -> None:
        now = time.monotonic()
        if now >= self._wake_at and self._applier is not None:
            self._wake_at = now + GATHER_S
            asyncio.get_running_loop().call_later(GATHER_S, self._applier.wake)
        for listener in self.listeners:
            for record in records:
                try:
                    listener(record)
                except Exception:
                    log.exception("a listener of records failed")


def _set(future: asyncio.Future[bool], well: bool) -> None:
    if not future.done():
        future.set_result(well)
