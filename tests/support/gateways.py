"""Gateways over a fresh state directory, without a server."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from groundfog.clock import Clock, SystemClock
from groundfog.gateway import build, options, schema
from groundfog.gateway.record import Record
from groundfog.gateway.request import Identity, Request, Step
from groundfog.gateway.response import Response
from groundfog.gateway.service import Gateways
from groundfog.settings import Settings
from groundfog.store import MIGRATIONS, Store

CHAT = {"model": "gpt-4o-mini", "max_tokens": 32, "messages": [{"role": "user", "content": "Hello"}]}
ACCOUNT = "acme"


async def no_model(account: str, model: str, inputs: dict[str, Any]) -> Any:
    raise AssertionError(f"{model} was asked")


class Bench:
    """One gateway `g`, whose provider `openai` is at `upstream`; `records` is what was journalled, in order."""

    def __init__(self, gateways: Gateways, upstream: str, settings: dict[str, Any]) -> None:
        self.gateways = gateways
        self.records: list[Record] = []
        gateways.parts.records.listeners.append(self.records.append)
        given = {"id": "g", "cache_invalidate_on_update": True, "cache_ttl": 0, "collect_logs": True}
        given |= {"rate_limiting_interval": 0, "rate_limiting_limit": 0, **settings}
        given["groundfog"] = {
            "base_urls": dict.fromkeys(("openai", "anthropic"), upstream),
            **settings.get("groundfog", {}),
        }
        gateways.parts.configs.create(ACCOUNT, given)

    def step(self, body: Any = CHAT, headers: dict[str, str] | None = None, **more: Any) -> Step:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        pairs = [(b"content-type", b"application/json"), (b"authorization", b"Bearer sk-test")]
        asked = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
        step = Step("openai", "chat/completions", "POST", pairs, content, options.read(asked))
        for name, value in more.items():
            setattr(step, name, value)
        return step

    async def run(self, *steps: Step, authenticated: bool = True, **more: Any) -> Response:
        given = list(steps) or [self.step()]
        identity = Identity(authenticated)
        return await self.gateways.run(Request(ACCOUNT, "g", "native", identity, given[0].options, given, **more))

    async def ask(self, *steps: Step, **more: Any) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers of the answer, drained."""
        response = await self.run(*steps, **more)
        body = await response.whole()
        return response.status, body, {name.decode(): value.decode() for name, value in response.headers}


@contextlib.asynccontextmanager
async def running(
    state: Path, upstream: str, clock: Clock | None = None, ask: Any = no_model, **settings: Any
) -> AsyncIterator[Bench]:
    clock = clock or SystemClock()
    store = Store(state, migrations=(*MIGRATIONS, *schema.MIGRATIONS))
    gateways = build.gateways(Settings(state=state), clock, store, ask, lambda model: False)
    try:
        await gateways.ready()
        yield Bench(gateways, upstream, settings)
    finally:
        await gateways.stop()
        store.close()
