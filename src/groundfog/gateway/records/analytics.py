"""Sums over time from the rolled-up tables, never from rows (spec ai-gateway §3.19)."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from groundfog import errors
from groundfog.gateway.log_query import AnalyticsGroup, AnalyticsQuery, LogFilter
from groundfog.gateway.records.edits import DELETED
from groundfog.gateway.records.histogram import percentile
from groundfog.gateway.records.queries import snapshot
from groundfog.gateway.records.rollups import DAY, HOUR, MINUTE
from groundfog.gateway.records.schema import HISTOGRAM, SUMS
from groundfog.gateway.records.texts import Series, Sort, value_text
from groundfog.gateway.records.upkeep import KEEP_MINUTES_S

_SERIES = msgspec.json.Decoder(Series).decode
_ADDED = ", ".join(f"sum({name})" for name in (*SUMS, *HISTOGRAM))
_WIDTH = len(SUMS) + len(HISTOGRAM)
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
        source = _Source(connection, gateway, level, first, end, query.slot_s, series)
        if sets is None:
            totals.add(keys, [""], source.sums("metadata = 0"))
            continue
        totals.add(keys, sets.groups, source.sums("metadata > 0", sets))
        if sets.default >= 0:
            # Requests without any metadata are what is left of all of them.
            totals.add(keys, [""], source.sums("metadata = 0"))
            totals.add(keys, [""], source.sums("metadata > 0"), sign=-1)


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
            if all(_holds(one, by_key[key].get(number)) for key, one in filters):
                text = names.get(number, "") if grouped else ""
                self.pairs.append((number, groups.setdefault(text, len(groups))))
            else:
                self.pairs.append((number, -1))
        self.groups = list(groups)
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


class _Source:
    """A stretch of one gateway's sums."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        gateway: int,
        level: int,
        first: int,
        end: int,
        slot_s: int | None,
        series: list[tuple[int, int]],
    ) -> None:
        self._connection = connection
        self._place = (gateway, level, first, end)
        self._slot = f"slot - slot % {int(slot_s)}" if slot_s else "-1"
        self._series = series

    def sums(self, condition: str, sets: _Sets | None = None) -> list[tuple[Any, ...]]:
        """Rows of (slot, group of series, group of metadata, sums…)."""
        maps = [
            "s(id, part) AS MATERIALIZED (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM "
            "json_each(?))"
        ]
        parameters: list[Any] = [json.dumps(self._series)]
        join, part = "", "0"
        if sets is not None:
            maps.append(
                "m(id, part) AS MATERIALIZED (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') "
                "FROM json_each(?))"
            )
            parameters.append(json.dumps(sets.pairs))
            join, part = "LEFT JOIN m ON m.id = metadata", f"coalesce(m.part, {sets.default})"
        query = (
            f"WITH {', '.join(maps)} SELECT {self._slot}, s.part, {part}, {_ADDED} FROM rollups "
            f"JOIN s ON s.id = series {join} "
            f"WHERE gateway = ? AND level = ? AND slot >= ? AND slot < ? AND {condition} GROUP BY 1, 2, 3"
        )
        return self._connection.execute(query, (*parameters, *self._place)).fetchall()


class _Totals:
    """Groups while they are added up."""

    def __init__(self) -> None:
        self._rows: dict[Key, list[list[int]]] = {}

    def add(
        self, keys: Sequence[tuple[Key, bool]], texts: Sequence[str], rows: Sequence[Sequence[Any]], sign: int = 1
    ) -> None:
        """Add rows of `_Source.sums`. Each group keeps two lists: what was answered by providers, and by the cache."""
        for slot, part, text, *sums in rows:
            if text < 0:
                continue
            (_, gateway, provider, model, _), cached = keys[part]
            key: Key = (None if slot < 0 else slot, gateway, provider, model, texts[text])
            both = self._rows.get(key)
            if both is None:
                both = self._rows[key] = [[0] * _WIDTH, [0] * _WIDTH]
            kept = both[cached]
            for number, value in enumerate(sums):
                kept[number] += sign * value

    def groups(self, query: AnalyticsQuery) -> list[AnalyticsGroup]:
        """In the order and number that the query asks for; empty ones are left out."""
        rows = [(key, both) for key, both in self._rows.items() if both[0][0] + both[1][0] > 0]
        rows.sort(key=lambda row: (row[0][0] or 0, -(row[1][0][0] + row[1][1][0]), row[0][1:]))
        return [_group(key, own, cached) for key, (own, cached) in rows[: query.limit]]


def _group(key: Key, own: Sequence[int], cached: Sequence[int]) -> AnalyticsGroup:
    both = {name: a + b for name, a, b in zip(SUMS, own, cached, strict=False)}
    durations = [a + b for a, b in zip(own[len(SUMS) :], cached[len(SUMS) :], strict=True)]
    mine, hits = dict(zip(SUMS, own, strict=False)), dict(zip(SUMS, cached, strict=False))
    return AnalyticsGroup(
        slot=None if key[0] is None else float(key[0]),
        gateway=key[1],
        provider=key[2],
        model=key[3],
        metadata=key[4],
        requests=both["requests"],
        errors=both["errors"],
        cached=hits["requests"],
        tokens_in=mine["tokens_in"],
        tokens_out=mine["tokens_out"],
        cached_tokens_in=hits["tokens_in"],
        cached_tokens_out=hits["tokens_out"],
        cost=both["cost"],
        request_bytes=both["request_bytes"],
        response_bytes=both["response_bytes"],
        duration_p50=percentile(durations, 0.5),
        duration_p90=percentile(durations, 0.9),
        duration_p95=percentile(durations, 0.95),
        duration_p99=percentile(durations, 0.99),
    )
