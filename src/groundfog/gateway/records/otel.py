"""Sends a span of every request to the collectors that its gateway names; in the background, and never in its way."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import deque
from collections.abc import Callable

from groundfog.gateway.config import Otel
from groundfog.gateway.record import CHARGE, Record
from groundfog.gateway.records import otlp
from groundfog.gateway.upstream.base import Upstream, UpstreamRequest

Destinations = Callable[[str, str], tuple[Otel, ...] | None]
"""`destinations(account, gateway)`: where its spans go; in memory, it is asked for every request."""
MOST_WAITING = 2048
MOST_WAITING_BYTES = 32 << 20
"""Of bodies. What comes while so much waits is dropped, and counted."""
BATCH = 128
GATHER_S = 1.0
ATTEMPTS = 4
FIRST_DELAY_S = 0.5
TIMEOUT_S = 10.0
STOP_PATIENCE_S = 5.0

log = logging.getLogger(__name__)


class Exporter:
    """A listener of records; call `aclose` at the end.

    A collector that is slow or down costs spans, never time: they are dropped when too many wait.
    """

    def __init__(self, upstream: Upstream, destinations: Destinations) -> None:
        self._upstream = upstream
        self._destinations = destinations
        self._waiting: deque[tuple[Otel, Record, int]] = deque()
        self._bytes = 0
        self._task: asyncio.Task[None] | None = None
        self._more = asyncio.Event()
        self._full = asyncio.Event()
        self._closing = False
        self._bits = random.Random().getrandbits
        self.dropped = 0
        """Spans that reached no collector."""

    def __call__(self, record: Record) -> None:
        destinations = self._destinations(record.account, record.gateway)
        if not destinations or record.request_type == CHARGE:
            return
        size = len(record.request_body or b"") + len(record.response_body or b"")
        for one in destinations:
            if len(self._waiting) >= MOST_WAITING or self._bytes + size > MOST_WAITING_BYTES:
                self._drop(1, "too many wait")
                continue
            self._waiting.append((one, record, size))
            self._bytes += size
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())
        self._more.set()
        if len(self._waiting) >= BATCH:
            self._full.set()

    async def aclose(self) -> None:
        """Send what waits, for some seconds at most."""
        task, self._task = self._task, None
        if task is None:
            return
        self._closing = True
        self._more.set()
        self._full.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(task, STOP_PATIENCE_S)
        if self._waiting:
            self._drop(len(self._waiting), "the server stops")
            self._waiting.clear()

    async def _run(self) -> None:
        while True:
            await self._more.wait()
            if not self._closing:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._full.wait(), GATHER_S)
            self._more.clear()
            self._full.clear()
            while self._waiting:
                await self._send_batch()
            if self._closing:
                return

    async def _send_batch(self) -> None:
        """The oldest spans, to each of their destinations at once."""
        batches: dict[int, tuple[Otel, list[Record]]] = {}
        for _ in range(min(BATCH, len(self._waiting))):
            one, record, size = self._waiting.popleft()
            self._bytes -= size
            batches.setdefault(id(one), (one, []))[1].append(record)
        await asyncio.gather(*(self._send(one, records) for one, records in batches.values()))

    def _encoded(self, records: list[Record], protobuf: bool) -> bytes:
        spans = [
            otlp.span_of(record, f"{self._bits(128) or 1:032x}", f"{self._bits(64) or 1:016x}") for record in records
        ]
        return otlp.as_protobuf(spans) if protobuf else otlp.as_json(spans)

    async def _send(self, one: Otel, records: list[Record]) -> None:
        protobuf = one.content_type == "protobuf"
        headers = {
            **{name.lower(): value for name, value in one.headers.items()},
            "content-type": "application/x-protobuf" if protobuf else "application/json",
        }
        if one.authorization:
            headers["authorization"] = one.authorization
        request = UpstreamRequest(
            account="",
            method="POST",
            url=one.url,
            headers=[(name.encode("latin-1", "replace"), value.encode()) for name, value in headers.items()],
            # Bodies are read again for this: not on the loop, which has requests to answer.
            body=await asyncio.to_thread(self._encoded, records, protobuf),
            first_byte_s=TIMEOUT_S,
            secrets=tuple(name.encode("latin-1", "replace") for name in headers if name != "content-type"),
        )
        delay = FIRST_DELAY_S
        for attempt in range(ATTEMPTS):
            reason, again = await self._post(request)
            if reason is None:
                return
            if not again or attempt == ATTEMPTS - 1:
                self._drop(len(records), reason)
                return
            await asyncio.sleep(delay * (0.5 + random.random()))
            delay *= 2

    async def _post(self, request: UpstreamRequest) -> tuple[str | None, bool]:
        """(what went wrong, whether to try again)."""
        try:
            response = await self._upstream.send(request)
            if response.chunks is not None:
                async for _ in response.chunks:
                    pass
        except (OSError, TimeoutError) as error:
            return str(error) or type(error).__name__, True
        if response.status < 300:
            return None, False
        # Some collectors take their key in the query.
        return f"{request.url.partition('?')[0]} answered {response.status}", response.status in (
            408,
            429,
        ) or response.status >= 500

    def _drop(self, count: int, reason: str) -> None:
        if not self.dropped:
            log.warning("spans are dropped: %s (said once)", reason)
        self.dropped += count
