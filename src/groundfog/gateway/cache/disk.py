"""Kept answers in a database of their own, so that a restart forgets nothing and processes share them."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import msgspec

from groundfog.clock import Clock
from groundfog.errors import GroundfogError
from groundfog.gateway.cache.entry import Entry
from groundfog.store import Store

SWEEP_EVERY = 256
"""Entries written between two looks at what is too old or too much."""
SWEEP_ROWS = 1000


def create_answers(connection: sqlite3.Connection) -> None:
    """`size` in bytes; times in seconds since the epoch."""
    connection.execute(
        """
        CREATE TABLE answers (
            key BLOB PRIMARY KEY,
            account TEXT NOT NULL,
            gateway TEXT NOT NULL,
            expires_at REAL NOT NULL,
            used_at REAL NOT NULL,
            size INTEGER NOT NULL,
            entry BLOB NOT NULL
        ) WITHOUT ROWID
        """
    )
    connection.execute("CREATE INDEX answers_used ON answers (used_at, size)")
    connection.execute("CREATE INDEX answers_expire ON answers (expires_at)")
    connection.execute("CREATE INDEX answers_gateway ON answers (account, gateway)")


class Disk:
    """At most `limit` bytes. What cannot be read or written is as if it were not there: a cache may forget."""

    def __init__(self, directory: Path, clock: Clock, limit: int) -> None:
        self._store = Store(directory, "cache.db", (create_answers,))
        self._clock = clock
        self._limit = limit
        self._written = 0
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Entry)
        self._log = logging.getLogger("groundfog.gateway")

    def get(self, key: bytes, now: float) -> Entry | None:
        """Read on the caller's thread: some ten microseconds."""
        try:
            row = self._store.read(
                lambda db: db.execute(
                    "SELECT entry FROM answers WHERE key = ? AND expires_at > ?", (key, now)
                ).fetchone()
            )
            return None if row is None else self._decoder.decode(row[0])
        except (GroundfogError, msgspec.DecodeError) as error:
            self._log.warning("the cache cannot be read: %s", error)
            return None

    def put(self, key: bytes, entry: Entry) -> None:
        """Queued; nobody waits for it."""
        now = self._clock.time()
        row = (key, entry.account, entry.gateway, entry.expires_at, now, entry.size, self._encoder.encode(entry))
        self._written += 1
        sweep = self._written % SWEEP_EVERY == 0

        def insert(db: sqlite3.Connection) -> None:
            db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            if sweep:
                self._sweep(db, now)

        self._write(insert)

    def used(self, key: bytes) -> None:
        now = self._clock.time()
        self._write(lambda db: db.execute("UPDATE answers SET used_at = ? WHERE key = ?", (now, key)))

    def clear(self, account: str, gateway: str) -> None:
        self._write(lambda db: db.execute("DELETE FROM answers WHERE account = ? AND gateway = ?", (account, gateway)))

    def close(self) -> None:
        self._store.close()

    def _write(self, work: object) -> None:
        try:
            self._store.write(work)  # type: ignore[arg-type]
        except GroundfogError as error:
            self._log.warning("the cache cannot be written: %s", error)

    def _sweep(self, db: sqlite3.Connection, now: float) -> None:
        db.execute(
            "DELETE FROM answers WHERE key IN (SELECT key FROM answers WHERE expires_at <= ? LIMIT ?)",
            (now, SWEEP_ROWS),
        )
        (size,) = db.execute("SELECT coalesce(sum(size), 0) FROM answers").fetchone()
        excess, dropped = size - self._limit, []
        if excess > 0:
            for key, taken in db.execute("SELECT key, size FROM answers ORDER BY used_at"):
                if excess <= 0:
                    break
                dropped.append((key,))
                excess -= taken
            db.executemany("DELETE FROM answers WHERE key = ?", dropped)
