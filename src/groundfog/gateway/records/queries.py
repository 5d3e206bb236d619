"""What is asked of the log: pages, rows, averages. Each runs in a reader's thread, on one state of the database."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from groundfog.gateway.log_query import LogFilter, LogPage, LogQuery, LogRow
from groundfog.gateway.records import blocks, order, rows
from groundfog.gateway.records import bodies as bodies_of
from groundfog.gateway.records.batch import EVALUATION, packed_id
from groundfog.gateway.records.blocks import FEEDBACK_ZERO, OPTIONAL, RANGED, Column, Mask
from groundfog.gateway.records.order import Keys
from groundfog.gateway.records.scan import Matches, gateway_of, parts
from groundfog.gateway.records.select import Selection

Measure = Literal["cost", "speed", "feedback"]
_NAMES = {
    Column.COST: "cost",
    Column.DURATION: "duration",
    Column.TOKENS_IN: "tokens_in",
    Column.TOKENS_OUT: "tokens_out",
    Column.TOKENS: "total_tokens",
}


@contextlib.contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything read in the block is of one moment."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def page(connection: sqlite3.Connection, account: str, gateway: str, query: LogQuery) -> LogPage:
    """One page of the log; an empty one past the end."""
    with snapshot(connection):
        found = gateway_of(connection, account, gateway)
        if found is None:
            selection = Selection(connection, 0)
            _fill(selection, query)
            return LogPage([], 0, dict.fromkeys(_aggregate_names()) if query.aggregates else None)
        number, next_number, _ = found
        selection = Selection(connection, number)
        _fill(selection, query)
        all_parts = parts(connection, number, next_number)
        start = (query.page - 1) * query.per_page
        keys, matches = order.page(selection, all_parts, query.order_by, query.descending, start, query.per_page)
        total = sum(matches.count(index) for index in range(len(all_parts)))
        aggregates = _aggregates(matches) if query.aggregates else None
        return LogPage(rows.load(connection, account, gateway, keys.tolist()), total, aggregates)


def keys_of(connection: sqlite3.Connection, account: str, gateway: str, query: LogQuery, limit: int | None) -> Keys:
    """Keys of every row that fits, in the query's order, at most `limit`; its paging does not count."""
    with snapshot(connection):
        found = gateway_of(connection, account, gateway)
        if found is None:
            return np.empty(0, dtype=np.int64)
        selection = Selection(connection, found[0])
        _fill(selection, query)
        all_parts = parts(connection, found[0], found[1])
        return order.page(selection, all_parts, query.order_by, query.descending, 0, limit)[0]


def get(connection: sqlite3.Connection, account: str, gateway: str, id: str, bodies: bool) -> LogRow | None:
    """One row, with its bodies when asked for."""
    with snapshot(connection):
        seq = find(connection, account, gateway, id)
        if seq is None:
            return None
        loaded = rows.load(connection, account, gateway, [seq])
        if bodies and loaded:
            record = loaded[0].record
            record.request_body, record.response_body = bodies_of.read(connection, seq)
        return loaded[0] if loaded else None


def find(connection: sqlite3.Connection, account: str, gateway: str, id: str) -> int | None:
    """The key of the row with that id."""
    found = gateway_of(connection, account, gateway)
    if found is None:
        return None
    first, end = blocks.key(found[0], 0), blocks.key(found[0] + 1, 0)
    (seq,) = connection.execute(
        "SELECT max(seq) FROM logs WHERE id = ? AND seq >= ? AND seq < ?", (packed_id(id), first, end)
    ).fetchone()
    return None if seq is None else int(seq)


def measure(
    connection: sqlite3.Connection, account: str, gateway: str, filters: Sequence[LogFilter], kind: Measure
) -> tuple[float | None, int]:
    """The average over the rows that have the field, and how many those are (spec ai-gateway §3.14).

    Pico-dollars for cost, ms for speed (of successful requests), the share of thumbs up for feedback.
    """
    column = {"cost": Column.COST, "speed": Column.DURATION, "feedback": Column.FEEDBACK}[kind]
    total, count = 0.0, 0
    with snapshot(connection):
        found = gateway_of(connection, account, gateway)
        selection = Selection(connection, found[0] if found else 0)
        selection.add_filters([*filters, LogFilter("request_type", "neq", (EVALUATION,))])
        if found is None:
            return None, 0
        matches = Matches(selection, parts(connection, found[0], found[1]))
        for index, part in matches.filled():
            values = part.values(column)[matches.places(index)]
            if column is Column.COST:
                values = values[values > 0] - 1
            elif column is Column.FEEDBACK:
                values = values[(values > 0) & (values != FEEDBACK_ZERO)] > FEEDBACK_ZERO
            total += float(values.sum(dtype=np.float64))
            count += len(values)
    return (total / count if count else None), count


def _fill(selection: Selection, query: LogQuery) -> None:
    selection.add_filters(query.filters)
    selection.add_search(query.search)


def _aggregate_names() -> list[str]:
    return [f"{end}_{_NAMES[column]}" for column in RANGED for end in ("min", "max")]


def _aggregates(matches: Matches) -> dict[str, int | float | None]:
    """Least and greatest of the numbers, missing ones left out."""
    ends: dict[Column, tuple[int, int]] = {}
    bounds = matches.bounds()
    for index, part in matches.filled():
        mask = None if matches.count(index) == part.rows and part.alive is None else matches.mask(index)
        for column in RANGED:
            known = part.range(column)
            if column in ends and known is not None and _within(_clipped(known, bounds.get(column)), ends[column]):
                continue
            if mask is not None or known is None:
                known = _ends(*part.small(column), mask, column in OPTIONAL, ends.get(column))
            if known[0] <= known[1]:
                low, high = ends.get(column, known)
                ends[column] = min(low, known[0]), max(high, known[1])
    found: dict[str, int | float | None] = dict.fromkeys(_aggregate_names())
    for column, (low, high) in ends.items():
        offset = 1 if column in OPTIONAL else 0
        found[f"min_{_NAMES[column]}"] = low - offset
        found[f"max_{_NAMES[column]}"] = high - offset
    return found


def _ends(
    values: npt.NDArray[Any], base: int, mask: Mask | None, optional: bool, known: tuple[int, int] | None
) -> tuple[int, int]:
    """Least and greatest of the values that the mask has; (1, 0) where none of them is outside of what is `known`.

    0 is missing if optional.
    """
    chosen = mask
    if optional and base == 0:
        chosen = values > 0 if mask is None else mask & (values > 0)
    if chosen is None:
        return int(values.min()) + base, int(values.max()) + base
    most = np.iinfo(values.dtype).max
    if known is not None and base <= known[0] and known[1] - base <= most:
        # Most blocks have nothing new: two comparisons are a tenth of the work.
        chosen = chosen & ((values < known[0] - base) | (values > known[1] - base))
    if not chosen.any():
        return 1, 0
    # Put in place of the others, a sentinel is quicker than to pick the chosen ones out.
    return int(np.where(chosen, values, most).min()) + base, int(np.where(chosen, values, 0).max()) + base


def _clipped(known: tuple[int, int], bounds: tuple[int, int] | None) -> tuple[int, int]:
    """What a filter on the column itself leaves of a block's range."""
    return known if bounds is None else (max(known[0], bounds[0]), min(known[1], bounds[1]))


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    """A block that could not widen the range is not looked at."""
    return inner[0] >= outer[0] and inner[1] <= outer[1]
