"""From a query's filters to predicates: texts are looked up once, so that rows are compared by small numbers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
import numpy as np

from groundfog import errors
from groundfog.gateway.log_query import LogFilter, Operator, Value
from groundfog.gateway.records import blocks
from groundfog.gateway.records.batch import packed_id
from groundfog.gateway.records.blocks import Column
from groundfog.gateway.records.predicates import Among, AnyOf, InSet, Predicate, numeric
from groundfog.gateway.records.texts import Kind, Sort, value_text

NUMBERS = {
    "created_at": Column.CREATED,
    "cost": Column.COST,
    "tokens": Column.TOKENS,
    "tokens_in": Column.TOKENS_IN,
    "tokens_out": Column.TOKENS_OUT,
    "duration": Column.DURATION,
    "feedback": Column.FEEDBACK,
}
KINDS = {
    "request_content_type": "request_content_type",
    "response_content_type": "response_content_type",
    "request_type": "request_type",
    "success": "success",
    "cached": "cached",
    "provider": "provider",
    "model": "model",
    "model_type": "model_type",
    "authentication": "authentication",
    "wholesale": "wholesale",
    "compatibilityMode": "compatibility_mode",
    "dlp_action": "dlp_action",
}
"""Filter key → field of `Kind`."""
_decode_kind = msgspec.json.Decoder(Kind).decode


class Selection:
    """What a query asks of one gateway, ready to be compared.

    `kinds` are the numbers of those kinds that fit, None for all of them; `predicates` is everything else.
    """

    def __init__(self, connection: sqlite3.Connection, gateway: int) -> None:
        self.connection = connection
        self.gateway = gateway
        self.kinds: set[int] | None = None
        self.predicates: list[Predicate] = []
        self._all: dict[int, Kind] | None = None

    @property
    def is_everything(self) -> bool:
        return self.kinds is None and not self.predicates

    @property
    def all_kinds(self) -> dict[int, Kind]:
        """Every kind of the gateway by its number."""
        if self._all is None:
            self._all = {number: _decode_kind(text) for number, text in self._texts(Sort.KIND)}
        return self._all

    def kind_predicate(self) -> InSet | None:
        if self.kinds is None:
            return None
        return InSet(Column.KIND, sorted(self.kinds), max(self.all_kinds, default=0) + 1)

    def add_filters(self, filters: Sequence[LogFilter]) -> None:
        """All of them must hold. `metadata.key` and `metadata.value` beside each other mean one entry."""
        waiting = list(filters)
        while waiting:
            one = waiting.pop(0)
            if one.key in ("metadata.key", "metadata.value"):
                other = None
                if waiting and {one.key, waiting[0].key} == {"metadata.key", "metadata.value"}:
                    other = waiting.pop(0)
                key, value = (one, other) if one.key == "metadata.key" else (other, one)
                self.predicates.append(self._metadata(key, value))
            elif one.key in KINDS:
                self._keep_kinds(one)
            elif one.key in NUMBERS:
                self.predicates.append(self._number(one))
            elif one.key == "user_agent":
                self.predicates.append(self._agent(one))
            elif one.key in ("id", "event_id"):
                self.predicates.append(self._id(one))
            else:
                raise errors.GATEWAY_INVALID(what=f"there is no filter {one.key}", path=("filters",))

    def add_search(self, text: str) -> None:
        """Anywhere in provider, model, path or metadata; or the whole id or event id."""
        if not text:
            return
        wanted = text.casefold()
        kinds = [
            number
            for number, kind in self.all_kinds.items()
            if wanted in kind.provider.casefold() or wanted in kind.model.casefold()
        ]
        found: list[Predicate] = [
            InSet(Column.KIND, kinds, max(self.all_kinds, default=0) + 1),
            Among(self._by_id("id", "eq", text)),
            Among(self._by_id("event_id", "eq", text)),
        ]
        for sort, column in ((Sort.PATH, Column.PATH), (Sort.METADATA, Column.METADATA)):
            numbers = [number for number, one in self._texts(sort) if wanted in one.casefold()]
            found.append(InSet(column, numbers, self._size(sort)))
        self.predicates.append(AnyOf(found))

    def _keep_kinds(self, one: LogFilter) -> None:
        field = KINDS[one.key]
        fits = _comparison(one.operator, one.values)
        mine = {number for number, kind in self.all_kinds.items() if fits(_plain(getattr(kind, field)))}
        self.kinds = mine if self.kinds is None else self.kinds & mine

    def _number(self, one: LogFilter) -> Predicate:
        if one.operator == "contains":
            raise errors.GATEWAY_INVALID(what=f"contains is for texts, {one.key} is a number", path=("filters",))
        if not all(value is None or isinstance(value, int | float) for value in one.values):
            raise errors.GATEWAY_INVALID(what=f"{one.key} is compared with numbers", path=("filters",))
        values = one.values
        if one.key == "created_at":
            # A millisecond's tenth: binary fractions of a second do not tell two milliseconds apart exactly.
            values = tuple(None if value is None else round(float(value) * 1000, 1) for value in values)
        return numeric(NUMBERS[one.key], one.operator, values)

    def _agent(self, one: LogFilter) -> Predicate:
        fits = _comparison(one.operator, one.values)
        numbers = [number for number, text in self._texts(Sort.AGENT) if fits(text)]
        if fits(None):
            numbers.append(0)
        return InSet(Column.AGENT, numbers, self._size(Sort.AGENT))

    def _metadata(self, key: LogFilter | None, value: LogFilter | None) -> Predicate:
        """Rows with an entry that fits both; `neq` alone means rows without such an entry."""
        negated = False
        if key is None or value is None:
            alone = key or value
            if alone is not None and alone.operator == "neq":
                negated = True
                alone = LogFilter(alone.key, "eq", alone.values)
            key, value = (alone, None) if key is not None else (None, alone)
        conditions = ["gateway = ?"]
        parameters: list[Any] = [self.gateway]
        for column, one in (("key", key), ("value", value)):
            if one is not None:
                condition, given = _sql(column, one.operator, one.values)
                conditions.append(condition)
                parameters += given
        rows = self.connection.execute(f"SELECT id FROM metadata WHERE {' AND '.join(conditions)}", parameters)
        return InSet(Column.METADATA, [number for (number,) in rows], self._size(Sort.METADATA), negated)

    def _id(self, one: LogFilter) -> Predicate:
        negated = one.operator == "neq"
        operator: Operator = "eq" if negated else one.operator
        found = [self._by_id(one.key, operator, value) for value in one.values if isinstance(value, str)]
        return Among(np.unique(np.concatenate(found)) if found else np.empty(0, np.int64), negated)

    def _by_id(self, key: str, operator: Operator, text: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Keys of rows, sorted. An event id that equals the row's id is not kept twice."""
        packed = packed_id(text)
        if operator == "contains":
            half, given = "instr(lower(hex(id)), ?)", text.lower().replace("-", "")
            other = "instr(event_id, ?)"
        else:
            sign = {"eq": "=", "lt": "<", "gt": ">", "le": "<=", "ge": ">="}[operator]
            half, given = f"id {sign} ?", packed  # type: ignore[assignment]
            other = f"event_id {sign} ?"
        first, end = blocks.key(self.gateway, 0), blocks.key(self.gateway + 1, 0)
        inside = "AND seq >= ? AND seq < ?"
        queries = [(f"SELECT seq FROM logs WHERE {half} {inside}", given)]
        if key == "event_id":
            queries = [
                (f"SELECT seq FROM logs WHERE {half} {inside} AND event_id IS NULL", given),
                (f"SELECT seq FROM logs WHERE event_id IS NOT NULL AND {other} {inside}", text),
            ]
        seqs = [
            seq for query, parameter in queries for (seq,) in self.connection.execute(query, (parameter, first, end))
        ]
        return np.array(sorted(seqs), dtype=np.int64)

    def _texts(self, sort: Sort) -> Iterable[tuple[int, str]]:
        return self.connection.execute(
            "SELECT id, text FROM texts WHERE gateway = ? AND sort = ?", (self.gateway, sort)
        )

    def _size(self, sort: Sort) -> int:
        (last,) = self.connection.execute(
            "SELECT coalesce(max(id), 0) FROM texts WHERE gateway = ? AND sort = ?", (self.gateway, sort)
        ).fetchone()
        return int(last) + 1


def _plain(value: Any) -> Any:
    """Not set is None, also for texts."""
    return None if value == "" else value


def _comparison(operator: Operator, values: Sequence[Value]) -> Callable[[Any], bool]:
    """Whether a text or a truth value fits; `contains` takes no heed of case."""
    if operator in ("eq", "neq"):
        wanted = set(values)
        return (lambda value: value in wanted) if operator == "eq" else (lambda value: value not in wanted)
    texts = [value for value in values if isinstance(value, str)]
    if operator == "contains":
        folded = [text.casefold() for text in texts]
        return lambda value: isinstance(value, str) and any(text in value.casefold() for text in folded)
    compare = _ORDER[operator]
    return lambda value: isinstance(value, str) and any(compare(value, text) for text in texts)


_ORDER: dict[Operator, Callable[[str, str], bool]] = {
    "lt": lambda value, text: value < text,
    "gt": lambda value, text: value > text,
    "le": lambda value, text: value <= text,
    "ge": lambda value, text: value >= text,
}


def _sql(column: str, operator: Operator, values: Sequence[Value]) -> tuple[str, list[Any]]:
    """A condition on a metadata table's text column. Numbers are compared as numbers."""
    given = [value for value in values if value is not None]
    if operator in ("eq", "neq"):
        sign = "IN" if operator == "eq" else "NOT IN"
        return f"{column} {sign} ({', '.join('?' * len(given))})", [value_text(value) for value in given]
    if operator == "contains":
        half = f"instr(lower({column}), ?)"
        return f"({' OR '.join([half] * len(given)) or '0'})", [value_text(value).lower() for value in given]
    sign = {"lt": "<", "gt": ">", "le": "<=", "ge": ">="}[operator]
    halves: list[str] = []
    parameters: list[Any] = []
    for value in given:
        if isinstance(value, int | float) and not isinstance(value, bool):
            # Metadata is kept as text; what begins like no number is none.
            halves.append(f"({column} GLOB '[-0-9]*' AND CAST({column} AS REAL) {sign} ?)")
            parameters.append(value)
        else:
            halves.append(f"{column} {sign} ?")
            parameters.append(value_text(value))
    return f"({' OR '.join(halves) or '0'})", parameters
