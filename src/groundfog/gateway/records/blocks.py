"""The log by columns: 8,192 rows of a gateway packed into small integers, so that filters look at millions quickly.

A column's blob is `[code][base]` and then the values, each less its base, in as few bytes as the largest needs. Values
that may be missing are kept one higher, so that 0 is none.
"""

from __future__ import annotations

import enum
import sqlite3
import struct
import time
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

BLOCK_BITS = 13
BLOCK = 1 << BLOCK_BITS
NUMBER_BITS = 40
"""Bits of a row's key that number it in its gateway."""
_BLOCKS_BITS = NUMBER_BITS - BLOCK_BITS
_HEAD = struct.Struct("<Bxxxxxxxq")
_TYPES = (np.uint8, np.uint16, np.uint32, np.uint64)
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Column(enum.IntEnum):
    """What of a row can be asked for in millions."""

    CREATED = 0
    KIND = 1
    AGENT = 2
    PATH = 3
    METADATA = 4
    DURATION = 5
    TOKENS_IN = 6
    TOKENS_OUT = 7
    COST = 8
    FEEDBACK = 9
    TOKENS = 10


OPTIONAL = frozenset({Column.TOKENS_IN, Column.TOKENS_OUT, Column.COST, Column.TOKENS})
RANGED = (Column.DURATION, Column.TOKENS_IN, Column.TOKENS_OUT, Column.COST, Column.TOKENS)
"""Columns whose least and greatest value is kept for every block."""
FEEDBACK_ZERO = 2
"""Feedback −1, 0, 1 is kept as 1, 2, 3; none as 0."""
EXPRESSIONS: Mapping[Column, str] = {
    Column.CREATED: "created",
    Column.KIND: "kind",
    Column.AGENT: "agent",
    Column.PATH: "path",
    Column.METADATA: "metadata",
    Column.DURATION: "duration",
    Column.TOKENS_IN: "coalesce(tokens_in + 1, 0)",
    Column.TOKENS_OUT: "coalesce(tokens_out + 1, 0)",
    Column.COST: "coalesce(cost + 1, 0)",
    Column.FEEDBACK: f"coalesce(feedback + {FEEDBACK_ZERO}, 0)",
    Column.TOKENS: "CASE WHEN tokens_in IS NULL AND tokens_out IS NULL THEN 0 "
    "ELSE coalesce(tokens_in, 0) + coalesce(tokens_out, 0) + 1 END",
}
"""A row's values as they are packed."""


def key(gateway: int, number: int) -> int:
    """The key of a row."""
    return gateway << NUMBER_BITS | number


def block_of(seq: int) -> int:
    """The block that a row belongs to."""
    return seq >> BLOCK_BITS


def blocks_of(gateway: int) -> tuple[int, int]:
    """The first possible block of a gateway, and the first of the next."""
    return gateway << _BLOCKS_BITS, (gateway + 1) << _BLOCKS_BITS


def column_key(block: int, column: Column) -> int:
    return block << 4 | column


def pack(values: npt.NDArray[Any]) -> bytes:
    """A column as a blob."""
    base = int(values.min()) if len(values) else 0
    relative = values - base
    highest = int(relative.max()) if len(values) else 0
    code = next(code for code, width in enumerate((8, 16, 32, 64)) if highest < 1 << width)
    return _HEAD.pack(code, base) + relative.astype(_TYPES[code]).tobytes()


def unpack(blob: bytes) -> Integers:
    """What `pack` was given."""
    code, base = _HEAD.unpack_from(blob)
    values = np.frombuffer(blob, _TYPES[code], offset=_HEAD.size).astype(np.int64)
    if base:
        values += base
    return values


def unpack_small(blob: bytes) -> tuple[npt.NDArray[Any], int]:
    """The values less their base, without making them wider, and the base."""
    code, base = _HEAD.unpack_from(blob)
    return np.frombuffer(blob, _TYPES[code], offset=_HEAD.size), int(base)


def read_rows(connection: sqlite3.Connection, expression: str, first: int, end: int) -> Integers:
    """What an expression gives for every row from `first` to before `end`, in the order of their keys."""
    # SQLite makes one text of the numbers: a tenth of the time that a row for each takes, and most of it without
    # holding up the other threads.
    (text,) = connection.execute(
        f"SELECT json_group_array(value) FROM (SELECT {expression} AS value FROM logs "
        "WHERE seq >= ? AND seq < ? ORDER BY seq)",
        (first, end),
    ).fetchone()
    return _integers(text)


def _integers(text: str) -> Integers:
    time.sleep(0)  # Other threads first: this takes a third of a millisecond.
    return np.array(orjson.loads(text), dtype=np.int64)


def seal(connection: sqlite3.Connection, block: int) -> None:
    """Pack a block whose every number is given out. Does nothing when that is done."""
    if connection.execute("SELECT 1 FROM blocks WHERE id = ?", (block,)).fetchone():
        return
    first = block << BLOCK_BITS
    wanted = ("seq", *(EXPRESSIONS[column] for column in Column))
    # All at once: to find the rows costs more than to read one number of each.
    texts = connection.execute(
        f"SELECT {', '.join(f'json_group_array({one})' for one in wanted)} "
        "FROM (SELECT * FROM logs WHERE seq >= ? AND seq < ? ORDER BY seq)",
        (first, first + BLOCK),
    ).fetchone()
    seqs = _integers(texts[0])
    if not len(seqs):
        return
    columns = {column: _integers(text) for column, text in zip(Column, texts[1:], strict=True)}
    alive = None
    if len(seqs) < BLOCK:
        # Rows were deleted before the block was full: their places stay, as dead ones.
        places = seqs - first
        mask = np.zeros(BLOCK, dtype=np.bool_)
        mask[places] = True
        alive = np.packbits(mask).tobytes()
        columns = {column: _spread(values, places) for column, values in columns.items()}
        live = mask
    else:
        live = np.ones(BLOCK, dtype=np.bool_)
    connection.executemany(
        "INSERT OR REPLACE INTO columns VALUES (?, ?)",
        [(column_key(block, column), pack(values)) for column, values in columns.items()],
    )
    created = columns[Column.CREATED][live]
    kinds = count_kinds(columns[Column.KIND][live])
    ranges = ranges_of({column: columns[column][live] for column in RANGED})
    connection.execute(
        "INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?)",
        (block, len(seqs), int(created.min()), int(created.max()), kinds, ranges, alive),
    )


def _spread(values: Integers, places: npt.NDArray[Any]) -> Integers:
    whole = np.full(BLOCK, values[0], dtype=np.int64)
    whole[places] = values
    return whole


def count_kinds(kinds: Integers) -> bytes:
    """How often each kind is there: pairs of 32-bit numbers."""
    numbers, counts = np.unique(kinds, return_counts=True)
    return np.stack([numbers, counts], axis=1).astype(np.uint32).tobytes()


def kinds_in(blob: bytes) -> npt.NDArray[np.uint32]:
    """(kind, count) rows of `count_kinds`."""
    return np.frombuffer(blob, np.uint32).reshape(-1, 2)


def ranges_of(columns: Mapping[Column, Integers]) -> bytes:
    """Least and greatest packed value of each ranged column, missing ones left out; (1, 0) where all are missing."""
    pairs = []
    for column in RANGED:
        values = columns[column]
        if column in OPTIONAL:
            values = values[values > 0]
        pairs.append((int(values.min()), int(values.max())) if len(values) else (1, 0))
    return np.array(pairs, dtype=np.int64).tobytes()


def ranges_in(blob: bytes) -> dict[Column, tuple[int, int]]:
    """What `ranges_of` found."""
    pairs = np.frombuffer(blob, np.int64).reshape(-1, 2).tolist()
    return {column: (low, high) for column, (low, high) in zip(RANGED, pairs, strict=True)}


def read(connection: sqlite3.Connection, block: int, column: Column) -> bytes:
    """A column's blob."""
    row = connection.execute("SELECT data FROM columns WHERE id = ?", (column_key(block, column),)).fetchone()
    return bytes(row[0])


def put(connection: sqlite3.Connection, seq: int, column: Column, value: int) -> None:
    """Change one value of a packed block, where the block of the row is packed."""
    block = block_of(seq)
    row = connection.execute("SELECT data FROM columns WHERE id = ?", (column_key(block, column),)).fetchone()
    if row is not None:
        values = unpack(row[0])
        values[seq & (BLOCK - 1)] = value
        connection.execute("UPDATE columns SET data = ? WHERE id = ?", (pack(values), column_key(block, column)))


def bury(connection: sqlite3.Connection, seqs: Iterable[int]) -> None:
    """Note that rows are deleted. A block without rows goes away."""
    by_block: dict[int, list[int]] = {}
    for seq in seqs:
        by_block.setdefault(block_of(seq), []).append(seq & (BLOCK - 1))
    for block, places in by_block.items():
        row = connection.execute("SELECT alive FROM blocks WHERE id = ?", (block,)).fetchone()
        if row is None:
            continue
        alive = alive_of(row[0])
        alive[places] = False
        count = int(alive.sum())
        if not count:
            drop(connection, block, block + 1)
            continue
        kinds = count_kinds(unpack(read(connection, block, Column.KIND))[alive])
        ranges = ranges_of({column: unpack(read(connection, block, column))[alive] for column in RANGED})
        connection.execute(
            "UPDATE blocks SET rows = ?, kinds = ?, ranges = ?, alive = ? WHERE id = ?",
            (count, kinds, ranges, np.packbits(alive).tobytes(), block),
        )


def alive_of(blob: bytes | None) -> Mask:
    """Which places of a block still have their row."""
    if blob is None:
        return np.ones(BLOCK, dtype=np.bool_)
    return np.unpackbits(np.frombuffer(blob, np.uint8)).astype(np.bool_)


def drop(connection: sqlite3.Connection, first: int, end: int) -> None:
    """Delete blocks `first` up to `end`."""
    connection.execute("DELETE FROM blocks WHERE id >= ? AND id < ?", (first, end))
    connection.execute("DELETE FROM columns WHERE id >= ? AND id < ?", (first << 4, end << 4))
