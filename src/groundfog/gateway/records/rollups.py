"""Sums of requests by minute, hour and day, kept in the transaction that adds the rows they count.

Every slot has a row for each series (provider, model, class of status, cached or not); hours also have one for each
series with each set of metadata. Requests that are not logged are counted too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from groundfog.gateway.record import Record
from groundfog.gateway.records.histogram import BUCKETS, bucket
from groundfog.gateway.records.schema import HISTOGRAM, SUMS

MINUTE, HOUR, DAY = 60, 3600, 86_400
MOST = 1 << 56
"""No single number adds more, so that sums stay integers."""
_FIRST_BUCKET = 5 + len(SUMS)
_WIDTH = _FIRST_BUCKET + BUCKETS
_BLANK = [0] * (_WIDTH - 5)

_COLUMNS = (*SUMS, *HISTOGRAM)
_UPSERT = (
    f"INSERT INTO rollups (gateway, level, slot, series, metadata, {', '.join(_COLUMNS)}) "
    f"VALUES ({', '.join('?' * _WIDTH)}) ON CONFLICT (gateway, level, slot, series, metadata) DO UPDATE SET "
    + ", ".join(f"{name} = {name} + excluded.{name}" for name in _COLUMNS)
)


class Sums:
    """What one batch adds."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[tuple[int, int, int, int, int], list[int]] = {}

    def add(self, gateway: int, series: int, metadata: int, record: Record) -> None:
        """Count one record: in its minute, and its set of metadata in its hour."""
        second = int(record.created_at)
        self._count((gateway, MINUTE, second - second % MINUTE, series, 0), record)
        if metadata:
            self._count((gateway, HOUR, second - second % HOUR, series, metadata), record)

    def _count(self, key: tuple[int, int, int, int, int], record: Record) -> None:
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = [*key, *_BLANK]
        row[5] += 1
        if not record.success:
            row[6] += 1
        if record.cost is not None:
            row[7] += min(record.cost, MOST)
            row[8] += 1
        if record.neurons:
            row[9] += min(record.neurons, MOST)
        if record.tokens_in:
            row[10] += min(record.tokens_in, MOST)
        if record.tokens_out:
            row[11] += min(record.tokens_out, MOST)
        if record.tokens_cached:
            row[12] += min(record.tokens_cached, MOST)
        row[13] += min(record.duration_ms, MOST)
        row[14] += record.request_size
        row[15] += record.response_size
        row[_FIRST_BUCKET + bucket(record.duration_ms)] += 1

    def write(self, connection: sqlite3.Connection) -> None:
        """Add to what the database has; hours and days get the sums of their minutes."""
        rows = list(self._rows.values())
        connection.executemany(_UPSERT, [*rows, *_lifted(rows, HOUR), *_lifted(rows, DAY)])


def _lifted(rows: Iterable[list[int]], level: int) -> list[list[int]]:
    """The minutes' rows added up for a longer time."""
    lifted: dict[tuple[int, int, int], list[int]] = {}
    for row in rows:
        if row[1] != MINUTE:
            continue
        slot = row[2] - row[2] % level
        key = (row[0], slot, row[3])
        kept = lifted.get(key)
        if kept is None:
            lifted[key] = [row[0], level, slot, row[3], 0, *row[5:]]
        else:
            for number in range(5, _WIDTH):
                kept[number] += row[number]
    return list(lifted.values())
