"""Sums over time from the rolled-up tables, never from rows (spec ai-gateway §3.19)."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterator, Sequence

import msgspec
import numpy as np

from groundfog import errors
from groundfog.gateway.log_query import AnalyticsGroup, AnalyticsQuery, LogFilter
from groundfog.gateway.records import metadata_sums, rollups
from groundfog.gateway.records.edits import DELETED
from groundfog.gateway.records.histogram import BUCKETS, percentiles
from groundfog.gateway.records.queries import snapshot
from groundfog.gateway.records.rollups import DAY, HOUR, MINUTE, Values
from groundfog.gateway.records.texts import Series, Sort, value_text
from groundfog.gateway.records.upkeep import KEEP_MINUTES_S

_SERIES = msgspec.json.Decoder(Series).decode
DENSE = 1 << 22
"""So many possible groups are counted in a table."""
_HALF_BITS = 28
_HALF = (1 << _HALF_BITS) - 1
_REQUESTS, _ERRORS, _COST, _IN, _OUT, _SENT, _RECEIVED = (
    rollups.SUMS.index(name)
    for name in ("requests", "errors", "cost", "tokens_in", "tokens_out", "request_bytes", "response_bytes")
)
_SHARES = (0.5, 0.9, 0.95, 0.99)
Key = tuple[int | None, str, str, str, str]
"""Slot, gateway, provider, model, metadata: what the query does not group by is empty."""


def run(connection: sqlite3.Connection, query: AnalyticsQuery, now: float) -> list[AnalyticsGroup]:
    """The groups, oldest slot first, those with most requests first within a slot; at most `query.limit`.

    Slots are whole minutes, or whole hours where metadata is asked for. Raises GATEWAY_INVALID for anything else.
    """
    by_metadata = "metadata" in query.dimensions or any(one.key.startswith("metadata.") for one in query.filters)
    _check(query, by_metadata)
    totals = _Totals()
    with snapshot(connection):
        for gateway, name in _gateways(connection, query):
            _add_gateway(connection, query, gateway, name, now, by_metadata, totals)
    return totals.groups(query)


def _check(query: AnalyticsQuery, by_metadata: bool) -> None:
    finest = HOUR if by_metadata else MINUTE
    if query.slot_s is not None and query.slot_s % finest:
        what = "sums by metadata are kept by the hour" if by_metadata else "sums are kept by the minute"
        raise errors.GATEWAY_INVALID(what=f"{what}: choose a longer time", path=("dimensions",))
    for one in query.filters:
        known = one.key in ("gateway", "provider", "model") or one.key.startswith("metadata.")
        if not known or one.operator not in ("eq", "neq"):
            raise errors.GATEWAY_INVALID(what=f"no filter {one.key} {one.operator}", path=("filter",))


def _gateways(connection: sqlite3.Connection, query: AnalyticsQuery) -> list[tuple[int, str]]:
    fits = _fits([one for one in query.filters if one.key == "gateway"])
    rows = connection.execute("SELECT id, name FROM gateways WHERE account = ?", (query.account,)).fetchall()
    return [(number, name) for number, name in rows if not name.startswith(DELETED) and fits(name)]


def _fits(filters: Sequence[LogFilter]) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        return all((text in one.values) == (one.operator == "eq") for one in filters)

    return fits


def _add_gateway(
    connection: sqlite3.Connection,
    query: AnalyticsQuery,
    gateway: int,
    name: str,
    now: float,
    by_metadata: bool,
    totals: _Totals,
) -> None:
    series, keys = _series(connection, query, gateway, name)
    if not series:
        return
    sets = _Sets(connection, query, gateway) if by_metadata else None
    for level, first, end in _stretches(query, now, by_metadata):
        if sets is None or sets.default >= 0:
            totals.add(keys, [""], *_sums(connection, gateway, level, first, end, query.slot_s, series))
        if sets is not None:
            hours = _Hours(connection, gateway, first, end, query.slot_s, series)
            found, sums = hours.sums(sets)
            totals.add(keys, sets.groups, found, sums)
            if sets.default >= 0:
                # Requests without any metadata are what is left of all of them.
                if sets.are_all:
                    together = found.T.copy()
                    together[2] = 0
                    totals.add(keys, [""], *_grouped(together, sums), sign=-1)
                else:
                    totals.add(keys, [""], *hours.sums(None), sign=-1)


def _sums(
    connection: sqlite3.Connection,
    gateway: int,
    level: int,
    first: int,
    end: int,
    slot_s: int | None,
    series: Sequence[tuple[int, int]],
) -> tuple[Values, Values]:
    """Rows of (slot, group of series, group of metadata), and their sums."""
    slots: list[int] = []
    numbers: list[int] = []
    blobs: list[bytes] = []
    for slot, number, blob in connection.execute(
        "SELECT slot, series, sums FROM rollups WHERE gateway = ? AND level = ? AND slot >= ? AND slot < ?",
        (gateway, level, first, end),
    ):
        slots.append(slot)
        numbers.append(number)
        blobs.append(blob)
    parts = _looked_up(np.array(numbers, dtype=np.int64), series)
    keep = parts >= 0
    slot = _slots(np.array(slots, dtype=np.int64), slot_s)
    keys = np.stack([slot, parts, np.zeros_like(parts)])
    return _grouped(keys[:, keep], rollups.unpack(blobs)[keep])


class _Hours:
    """Sums by metadata of a stretch of one gateway's time."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        gateway: int,
        first: int,
        end: int,
        slot_s: int | None,
        series: Sequence[tuple[int, int]],
    ) -> None:
        hours: list[Values] = []
        loaded: list[Values] = []
        for hour, blob in connection.execute(
            "SELECT hour, data FROM metadata_sums WHERE gateway = ? AND hour >= ? AND hour < ?", (gateway, first, end)
        ):
            columns = metadata_sums.load([blob])
            columns[0] = _looked_up(columns[0], series)
            columns = columns[:, columns[0] >= 0]
            loaded.append(columns)
            hours.append(np.full(columns.shape[1], hour, dtype=np.int64))
        self._columns = np.concatenate(loaded, axis=1) if loaded else metadata_sums.load([])
        self._slots = _slots(np.concatenate(hours) if hours else np.empty(0, np.int64), slot_s)

    def sums(self, sets: _Sets | None) -> tuple[Values, Values]:
        """By the groups of `sets`; all together without."""
        columns, slots = self._columns, self._slots
        metadata = columns[1]
        if sets is None:
            groups = np.zeros_like(metadata)
        else:
            groups = _looked_up(metadata, sets.pairs, sets.default)
            keep = groups >= 0
            columns, slots, groups = columns[:, keep], slots[keep], groups[keep]
        return _widened(np.stack([slots, columns[0], groups]), columns)


def _looked_up(numbers: Values, pairs: Sequence[tuple[int, int]], default: int = -1) -> Values:
    """For each number its group by `pairs` of (number, group), `default` for those that are in none."""
    size = max(int(numbers.max(initial=0)), max((number for number, _ in pairs), default=0)) + 1
    table = np.full(size, default, dtype=np.int64)
    if pairs:
        both = np.array(pairs, dtype=np.int64)
        table[both[:, 0]] = both[:, 1]
    return table[numbers]


def _widened(keys: Values, columns: Values) -> tuple[Values, Values]:
    """Rows of `metadata_sums` of the same key added up, their buckets beside each other as in `rollups`."""
    if not keys.shape[1]:
        return keys.T, np.empty((0, rollups.WIDTH), dtype=np.int64)
    one = _one(keys)
    seen = np.zeros(int(one.max()) + 1, dtype=np.bool_) if int(one.max()) < DENSE else None
    if seen is None:
        _, first, group = np.unique(one, return_index=True, return_inverse=True)
    else:
        # Few possible keys: counting them is much quicker than sorting.
        seen[one] = True
        group = (np.cumsum(seen) - 1)[one]
        first = np.empty(int(group.max()) + 1, dtype=np.int64)
        first[group] = np.arange(len(group))
    values = np.zeros((len(first), rollups.WIDTH), dtype=np.int64)
    for place, name in enumerate(metadata_sums.COLUMNS):
        if name in rollups.SUMS:
            values[:, rollups.SUMS.index(name)] = _counted(group, columns[place], len(first))
    cell = group * BUCKETS + columns[metadata_sums.COLUMNS.index("bucket")]
    requests = columns[metadata_sums.COLUMNS.index("requests")]
    values[:, len(rollups.SUMS) :] = _counted(cell, requests, len(first) * BUCKETS).reshape(-1, BUCKETS)
    return keys[:, first].T, values


def _counted(group: Values, values: Values, size: int) -> Values:
    """Sums by group. NumPy adds as floats, which are exact to 53 bits: so large numbers are added in two halves."""
    low = np.bincount(group, weights=values & _HALF, minlength=size).astype(np.int64)
    if int(values.max()) <= _HALF:
        return low
    return low + (np.bincount(group, weights=values >> _HALF_BITS, minlength=size).astype(np.int64) << _HALF_BITS)


def _slots(slots: Values, slot_s: int | None) -> Values:
    return slots - slots % slot_s if slot_s else np.full_like(slots, -1)


def _one(keys: Values) -> Values:
    """Several keys as one number each, in the same order: sorted in one pass."""
    one = np.zeros(keys.shape[1], dtype=np.int64)
    for key in keys:
        relative = key - key.min()
        one = one * (int(relative.max()) + 1) + relative
    return one


def _grouped(keys: Values, values: Values) -> tuple[Values, Values]:
    """Rows of the same key added up; keys one per row."""
    if not keys.shape[1]:
        return keys.T, values
    order = np.argsort(_one(keys), kind="stable")
    keys, values = keys[:, order].T, values[order]
    starts = np.flatnonzero(np.concatenate([[True], (keys[1:] != keys[:-1]).any(axis=1)]))
    return keys[starts], np.add.reduceat(values, starts, axis=0)


def _series(
    connection: sqlite3.Connection, query: AnalyticsQuery, gateway: int, name: str
) -> tuple[list[tuple[int, int]], list[tuple[Key, bool]]]:
    """(series, group) pairs, and what each group is: its key, and whether its answers came from the cache."""
    by_provider = _fits([one for one in query.filters if one.key == "provider"])
    by_model = _fits([one for one in query.filters if one.key == "model"])
    groups: dict[tuple[Key, bool], int] = {}
    pairs: list[tuple[int, int]] = []
    for number, text in connection.execute(
        "SELECT id, text FROM texts WHERE gateway = ? AND sort = ?", (gateway, Sort.SERIES)
    ):
        one = _SERIES(text)
        if not by_provider(one.provider) or not by_model(one.model):
            continue
        key: Key = (
            None,
            name if "gateway" in query.dimensions else "",
            one.provider if "provider" in query.dimensions else "",
            one.model if "model" in query.dimensions else "",
            "",
        )
        pairs.append((number, groups.setdefault((key, one.cached), len(groups))))
    return pairs, list(groups)


class _Sets:
    """Which set of metadata belongs to which group: `groups` are their texts; `default` is where the others belong.

    −1 is none: those do not fit the filters.
    """

    def __init__(self, connection: sqlite3.Connection, query: AnalyticsQuery, gateway: int) -> None:
        filters = [(one.key.removeprefix("metadata."), one) for one in query.filters if one.key.startswith("metadata.")]
        by_key: dict[str, dict[int, str]] = {}
        grouped = "metadata" in query.dimensions
        if grouped and query.metadata_key is not None:
            by_key[query.metadata_key] = {}
        for key in [*by_key, *(key for key, _ in filters)]:
            rows = connection.execute("SELECT id, value FROM metadata WHERE gateway = ? AND key = ?", (gateway, key))
            by_key[key] = dict(rows.fetchall())
        whole: dict[int, str] = {}
        if grouped and query.metadata_key is None:
            whole = dict(
                connection.execute(
                    "SELECT id, text FROM texts WHERE gateway = ? AND sort = ?", (gateway, Sort.METADATA)
                ).fetchall()
            )
        names = whole if query.metadata_key is None else by_key.get(query.metadata_key, {})
        groups = {"": 0}
        self.pairs: list[tuple[int, int]] = []
        for number in {*whole, *(number for values in by_key.values() for number in values)}:
            if not filters or all(_holds(one, by_key[key].get(number)) for key, one in filters):
                text = names.get(number, "") if grouped else ""
                self.pairs.append((number, groups.setdefault(text, len(groups))))
            else:
                self.pairs.append((number, -1))
        self.groups = list(groups)
        self.are_all = not filters
        """No set is left out."""
        self.default = 0 if all(_holds(one, None) for _, one in filters) else -1


def _holds(one: LogFilter, text: str | None) -> bool:
    wanted = {None if value is None else value_text(value) for value in one.values}
    return (text in wanted) == (one.operator == "eq")


def _stretches(query: AnalyticsQuery, now: float, by_metadata: bool) -> Iterator[tuple[int, int, int]]:
    """(level, first, end) that together are the query's time: the coarsest sums that fit, finer ones at the ends."""
    finest = HOUR if by_metadata else MINUTE
    first = math.floor(query.start / finest) * finest
    end = math.ceil(query.end / finest) * finest
    kept_since = math.ceil((now - KEEP_MINUTES_S) / HOUR) * HOUR
    if finest == MINUTE and first < kept_since:
        first = first // HOUR * HOUR
        if end < kept_since:
            end = math.ceil(end / HOUR) * HOUR
    coarsest = HOUR if by_metadata else DAY
    levels = [
        level
        for level in (DAY, HOUR, MINUTE)
        if finest <= level <= coarsest and (query.slot_s is None or query.slot_s % level == 0)
    ]
    yield from _split(levels, first, end)


def _split(levels: Sequence[int], first: int, end: int) -> Iterator[tuple[int, int, int]]:
    if first >= end or not levels:
        return
    level = levels[0]
    inner, outer = math.ceil(first / level) * level, end // level * level
    if inner >= outer:
        yield from _split(levels[1:], first, end)
        return
    yield from _split(levels[1:], first, inner)
    yield level, inner, outer
    yield from _split(levels[1:], outer, end)


class _Totals:
    """Groups while they are added up: two rows of sums for each, of providers' answers and of the cache's."""

    def __init__(self) -> None:
        self._places: dict[Key, int] = {}
        self._added: list[tuple[Values, Values]] = []

    def add(
        self, keys: Sequence[tuple[Key, bool]], texts: Sequence[str], found: Values, sums: Values, sign: int = 1
    ) -> None:
        places = []
        for slot, part, text in found.tolist():
            (_, gateway, provider, model, _), cached = keys[part]
            key: Key = (None if slot < 0 else slot, gateway, provider, model, texts[text])
            places.append(2 * self._places.setdefault(key, len(self._places)) + cached)
        self._added.append((np.array(places, dtype=np.int64), sign * sums))

    def groups(self, query: AnalyticsQuery) -> list[AnalyticsGroup]:
        """In the order and number that the query asks for; empty ones are left out."""
        sums = np.zeros((2 * len(self._places), rollups.WIDTH), dtype=np.int64)
        for places, added in self._added:
            np.add.at(sums, places, added)
        own, cached = sums[0::2], sums[1::2]
        requests = (own[:, 0] + cached[:, 0]).tolist()
        # With most requests first, and those of the same slot together: sorted twice, which keeps the first order.
        rows = [(-requests[place], key[1:], key, place) for key, place in self._places.items() if requests[place] > 0]
        rows.sort()
        if query.slot_s is not None:
            rows.sort(key=lambda row: row[2][0] or 0)
        rows = rows[: query.limit]
        chosen = [row[3] for row in rows]
        return _groups([row[2] for row in rows], own[chosen], cached[chosen])


def _groups(keys: Sequence[Key], own: Values, cached: Values) -> list[AnalyticsGroup]:
    if not keys:
        return []
    both = own + cached
    slots, *names = zip(*keys, strict=True)
    columns = (
        both[:, _REQUESTS],
        both[:, _ERRORS],
        cached[:, _REQUESTS],
        own[:, _IN],
        own[:, _OUT],
        cached[:, _IN],
        cached[:, _OUT],
        both[:, _COST],
        both[:, _SENT],
        both[:, _RECEIVED],
        *percentiles(both[:, len(rollups.SUMS) :], _SHARES),
    )
    times = [None if slot is None else float(slot) for slot in slots]
    return list(map(AnalyticsGroup, times, *names, *(column.tolist() for column in columns)))
