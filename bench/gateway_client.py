"""The gateways' HTTP client beside aiohttp's: requests per second of processor time, against the same provider.

Both ask from this process; the provider is another one, on another core. A loop over bare sockets that neither parses
nor checks anything shows what is left to gain.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
import uvloop

from bench import servers
from bench.upstream import ANSWER
from groundfog.gateway.upstream.base import UpstreamRequest
from groundfog.gateway.upstream.http import HttpUpstream

CONCURRENCY = (1, 32, 256)
REQUESTS, WARM_UP = 6_000, 300
GOAL = 3.0
BODY = b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Say something about foxes."}]}'
HEADERS = [
    (b"authorization", b"Bearer sk-bench"),
    (b"content-type", b"application/json"),
    (b"accept", b"application/json"),
    (b"accept-encoding", b"identity"),
    (b"user-agent", b"OpenAI/Python 2.6.0"),
    (b"x-stainless-lang", b"python"),
]
Ask = Callable[[], Awaitable[None]]


def run() -> list[dict[str, Any]]:
    with servers.process([sys.executable, "-m", "bench.upstream"], core=1) as upstream:
        return uvloop.run(measure(f"{upstream.url}/v1/chat/completions"))


async def measure(url: str) -> list[dict[str, Any]]:
    client = HttpUpstream()
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), auto_decompress=False)
    rows = []
    for count in CONCURRENCY:
        ours = await rate(by_us(client, url), count)
        theirs = await rate(by_aiohttp(session, url), count)
        bare = await rate(raw(url), count)
        rows.append(
            {
                "name": f"provider asked, {count} at once",
                "unit": "requests/s of processor time",
                "ours": ours,
                "theirs": theirs,
                "ratio": ours / theirs,
                "goal": GOAL,
                "notes": f"aiohttp's client; bare sockets {bare:,.0f}; {1e6 / ours:.0f} µs a request",
            }
        )
    await session.close()
    await client.aclose()
    return rows


async def rate(ask: Ask, count: int) -> float:
    """Requests per second of this process's time, with so many at once."""

    async def work(requests: int) -> None:
        for _ in range(requests):
            await ask()

    await asyncio.gather(*[work(WARM_UP // count + 1) for _ in range(count)])
    start = time.process_time()
    each = REQUESTS // count
    await asyncio.gather(*[work(each) for _ in range(count)])
    return each * count / (time.process_time() - start)


def by_us(client: HttpUpstream, url: str) -> Ask:
    async def ask() -> None:
        response = await client.send(UpstreamRequest("a", "POST", url, HEADERS, BODY, first_byte_s=60.0))
        assert response.body == ANSWER

    return ask


def by_aiohttp(session: aiohttp.ClientSession, url: str) -> Ask:
    headers = {name.decode(): value.decode() for name, value in HEADERS}

    async def ask() -> None:
        async with session.post(url, data=BODY, headers=headers) as response:
            assert await response.read() == ANSWER

    return ask


class Bare(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.answered.set_result(data)

    def ask(self, request: bytes) -> asyncio.Future[bytes]:
        self.answered: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answered


def raw(url: str) -> Ask:
    parts = urlsplit(url)
    lines = [b"POST %b HTTP/1.1" % parts.path.encode(), b"host: bench", b"content-length: %d" % len(BODY)]
    request = b"\r\n".join([*lines, *(b"%b: %b" % pair for pair in HEADERS), b"", BODY])
    free: list[Bare] = []

    async def ask() -> None:
        if free:
            connection = free.pop()
        else:
            loop = asyncio.get_running_loop()
            _, connection = await loop.create_connection(Bare, parts.hostname, parts.port)
        assert (await connection.ask(request)).endswith(ANSWER)
        free.append(connection)

    return ask
