"""Dynamic routes, their versions and deployments, in the envelopes that the official SDK expects (spec §5.4).

Lists carry their rows both under `data`, as documented, and under `result`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from groundfog.gateway.checks import as_object, refuse
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.gateway.management.answers import GATEWAY, json_body, management, page_number, stored
from groundfog.wire.http import envelope, json_answer
from groundfog.wire.route import Route

if TYPE_CHECKING:
    from groundfog.gateway.routing import DynamicRoutes

ROUTES = GATEWAY + "/routes"
ROUTE = ROUTES + "/{route}"


def routes() -> list[Route]:
    return management(
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


async def list_routes(exchange: Exchange) -> Answer:
    return _listed(exchange, "routes", await stored(exchange, _routes(exchange).list))


async def create(exchange: Exchange) -> Answer:
    data = _fields(await json_body(exchange), "name", "elements")
    made = await stored(exchange, _routes(exchange).create, data["name"], data["elements"])
    return envelope(made)


async def show(exchange: Exchange) -> Answer:
    return envelope(await stored(exchange, _routes(exchange).get, exchange.parameters["route"]))


async def rename(exchange: Exchange) -> Answer:
    data = _fields(await json_body(exchange), "name")
    changed = await stored(exchange, _routes(exchange).rename, exchange.parameters["route"], data["name"])
    return json_answer({"success": True, "route": changed, "result": changed, "errors": [], "messages": []})


async def delete(exchange: Exchange) -> Answer:
    return envelope(await stored(exchange, _routes(exchange).delete, exchange.parameters["route"]))


async def list_versions(exchange: Exchange) -> Answer:
    rows = await stored(exchange, _routes(exchange).versions, exchange.parameters["route"])
    return _listed(exchange, "versions", rows)


async def add_version(exchange: Exchange) -> Answer:
    data = _fields(await json_body(exchange), "elements")
    made = await stored(exchange, _routes(exchange).add_version, exchange.parameters["route"], data["elements"])
    return envelope(made)


async def show_version(exchange: Exchange) -> Answer:
    ids = exchange.parameters
    return envelope(await stored(exchange, _routes(exchange).version, ids["route"], ids["version"]))


async def list_deployments(exchange: Exchange) -> Answer:
    rows = await stored(exchange, _routes(exchange).deployments, exchange.parameters["route"])
    return _listed(exchange, "deployments", rows)


async def deploy(exchange: Exchange) -> Answer:
    data = _fields(await json_body(exchange), "version_id")
    changed = await stored(exchange, _routes(exchange).deploy, exchange.parameters["route"], data["version_id"])
    return envelope(changed)


def _routes(exchange: Exchange) -> DynamicRoutes:
    return exchange.platform.gateways.parts.routes


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
