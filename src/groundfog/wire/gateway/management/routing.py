"""Dynamic routes, their versions and deployments, in the envelopes that the official SDK expects (spec §5.4).

Lists carry their rows both under `data`, as documented, and under `result`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from groundfog.gateway.checks import as_object, refuse
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.gateway.management.answers import GATEWAY, gateway_of, json_body, page_number
from groundfog.wire.http import envelope, json_answer
from groundfog.wire.route import Handler, Route, Scope, route

ROUTES = GATEWAY + "/routes"
ROUTE = ROUTES + "/{route}"


def routes() -> list[Route]:
    rows: tuple[tuple[str, str, Handler, Scope, str], ...] = (
        ("GET", ROUTES, list_routes, "read", "List the dynamic routes"),
        ("POST", ROUTES, create, "admin", "Create a dynamic route"),
        ("GET", ROUTE, show, "read", "Show a dynamic route"),
        ("PATCH", ROUTE, rename, "admin", "Rename a dynamic route"),
        ("DELETE", ROUTE, delete, "admin", "Delete a dynamic route"),
        ("GET", ROUTE + "/versions", list_versions, "read", "List a route's versions"),
        ("POST", ROUTE + "/versions", add_version, "admin", "Add a version to a route"),
        ("GET", ROUTE + "/versions/{version}", show_version, "read", "Show a version"),
        ("GET", ROUTE + "/deployments", list_deployments, "read", "List a route's deployments"),
        ("POST", ROUTE + "/deployments", deploy, "admin", "Put a version into force"),
    )
    return [
        route(method, path, handler, dialect="management", scope=scope, summary=summary)
        for method, path, handler, scope, summary in rows
    ]


async def list_routes(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    table = exchange.platform.gateways.parts.routes
    return _listed(exchange, "routes", await asyncio.to_thread(table.list, config.account, config.id))


async def create(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    data = _fields(await json_body(exchange), "name", "elements")
    table = exchange.platform.gateways.parts.routes
    made = await asyncio.to_thread(table.create, config.account, config.id, data["name"], data["elements"])
    return envelope(made)


async def show(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    table = exchange.platform.gateways.parts.routes
    return envelope(await asyncio.to_thread(table.get, config.account, config.id, exchange.parameters["route"]))


async def rename(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    data = _fields(await json_body(exchange), "name")
    table = exchange.platform.gateways.parts.routes
    changed = await asyncio.to_thread(
        table.rename, config.account, config.id, exchange.parameters["route"], data["name"]
    )
    return json_answer({"success": True, "route": changed, "result": changed, "errors": [], "messages": []})


async def delete(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    table = exchange.platform.gateways.parts.routes
    return envelope(await asyncio.to_thread(table.delete, config.account, config.id, exchange.parameters["route"]))


async def list_versions(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    table = exchange.platform.gateways.parts.routes
    rows = await asyncio.to_thread(table.versions, config.account, config.id, exchange.parameters["route"])
    return _listed(exchange, "versions", rows)


async def add_version(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    data = _fields(await json_body(exchange), "elements")
    table = exchange.platform.gateways.parts.routes
    made = await asyncio.to_thread(
        table.add_version, config.account, config.id, exchange.parameters["route"], data["elements"]
    )
    return envelope(made)


async def show_version(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    table = exchange.platform.gateways.parts.routes
    ids = exchange.parameters
    return envelope(await asyncio.to_thread(table.version, config.account, config.id, ids["route"], ids["version"]))


async def list_deployments(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    table = exchange.platform.gateways.parts.routes
    rows = await asyncio.to_thread(table.deployments, config.account, config.id, exchange.parameters["route"])
    return _listed(exchange, "deployments", rows)


async def deploy(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    data = _fields(await json_body(exchange), "version_id")
    table = exchange.platform.gateways.parts.routes
    changed = await asyncio.to_thread(
        table.deploy, config.account, config.id, exchange.parameters["route"], data["version_id"]
    )
    return envelope(changed)


def _fields(data: Any, *names: str) -> Mapping[str, Any]:
    """An object with exactly these members. Raises GATEWAY_INVALID."""
    given = as_object(data, ())
    for name in names:
        if name not in given:
            refuse((name,), "is required")
    for name in given:
        if name not in names:
            refuse((name,), "is not a field that exists")
    return given


def _listed(exchange: Exchange, name: str, rows: Sequence[Mapping[str, Any]]) -> Answer:
    page, per_page = page_number(exchange)
    part = list(rows[(page - 1) * per_page : page * per_page])
    data = {name: part, "page": page, "per_page": per_page, "order_by": "created_at", "order_by_direction": "desc"}
    info = {"page": page, "per_page": per_page, "count": len(part), "total_count": len(rows)}
    return json_answer(
        {"success": True, "data": data, "result": part, "result_info": info, "errors": [], "messages": []}
    )
