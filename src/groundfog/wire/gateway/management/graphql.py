"""`POST /client/v4/graphql`: the analytics datasets of gateways, by Cloudflare's names (spec ai-gateway §3.19).

The schema is small and strict: a field, filter or order that it does not have is an error that names it. The slots of
a group are as fine as the finest time among the dimensions that are asked for.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from groundfog import errors
from groundfog.clock import rfc3339
from groundfog.gateway.checks import refuse
from groundfog.gateway.log_query import AnalyticsGroup, AnalyticsQuery, LogFilter
from groundfog.metering.money import PICO
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.gateway.management.answers import json_body, records_of
from groundfog.wire.gateway.management.graphql_schema import (
    COMPARISONS,
    DATASETS,
    MOST_GROUPS,
    ORDERS,
    PLAIN,
    TIMES,
    Count,
    sdl,
)
from groundfog.wire.gateway.management.log_parameters import moment
from groundfog.wire.http import json_answer
from groundfog.wire.route import Route, route

if TYPE_CHECKING:
    from graphql import DocumentNode, GraphQLError, GraphQLResolveInfo, GraphQLSchema

PATH = "/client/v4/graphql"
MOST_TOKENS = 5000
MOST_DATASETS = 25
"""Datasets that one query may ask for; each is a question to the store."""


def routes() -> list[Route]:
    return [route("POST", PATH, graphql, dialect="management", scope=None, summary="Analytics of gateways in GraphQL")]


async def graphql(exchange: Exchange) -> Answer:
    """`{query, variables?, operationName?}`. What is wrong with the query is told under `errors`, with status 200."""
    from graphql import GraphQLError, VariablesInAllowedPositionRule, execute, parse, specified_rules, validate

    exchange.authorise("read", any_account=True)
    data = await json_body(exchange)
    if not isinstance(data, dict) or not isinstance(data.get("query"), str):
        raise errors.GATEWAY_INVALID(what="query must be a string", path=("query",))
    variables = data.get("variables") or {}
    if not isinstance(variables, dict):
        raise errors.GATEWAY_INVALID(what="variables must be an object", path=("variables",))
    try:
        document: DocumentNode = parse(data["query"], max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        return _answer(exchange, None, [error])
    # Callers declare times as string, String or Time, numbers as Int or uint64: values are checked where they are used.
    rules = [rule for rule in specified_rules if rule is not VariablesInAllowedPositionRule]
    wrong = validate(schema(), document, rules)
    if wrong:
        return _answer(exchange, None, wrong)
    outcome = execute(
        schema(),
        document,
        root_value={"viewer": {}},
        context_value=_Context(exchange),
        variable_values=variables,
        operation_name=data.get("operationName"),
    )
    result: Any = await outcome if hasattr(outcome, "__await__") else outcome
    return _answer(exchange, result.data, result.errors or [])


@dataclasses.dataclass
class _Context:
    exchange: Exchange
    datasets: int = 0


@functools.cache
def schema() -> GraphQLSchema:
    """Built at its first use: the library need not be loaded before somebody asks."""
    from graphql import GraphQLObjectType, build_schema, specified_scalar_types

    built = build_schema(sdl())
    # Specified scalars that no field uses are not in a schema by themselves, and callers declare variables with them.
    for scalar in specified_scalar_types.values():
        built.type_map.setdefault(scalar.name, scalar)
    viewer = cast(GraphQLObjectType, built.type_map["Viewer"])
    viewer.fields["accounts"].resolve = _accounts
    account = cast(GraphQLObjectType, built.type_map["Account"])
    for name in DATASETS:
        account.fields[name].resolve = _dataset
    return built


def _accounts(
    source: Any, info: GraphQLResolveInfo[_Context], filter: Mapping[str, Any] | None = None
) -> list[dict[str, str]]:
    from graphql import GraphQLError

    exchange = info.context.exchange
    account = (filter or {}).get("accountTag") or exchange.account
    if not isinstance(account, str):
        raise GraphQLError("accountTag must be a string")
    principal = exchange.principal
    if principal is not None and principal.key is not None and not principal.key.covers(account):
        raise GraphQLError("not authorized for that account", extensions={"code": "authz"})
    return [{"accountTag": account}]


async def _dataset(
    source: Mapping[str, str],
    info: GraphQLResolveInfo[_Context],
    filter: Mapping[str, Any] | None = None,
    orderBy: Sequence[Any] = (),
    limit: Any = MOST_GROUPS,
) -> list[dict[str, Any]]:
    from graphql import GraphQLError

    context = info.context
    context.datasets += 1
    if context.datasets > MOST_DATASETS:
        raise GraphQLError(f"a query may ask for {MOST_DATASETS} datasets at most")
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST_GROUPS:
        raise GraphQLError(f"limit must be 1 to {MOST_GROUPS}")
    if not all(order in ORDERS for order in orderBy):
        raise GraphQLError(f"orderBy must be one of {', '.join(ORDERS)}")
    chosen = _chosen(info, orderBy)
    slots = [TIMES[name] for name in chosen if name in TIMES]
    try:
        start, end, filters = _range(filter or {})
    except errors.GroundfogError as error:
        raise GraphQLError(error.description) from None
    # Ordered by what the store does not know, the first of all groups can only be found among all groups.
    query = AnalyticsQuery(
        account=source["accountTag"],
        start=start,
        end=context.exchange.platform.clock.time() + 1 if end is None else end,
        slot_s=min(slots) if slots else None,
        dimensions=tuple(dimension for name, dimension in PLAIN.items() if name in chosen),
        filters=filters,
        limit=MOST_GROUPS,
    )
    groups = await (await records_of(context.exchange)).analytics(query)
    count = DATASETS[info.field_name]
    rows = [_row(group, count) for group in groups if getattr(group, count)]
    for order in reversed(orderBy):
        name, _, direction = order.rpartition("_")
        rows.sort(key=lambda row: _sort_key(row, name), reverse=direction == "DESC")
    return rows[:limit]


def _row(group: AnalyticsGroup, count: Count) -> dict[str, Any]:
    dimensions: dict[str, Any] = {
        "gateway": group.gateway,
        "provider": group.provider,
        "model": group.model,
        "metadataRaw": group.metadata,
    }
    if group.slot is not None:
        dimensions |= {name: _slot(group.slot, name) for name in TIMES}
    return {
        "count": getattr(group, count),
        "sum": {
            "cost": group.cost / PICO,
            "cachedRequests": group.cached,
            "erroredRequests": group.errors,
            "cachedTokensIn": group.cached_tokens_in,
            "cachedTokensOut": group.cached_tokens_out,
            "uncachedTokensIn": group.tokens_in,
            "uncachedTokensOut": group.tokens_out,
        },
        "quantiles": {
            "durationP50": group.duration_p50,
            "durationP90": group.duration_p90,
            "durationP95": group.duration_p95,
            "durationP99": group.duration_p99,
        },
        "dimensions": dimensions,
    }


def _slot(seconds: float, name: str) -> str:
    moment = datetime.datetime.fromtimestamp(seconds - seconds % TIMES[name], datetime.UTC)
    return moment.strftime("%Y-%m-%d" if name == "date" else "%Y-%m-%dT%H:%M:%SZ")


def _sort_key(row: Mapping[str, Any], name: str) -> Any:
    if name == "count":
        return row["count"]
    if name.startswith("sum_"):
        return row["sum"][name.removeprefix("sum_")]
    return row["dimensions"].get(name, "")


def _range(given: Mapping[str, Any]) -> tuple[float, float | None, tuple[LogFilter, ...]]:
    """From when, until when (exclusive), and the other filters. A slot that is named is meant whole."""
    start, end = 0.0, None
    filters: list[LogFilter] = []
    for name, value in given.items():
        if name == "AND":
            for each in value:
                inner_start, inner_end, inner = _range(each)
                start = max(start, inner_start)
                end = inner_end if end is None else end if inner_end is None else min(end, inner_end)
                filters += inner
            continue
        field, _, comparison = name.rpartition("_")
        if comparison in COMPARISONS:
            # An instant is as wide as the clock of the log is fine: a millisecond.
            width = TIMES.get(field, 0.001)
            at = moment(value, (name,))
            if comparison in ("geq", "gt"):
                start = max(start, at + (width if comparison == "gt" else 0))
            else:
                until = at + (width if comparison == "leq" else 0)
                end = until if end is None else min(end, until)
        elif comparison in ("in", "neq", "notin"):
            values = value if isinstance(value, list) else [value]
            filters.append(LogFilter(field, "eq" if comparison == "in" else "neq", _texts(values, name)))
        else:
            filters.append(LogFilter(name, "eq", _texts([value], name)))
    return start, end, tuple(filters)


def _texts(values: Sequence[Any], name: str) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        refuse((name,), "must be a string")
    return tuple(values)


def _chosen(info: GraphQLResolveInfo[_Context], orders: Sequence[str]) -> set[str]:
    """Names of the dimensions that the query asks for, and of those that it orders by."""
    chosen = {name for node in info.field_nodes for name in _fields(info, node.selection_set, ("dimensions",))}
    chosen |= {order.rpartition("_")[0] for order in orders}
    return chosen & (set(TIMES) | set(PLAIN))


def _fields(info: GraphQLResolveInfo[_Context], selection: Any, path: Sequence[str]) -> Iterable[str]:
    """Names of fields at a path below a selection, through fragments."""
    from graphql import FieldNode, FragmentSpreadNode

    for node in selection.selections if selection is not None else ():
        if isinstance(node, FieldNode):
            if not path:
                yield node.name.value
            elif node.name.value == path[0]:
                yield from _fields(info, node.selection_set, path[1:])
        elif isinstance(node, FragmentSpreadNode):
            yield from _fields(info, info.fragments[node.name.value].selection_set, path)
        else:
            yield from _fields(info, node.selection_set, path)


def _answer(exchange: Exchange, data: Any, wrong: Sequence[GraphQLError]) -> Answer:
    shown = None
    if wrong:
        now = rfc3339(exchange.platform.clock.time())
        shown = [_error(each, now) for each in wrong]
    return json_answer({"data": data, "errors": shown})


def _error(error: GraphQLError, now: str) -> dict[str, Any]:
    """What the query did wrong; what went wrong in here is raised."""
    from graphql import GraphQLError

    cause = error.original_error
    extensions: dict[str, Any] = {"timestamp": now, **(error.extensions or {})}
    if isinstance(cause, errors.GroundfogError):
        if cause.status >= 500:
            raise cause
        extensions["code"] = str(cause.code)
    elif cause is not None and not isinstance(cause, GraphQLError):
        raise cause
    shown = {"message": cause.description if isinstance(cause, errors.GroundfogError) else error.message}
    return {**shown, "path": error.path, "locations": error.formatted.get("locations"), "extensions": extensions}
