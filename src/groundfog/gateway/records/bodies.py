"""Bodies of logs. What the cache answers again and again is kept once: rows point to the first that had it.

A row's bodies stand under its own key, or under that which its `bodies_of` names. `shared_bodies` counts how many rows
point to a key: what is pointed to outlives its own row.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from groundfog.gateway.record import Record
from groundfog.gateway.records.batch import Row

MOST_BYTES = 10_000_000
"""Bodies of one log, together; what is longer is not kept (spec §3.12)."""
REMEMBERED, REMEMBERED_BYTES = 1024, 8 << 20
"""Answers of the cache that a writer knows to be kept: so many, and so many bytes of bodies."""
_INSERT = "INSERT INTO bodies VALUES (?, ?, ?)"
_NOTE = "INSERT INTO shared_bodies VALUES (?, ?) ON CONFLICT (seq) DO UPDATE SET rows = rows + excluded.rows"
Content = tuple[int, bytes | None, bytes | None]
"""Gateway, request, response."""


class Kept:
    """What a writer knows to be in the database."""

    def __init__(self) -> None:
        self._keys: OrderedDict[Content, int] = OrderedDict()
        self._bytes = 0

    def find(self, content: Content) -> int | None:
        key = self._keys.get(content)
        if key is not None:
            self._keys.move_to_end(content)
        return key

    def add(self, found: dict[Content, int]) -> None:
        """Once the transaction is committed."""
        for content, key in found.items():
            if self._keys.pop(content, None) is None:
                self._bytes += _size(content)
            self._keys[content] = key
        while len(self._keys) > REMEMBERED or self._bytes > REMEMBERED_BYTES:
            content, _ = self._keys.popitem(last=False)
            self._bytes -= _size(content)


class Bodies:
    """What one batch adds."""

    __slots__ = ("_connection", "_kept", "_pointers", "fresh")

    def __init__(self, connection: sqlite3.Connection, kept: Kept) -> None:
        self._connection = connection
        self._kept = kept
        self._pointers: dict[int, int] = {}
        self.fresh: dict[Content, int] = {}
        """Where bodies of the cache's answers are now."""

    def add(self, gateway: int, rows: list[Row], records: Sequence[Record]) -> None:
        """Keep the records' bodies; changes those of their rows that point to another's."""
        new: list[tuple[Any, ...]] = []
        for place, record in enumerate(records):
            request, response = record.request_body, record.response_body
            if request is None and response is None:
                continue
            if len(request or b"") + len(response or b"") > MOST_BYTES:
                continue
            seq = rows[place][0]
            if record.cached:
                content = (gateway, request, response)
                other = self._find(content)
                if other is not None:
                    rows[place] = (*rows[place][:-1], other)
                    self._pointers[other] = self._pointers.get(other, 0) + 1
                    continue
                self.fresh[content] = seq
            new.append((seq, request, response))
        if new:
            self._connection.executemany(_INSERT, new)

    def write(self) -> None:
        """Count who points where."""
        if self._pointers:
            self._connection.executemany(_NOTE, list(self._pointers.items()))

    def _find(self, content: Content) -> int | None:
        """The key under which the same is kept."""
        found = self.fresh.get(content)
        if found is None:
            found = self._kept.find(content)
            if found is not None:
                # Somebody may have deleted it meanwhile.
                if self._connection.execute("SELECT 1 FROM bodies WHERE seq = ?", (found,)).fetchone() is None:
                    return None
                self.fresh[content] = found
        return found


def _size(content: Content) -> int:
    return len(content[1] or b"") + len(content[2] or b"")


def read(connection: sqlite3.Connection, seq: int) -> tuple[bytes | None, bytes | None]:
    """What is kept of a row's request and response."""
    row = connection.execute(
        "SELECT request, response FROM bodies WHERE seq = (SELECT coalesce(bodies_of, seq) FROM logs WHERE seq = ?)",
        (seq,),
    ).fetchone()
    return (row[0], row[1]) if row else (None, None)


def pointed_to(connection: sqlite3.Connection, runs: Sequence[tuple[int, int]]) -> dict[int, int]:
    """How many rows of these runs of keys point to each key. Ask before the rows are deleted."""
    found: dict[int, int] = {}
    for run in runs:
        for key, count in connection.execute(
            "SELECT bodies_of, count(*) FROM logs WHERE seq BETWEEN ? AND ? AND bodies_of IS NOT NULL GROUP BY 1", run
        ):
            found[key] = found.get(key, 0) + count
    return found


def delete(connection: sqlite3.Connection, runs: Sequence[tuple[int, int]], pointers: dict[int, int]) -> None:
    """Delete bodies of rows that are deleted, but for what others point to."""
    connection.executemany(
        "UPDATE shared_bodies SET rows = rows - ? WHERE seq = ?", [(count, key) for key, count in pointers.items()]
    )
    connection.executemany(
        "DELETE FROM bodies WHERE seq BETWEEN ? AND ? "
        "AND NOT EXISTS (SELECT 1 FROM shared_bodies WHERE shared_bodies.seq = bodies.seq AND rows > 0)",
        runs,
    )
    left = [(key,) for key in pointers]
    connection.executemany(
        "DELETE FROM bodies WHERE seq = ?1 AND NOT EXISTS (SELECT 1 FROM logs WHERE seq = ?1) "
        "AND NOT EXISTS (SELECT 1 FROM shared_bodies WHERE seq = ?1 AND rows > 0)",
        left,
    )
    connection.executemany("DELETE FROM shared_bodies WHERE seq = ? AND rows <= 0", left)
