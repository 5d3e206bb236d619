"""Policies of a gateway: drafts, commits, simulations (spec ai-gateway §3.7, §5.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.gateway.management.answers import GATEWAY, flag, json_body, management, page_of, stored
from groundfog.wire.http import envelope, json_answer
from groundfog.wire.route import Route

if TYPE_CHECKING:
    from groundfog.gateway.policies import Policies

POLICIES = GATEWAY + "/policies"
POLICY = POLICIES + "/{policy}"


def routes() -> list[Route]:
    return management(
        ("GET", POLICIES, list_policies, "read", "List the policies"),
        ("POST", POLICIES, create, "admin", "Create a policy, as a draft unless committed"),
        ("POST", POLICIES + "/commit", commit, "admin", "Put every draft into force"),
        ("POST", POLICIES + "/simulate", simulate, "read", "What the policies would decide"),
        ("GET", POLICY, show, "read", "Show a policy"),
        ("PUT", POLICY, update, "admin", "Change a policy in force"),
        ("DELETE", POLICY, delete, "admin", "Delete a policy and its draft"),
    )


async def list_policies(exchange: Exchange) -> Answer:
    """`includeStaging=true` adds the drafts."""
    drafts = bool(flag(exchange, "includeStaging"))
    return page_of(exchange, await stored(exchange, _table(exchange).list, drafts=drafts))


async def create(exchange: Exchange) -> Answer:
    """`commit=true` puts it into force at once."""
    committed = bool(flag(exchange, "commit"))
    made = await stored(exchange, _table(exchange).create, await json_body(exchange), commit=committed)
    return _committed(made, committed)


async def show(exchange: Exchange) -> Answer:
    drafts = bool(flag(exchange, "includeStaging"))
    return envelope(await stored(exchange, _table(exchange).get, exchange.parameters["policy"], drafts=drafts))


async def update(exchange: Exchange) -> Answer:
    """Sets what is given; without `commit=true` as a draft of the policy."""
    committed = bool(flag(exchange, "commit"))
    data = await json_body(exchange)
    changed = await stored(exchange, _table(exchange).update, exchange.parameters["policy"], data, commit=committed)
    return _committed(changed, committed)


async def delete(exchange: Exchange) -> Answer:
    return envelope(await stored(exchange, _table(exchange).delete, exchange.parameters["policy"]))


async def commit(exchange: Exchange) -> Answer:
    return envelope(await stored(exchange, _table(exchange).commit))


async def simulate(exchange: Exchange) -> Answer:
    """Decides with the policies in force and the bucket usage of the body; nothing is counted."""
    return envelope(await stored(exchange, _table(exchange).simulate, await json_body(exchange)))


def _table(exchange: Exchange) -> Policies:
    return exchange.platform.gateways.parts.policies


def _committed(policy: dict[str, Any], committed: bool) -> Answer:
    return json_answer({"success": True, "result": policy, "committed": committed, "errors": [], "messages": []})
