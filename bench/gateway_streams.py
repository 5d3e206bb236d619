"""192 streams at once through the gateway, translated from Anthropic's form to OpenAI's, on one core.

The provider sends 64 frames to each stream, 20 ms apart. Goals: no frame lost, no stall over 200 ms, and the 99th
percentile of the time between two frames within 5 ms of the pace.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
import time
from typing import Any, cast
from urllib.parse import urlsplit

from bench import servers
from bench.gateway import GATEWAY, KEY, post
from bench.upstream import FRAMES, PACE_S

STREAMS = 192
BODY = {"model": "anthropic/claude-sonnet-4-5", "max_tokens": 256, "stream": True}
MARK = b'":" word'
"""In every frame that carries text, in both dialects."""


class Stream(asyncio.Protocol):
    """Asks once, and notes when each frame came."""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.tail = b""
        self.arrivals: list[float] = []
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        seen = self.tail + data
        self.arrivals.extend([now] * seen.count(MARK))
        # A mark may be cut in two; one that is whole must not be counted again.
        rest = seen[seen.rfind(MARK) + len(MARK) :] if MARK in seen else seen
        self.tail = rest[-len(MARK) + 1 :]
        if data.endswith(b"0\r\n\r\n") and not self.finished.done():
            self.finished.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.finished.done():
            self.finished.set_exception(exc or ConnectionResetError("the stream broke off"))


async def watch(url: str, body: dict[str, Any]) -> list[Stream]:
    parts = urlsplit(url)
    content = json.dumps(body, separators=(",", ":")).encode()
    head = [f"POST {parts.path} HTTP/1.1", f"Host: {parts.netloc}", "Content-Type: application/json"]
    head += [f"Content-Length: {len(content)}", *(f"{name}: {value}" for name, value in KEY.items()), "", ""]
    request = "\r\n".join(head).encode() + content
    loop = asyncio.get_running_loop()
    streams: list[Stream] = []
    for _ in range(STREAMS):
        _, stream = await loop.create_connection(lambda: Stream(request), parts.hostname, parts.port)
        streams.append(stream)
        # Callers do not come in the same instant.
        await asyncio.sleep(PACE_S / 16)
    await asyncio.wait_for(asyncio.gather(*(stream.finished for stream in streams)), 60)
    for stream in streams:
        assert stream.transport is not None
        stream.transport.close()
    return streams


def run() -> list[dict[str, Any]]:
    os.sched_setaffinity(0, {1} if (os.cpu_count() or 1) > 1 else {0})
    body = {**BODY, "messages": [{"role": "user", "content": "Count the words."}]}
    try:
        with (
            servers.process([sys.executable, "-m", "bench.upstream"], core=1) as upstream,
            servers.groundfog("--sources", "echo", core=0) as server,
        ):
            create = {**GATEWAY, "groundfog": {"base_urls": {"anthropic": upstream.url}}}
            post(f"{server.url}/client/v4/accounts/local/ai-gateway/gateways", create)
            url = f"{server.url}/v1/local/bench/compat/chat/completions"
            asyncio.run(watch(url, body))
            bare = late_ms(gaps_of(asyncio.run(watch(f"{upstream.url}/v1/messages", body))))
            before = server.cpu_seconds()
            streams = asyncio.run(watch(url, body))
            used = server.cpu_seconds() - before
    finally:
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    gaps = gaps_of(streams)
    frames = sum(len(stream.arrivals) for stream in streams)
    late = late_ms(gaps)
    lost = STREAMS * FRAMES - frames
    notes = f"{bare:.1f} ms without a gateway; {used / frames * 1e6:.0f} µs of processor time a frame"
    return [
        _row("gateway, 192 translated streams: p99 of a gap beyond the pace", "ms", late, 5.0, notes),
        _row("gateway, 192 translated streams: longest gap", "ms", gaps[-1] * 1000, 200.0, f"{lost} frames lost"),
    ]


def gaps_of(streams: list[Stream]) -> list[float]:
    """Seconds between two frames of a stream, shortest first."""
    return sorted(after - before for stream in streams for before, after in itertools.pairwise(stream.arrivals))


def late_ms(gaps: list[float]) -> float:
    """How far beyond the pace the 99th percentile is."""
    return (gaps[int(0.99 * len(gaps))] - PACE_S) * 1000


def _row(name: str, unit: str, value: float, limit: float, notes: str) -> dict[str, Any]:
    ratio = limit / max(value, 1e-3)
    return {"name": name, "unit": unit, "ours": value, "theirs": limit, "ratio": ratio, "goal": 1.0, "notes": notes}
