"""Sums by hour, series and set of metadata. There may be as many sets as requests, so these are packed by columns.

Each batch adds a *part* of its hour; upkeep merges parts, so that an hour ends up as one, with a row for each series,
set and bucket of durations.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from groundfog.gateway.records import blocks
from groundfog.gateway.records.batch import Counted
from groundfog.gateway.records.blocks import Integers
from groundfog.gateway.records.histogram import bucket
from groundfog.gateway.records.rollups import HOUR, MOST

KEYS = ("series", "metadata", "bucket")
ADDED = ("requests", "errors", "cost", "tokens_in", "tokens_out", "request_bytes", "response_bytes")
COLUMNS = KEYS + ADDED
SMALL_PARTS = 64
"""So many small parts of an hour are merged into one."""
SMALL_ROWS = 16_384
"""A part with more rows is merged again only when its hour is over."""
SETTLED_S = 120.0
"""An hour is over for good so long after its end."""

_BUCKET_BITS, _METADATA_BITS = 6, 32


class MetadataSums:
    """What one batch adds."""

    __slots__ = ("_hours",)

    def __init__(self) -> None:
        self._hours: dict[tuple[int, int], list[tuple[int, Sequence[Counted]]]] = {}

    def add(self, gateway: int, series: int, minute: int, rows: Sequence[Counted]) -> None:
        """Requests of one minute; those without metadata do not count."""
        self._hours.setdefault((gateway, minute - minute % HOUR), []).append((series, rows))

    def write(self, connection: sqlite3.Connection) -> None:
        for (gateway, hour), parts in self._hours.items():
            _insert(connection, gateway, hour, merged(_columns(parts)))


def _columns(parts: Sequence[tuple[int, Sequence[Counted]]]) -> Integers:
    """Rows of `COLUMNS`, one for each request."""
    given = np.array([one for _, rows in parts for one in rows], dtype=np.int64)
    series = np.repeat([number for number, _ in parts], [len(rows) for _, rows in parts])
    there = given[:, 0] > 0
    metadata, failed, cost, _, _, tokens_in, tokens_out, _, duration, request_size, response_size = given[there].T
    return np.stack(
        [
            series[there],
            metadata,
            np.array([bucket(milliseconds) for milliseconds in duration.tolist()], dtype=np.int64),
            np.ones_like(metadata),
            failed,
            np.minimum(cost, MOST),
            np.minimum(tokens_in, MOST),
            np.minimum(tokens_out, MOST),
            request_size,
            response_size,
        ]
    )


def merged(columns: Integers) -> Integers:
    """Rows of the same key added up; `columns` has `len(COLUMNS)` rows, and so has the result."""
    key = (columns[0] << _METADATA_BITS | columns[1]) << _BUCKET_BITS | columns[2]
    order = np.argsort(key, kind="stable")
    key = key[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    result = np.empty((len(COLUMNS), len(starts)), dtype=np.int64)
    for place, column in enumerate(columns):
        ordered = column[order]
        result[place] = ordered[starts] if place < len(KEYS) else np.add.reduceat(ordered, starts)
    return result


def _insert(connection: sqlite3.Connection, gateway: int, hour: int, columns: Integers) -> None:
    data = msgspec.msgpack.encode([blocks.pack(column) for column in columns])
    connection.execute(
        "INSERT INTO metadata_sums (gateway, hour, number, rows, data) VALUES (?1, ?2, "
        "(SELECT coalesce(max(number), 0) + 1 FROM metadata_sums WHERE gateway = ?1 AND hour = ?2), ?3, ?4)",
        (gateway, hour, columns.shape[1], data),
    )


_decode = msgspec.msgpack.Decoder(list[bytes]).decode


def load(blobs: Iterable[bytes]) -> Integers:
    """Parts beside each other."""
    parts = [np.stack([blocks.unpack(column) for column in _decode(blob)]) for blob in blobs]
    return np.concatenate(parts, axis=1) if parts else np.empty((len(COLUMNS), 0), dtype=np.int64)


def compact(connection: sqlite3.Connection, now: float) -> bool:
    """Merge the parts of one hour, where there are many; whether there was something to merge."""
    row = connection.execute(
        "SELECT gateway, hour, 0 FROM metadata_sums WHERE rows < ?1 GROUP BY gateway, hour HAVING count(*) >= ?2 "
        "UNION ALL SELECT gateway, hour, 1 FROM metadata_sums WHERE hour < ?3 GROUP BY gateway, hour "
        "HAVING count(*) > 1 LIMIT 1",
        (SMALL_ROWS, SMALL_PARTS, now - HOUR - SETTLED_S),
    ).fetchone()
    if row is None:
        return False
    gateway, hour, over = row
    most = 1 << 62 if over else SMALL_ROWS
    found: Sequence[tuple[int, bytes]] = connection.execute(
        "SELECT number, data FROM metadata_sums WHERE gateway = ? AND hour = ? AND rows < ?", (gateway, hour, most)
    ).fetchall()
    connection.executemany(
        "DELETE FROM metadata_sums WHERE gateway = ? AND hour = ? AND number = ?",
        [(gateway, hour, number) for number, _ in found],
    )
    _insert(connection, gateway, hour, merged(load(blob for _, blob in found)))
    return True
