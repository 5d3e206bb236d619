"""What may be asked of the log and of its roll-ups, in the units in which they are kept (spec ai-gateway §5.3, §3.19).

Times are seconds since the epoch (UTC), costs pico-dollars, durations milliseconds.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from groundfog.gateway.record import Record

Operator = Literal["eq", "neq", "contains", "lt", "gt", "le", "ge"]
Value = str | int | float | bool | None
FILTER_KEYS = frozenset(
    {
        "id",
        "created_at",
        "request_content_type",
        "response_content_type",
        "request_type",
        "success",
        "cached",
        "provider",
        "model",
        "model_type",
        "cost",
        "tokens",
        "tokens_in",
        "tokens_out",
        "duration",
        "feedback",
        "event_id",
        "metadata.key",
        "metadata.value",
        "authentication",
        "wholesale",
        "compatibilityMode",
        "dlp_action",
        "user_agent",
    }
)
"""`tokens` is the sum of both directions; `metadata.key` and `metadata.value` beside each other mean one entry."""
ORDER_KEYS = frozenset(
    {
        "created_at",
        "provider",
        "model",
        "model_type",
        "success",
        "cached",
        "cost",
        "tokens_in",
        "tokens_out",
        "duration",
        "feedback",
    }
)


class LogFilter(msgspec.Struct, frozen=True):
    """A row fits if the operator holds for any of `values`; several filters must all fit. Ordering operators and
    `contains` take one value each. None is: not set.
    """

    key: str
    operator: Operator
    values: tuple[Value, ...]


class LogQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows of a gateway's log, in which order. Rows of equal rank are ordered by id, newest first."""

    filters: tuple[LogFilter, ...] = ()
    search: str = ""
    """Found anywhere in id, event id, provider, model, path or metadata."""
    order_by: str = "created_at"
    descending: bool = True
    page: int = 1
    per_page: int = 20
    aggregates: bool = False
    """Ask for the least and the greatest of the numbers over all pages, too."""


class LogRow(msgspec.Struct, frozen=True):
    """A row as it is read back; its record has no settlements, and bodies only where they were asked for."""

    record: Record
    feedback: int | None = None
    score: float | None = None


class LogPage(msgspec.Struct, frozen=True):
    """`aggregates`: `min_cost`, `max_cost`, … of cost, duration, tokens_in, tokens_out, total_tokens."""

    rows: list[LogRow]
    total_count: int
    aggregates: dict[str, int | float | None] | None = None


Dimension = Literal["gateway", "provider", "model", "metadata"]


class AnalyticsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over time, grouped by `dimensions` and by slots of `slot_s` seconds (None: one sum over everything).

    `filters` know the keys gateway, provider, model and `metadata.{name}`, with eq and neq.
    """

    account: str
    start: float
    end: float
    slot_s: int | None = None
    dimensions: tuple[Dimension, ...] = ()
    metadata_key: str | None = None
    """Which entry the dimension `metadata` groups by."""
    filters: tuple[LogFilter, ...] = ()
    limit: int = 10_000


class AnalyticsGroup(msgspec.Struct, gc=False):
    """One group. Percentiles are None where nothing was counted; a cached answer's tokens count only as cached."""

    slot: float | None = None
    """The slot's start."""
    gateway: str = ""
    provider: str = ""
    model: str = ""
    metadata: str = ""
    requests: int = 0
    errors: int = 0
    cached: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cached_tokens_in: int = 0
    cached_tokens_out: int = 0
    cost: int = 0
    request_bytes: int = 0
    response_bytes: int = 0
    duration_p50: float | None = None
    duration_p90: float | None = None
    duration_p95: float | None = None
    duration_p99: float | None = None
