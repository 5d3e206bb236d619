"""What tables of gateways say, held in memory and read again when they have changed in whatever process."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from groundfog import errors
from groundfog.clock import Clock
from groundfog.errors import GroundfogError
from groundfog.store import Store

log = logging.getLogger("groundfog.gateway")

T = TypeVar("T")
Load = Callable[[sqlite3.Connection, "T | None"], "T"]

LOOK_EVERY_WHILE_DOWN_S = 1.0


class Snapshot(Generic[T]):
    """`get()` costs about a microsecond and gives what `load(connection, what it gave last)` returned.

    `tables` are those of `gateway.schema` that `load` reads. While the store is down `get` gives what was read last,
    and raises STORE_DOWN only if nothing has ever been read. `changed` is called with the old value (None at first)
    and the new one, by whoever was the first to ask for it.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        tables: Sequence[str],
        load: Load[T],
        changed: Callable[[T | None, T], None] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._load = load
        self._changed = changed
        marks = ",".join("?" * len(tables))
        self._revision_query = f"SELECT sum(number) FROM gateway_revisions WHERE name IN ({marks})"
        self._tables = tuple(tables)
        self._lock = threading.Lock()
        self._value: T | None = None
        self._loaded = False
        self._revision = -1
        self._version = -1
        self._commits = -1
        self._look_at = 0.0
        self._down = False

    def get(self) -> T:
        """Raises STORE_DOWN when nothing was ever read."""
        if self._clock.monotonic() < self._look_at and self._store.commits == self._commits:
            return self._value  # type: ignore[return-value]
        with self._lock:
            self._look()
            return self._value  # type: ignore[return-value]

    def fresh(self) -> T:
        """As `get`, without the time in which a change of another process may not be seen yet."""
        with self._lock:
            self._look(fresh=True)
            return self._value  # type: ignore[return-value]

    def _look(self, *, fresh: bool = False) -> None:
        commits = self._store.commits
        try:
            version, self._look_at = self._store.look(self._clock.monotonic(), fresh=fresh)
            if version != self._version or commits != self._commits:
                self._read()
                self._version = version
            if self._down:
                self._down = False
                log.warning("the store answers again; settings of gateways are up to date")
        except GroundfogError as error:
            if error.kind is not errors.STORE_DOWN or not self._loaded:
                raise
            self._look_at = self._clock.monotonic() + LOOK_EVERY_WHILE_DOWN_S
            if not self._down:
                self._down = True
                log.warning("the store is down; gateways go on with the settings that were read last")
        self._commits = commits

    def _read(self) -> None:
        def work(db: sqlite3.Connection) -> tuple[int, T | None]:
            db.execute("BEGIN")
            try:
                (revision,) = db.execute(self._revision_query, self._tables).fetchone()
                if revision == self._revision:
                    return revision, None
                return revision, self._load(db, self._value)
            finally:
                db.execute("COMMIT")

        revision, value = self._store.read(work)
        if value is None:
            return
        before, self._value = self._value, value
        self._revision = revision
        self._loaded = True
        if self._changed is not None:
            self._changed(before, value)
