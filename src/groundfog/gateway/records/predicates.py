"""Filters as masks over blocks of columns (spec ai-gateway §5.3)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from groundfog.gateway.log_query import Operator, Value
from groundfog.gateway.records.blocks import FEEDBACK_ZERO, OPTIONAL, Column, Mask

Small = npt.NDArray[Any]
Range = tuple[int, int]
"""Both ends are in it."""
_HIGHEST = (1 << 63) - 2


class Columns(Protocol):
    """Rows that a predicate looks at."""

    @property
    def length(self) -> int: ...

    @property
    def first(self) -> int:
        """Key of the row in place 0."""
        ...

    def small(self, column: Column) -> tuple[Small, int]:
        """A column's values less a base, and the base."""
        ...

    def range(self, column: Column) -> Range | None:
        """Least and greatest value; None where that is not known. Missing values are left out."""
        ...

    def seqs(self) -> npt.NDArray[np.int64]:
        """The keys of the rows."""
        ...


class Predicate(Protocol):
    def mask(self, rows: Columns) -> Mask | None:
        """Which rows fit; None is all of them."""
        ...

    def none(self, rows: Columns) -> bool:
        """It is known, without looking at the rows, that none fits."""
        ...


class InSet:
    """The column's number is one of a set: for texts."""

    def __init__(self, column: Column, numbers: Sequence[int], size: int, negated: bool = False) -> None:
        """`size` is one more than the largest number that can occur."""
        self.column = column
        self.table = np.full(max(size, 1), negated, dtype=np.bool_)
        if len(numbers):
            self.table[np.asarray(numbers, dtype=np.int64)] = not negated

    def mask(self, rows: Columns) -> Mask | None:
        values, base = rows.small(self.column)
        found: Mask = self.table[base:].take(values)
        return found

    def none(self, rows: Columns) -> bool:
        return False


class InRanges:
    """The column's value is in one of several ranges: for numbers."""

    def __init__(self, column: Column, ranges: Sequence[Range], negated: bool = False) -> None:
        """`ranges` of values as they are packed: one higher in columns where they may be missing, 0 for missing."""
        self.column = column
        self._ranges = ranges
        self._negated = negated

    def mask(self, rows: Columns) -> Mask | None:
        values, base = rows.small(self.column)
        found = np.zeros(len(values), dtype=np.bool_)
        limit = int(np.iinfo(values.dtype).max)
        for low, high in self._ranges:
            low, high = max(low - base, 0), min(high - base, limit)
            if low > high or low > limit:
                continue
            if low == 0 and high == limit:
                found[:] = True
            elif low == 0:
                found |= values <= high
            elif high == limit:
                found |= values >= low
            else:
                found |= (values >= low) & (values <= high)
        return ~found if self._negated else found

    def bounds(self) -> Range | None:
        """The smallest and the largest value that fits, where there are such."""
        if self._negated or not self._ranges:
            return None
        return min(low for low, _ in self._ranges), max(high for _, high in self._ranges)

    def none(self, rows: Columns) -> bool:
        known = rows.range(self.column)
        if known is None or self._negated:
            return False
        least, greatest = known
        return not any((low <= greatest and high >= least) or low == 0 for low, high in self._ranges)


class Among:
    """The row is one of a list: for ids."""

    def __init__(self, seqs: npt.NDArray[np.int64], negated: bool = False) -> None:
        """`seqs` sorted."""
        self._seqs = seqs
        self._negated = negated

    def mask(self, rows: Columns) -> Mask | None:
        keys = rows.seqs()
        low, high = np.searchsorted(self._seqs, [keys[0], keys[-1] + 1]) if len(keys) else (0, 0)
        found = np.zeros(len(keys), dtype=np.bool_)
        places = np.searchsorted(keys, self._seqs[low:high])
        mine = self._seqs[low:high]
        found[places[keys[places.clip(max=len(keys) - 1)] == mine]] = True
        return ~found if self._negated else found

    def none(self, rows: Columns) -> bool:
        if self._negated or not rows.length:
            return False
        low, high = np.searchsorted(self._seqs, [rows.first, int(rows.seqs()[-1]) + 1])
        return bool(low == high)


class AnyOf:
    """One of several predicates holds."""

    def __init__(self, predicates: Sequence[Predicate]) -> None:
        self._predicates = predicates

    def mask(self, rows: Columns) -> Mask | None:
        found = np.zeros(rows.length, dtype=np.bool_)
        for predicate in self._predicates:
            if predicate.none(rows):
                continue
            mask = predicate.mask(rows)
            if mask is None:
                return None
            found |= mask
        return found

    def none(self, rows: Columns) -> bool:
        return all(predicate.none(rows) for predicate in self._predicates)


def numeric(column: Column, operator: Operator, values: Sequence[Value]) -> InRanges:
    """A filter on a number, a time (ms) or feedback. A missing value equals None and fits nothing else but `neq`."""
    offset = 1 if column in OPTIONAL else FEEDBACK_ZERO if column is Column.FEEDBACK else 0
    least = 1 if offset else 0
    ranges: list[Range] = []
    for value in values:
        if value is None:
            if offset and operator in ("eq", "neq"):
                ranges.append((0, 0))
            continue
        number = float(value) if not isinstance(value, int) else value
        found = _range(operator, number, least - offset)
        if found is not None:
            ranges.append((found[0] + offset, found[1] + offset))
    return InRanges(column, ranges, negated=operator == "neq")


def _range(operator: Operator, value: float, least: int) -> Range | None:
    """The integers that fit, from `least` on; None when there are none."""
    if isinstance(value, float):
        if math.isnan(value):
            return None
        value = max(-1e18, min(value, 1e18))
    value = max(-_HIGHEST, min(value, _HIGHEST))
    if operator in ("eq", "neq"):
        low = high = int(value)
        if low != value:
            return None
    elif operator == "gt":
        low, high = math.floor(value) + 1, _HIGHEST
    elif operator == "ge":
        low, high = math.ceil(value), _HIGHEST
    elif operator == "lt":
        low, high = least, math.ceil(value) - 1
    else:
        low, high = least, math.floor(value)
    low = max(low, least)
    return (low, high) if low <= high else None
