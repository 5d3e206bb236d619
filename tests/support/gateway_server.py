"""A real server with a gateway in front of a fake provider, and a client for it."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from groundfog.gateway.record import Record
from groundfog.store import Keys
from tests.support.fake_upstream import FakeUpstream
from tests.support.wire import Local, serving

GATEWAY = "/v1/acct/g"
PROVIDERS = ("openai", "anthropic", "google-ai-studio", "groq", "deepgram", "elevenlabs", "fal")


@dataclasses.dataclass
class Served:
    """`records` is the log of every gateway, in order."""

    local: Local
    upstream: FakeUpstream
    client: httpx.AsyncClient
    records: list[Record]
    came: asyncio.Event
    """Set whenever a record was kept."""

    async def recorded(self, count: int) -> Record:
        """Wait until so many records are kept; the last of them."""
        async with asyncio.timeout(20):
            while len(self.records) < count:
                self.came.clear()
                await self.came.wait()
        return self.records[count - 1]

    @property
    def url(self) -> str:
        return self.local.url

    def gateway(self, name: str, account: str = "acct", **settings: Any) -> None:
        """Make a gateway whose providers are all the fake one."""
        given = {"id": name, "cache_invalidate_on_update": True, "cache_ttl": 0, "collect_logs": True}
        given |= {"rate_limiting_interval": 0, "rate_limiting_limit": 0, **settings}
        given["groundfog"] = {
            "base_urls": dict.fromkeys(PROVIDERS, self.upstream.url),
            **settings.get("groundfog", {}),
        }
        self.local.platform.gateways.parts.configs.create(account, given)

    def key(self, **given: Any) -> str:
        """The secret of a new key of this server's."""
        return Keys(self.local.platform.store).create(**given)[1]

    async def post(self, path: str, **request: Any) -> httpx.Response:
        return await self.client.post(path, **request)


@contextlib.asynccontextmanager
async def gateway_server(state: Path, **settings: Any) -> AsyncIterator[Served]:
    """A server that answers local models by echo, with the gateway `g` of account `acct`."""
    async with FakeUpstream() as upstream:
        with serving(state, **settings) as local:
            async with httpx.AsyncClient(base_url=local.url, timeout=30, trust_env=False) as client:
                served = Served(local, upstream, client, [], asyncio.Event())
                here = asyncio.get_running_loop()

                def keep(record: Record) -> None:
                    served.records.append(record)
                    here.call_soon_threadsafe(served.came.set)

                local.platform.gateways.parts.records.listeners.append(keep)
                served.gateway("g")
                yield served
