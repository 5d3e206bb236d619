"""`POST messages`: Anthropic's Messages form for models of every provider, through a gateway (spec ai-gateway §1.5)."""

from __future__ import annotations

from groundfog.wire.body import json_object
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.gateway import account


async def create(exchange: Exchange) -> Answer:
    """One message, or its events when the body says `stream`."""
    content = await exchange.body()
    data = json_object(content)
    gateway = account.gateway_of(exchange, data) or account.DEFAULT
    return await account.endpoint(exchange, gateway, "messages", content, data)
