"""The query parameters of the log, as the official SDK sends them, read into a `LogQuery` (spec ai-gateway §5.3).

A list of filters arrives flattened: `filters.key=provider&filters.operator=eq&filters.value=openai&…`, one filter after
the other or sorted by part. JSON in `filters`, `filters[0][key]` and `filters[][key]` are read too.
"""

from __future__ import annotations

import datetime
import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, cast

import msgspec
import orjson

from groundfog.gateway.checks import Path, refuse
from groundfog.gateway.log_query import FILTER_KEYS, ORDER_KEYS, LogFilter, LogQuery, Operator, Value
from groundfog.metering.money import PICO
from groundfog.wire.exchange import Exchange
from groundfog.wire.gateway.management.answers import flag, one_of, page_number, pairs

MAX_PER_PAGE = 50
MAX_FILTERS = 50
OPERATORS = ("eq", "neq", "contains", "lt", "gt")
NUMBERS = frozenset({"tokens", "tokens_in", "tokens_out", "duration"})
FLAGS = frozenset({"success", "cached", "authentication", "wholesale", "compatibilityMode"})
TEXTS = ("provider", "model", "model_type", "request_content_type", "response_content_type")
_ENDS: tuple[tuple[str, Operator], ...] = (("min", "ge"), ("max", "le"))
BOUNDS: Mapping[str, tuple[str, Operator]] = MappingProxyType(
    {
        f"{end}_{name}": ("tokens" if name == "total_tokens" else name, operator)
        for name in ("cost", "duration", "tokens_in", "tokens_out", "total_tokens")
        for end, operator in _ENDS
    }
)
_PART = re.compile(r"filters(?:\[(\d*)\])?(?:\.|\[)(key|operator|value)(?:\[\d*\]|\])*")


def log_query(exchange: Exchange) -> LogQuery:
    """What a list asks for. Raises GATEWAY_INVALID."""
    page, per_page = page_number(exchange, MAX_PER_PAGE)
    order_by, descending = order(exchange)
    return LogQuery(
        filters=(*_named(exchange), *filters(exchange)),
        search=exchange.query.get("search", ""),
        order_by=order_by,
        descending=descending,
        page=page,
        per_page=per_page,
        aggregates=bool(flag(exchange, "meta_info")),
    )


def order(exchange: Exchange) -> tuple[str, bool]:
    """The field to order by, and whether the greatest comes first."""
    order_by = one_of(exchange, "order_by", "created_at", sorted(ORDER_KEYS))
    older = one_of(exchange, "direction", "desc", ("asc", "desc"))
    return order_by, one_of(exchange, "order_by_direction", older, ("asc", "desc")) == "desc"


def filters(exchange: Exchange) -> tuple[LogFilter, ...]:
    """The parameter `filters`, in whichever of its forms."""
    given: list[tuple[str, str, list[Any]]] = []
    for name, value in pairs(exchange):
        if name == "filters":
            given += _json_filters(value)
    given += _flat_filters(pairs(exchange))
    return checked(given)


def checked(given: Sequence[tuple[str, str, Sequence[Any]]]) -> tuple[LogFilter, ...]:
    """Filters of keys, operators and values as they were sent. Raises GATEWAY_INVALID."""
    if len(given) > MAX_FILTERS:
        refuse(("filters",), f"must be at most {MAX_FILTERS}")
    return tuple(_filter(key, operator, values, str(index)) for index, (key, operator, values) in enumerate(given))


def _filter(key: str, operator: str, values: Sequence[Any], place: str) -> LogFilter:
    path = ("filters", place)
    if key not in FILTER_KEYS:
        refuse((*path, "key"), f"must be one of {', '.join(sorted(FILTER_KEYS))}")
    if operator not in OPERATORS:
        refuse((*path, "operator"), f"must be one of {', '.join(OPERATORS)}")
    if not values:
        refuse((*path, "value"), "is required")
    if operator == "contains":
        return LogFilter(key, "contains", tuple(str(value) for value in values))
    read = tuple(_value(key, value, (*path, "value")) for value in values)
    if operator in ("lt", "gt") and any(value is None for value in read):
        refuse((*path, "value"), f"must not be null with the operator {operator}")
    return LogFilter(key, cast("Operator", operator), read)


def _named(exchange: Exchange) -> Iterable[LogFilter]:
    """The parameters that stand for a filter of their own."""
    query = exchange.query
    for name in TEXTS:
        if query.get(name):
            yield LogFilter(name, "eq", (query[name],))
    for name in ("success", "cached"):
        wanted = flag(exchange, name)
        if wanted is not None:
            yield LogFilter(name, "eq", (wanted,))
    for name, key, operator in (("start_date", "created_at", "ge"), ("end_date", "created_at", "le")):
        if query.get(name):
            yield LogFilter(key, cast("Operator", operator), (moment(query[name], (name,)),))
    if query.get("feedback"):
        yield LogFilter("feedback", "eq", (_value("feedback", query["feedback"], ("feedback",)),))
    for name, (key, bound) in BOUNDS.items():
        if query.get(name):
            yield LogFilter(key, bound, (_value(key, query[name], (name,)),))


def moment(value: Any, path: Path) -> float:
    """Seconds since the epoch of an RFC 3339 time (UTC where it names no zone) or of unix seconds."""
    try:
        if isinstance(value, int | float) or re.fullmatch(r"\d+(\.\d+)?", str(value)):
            seconds = float(value)
        else:
            # A plus sign that was not escaped in a URL arrives as a space.
            read = datetime.datetime.fromisoformat(str(value).strip().replace(" ", "+" if "T" in str(value) else "T"))
            seconds = (read if read.tzinfo else read.replace(tzinfo=datetime.UTC)).timestamp()
    except (ValueError, OverflowError):
        refuse(path, "must be a time like 2026-10-10T08:00:00Z")
    if not 0 <= seconds < 1e11:
        refuse(path, "must be a time like 2026-10-10T08:00:00Z")
    return seconds


def _value(key: str, value: Any, path: Path) -> Value:
    """A value in the unit in which the field is kept; an empty one is null."""
    if value is None or value == "" or (value == "null" and key in NUMBERS | FLAGS | {"cost", "feedback"}):
        return None
    if key == "created_at":
        return moment(value, path)
    if key == "cost":
        return int(_decimal(value, path) * PICO)
    if key in NUMBERS:
        return float(_decimal(value, path))
    if key == "feedback":
        # Thumbs down is 0 in the list's parameter and -1 in the log (spec §3.13).
        return 1 if _decimal(value, path) > 0 else -1
    if key in FLAGS:
        if str(value).lower() not in ("true", "false", "1", "0"):
            refuse(path, "must be true or false")
        return str(value).lower() in ("true", "1")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _decimal(value: Any, path: Path) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        refuse(path, "must be a number")
    if isinstance(value, bool) or not number.is_finite() or not math.isfinite(float(number)) or abs(number) > 10**15:
        refuse(path, "must be a number")
    return number


class _Open(msgspec.Struct):
    """A filter of which not every part has come yet."""

    key: str = ""
    operator: str = ""
    values: list[Any] = []
    last: str = ""

    def is_taken(self, part: str) -> bool:
        """Whether a further part of this sort belongs to the next filter."""
        if part == "value":
            return bool(self.values) and self.last != "value"
        return bool(getattr(self, part))

    def add(self, part: str, value: str) -> None:
        if part == "value":
            self.values.append(value)
        elif part == "key":
            self.key = value
        else:
            self.operator = value
        self.last = part


def _flat_filters(given: Iterable[tuple[str, str]]) -> list[tuple[str, str, list[Any]]]:
    """Filters whose parts come as parameters of their own: numbered, one filter after the other, or, as the official
    SDK's HTTP library sends more than one of them, first all keys, then all operators, then all values.
    """
    numbered: dict[str, _Open] = {}
    parts: list[tuple[str, str]] = []
    for name, value in given:
        found = _PART.fullmatch(name)
        if found is None:
            continue
        if found[1]:
            numbered.setdefault(found[1], _Open()).add(found[2], value)
        else:
            parts.append((found[2], value))
    runs = [part for part, _ in itertools.groupby(parts, key=lambda each: each[0])]
    one_by_one = _in_groups(parts) if len(runs) == len(set(runs)) else _in_turn(parts)
    return [(each.key, each.operator, each.values) for each in (*numbered.values(), *one_by_one)]


def _in_turn(parts: Iterable[tuple[str, str]]) -> list[_Open]:
    """A part that is there already opens the next filter."""
    found = [_Open()]
    for part, value in parts:
        if found[-1].is_taken(part):
            found.append(_Open())
        found[-1].add(part, value)
    return found


def _in_groups(parts: Iterable[tuple[str, str]]) -> list[_Open]:
    """The first key belongs to the first operator and the first value, and so on. Several filters of which one has
    several values cannot be told apart, and are refused.
    """
    groups: dict[str, list[str]] = {"key": [], "operator": [], "value": []}
    for part, value in parts:
        groups[part].append(value)
    keys, operators, values = groups["key"], groups["operator"], groups["value"]
    if len(keys) <= 1 and len(operators) <= 1:
        found = [_Open("".join(keys), "".join(operators), list(values))]
        return found if keys or operators or values else []
    if not len(keys) == len(operators) == len(values):
        refuse(
            ("filters",),
            f"came as {len(keys)} keys, {len(operators)} operators and {len(values)} values, which cannot be put "
            'together; send a JSON list as filters=[{"key": …, "operator": …, "value": […]}]',
        )
    return [_Open(*each[:2], [each[2]]) for each in zip(keys, operators, values, strict=True)]


def _json_filters(text: str) -> list[tuple[str, str, list[Any]]]:
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError:
        refuse(("filters",), "must be a JSON list")
    return filter_list(given)


def filter_list(given: Any) -> list[tuple[str, str, list[Any]]]:
    """Filters of a JSON list. Raises GATEWAY_INVALID."""
    if isinstance(given, dict):
        given = [given]
    if not isinstance(given, list):
        refuse(("filters",), "must be a list")
    found: list[tuple[str, str, list[Any]]] = []
    for index, row in enumerate(given):
        if not isinstance(row, dict):
            refuse(("filters", str(index)), "must be an object")
        for name in row:
            if name not in ("key", "operator", "value"):
                refuse(("filters", str(index), name), "is not a field that exists")
        value = row.get("value")
        values = value if isinstance(value, list) else [] if value is None and "value" not in row else [value]
        if any(isinstance(each, list | dict) for each in values):
            refuse(("filters", str(index), "value"), "must be a list of strings, numbers and booleans")
        found.append((str(row.get("key", "")), str(row.get("operator", "")), values))
    return found
