"""Sums of requests by minute, hour and day, kept in the transaction that adds the rows they count.

Every slot has a row for each series (provider, model, class of status, cached or not), its sums packed in a blob: read
by the ten thousand, they are added up as one array. Requests that are not logged are counted too.
"""

from __future__ import annotations

import operator
import sqlite3
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from groundfog.gateway.records.histogram import BUCKETS, bucket

MINUTE, HOUR, DAY = 60, 3600, 86_400
MOST = 1 << 56
"""No single number adds more, so that sums stay integers."""
SUMS = (
    "requests",
    "errors",
    "cost",
    "priced",
    "neurons",
    "tokens_in",
    "tokens_out",
    "tokens_cached",
    "duration",
    "request_bytes",
    "response_bytes",
)
"""What is added up: requests, failed ones, pico-dollars, those with a price, micro-neurons, tokens, ms, bytes."""
WIDTH = len(SUMS) + BUCKETS
"""Sums, and then how many requests fell in each bucket of durations."""
Values = npt.NDArray[np.int64]
_PACKED = np.dtype([("sums", "<i8", len(SUMS)), ("durations", "<u4", BUCKETS)])
_ROW = struct.Struct(f"<{len(SUMS)}q{BUCKETS}I")
"""The same, for one row."""
_LARGEST, _MOST_REQUESTS = (1 << 63) - 1, (1 << 32) - 1
_LEVELS = (MINUTE, HOUR, DAY)
_DURATION = SUMS.index("duration") - 1
_PUT = "INSERT OR REPLACE INTO rollups VALUES (?, ?, ?, ?, ?)"
_GET = """
SELECT rollups.gateway, level, slot, series, sums FROM json_each(?) AS one JOIN rollups
ON rollups.gateway = json_extract(one.value, '$[0]') AND level = json_extract(one.value, '$[1]')
AND slot = json_extract(one.value, '$[2]') AND series = json_extract(one.value, '$[3]')
"""
Key = tuple[int, int, int, int]
"""Gateway, level, slot, series."""


class Sums:
    """What one batch adds."""

    __slots__ = ("_added",)

    def __init__(self) -> None:
        self._added: dict[Key, list[int]] = {}

    def add(self, gateway: int, series: int, minute: int, columns: Sequence[Sequence[int]]) -> None:
        """Requests of one minute, by columns in the order of `SUMS` after the number of requests."""
        durations = columns[_DURATION]
        sums = [len(durations), *(sum(column) for column in clipped(columns)), *[0] * BUCKETS]
        for milliseconds, count in Counter(durations).items():
            sums[len(SUMS) + bucket(milliseconds)] += count
        for level in _LEVELS:
            key = (gateway, level, minute - minute % level, series)
            kept = self._added.get(key)
            self._added[key] = sums if kept is None else list(map(operator.add, kept, sums))

    def write(self, connection: sqlite3.Connection) -> None:
        """Add to what the database has."""
        added = self._added
        if not added:
            return
        for row in connection.execute(_GET, (orjson.dumps(list(added)).decode(),)):
            added[row[:4]] = list(map(operator.add, added[row[:4]], _ROW.unpack(row[4])))
        connection.executemany(_PUT, [(*key, pack(sums)) for key, sums in added.items()])


def clipped(columns: Sequence[Sequence[int]]) -> Iterator[Sequence[int]]:
    """No number larger than `MOST`."""
    for column in columns:
        yield column if max(column) <= MOST else [min(number, MOST) for number in column]


def pack(sums: Sequence[int]) -> bytes:
    """One row's sums as a blob."""
    if max(sums) > _MOST_REQUESTS:
        sums = [
            *(min(number, _LARGEST) for number in sums[: len(SUMS)]),
            *(min(number, _MOST_REQUESTS) for number in sums[len(SUMS) :]),
        ]
    return _ROW.pack(*sums)


def unpack(blobs: Sequence[bytes]) -> Values:
    """Rows of `WIDTH` numbers."""
    packed: npt.NDArray[Any] = np.frombuffer(b"".join(blobs), dtype=_PACKED)
    values = np.empty((len(packed), WIDTH), dtype=np.int64)
    values[:, : len(SUMS)] = packed["sums"]
    values[:, len(SUMS) :] = packed["durations"]
    return values
