"""Rows of the log as they are read back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import orjson

from groundfog.gateway.log_query import LogRow
from groundfog.gateway.record import Record
from groundfog.gateway.records.batch import unpacked_id
from groundfog.gateway.records.blocks import NUMBER_BITS
from groundfog.gateway.records.texts import Kind, Sort

_KIND = msgspec.json.Decoder(Kind).decode
_COLUMNS = (
    "seq, id, created, kind, agent, path, metadata, duration, first_byte, tokens_in, tokens_out, tokens_cached, cost, "
    "neurons, request_size, response_size, event_id, request_id, more, feedback, score"
)


def load(connection: sqlite3.Connection, account: str, gateway: str, seqs: Sequence[int]) -> list[LogRow]:
    """The rows of these keys, in this order; those that are gone are left out."""
    if not seqs:
        return []
    marks = ", ".join("?" * len(seqs))
    found = {
        row[0]: row for row in connection.execute(f"SELECT {_COLUMNS} FROM logs WHERE seq IN ({marks})", list(seqs))
    }
    rows = [found[seq] for seq in seqs if seq in found]
    if not rows:
        return []
    number = rows[0][0] >> NUMBER_BITS
    texts: dict[tuple[Sort, int], str] = {}
    for sort, place in ((Sort.KIND, 3), (Sort.AGENT, 4), (Sort.PATH, 5), (Sort.METADATA, 6)):
        texts.update(_texts(connection, number, sort, {row[place] for row in rows}))
    return [_row(account, gateway, row, texts) for row in rows]


def _texts(
    connection: sqlite3.Connection, gateway: int, sort: Sort, numbers: Iterable[int]
) -> dict[tuple[Sort, int], str]:
    wanted = [number for number in numbers if number]
    marks = ", ".join("?" * len(wanted))
    query = f"SELECT id, text FROM texts WHERE gateway = ? AND sort = ? AND id IN ({marks})"
    return {(sort, number): text for number, text in connection.execute(query, (gateway, sort, *wanted))}


def _row(account: str, gateway: str, row: Sequence[Any], texts: dict[tuple[Sort, int], str]) -> LogRow:
    kind = _KIND(texts[Sort.KIND, row[3]])
    metadata = texts.get((Sort.METADATA, row[6]))
    id = unpacked_id(row[1])
    record = Record(
        id=id,
        account=account,
        gateway=gateway,
        created_at=row[2] / 1000,
        path=texts.get((Sort.PATH, row[5]), ""),
        duration_ms=row[7],
        first_byte_ms=row[8],
        tokens_in=row[9],
        tokens_out=row[10],
        tokens_cached=row[11],
        cost=row[12],
        neurons=row[13],
        metadata=orjson.loads(metadata) if metadata else None,
        request_size=row[14],
        response_size=row[15],
        event_id=row[16] if row[16] is not None else id,
        request_id=row[17] if row[17] is not None else id,
        user_agent=texts.get((Sort.AGENT, row[4]), ""),
        **msgspec.structs.asdict(kind),
        **(orjson.loads(row[18]) if row[18] else {}),
    )
    return LogRow(record, feedback=row[19], score=row[20])
