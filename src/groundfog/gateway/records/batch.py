"""The records of one gateway in one batch, as the log's tables want them: rows, bodies, and columns to be added up."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import orjson

from groundfog.gateway.record import UNCOUNTED, Record
from groundfog.gateway.records.texts import LONGEST, Numbering, Sort, kind_of, metadata_bytes

YIELD_EVERY, YIELDS = 16, 32
"""After so many rows the interpreter is offered to other threads, at most so often in a batch: requests must not wait
for all of it, but a yield costs as much as a row."""
EVALUATION = "guardrails"
"""Request type of rows that say how a guard judged: in the log, but no requests, so not in any sum."""
MINUTE = 60

WIDTH = 22
TOGETHER = 32
"""Rows of one statement: less work than a statement for each, and the interpreter is free for longer at a time."""
_ROW = f"({', '.join('?' * WIDTH)})"
_INSERT_ONE = f"INSERT INTO logs VALUES {_ROW}"
_INSERT_TOGETHER = f"INSERT INTO logs VALUES {', '.join([_ROW] * TOGETHER)}"

_MORE = ("dlp", "guardrails", "trace_id", "parent_span_id", "key_id")

Row = tuple[Any, ...]
Counted = tuple[int, ...]
"""Of one request: metadata's number, failed, cost, has a price, neurons, tokens in, out, cached, ms, bytes in, out."""


class Batch:
    """Made from records: `rows` for the log, the `logged` records that they are of, and what is `counted` by series and
    minute.

    `room` is how many rows may be added; records beyond it are counted only.
    """

    __slots__ = (
        "_agents",
        "_gateway",
        "_keys",
        "_kinds",
        "_metadata",
        "_numbering",
        "_paths",
        "counted",
        "logged",
        "rows",
    )

    def __init__(self, numbering: Numbering, gateway: int) -> None:
        self._numbering = numbering
        self._gateway = gateway
        self._kinds: dict[Row, tuple[int, int]] = {}
        self._agents = {"": 0}
        self._paths = {"": 0}
        self._keys: dict[str, str | None] = {}
        self._metadata: dict[bytes, int] = {}
        self.rows: list[Row] = []
        self.logged: list[Record] = []
        self.counted: dict[tuple[int, int], list[Counted]] = {}

    def add(self, records: Sequence[Record], seq: int, room: int) -> None:
        """`seq` is the key of the first row."""
        kinds, agents, paths, sets = self._kinds, self._agents, self._paths, self._metadata
        keys, rows, logged, counted = self._keys, self.rows, self.logged, self.counted
        every = left = max(YIELD_EVERY, len(records) // YIELDS)
        for record in records:
            left -= 1
            if not left:
                left = every
                time.sleep(0)
            kind = kind_of(record)
            known = kinds.get(kind) or self._kind(kind, record)
            metadata = 0
            if record.metadata:
                text = metadata_bytes(record.metadata)
                number = sets.get(text)
                metadata = self._number(sets, Sort.METADATA, text) if number is None else number
            created, cost = record.created_at, record.cost
            if record.request_type not in UNCOUNTED:
                key = (known[1], int(created) // MINUTE)
                one = (
                    metadata,
                    0 if record.success else 1,
                    cost or 0,
                    0 if cost is None else 1,
                    record.neurons or 0,
                    record.tokens_in or 0,
                    record.tokens_out or 0,
                    record.tokens_cached or 0,
                    record.duration_ms,
                    record.request_size,
                    record.response_size,
                )
                same = counted.get(key)
                if same is None:
                    counted[key] = [one]
                else:
                    same.append(one)
            if not record.logged or len(rows) >= room:
                continue
            id, event, request = record.id, record.event_id, record.request_id
            agent = agents.get(record.user_agent)
            if agent is None:
                agent = self._number(agents, Sort.AGENT, record.user_agent)
            path = paths.get(record.path)
            if path is None:
                path = self._number(paths, Sort.PATH, record.path)
            more = None
            if record.dlp or record.guardrails or record.trace_id or record.parent_span_id:
                more = _more(record)
            elif record.key_id:
                more = keys.get(record.key_id)
                if more is None:
                    more = keys[record.key_id] = _more(record)
            rows.append(
                (
                    seq,
                    packed_id(id),
                    round(created * 1000),
                    known[0],
                    agent,
                    path,
                    metadata,
                    record.duration_ms,
                    record.first_byte_ms,
                    record.tokens_in,
                    record.tokens_out,
                    record.tokens_cached,
                    cost,
                    record.neurons,
                    record.request_size,
                    record.response_size,
                    event if event and event != id else None,
                    request if request and request != id else None,
                    more,
                    None,
                    None,
                    None,
                )
            )
            logged.append(record)
            seq += 1

    def _kind(self, kind: Row, record: Record) -> tuple[int, int]:
        number = self._numbering.number
        series = (record.provider, record.model, record.status_code // 100 * 100, record.cached)
        found = number(self._gateway, Sort.KIND, kind), number(self._gateway, Sort.SERIES, series)
        self._kinds[kind] = found
        return found

    def _number(self, known: dict[Any, int], sort: Sort, text: str | bytes) -> int:
        found = known[text] = self._numbering.number(self._gateway, sort, text[: LONGEST[sort]])
        return found


def insert(connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
    """Add rows to the log."""
    whole = len(rows) - len(rows) % TOGETHER
    for start in range(0, whole, TOGETHER):
        connection.execute(_INSERT_TOGETHER, _flat(rows[start : start + TOGETHER]))
    if whole < len(rows):
        connection.executemany(_INSERT_ONE, rows[whole:])


def _flat(rows: Iterable[Row]) -> list[Any]:
    return list(chain.from_iterable(rows))


def _more(record: Record) -> str | None:
    """What few rows have, as JSON text."""
    found = {name: value for name in _MORE if (value := getattr(record, name))}
    return orjson.dumps(found).decode() if found else None


def packed_id(text: str) -> bytes | str:
    """A UUID in 16 bytes; any other id as it is."""
    if len(text) == 36 and text[8] == text[13] == text[18] == text[23] == "-":
        digits = text.replace("-", "")
        try:
            packed = bytes.fromhex(digits)
        except ValueError:
            return text
        if packed.hex() == digits:
            return packed
    return text


def unpacked_id(packed: bytes | str) -> str:
    """The id as it was given."""
    if isinstance(packed, str):
        return packed
    digits = packed.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
