"""What becomes of records in the database: rows of the log with their bodies, sums, and charges of the ledger."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Any, Literal

import orjson

from groundfog.gateway.record import Record, Settlement
from groundfog.gateway.records import blocks
from groundfog.gateway.records.metadata_sums import MetadataSums
from groundfog.gateway.records.rollups import Sums
from groundfog.gateway.records.texts import (
    LONGEST_AGENT,
    LONGEST_PATH,
    Numbering,
    Sort,
    Texts,
    kind_of,
    metadata_text,
)
from groundfog.metering.ledger_store import apply_settlements, holders, release_dead

MOST_BODY_BYTES = 10_000_000
"""Bodies of one log, together; what is longer is not kept (spec §3.12)."""
YIELD_EVERY = 16
"""After so many rows the interpreter is offered to other threads: requests must not wait for a whole batch."""
EVALUATION = "guardrails"
"""Request type of rows that say how a guard judged: in the log, but no requests, so not in any sum."""
Retention = Callable[[str, str], tuple[int, Literal["STOP_INSERTING", "DELETE_OLDEST"]] | None]
"""`retention(account, gateway)`: how many logs are kept at most, and what happens then; None for any number."""

_INSERT_LOG = f"INSERT INTO logs VALUES ({', '.join('?' * 21)})"
_INSERT_BODIES = "INSERT INTO bodies VALUES (?, ?, ?)"


class LogSink:
    """Applies batches; see `applier.Sink`. `retention` may be set later."""

    def __init__(self) -> None:
        self.retention: Retention | None = None
        self._texts = Texts()
        self._pending: Numbering | None = None

    def prepare(self, process: str, records: list[Record]) -> Callable[[sqlite3.Connection], None]:
        self._pending = None
        by_gateway: dict[tuple[str, str], list[Record]] = {}
        settlements: list[Settlement] = []
        for record in records:
            by_gateway.setdefault((record.account, record.gateway), []).append(record)
            settlements += record.settlements

        def apply(connection: sqlite3.Connection) -> None:
            numbering = self._texts.begin(connection)
            sums, metadata_sums = Sums(), MetadataSums()
            for (account, name), mine in by_gateway.items():
                self._add(connection, account, name, mine, numbering, sums, metadata_sums)
            sums.write(connection)
            metadata_sums.write(connection)
            if settlements:
                apply_settlements(connection, process, settlements)
            self._pending = numbering

        return apply

    def committed(self) -> None:
        """The last batch is in the database."""
        if self._pending is not None:
            self._texts.committed(self._pending)
            self._pending = None

    def settle(self, connection: sqlite3.Connection, process: str, records: list[Record]) -> None:
        settlements = [one for record in records for one in record.settlements]
        if settlements:
            apply_settlements(connection, process, settlements)

    def finish(self, connection: sqlite3.Connection, process: str) -> None:
        release_dead(connection, process)

    def sweep(self, connection: sqlite3.Connection, alive: set[str]) -> None:
        for process in holders(connection) - alive:
            release_dead(connection, process)

    def _add(
        self,
        connection: sqlite3.Connection,
        account: str,
        name: str,
        records: list[Record],
        numbering: Numbering,
        sums: Sums,
        metadata_sums: MetadataSums,
    ) -> None:
        """Rows and sums of one gateway."""
        gateway, next_number, stored = gateway_row(connection, account, name)
        room = self._room(account, name, stored)
        numbers = _Numbers(numbering, gateway)
        seq = first = blocks.key(gateway, next_number)
        rows: list[tuple[Any, ...]] = []
        bodies: list[tuple[Any, ...]] = []
        for place, record in enumerate(records):
            if not place % YIELD_EVERY:
                time.sleep(0)
            kind, series = numbers.kind_and_series(record)
            metadata = numbers.of(Sort.METADATA, metadata_text(record.metadata)) if record.metadata else 0
            if record.request_type != EVALUATION:
                sums.add(gateway, series, record)
                if metadata:
                    metadata_sums.add(gateway, series, metadata, record)
            if not record.logged or len(rows) >= room:
                continue
            rows.append(_row(seq, record, kind, metadata, numbers))
            body = _bodies(seq, record)
            if body is not None:
                bodies.append(body)
            seq += 1
        if not rows:
            return
        connection.executemany(_INSERT_LOG, rows)
        if bodies:
            connection.executemany(_INSERT_BODIES, bodies)
        connection.execute(
            "UPDATE gateways SET next = next + ?, stored = stored + ? WHERE id = ?", (len(rows), len(rows), gateway)
        )
        for block in range(blocks.block_of(first), blocks.block_of(seq)):
            blocks.seal(connection, block)

    def _room(self, account: str, name: str, stored: int) -> int:
        """How many more rows the gateway may have."""
        limit = self.retention(account, name) if self.retention is not None else None
        if limit is None or limit[1] != "STOP_INSERTING":
            return 1 << 62
        return max(0, limit[0] - stored)


def gateway_row(connection: sqlite3.Connection, account: str, name: str) -> tuple[int, int, int]:
    """(id, next number, stored logs) of a gateway, which is made when it is new."""
    find = "SELECT id, next, stored FROM gateways WHERE account = ? AND name = ?"
    row = connection.execute(find, (account, name)).fetchone()
    if row is None:
        connection.execute("INSERT INTO gateways (account, name) VALUES (?, ?)", (account, name))
        row = connection.execute(find, (account, name)).fetchone()
    return int(row[0]), int(row[1]), int(row[2])


def packed_id(text: str) -> bytes | str:
    """A UUID in 16 bytes; any other id as it is."""
    if len(text) == 36 and text[8] == text[13] == text[18] == text[23] == "-":
        digits = text.replace("-", "")
        if len(digits) == 32 and digits.isalnum() and digits == digits.lower():
            try:
                return bytes.fromhex(digits)
            except ValueError:
                return text
    return text


def unpacked_id(packed: bytes | str) -> str:
    """The id as it was given."""
    if isinstance(packed, str):
        return packed
    digits = packed.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class _Numbers:
    """Numbers of one gateway's texts, for the length of a batch: most rows share most of them."""

    __slots__ = ("_gateway", "_kinds", "_numbering", "_texts")

    def __init__(self, numbering: Numbering, gateway: int) -> None:
        self._numbering = numbering
        self._gateway = gateway
        self._kinds: dict[tuple[Any, ...], tuple[int, int]] = {}
        self._texts: dict[tuple[Sort, str], int] = {}

    def kind_and_series(self, record: Record) -> tuple[int, int]:
        kind = kind_of(record)
        found = self._kinds.get(kind)
        if found is None:
            number = self._numbering.number
            series = (record.provider, record.model, record.status_code // 100 * 100, record.cached)
            found = number(self._gateway, Sort.KIND, kind), number(self._gateway, Sort.SERIES, series)
            self._kinds[kind] = found
        return found

    def of(self, sort: Sort, text: str) -> int:
        found = self._texts.get((sort, text))
        if found is None:
            found = self._texts[sort, text] = self._numbering.number(self._gateway, sort, text)
        return found


def _row(seq: int, record: Record, kind: int, metadata: int, numbers: _Numbers) -> tuple[Any, ...]:
    more = None
    if record.dlp or record.guardrails or record.trace_id or record.parent_span_id or record.key_id:
        more = orjson.dumps(
            {
                name: value
                for name in ("dlp", "guardrails", "trace_id", "parent_span_id", "key_id")
                if (value := getattr(record, name))
            }
        ).decode()
    return (
        seq,
        packed_id(record.id),
        round(record.created_at * 1000),
        kind,
        numbers.of(Sort.AGENT, record.user_agent[:LONGEST_AGENT]),
        numbers.of(Sort.PATH, record.path[:LONGEST_PATH]),
        metadata,
        record.duration_ms,
        record.first_byte_ms,
        record.tokens_in,
        record.tokens_out,
        record.tokens_cached,
        record.cost,
        record.neurons,
        record.request_size,
        record.response_size,
        record.event_id if record.event_id and record.event_id != record.id else None,
        record.request_id if record.request_id and record.request_id != record.id else None,
        more,
        None,
        None,
    )


def _bodies(seq: int, record: Record) -> tuple[Any, ...] | None:
    request, response = record.request_body, record.response_body
    if request is None and response is None:
        return None
    if len(request or b"") + len(response or b"") > MOST_BODY_BYTES:
        return None
    return seq, request, response
