"""Rows of a gateway as blocks of columns: those that are packed, and the newest, which are not yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from groundfog.gateway.records import blocks
from groundfog.gateway.records.blocks import BLOCK, BLOCK_BITS, Column, Mask
from groundfog.gateway.records.predicates import InRanges, Predicate, Range, Small
from groundfog.gateway.records.select import Selection


class Packed:
    """A packed block; its columns are read when they are asked for."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        number: int,
        rows: int,
        oldest: int,
        newest: int,
        kinds: bytes,
        ranges: bytes,
        alive: bytes | None,
    ) -> None:
        self._connection = connection
        self._number = number
        self.rows = rows
        self.oldest = oldest
        self.newest = newest
        self._kinds = kinds
        self._ranges = ranges
        self._known: dict[Column, Range] | None = None
        self._alive = alive
        self.length = BLOCK
        self.first = number << BLOCK_BITS

    @property
    def alive(self) -> Mask | None:
        return None if self._alive is None else blocks.alive_of(self._alive)

    def kinds(self) -> npt.NDArray[np.uint32]:
        """(kind, how many rows) of those there are."""
        return blocks.kinds_in(self._kinds)

    def range(self, column: Column) -> Range | None:
        if column is Column.CREATED:
            return self.oldest, self.newest
        if self._known is None:
            self._known = blocks.ranges_in(self._ranges)
        return self._known.get(column)

    def small(self, column: Column) -> tuple[Small, int]:
        return blocks.unpack_small(blocks.read(self._connection, self._number, column))

    def values(self, column: Column) -> blocks.Integers:
        return blocks.unpack(blocks.read(self._connection, self._number, column))

    def seqs(self) -> npt.NDArray[np.int64]:
        return np.arange(self.first, self.first + BLOCK, dtype=np.int64)


class Loose:
    """Rows whose block is not full yet; a column is read when it is asked for."""

    def __init__(self, connection: sqlite3.Connection, first: int, end: int) -> None:
        self._connection = connection
        self._place = (first, end)
        self._columns: dict[Column, blocks.Integers] = {}
        self._seqs = blocks.read_rows(connection, "seq", first, end)
        self.rows = self.length = len(self._seqs)
        self.first = first
        created = self.values(Column.CREATED)
        self.oldest = int(created.min()) if self.rows else 0
        self.newest = int(created.max()) if self.rows else 0

    @property
    def alive(self) -> Mask | None:
        return None

    def kinds(self) -> npt.NDArray[np.uint32]:
        return blocks.kinds_in(blocks.count_kinds(self.values(Column.KIND)))

    def range(self, column: Column) -> Range | None:
        return (self.oldest, self.newest) if column is Column.CREATED else None

    def small(self, column: Column) -> tuple[Small, int]:
        return self.values(column), 0

    def values(self, column: Column) -> blocks.Integers:
        if column not in self._columns:
            self._columns[column] = blocks.read_rows(self._connection, blocks.EXPRESSIONS[column], *self._place)
        return self._columns[column]

    def seqs(self) -> npt.NDArray[np.int64]:
        return self._seqs


Part = Packed | Loose


def parts(connection: sqlite3.Connection, gateway: int, next_number: int) -> list[Part]:
    """All rows of a gateway, oldest block first. `next_number` is the number of the row that comes next."""
    first, end = blocks.blocks_of(gateway)
    found: list[Part] = [
        Packed(connection, *row)
        for row in connection.execute(
            "SELECT id, rows, first, last, kinds, ranges, alive FROM blocks WHERE id >= ? AND id < ? ORDER BY id",
            (first, end),
        )
    ]
    first = next_number >> BLOCK_BITS << BLOCK_BITS
    if first < next_number:
        loose = Loose(connection, blocks.key(gateway, first), blocks.key(gateway, next_number))
        if loose.rows:
            found.append(loose)
    return found


class Matches:
    """Which rows of each part fit. A part's mask is made when it is asked for; its count may be known without."""

    def __init__(self, selection: Selection, all_parts: list[Part]) -> None:
        self._kinds = selection.kinds
        self._kind_predicate = selection.kind_predicate()
        self._predicates: list[Predicate] = selection.predicates
        self.parts = all_parts
        self._masks: dict[int, Mask | None] = {}

    def count(self, index: int) -> int:
        """How many rows of a part fit."""
        part = self.parts[index]
        if not self._predicates:
            if self._kind_predicate is None:
                return part.rows
            return self._count_kinds(part)
        if self._none(part):
            return 0
        mask = self.mask(index)
        return part.rows if mask is None else int(np.count_nonzero(mask))

    def mask(self, index: int) -> Mask | None:
        """The rows of a part that are there and fit; None is every place."""
        if index not in self._masks:
            self._masks[index] = self._make(self.parts[index])
        return self._masks[index]

    def places(self, index: int) -> npt.NDArray[np.intp]:
        mask = self.mask(index)
        if mask is None:
            return np.arange(self.parts[index].length)
        return np.flatnonzero(mask)

    def bounds(self) -> dict[Column, Range]:
        """For columns that are filtered themselves: the smallest and the largest value that can fit."""
        found: dict[Column, Range] = {}
        for predicate in self._predicates:
            if isinstance(predicate, InRanges) and (mine := predicate.bounds()) is not None:
                low, high = found.get(predicate.column, mine)
                found[predicate.column] = max(low, mine[0]), min(high, mine[1])
        return found

    def _count_kinds(self, part: Part) -> int:
        assert self._kind_predicate is not None
        pairs = part.kinds()
        return int(pairs[self._kind_predicate.table[pairs[:, 0]], 1].sum())

    def _none(self, part: Part) -> bool:
        if any(predicate.none(part) for predicate in self._predicates):
            return True
        return self._kind_predicate is not None and not self._count_kinds(part)

    def _make(self, part: Part) -> Mask | None:
        found = part.alive
        predicates: list[Predicate] = list(self._predicates)
        if self._kind_predicate is not None and self._count_kinds(part) < part.rows:
            predicates.insert(0, self._kind_predicate)
        for predicate in predicates:
            mask = predicate.mask(part)
            if mask is not None:
                found = mask if found is None else found & mask
        return found

    def filled(self) -> Iterator[tuple[int, Part]]:
        """Parts in which something fits."""
        for index, part in enumerate(self.parts):
            if self.count(index):
                yield index, part


def gateway_of(connection: sqlite3.Connection, account: str, name: str) -> tuple[int, int, int] | None:
    """(id, next number, stored logs); None when nothing was ever recorded there."""
    row: Any = connection.execute(
        "SELECT id, next, stored FROM gateways WHERE account = ? AND name = ?", (account, name)
    ).fetchone()
    return (int(row[0]), int(row[1]), int(row[2])) if row else None
