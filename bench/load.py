"""A load generator that costs little: raw HTTP/1.1 keep-alive connections, one request at a time each."""

from __future__ import annotations

import asyncio
import dataclasses
import statistics
import time
from collections.abc import Mapping
from urllib.parse import urlsplit


@dataclasses.dataclass(frozen=True)
class Load:
    """What came back. Latencies in milliseconds."""

    requests: int
    seconds: float
    latencies_ms: list[float]
    failures: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def median_ms(self) -> float:
        return statistics.median(self.latencies_ms)


class _Connection(asyncio.Protocol):
    """Sends the same request again as soon as its answer is whole."""

    def __init__(self, request: bytes, results: _Results) -> None:
        self.request = request
        self.results = results
        self.buffer = b""
        self.transport: asyncio.Transport | None = None
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._send()

    def _send(self) -> None:
        assert self.transport is not None
        if self.results.take():
            self.sent = time.perf_counter()
            self.transport.write(self.request)
        else:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        lowered = head.lower()
        position = lowered.find(b"content-length:")
        if position >= 0:
            if len(body) < int(lowered[position + 15 :].split(b"\r\n", 1)[0]):
                return
        elif not body.endswith(b"0\r\n\r\n"):
            return
        self.buffer = b""
        self.results.done(time.perf_counter() - self.sent, head.startswith(b"HTTP/1.1 200"))
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self.results.closed()


class _Results:
    def __init__(self, requests: int, connections: int) -> None:
        self.left = requests
        self.open = connections
        self.latencies: list[float] = []
        self.failures = 0
        self.finished = asyncio.get_running_loop().create_future()

    def take(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def done(self, seconds: float, ok: bool) -> None:
        self.latencies.append(seconds * 1000)
        self.failures += not ok

    def closed(self) -> None:
        self.open -= 1
        if self.open == 0 and not self.finished.done():
            self.finished.set_result(None)


async def fire(
    url: str,
    *,
    requests: int,
    connections: int,
    body: bytes | None = None,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
) -> Load:
    """Send `requests` requests over `connections` connections to a server on loopback."""
    parts = urlsplit(url)
    assert parts.hostname == "127.0.0.1", "loads go to loopback only"
    lines = [f"{method} {parts.path} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    request = "\r\n".join([*lines, "", ""]).encode() + (body or b"")
    results = _Results(requests, connections)
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    for _ in range(connections):
        await loop.create_connection(lambda: _Connection(request, results), parts.hostname, parts.port)
    await asyncio.wait_for(results.finished, 120)
    return Load(len(results.latencies), time.perf_counter() - start, results.latencies, results.failures)
