"""Sums of requests by minute, hour and day, kept in the transaction that adds the rows they count.

Every slot has a row for each series (provider, model, class of status, cached or not), its sums packed in a blob: read
by the ten thousand, they are added up as one array. Requests that are not logged are counted too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from groundfog.gateway.record import Record
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
_PUT = "INSERT OR REPLACE INTO rollups VALUES (?, ?, ?, ?, ?)"
_GET = "SELECT sums FROM rollups WHERE gateway = ? AND level = ? AND slot = ? AND series = ?"


def add(sums: list[int], record: Record) -> None:
    """Count one record in a list of `WIDTH` numbers."""
    sums[0] += 1
    if not record.success:
        sums[1] += 1
    if record.cost is not None:
        sums[2] += min(record.cost, MOST)
        sums[3] += 1
    if record.neurons:
        sums[4] += min(record.neurons, MOST)
    if record.tokens_in:
        sums[5] += min(record.tokens_in, MOST)
    if record.tokens_out:
        sums[6] += min(record.tokens_out, MOST)
    if record.tokens_cached:
        sums[7] += min(record.tokens_cached, MOST)
    sums[8] += min(record.duration_ms, MOST)
    sums[9] += record.request_size
    sums[10] += record.response_size
    sums[len(SUMS) + bucket(record.duration_ms)] += 1


class Sums:
    """What one batch adds."""

    __slots__ = ("_minutes",)

    def __init__(self) -> None:
        self._minutes: dict[tuple[int, int, int], list[int]] = {}

    def add(self, gateway: int, series: int, record: Record) -> None:
        second = int(record.created_at)
        key = (gateway, series, second - second % MINUTE)
        sums = self._minutes.get(key)
        if sums is None:
            sums = self._minutes[key] = [0] * WIDTH
        add(sums, record)

    def write(self, connection: sqlite3.Connection) -> None:
        """Add to what the database has."""
        added: dict[tuple[int, int, int, int], Values] = {}
        for (gateway, series, minute), sums in self._minutes.items():
            values = np.array(sums, dtype=np.int64)
            for level in (MINUTE, HOUR, DAY):
                key = (gateway, level, minute - minute % level, series)
                kept = added.get(key)
                added[key] = values if kept is None else kept + values
        rows = []
        for key, values in added.items():
            row = connection.execute(_GET, key).fetchone()
            rows.append((*key, pack(values if row is None else values + unpack([row[0]])[0])))
        connection.executemany(_PUT, rows)


def pack(values: Values) -> bytes:
    """One row's sums as a blob."""
    packed = np.zeros(1, dtype=_PACKED)
    packed["sums"][0] = values[: len(SUMS)]
    packed["durations"][0] = values[len(SUMS) :].clip(max=0xFFFF_FFFF)
    return packed.tobytes()


def unpack(blobs: Sequence[bytes]) -> Values:
    """Rows of `WIDTH` numbers."""
    packed: npt.NDArray[Any] = np.frombuffer(b"".join(blobs), dtype=_PACKED)
    values = np.empty((len(packed), WIDTH), dtype=np.int64)
    values[:, : len(SUMS)] = packed["sums"]
    values[:, len(SUMS) :] = packed["durations"]
    return values
