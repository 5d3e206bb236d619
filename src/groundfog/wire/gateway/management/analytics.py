"""`GET …/gateways/{gateway}/analytics`, groundfog's own: sums and latencies over time, from rolled-up tables."""

from __future__ import annotations

from typing import Any, cast

from groundfog.clock import rfc3339
from groundfog.gateway.checks import refuse
from groundfog.gateway.log_query import AnalyticsGroup, AnalyticsQuery, Dimension, LogFilter
from groundfog.metering.money import PICO
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.gateway.management.answers import GATEWAY, gateway_of, one_of, records_of, whole_number
from groundfog.wire.gateway.management.log_parameters import moment
from groundfog.wire.http import envelope
from groundfog.wire.route import Route, route

DAY_S = 86_400
INTERVALS = {"minute": 60, "hour": 3600, "day": DAY_S, "none": None}
DIMENSIONS = ("provider", "model")
METADATA = "metadata."
MOST_GROUPS = 10_000


def routes() -> list[Route]:
    summary = "Requests, tokens, cost, errors and latencies over time"
    return [route("GET", GATEWAY + "/analytics", analytics, dialect="management", scope="read", summary=summary)]


async def analytics(exchange: Exchange) -> Answer:
    """Parameters: `start_date`, `end_date` (the last day), `interval` minute, hour, day or none, `group_by` a list of
    provider, model and metadata.KEY, `provider`, `model`, `limit`.
    """
    config = gateway_of(exchange)
    given = exchange.query
    now = exchange.platform.clock.time()
    end = moment(given["end_date"], ("end_date",)) if given.get("end_date") else now + 1
    start = moment(given["start_date"], ("start_date",)) if given.get("start_date") else end - DAY_S
    if start >= end:
        refuse(("start_date",), "must be before end_date")
    interval = one_of(exchange, "interval", "hour", tuple(INTERVALS))
    names = [name.strip() for name in given.get("group_by", "").split(",") if name.strip()]
    keys = [name.removeprefix(METADATA) for name in names if name.startswith(METADATA)]
    unknown = [name for name in names if name not in DIMENSIONS and not name.startswith(METADATA)]
    if unknown or len(keys) > 1 or "" in keys:
        refuse(("group_by",), "must be a list of provider, model and at most one metadata.KEY")
    query = AnalyticsQuery(
        account=config.account,
        start=start,
        end=end,
        slot_s=INTERVALS[interval],
        dimensions=cast(
            "tuple[Dimension, ...]", tuple("metadata" if name.startswith(METADATA) else name for name in names)
        ),
        metadata_key=keys[0] if keys else None,
        filters=(
            LogFilter("gateway", "eq", (config.id,)),
            *(LogFilter(name, "eq", (given[name],)) for name in DIMENSIONS if given.get(name)),
        ),
        limit=whole_number(exchange, "limit", MOST_GROUPS, 1, MOST_GROUPS),
    )
    groups = await (await records_of(exchange)).analytics(query)
    series = [_shown(group, names) for group in groups]
    return envelope({"start": rfc3339(start), "end": rfc3339(end), "interval": interval, "series": series})


def _shown(group: AnalyticsGroup, names: list[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {} if group.slot is None else {"time": rfc3339(group.slot)}
    for name in names:
        shown[name] = group.metadata if name.startswith(METADATA) else getattr(group, name)
    return {
        **shown,
        "requests": group.requests,
        "errors": group.errors,
        "cached": group.cached,
        "tokens_in": group.tokens_in,
        "tokens_out": group.tokens_out,
        "cached_tokens_in": group.cached_tokens_in,
        "cached_tokens_out": group.cached_tokens_out,
        "cost": group.cost / PICO,
        "request_bytes": group.request_bytes,
        "response_bytes": group.response_bytes,
        "duration_ms": {
            "p50": group.duration_p50,
            "p90": group.duration_p90,
            "p95": group.duration_p95,
            "p99": group.duration_p99,
        },
    }
