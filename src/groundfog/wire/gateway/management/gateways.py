"""Gateways, their URLs and their hostnames (spec ai-gateway §5.2, §5.9, §5.11)."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from groundfog import errors
from groundfog.gateway import configs, custom_domains
from groundfog.gateway.checks import refuse
from groundfog.gateway.config import GatewayConfig
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.gateway.management.answers import (
    GATEWAY,
    GATEWAYS,
    gateway_of,
    hides,
    json_body,
    page_of,
    records_of,
)
from groundfog.wire.http import envelope, json_answer
from groundfog.wire.route import Route, route

UNIVERSAL = "universal"


def routes() -> list[Route]:
    domains = GATEWAY + "/custom-domains"
    return [
        route("GET", GATEWAYS, list_gateways, dialect="management", scope="read", summary="List the gateways"),
        route("POST", GATEWAYS, create, dialect="management", scope="admin", summary="Create a gateway"),
        route("GET", GATEWAY, show, dialect="management", scope="read", summary="Show a gateway"),
        route("PUT", GATEWAY, update, dialect="management", scope="admin", summary="Change a gateway"),
        route("DELETE", GATEWAY, delete, dialect="management", scope="admin", summary="Delete a gateway and its logs"),
        route(
            "DELETE", GATEWAY + "/cache", clear, dialect="management", scope="admin", summary="Forget cached answers"
        ),
        route(
            "GET", GATEWAY + "/url/{provider}", url, dialect="management", scope="read", summary="URL for a provider"
        ),
        route("GET", domains, list_domains, dialect="management", scope="read", summary="List a gateway's hostnames"),
        route("POST", domains, add_domain, dialect="management", scope="admin", summary="Give a gateway a hostname"),
        route(
            "GET", domains + "/{hostname}", show_domain, dialect="management", scope="read", summary="Show a hostname"
        ),
        route(
            "DELETE",
            domains + "/{hostname}",
            delete_domain,
            dialect="management",
            scope="admin",
            summary="Take a hostname away",
        ),
    ]


async def list_gateways(exchange: Exchange) -> Answer:
    table = exchange.platform.gateways.parts.configs
    rows = table.list(exchange.account, exchange.query.get("search", ""))
    return page_of(exchange, [configs.public(row, hide=hides(exchange)) for row in rows])


async def create(exchange: Exchange) -> Answer:
    data = await json_body(exchange)
    made = await asyncio.to_thread(exchange.platform.gateways.parts.configs.create, exchange.account, data)
    return _answer(made)


async def show(exchange: Exchange) -> Answer:
    return envelope(configs.public(gateway_of(exchange), hide=hides(exchange)))


async def update(exchange: Exchange) -> Answer:
    """Absent fields stay as they are (spec §5.2)."""
    data = await json_body(exchange)
    table = exchange.platform.gateways.parts.configs
    changed = await asyncio.to_thread(table.update, exchange.account, exchange.parameters["gateway"], data)
    return _answer(changed)


def _answer(config: GatewayConfig) -> Answer:
    """A gateway, with a message for what of its settings does nothing here."""
    idle = configs.without_effect(config)
    messages = [{"code": 0, "message": f"{name} is kept and has no effect in groundfog"} for name in idle]
    return json_answer({"result": configs.public(config), "success": True, "errors": [], "messages": messages})


async def delete(exchange: Exchange) -> Answer:
    parts = exchange.platform.gateways.parts
    account, gateway = exchange.account, exchange.parameters["gateway"]
    gone = await asyncio.to_thread(parts.configs.delete, account, gateway)
    await (await records_of(exchange)).delete_gateway(account, gateway)
    return envelope(configs.public(gone))


async def clear(exchange: Exchange) -> Answer:
    table = exchange.platform.gateways.parts.configs
    await asyncio.to_thread(table.clear_cache, exchange.account, exchange.parameters["gateway"])
    return envelope({})


async def url(exchange: Exchange) -> Answer:
    return envelope(gateway_url(exchange, exchange.parameters["gateway"], exchange.parameters["provider"]))


def gateway_url(exchange: Exchange, gateway: str, provider: str | None) -> str:
    """Where a gateway is called, on the host that this request was sent to; `universal` or None: without a provider.

    Raises GATEWAY_NOT_FOUND for a gateway that neither exists nor would be made, INVALID_PROVIDER.
    """
    parts = exchange.platform.gateways.parts
    account = exchange.account
    anybody = exchange.principal is not None and exchange.principal.key is None
    creates = parts.settings.gateway_create
    if gateway != configs.DEFAULT_ID and creates != "always" and not (creates == "open" and anybody):
        parts.configs.find(account, gateway)
    scheme = exchange.scope.get("scheme", "http")
    host = exchange.header(b"host") or f"{parts.settings.host}:{parts.settings.port}"
    base = f"{scheme}://{host}/v1/{quote(account, safe='')}/{quote(gateway, safe='')}/"
    if provider in (None, "", UNIVERSAL):
        return base
    assert provider is not None
    known = provider == "compat" or parts.providers.find(provider) or parts.custom_providers.find(account, provider)
    if not known:
        raise errors.INVALID_PROVIDER(provider=provider)
    return base + quote(provider, safe="")


async def list_domains(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    rows = exchange.platform.gateways.parts.domains.list(config.account, config.id)
    return page_of(exchange, [custom_domains.public(row) for row in rows])


async def add_domain(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    data = await json_body(exchange)
    asked = data.get("domain") if isinstance(data, dict) else None
    host = (exchange.header(b"host") or "").lower()
    if isinstance(asked, str) and asked.lower().rstrip(".") in (host, host.rpartition(":")[0]):
        # Everything of every account that is sent there would be this gateway's.
        refuse(("domain",), "is the name that this server itself is called by")
    table = exchange.platform.gateways.parts.domains
    made = await asyncio.to_thread(table.create, config.account, config.id, data)
    return envelope(custom_domains.public(made))


async def show_domain(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    table = exchange.platform.gateways.parts.domains
    return envelope(custom_domains.public(table.get(config.account, config.id, exchange.parameters["hostname"])))


async def delete_domain(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    table = exchange.platform.gateways.parts.domains
    gone = await asyncio.to_thread(table.delete, config.account, config.id, exchange.parameters["hostname"])
    return envelope(custom_domains.public(gone))
