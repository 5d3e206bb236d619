"""Custom providers and stored provider keys (spec ai-gateway §5.8, §5.9)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from groundfog.gateway import custom_providers
from groundfog.gateway.checks import refuse
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.gateway.management.answers import (
    BASE,
    GATEWAY,
    flag,
    hides,
    json_body,
    management,
    page_of,
    stored,
)
from groundfog.wire.http import envelope
from groundfog.wire.route import Route

if TYPE_CHECKING:
    from groundfog.gateway.providers.keys import ProviderKeys

CUSTOM = BASE + "/custom-providers"
KEYS = GATEWAY + "/provider_configs"
ORDERS = ("position", "name", "slug", "created_at", "modified_at", "enable", "beta", "id")


def routes() -> list[Route]:
    return management(
        ("GET", CUSTOM, list_custom, "read", "List the custom providers"),
        ("POST", CUSTOM, create_custom, "admin", "Add a custom provider"),
        ("GET", CUSTOM + "/{provider}", show_custom, "read", "Show a custom provider"),
        ("PATCH", CUSTOM + "/{provider}", update_custom, "admin", "Change a custom provider"),
        ("DELETE", CUSTOM + "/{provider}", delete_custom, "admin", "Delete a custom provider"),
        ("GET", KEYS, list_keys, "read", "List the stored provider keys, without the keys"),
        ("POST", KEYS, add_key, "admin", "Store a provider's key"),
        ("PUT", KEYS + "/{config}", update_key, "admin", "Change or rotate a stored key"),
        ("DELETE", KEYS + "/{config}", delete_key, "admin", "Delete a stored key"),
    )


async def list_custom(exchange: Exchange) -> Answer:
    """`order_by` like `name ASC`; by position and name unless told otherwise."""
    table = exchange.platform.gateways.parts.custom_providers
    rows = [
        custom_providers.public(row, hide=hides(exchange))
        for row in table.list(
            exchange.account,
            enable=flag(exchange, "enable"),
            beta=flag(exchange, "beta"),
            search=exchange.query.get("search", ""),
        )
    ]
    field, _, direction = exchange.query.get("order_by", "").strip().partition(" ")
    if field:
        if field not in ORDERS or direction.strip().lower() not in ("", "asc", "desc"):
            refuse(("order_by",), f"must be one of {', '.join(ORDERS)}, with ASC or DESC behind it")
        rows.sort(key=lambda row: row[field], reverse=direction.strip().lower() == "desc")
    return page_of(exchange, rows)


async def create_custom(exchange: Exchange) -> Answer:
    data = await json_body(exchange)
    table = exchange.platform.gateways.parts.custom_providers
    return envelope(custom_providers.public(await asyncio.to_thread(table.create, exchange.account, data)))


async def show_custom(exchange: Exchange) -> Answer:
    table = exchange.platform.gateways.parts.custom_providers
    found = table.get(exchange.account, exchange.parameters["provider"])
    return envelope(custom_providers.public(found, hide=hides(exchange)))


async def update_custom(exchange: Exchange) -> Answer:
    data = await json_body(exchange)
    table = exchange.platform.gateways.parts.custom_providers
    changed = await asyncio.to_thread(table.update, exchange.account, exchange.parameters["provider"], data)
    return envelope(custom_providers.public(changed))


async def delete_custom(exchange: Exchange) -> Answer:
    table = exchange.platform.gateways.parts.custom_providers
    gone = await asyncio.to_thread(table.delete, exchange.account, exchange.parameters["provider"])
    return envelope(custom_providers.public(gone))


async def list_keys(exchange: Exchange) -> Answer:
    return page_of(exchange, await stored(exchange, _keys(exchange).list))


async def add_key(exchange: Exchange) -> Answer:
    data = await json_body(exchange)
    return envelope(await stored(exchange, _keys(exchange).add, data))


async def update_key(exchange: Exchange) -> Answer:
    data = await json_body(exchange)
    return envelope(await stored(exchange, _keys(exchange).update, exchange.parameters["config"], data))


async def delete_key(exchange: Exchange) -> Answer:
    return envelope(await stored(exchange, _keys(exchange).remove, exchange.parameters["config"]))


def _keys(exchange: Exchange) -> ProviderKeys:
    return exchange.platform.gateways.parts.keys
