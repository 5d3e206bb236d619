"""A fake of Cloudflare's API on loopback: it answers what a test lays out, in order, and keeps what it was sent."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web


@dataclasses.dataclass
class Laid:
    """One answer. `hang_up` closes the connection after `body` without ending the answer; `stall` never ends it."""

    status: int = 200
    body: bytes = b'{"result":"ok","success":true,"errors":[],"messages":[]}'
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    content_type: str = "application/json"
    hang_up: bool = False
    stall: bool = False


def error(status: int, code: int, message: str, **headers: str) -> Laid:
    """An error in Cloudflare's envelope."""
    body = {"success": False, "errors": [{"code": code, "message": message}], "messages": [], "result": None}
    return Laid(status, json.dumps(body).encode(), headers={k.replace("_", "-"): v for k, v in headers.items()})


@dataclasses.dataclass
class Sent:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclasses.dataclass
class FakeApi:
    url: str = ""
    answers: list[Laid] = dataclasses.field(default_factory=list)
    sent: list[Sent] = dataclasses.field(default_factory=list)
    hung_up: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)
    """Set when a client left an answer that stalls."""

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.sent.append(
            Sent(
                request.method,
                request.rel_url.raw_path,
                dict(request.query),
                {name.lower(): value for name, value in request.headers.items()},
                await request.read(),
            )
        )
        laid = self.answers.pop(0)
        headers = {"Content-Type": laid.content_type, **laid.headers}
        if not laid.hang_up and not laid.stall:
            return web.Response(status=laid.status, body=laid.body, headers=headers)
        if laid.hang_up and not laid.body:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        response = web.StreamResponse(status=laid.status, headers=headers)
        await response.prepare(request)
        await response.write(laid.body)
        if laid.stall:
            try:
                await asyncio.Event().wait()
            finally:
                self.hung_up.set()
        assert request.transport is not None
        request.transport.close()
        return response

    def last(self) -> Any:
        """The JSON body of the last request."""
        return json.loads(self.sent[-1].body)


@contextlib.asynccontextmanager
async def fake_api() -> AsyncIterator[FakeApi]:
    fake = FakeApi()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", fake._handle)
    runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        await runner.cleanup()
