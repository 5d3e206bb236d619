"""Which rows stand on a page: the first so many of millions, without sorting the millions."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from groundfog import errors
from groundfog.gateway.records.blocks import OPTIONAL, Column
from groundfog.gateway.records.scan import Matches, Part
from groundfog.gateway.records.select import KINDS, NUMBERS, Selection

Keys = npt.NDArray[np.int64]
_PENDING = 65_536
"""Candidates gathered before the best are picked out."""


def page(
    selection: Selection, parts: list[Part], order_by: str, descending: bool, start: int, length: int | None
) -> tuple[Keys, Matches]:
    """Keys of the rows at places `start` … `start + length` in that order, and what fits at all.

    Of equals, what came last stands first; by time, they stand as they came. Missing numbers are smaller than any.
    """
    matches = Matches(selection, parts)
    if order_by in NUMBERS:
        wanted = None if length is None else start + length
        return _first(matches, NUMBERS[order_by], descending, wanted)[start:], matches
    if order_by in KINDS:
        return _by_kind(selection, parts, KINDS[order_by], descending, start, length), matches
    raise errors.GATEWAY_INVALID(what=f"logs cannot be ordered by {order_by}", path=("order_by",))


def _first(matches: Matches, column: Column, descending: bool, wanted: int | None) -> Keys:
    """The first `wanted` keys by a column's value (None: all of them)."""
    best = np.empty((2, 0), dtype=np.int64)
    pending: list[npt.NDArray[np.int64]] = []
    waiting = 0
    least: int | None = None
    as_they_came = column is Column.CREATED and not descending

    def settle() -> None:
        nonlocal best, pending, waiting, least
        both = np.concatenate([best, *pending], axis=1)
        order = np.lexsort((both[1] if as_they_came else -both[1], -both[0]))[:wanted]
        best, pending, waiting = both[:, order], [], 0
        if wanted is not None and len(order) == wanted:
            least = int(best[0, -1]) if wanted else None

    for index in _sequence(matches.parts, column, descending):
        part = matches.parts[index]
        if (least is not None and _cannot_beat(part, column, descending, least)) or not matches.count(index):
            continue
        places = matches.places(index)
        values = part.values(column)[places]
        if not descending:
            values = -values
        keys = part.seqs()[places]
        if least is not None:
            # Only a time's parts come out of the order of their keys, and then equals must still be compared.
            fits = values >= least if column is Column.CREATED else values > least
            values, keys = values[fits], keys[fits]
        pending.append(np.stack([values, keys]))
        waiting += len(values)
        if wanted is not None and (waiting >= max(wanted, _PENDING) or (least is None and waiting >= wanted)):
            settle()
    settle()
    found: Keys = best[1]
    return found


def _sequence(parts: list[Part], column: Column, descending: bool) -> Iterable[int]:
    """Newest part first; by time, the one that can hold the first row."""
    indices = range(len(parts) - 1, -1, -1)
    if column is not Column.CREATED:
        return indices
    if descending:
        return sorted(indices, key=lambda index: -parts[index].newest)
    return sorted(indices, key=lambda index: parts[index].oldest)


def _cannot_beat(part: Part, column: Column, descending: bool, least: int) -> bool:
    known = part.range(column)
    if known is None:
        return False
    if descending:
        return known[1] < least if column is Column.CREATED else known[1] <= least
    if column in OPTIONAL:
        return False
    return -known[0] < least


def _by_kind(
    selection: Selection, parts: list[Part], field: str, descending: bool, start: int, length: int | None
) -> Keys:
    """Kinds of equal rank together, one rank after the other, the newest first within each."""
    ranks: dict[object, list[int]] = {}
    for number, kind in selection.all_kinds.items():
        if selection.kinds is None or number in selection.kinds:
            ranks.setdefault(getattr(kind, field), []).append(number)
    found: list[Keys] = []
    left = length
    for value in sorted(ranks, key=str, reverse=descending):
        matches = Matches(_narrowed(selection, ranks[value]), parts)
        count = sum(matches.count(index) for index in range(len(parts)))
        if start >= count:
            start -= count
            continue
        keys = _first(matches, Column.CREATED, True, None if left is None else start + left)[start:]
        start = 0
        found.append(keys)
        if left is not None:
            left -= len(keys)
            if left <= 0:
                break
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _narrowed(selection: Selection, kinds: list[int]) -> Selection:
    narrow = Selection(selection.connection, selection.gateway)
    narrow.kinds = set(kinds)
    narrow.predicates = selection.predicates
    return narrow
