"""Policies of a gateway: drafts, commits, simulations (spec ai-gateway §3.7, §5.11)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.gateway.management.answers import GATEWAY, flag, gateway_of, json_body, page_of
from groundfog.wire.http import envelope, json_answer
from groundfog.wire.route import Handler, Route, Scope, route

if TYPE_CHECKING:
    from groundfog.gateway.policies import Policies

POLICIES = GATEWAY + "/policies"
POLICY = POLICIES + "/{policy}"


def routes() -> list[Route]:
    rows: tuple[tuple[str, str, Handler, Scope, str], ...] = (
        ("GET", POLICIES, list_policies, "read", "List the policies"),
        ("POST", POLICIES, create, "admin", "Create a policy, as a draft unless committed"),
        ("POST", POLICIES + "/commit", commit, "admin", "Put every draft into force"),
        ("POST", POLICIES + "/simulate", simulate, "read", "What the policies would decide"),
        ("GET", POLICY, show, "read", "Show a policy"),
        ("PUT", POLICY, update, "admin", "Change a policy in force"),
        ("DELETE", POLICY, delete, "admin", "Delete a policy and its draft"),
    )
    return [
        route(method, path, handler, dialect="management", scope=scope, summary=summary)
        for method, path, handler, scope, summary in rows
    ]


async def list_policies(exchange: Exchange) -> Answer:
    """`includeStaging=true` adds the drafts."""
    config = gateway_of(exchange)
    drafts = bool(flag(exchange, "includeStaging"))
    return page_of(exchange, await asyncio.to_thread(_table(exchange).list, config.account, config.id, drafts=drafts))


async def create(exchange: Exchange) -> Answer:
    """`commit=true` puts it into force at once."""
    config = gateway_of(exchange)
    committed = bool(flag(exchange, "commit"))
    made = await asyncio.to_thread(
        _table(exchange).create, config.account, config.id, await json_body(exchange), commit=committed
    )
    return _committed(made, committed)


async def show(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    drafts = bool(flag(exchange, "includeStaging"))
    return envelope(
        await asyncio.to_thread(
            _table(exchange).get, config.account, config.id, exchange.parameters["policy"], drafts=drafts
        )
    )


async def update(exchange: Exchange) -> Answer:
    """Sets what is given; without `commit=true` as a draft of the policy."""
    config = gateway_of(exchange)
    committed = bool(flag(exchange, "commit"))
    changed = await asyncio.to_thread(
        _table(exchange).update,
        config.account,
        config.id,
        exchange.parameters["policy"],
        await json_body(exchange),
        commit=committed,
    )
    return _committed(changed, committed)


async def delete(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    return envelope(
        await asyncio.to_thread(_table(exchange).delete, config.account, config.id, exchange.parameters["policy"])
    )


async def commit(exchange: Exchange) -> Answer:
    config = gateway_of(exchange)
    return envelope(await asyncio.to_thread(_table(exchange).commit, config.account, config.id))


async def simulate(exchange: Exchange) -> Answer:
    """Decides with the policies in force and the bucket usage of the body; nothing is counted."""
    config = gateway_of(exchange)
    return envelope(
        await asyncio.to_thread(_table(exchange).simulate, config.account, config.id, await json_body(exchange))
    )


def _table(exchange: Exchange) -> Policies:
    return exchange.platform.gateways.parts.policies


def _committed(policy: dict[str, Any], committed: bool) -> Answer:
    return json_answer({"success": True, "result": policy, "committed": committed, "errors": [], "messages": []})
