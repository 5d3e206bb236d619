"""What the management handlers have in common: paths, bodies, query parameters and pages (spec ai-gateway §5.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import orjson

from groundfog.gateway.checks import refuse
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.records import Records
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.http import envelope
from groundfog.wire.route import Handler, Route, Scope, route

T = TypeVar("T")
BASE = "/client/v4/accounts/{account}/ai-gateway"
GATEWAYS = BASE + "/gateways"
GATEWAY = GATEWAYS + "/{gateway}"
PER_PAGE = 20
MAX_PER_PAGE = 100
LAST_PAGE = 2**31 - 1


def management(*rows: tuple[str, str, Handler, Scope, str]) -> list[Route]:
    """Rows of the management API: method, path, handler, scope, summary."""
    return [
        route(method, path, handler, dialect="management", scope=scope, summary=summary)
        for method, path, handler, scope, summary in rows
    ]


def gateway_of(exchange: Exchange) -> GatewayConfig:
    """The gateway that the path names. Raises GATEWAY_NOT_FOUND."""
    return exchange.platform.gateways.parts.configs.find(exchange.account, exchange.parameters["gateway"])


async def stored(exchange: Exchange, call: Callable[..., T], *arguments: Any, **options: Any) -> T:
    """Ask a table of settings about the gateway that the path names, in a thread. Raises GATEWAY_NOT_FOUND."""
    config = gateway_of(exchange)
    return await asyncio.to_thread(call, config.account, config.id, *arguments, **options)


async def records_of(exchange: Exchange) -> Records:
    """The log of every gateway, ready to be asked."""
    await exchange.platform.gateways.ready()
    return exchange.platform.gateways.parts.records


async def json_body(exchange: Exchange) -> Any:
    """The body's JSON. Raises GATEWAY_INVALID where it is none."""
    try:
        return orjson.loads(await exchange.body())
    except orjson.JSONDecodeError as error:
        refuse((), f"The body must be JSON: {error}")


def pairs(exchange: Exchange) -> list[tuple[str, str]]:
    """The query's parameters in their order; names may repeat."""
    return parse_qsl(exchange.scope["query_string"].decode("latin-1"), keep_blank_values=True)


def hides(exchange: Exchange) -> bool:
    """Whether secrets that settings carry (headers for collectors and providers) are hidden from the caller."""
    key = exchange.principal.key if exchange.principal is not None else None
    return key is not None and not key.allows("admin")


def flag(exchange: Exchange, name: str) -> bool | None:
    """A query parameter that is true or false; None where it is absent."""
    value = exchange.query.get(name)
    if value is None or value == "":
        return None
    if value.lower() not in ("true", "false", "1", "0"):
        refuse((name,), "must be true or false")
    return value.lower() in ("true", "1")


def whole_number(exchange: Exchange, name: str, default: int, least: int, most: int) -> int:
    """A query parameter that is an integer within bounds."""
    value = exchange.query.get(name)
    if value is None or value == "":
        return default
    if not (value.isascii() and value.isdigit() and len(value) < 16) or not least <= int(value) <= most:
        refuse((name,), f"must be {least} to {most}")
    return int(value)


def one_of(exchange: Exchange, name: str, default: str, allowed: Sequence[str]) -> str:
    """A query parameter with few values."""
    value = exchange.query.get(name) or default
    if value not in allowed:
        refuse((name,), f"must be {' or '.join(allowed)}")
    return value


def page_number(exchange: Exchange, most: int = MAX_PER_PAGE) -> tuple[int, int]:
    """`page` and `per_page`."""
    return whole_number(exchange, "page", 1, 1, LAST_PAGE), whole_number(exchange, "per_page", PER_PAGE, 1, most)


def page_of(exchange: Exchange, rows: Sequence[Any]) -> Answer:
    """One page. Past the end it is empty: clients walk on until they see that."""
    page, per_page = page_number(exchange)
    part = rows[(page - 1) * per_page : page * per_page]
    return envelope(
        part,
        info={
            "page": page,
            "per_page": per_page,
            "count": len(part),
            "total_count": len(rows),
            "total_pages": -(-len(rows) // per_page),
        },
    )
