"""How a gateway asks a provider over HTTP/1.1: the hot path, so one small client of our own.

Answers pass byte for byte: no decompression, and no redirect is ever followed (a `location` is the caller's to judge,
and so no secret goes to a second host).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

from groundfog.gateway.upstream.base import UpstreamRequest, UpstreamResponse
from groundfog.gateway.upstream.connection import StaleConnection
from groundfog.gateway.upstream.head import authority, request_head, split_url
from groundfog.gateway.upstream.pool import Origin
from groundfog.gateway.upstream.tls import client_context
from groundfog.gateway.waiting import in_task

MOST_ORIGINS = 4096


class HttpUpstream:
    """Connections are kept alive per origin. Lives in the event loop that first calls `send`.

    `most` connections per origin at most; one that was idle for `keep_alive_s` is closed; `connect_s` is the time for
    name, TCP and TLS together; `idle_body_s` how long an answer's body may pause. `tls` makes the context for https.
    """

    def __init__(
        self,
        *,
        most: int = 2048,
        keep_alive_s: float = 55.0,
        connect_s: float = 10.0,
        idle_body_s: float = 600.0,
        tls: Callable[[], ssl.SSLContext] = client_context,
    ) -> None:
        self._most = most
        self._keep_alive_s = keep_alive_s
        self._connect_s = connect_s
        self._idle_body_s = idle_body_s
        self._make_tls = tls
        self._context: ssl.SSLContext | None = None
        self._origins: dict[tuple[str, bool], Origin] = {}
        self._sweeper: asyncio.TimerHandle | None = None

    async def send(self, request: UpstreamRequest) -> UpstreamResponse:
        """Raises TimeoutError (`first_byte_s` counts from here), and `faults.UpstreamError` where nobody answers.

        A request that met a dead kept-alive connection is sent again, once, over a new one.
        """
        name, target = split_url(request.url)
        origin = self._origins.get((name, request.public_only))
        if origin is None:
            origin = self._origin(name, request.public_only)
        body = request.body
        head = request_head(request.method, target, origin.host, request.headers, len(body))
        head_only = request.method == "HEAD"
        left = request.first_byte_s
        connection = origin.take()
        if connection is not None:
            try:
                return await connection.exchange(head, body, head_only, left)
            except StaleConnection:
                pass
        await in_task()
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with asyncio.timeout(left):
                connection = await origin.open(fresh=connection is not None)
        except TimeoutError as error:
            raise TimeoutError(str(error) or f"no connection to {name} within {left:g} s") from error
        if left is not None:
            left = max(left - (loop.time() - started), 0.0)
        return await connection.exchange(head, body, head_only, left)

    async def aclose(self) -> None:
        """Close every connection."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        origins = list(self._origins.values())
        self._origins.clear()
        for origin in origins:
            await origin.aclose()

    def _origin(self, name: str, public_only: bool) -> Origin:
        scheme, host, port, value = authority(name)
        loop = asyncio.get_running_loop()
        if len(self._origins) >= MOST_ORIGINS:
            self._origins = {key: origin for key, origin in self._origins.items() if origin.in_use}
        origin = self._origins[name, public_only] = Origin(
            name,
            (host, port, value),
            loop,
            self._tls if scheme == "https" else None,
            public_only=public_only,
            most=self._most,
            connect_s=self._connect_s,
            idle_body_s=self._idle_body_s,
        )
        if self._sweeper is None:
            self._sweeper = loop.call_later(self._keep_alive_s / 4, self._sweep)
        return origin

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = self._make_tls()
        return self._context

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        for origin in self._origins.values():
            origin.sweep(loop.time() - self._keep_alive_s)
        self._sweeper = loop.call_later(self._keep_alive_s / 4, self._sweep)
