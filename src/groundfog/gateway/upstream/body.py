"""The body of an answer while it comes: an async iterator that holds the provider back when nobody reads."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundfog.gateway.upstream.connection import Connection

HIGH_WATER = 256 * 1024
"""Bytes that wait for the reader before the provider is held back."""
LOW_WATER = 64 * 1024


class Body:
    """Pieces as they come; what has piled up is given as one. Must be exhausted or closed."""

    __slots__ = ("_connection", "_error", "_idle_s", "_loop", "_over", "_parts", "_since", "_size", "_timer", "_waiter")

    def __init__(
        self, connection: Connection, parts: list[bytes], size: int, idle_s: float, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._connection: Connection | None = connection
        self._parts = parts
        self._size = size
        self._idle_s = idle_s
        self._loop = loop
        self._over = False
        self._error: BaseException | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._since = 0.0

    def __aiter__(self) -> Body:
        return self

    async def __anext__(self) -> bytes:
        """Raises ConnectionBroken, BadAnswer, or TimeoutError when nothing comes for `idle_s` seconds."""
        while not self._parts:
            if self._error is not None:
                raise self._error
            if self._over:
                raise StopAsyncIteration
            await self._wait()
        parts = self._parts
        chunk = parts[0] if len(parts) == 1 else b"".join(parts)
        self._parts = []
        if self._size > HIGH_WATER and self._connection is not None:
            self._connection.resume()
        self._size = 0
        return chunk

    async def aclose(self) -> None:
        """Hang up, when the answer is not over."""
        self._parts = []
        connection = self._connection
        if connection is not None:
            self.end(None)
            connection.abort()

    def feed(self, data: bytes) -> bool:
        """From the connection. True when the reader lags behind and the provider has to wait."""
        self._parts.append(data)
        self._size += len(data)
        self._wake()
        return self._size > HIGH_WATER

    def end(self, error: BaseException | None) -> None:
        """From the connection: there is no more, because of `error` or because it was all."""
        if self._over:
            return
        self._over = True
        self._error = error
        self._connection = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._wake()

    def _wake(self) -> None:
        waiter = self._waiter
        if waiter is not None:
            self._waiter = None
            if not waiter.done():
                waiter.set_result(None)

    async def _wait(self) -> None:
        self._waiter = self._loop.create_future()
        self._since = self._loop.time()
        if self._timer is None:
            self._timer = self._loop.call_later(self._idle_s, self._look)
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _look(self) -> None:
        """One timer for a whole stream: it looks whether somebody has waited too long, and comes back if not."""
        self._timer = None
        connection = self._connection
        if connection is None:
            return
        since = self._since if self._waiter is not None else self._loop.time()
        left = since + self._idle_s - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._look)
            return
        self.end(TimeoutError(f"nothing came from {connection.origin.name} for {self._idle_s:g} s"))
        connection.abort()
