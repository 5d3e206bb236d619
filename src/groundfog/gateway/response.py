"""An answer on its way back: whole, or a stream; what watches it; and the end of it, which is recorded before it goes.

Stages add observers on the way out, the innermost first. Every byte passes `feed` of each; when the body has ended,
`finish` of each is awaited, in order, *before* the last byte may leave: what was answered is recorded.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Protocol

import msgspec

from groundfog.gateway.request import Headers

HOLD_S = 1.0
"""How long the last event of a stream is held back for the end of the stream to come, which is then recorded first."""


class Observer(Protocol):
    def feed(self, chunk: bytes) -> None:
        """Bytes that go to the caller."""
        ...

    async def finish(self, error: BaseException | None) -> None:
        """The end; `error` is why it is not the whole answer (the caller hung up, the provider broke off)."""
        ...


class Response(msgspec.Struct):
    """Exactly one of `body` and `chunks` is set. Whoever takes a response must `drain` it or `aclose` it."""

    status: int
    headers: Headers
    body: bytes | None = None
    chunks: AsyncIterator[bytes] | None = None
    observers: list[Observer] = msgspec.field(default_factory=list)
    finished: bool = False

    async def drain(self) -> AsyncGenerator[bytes, None]:
        """The body in pieces, as they come. When it is over, everything about it has been recorded.

        Raises what the provider's stream raises, after the observers were told.
        """
        if self.chunks is None:
            body = self.body or b""
            for observer in self.observers:
                observer.feed(body)
            await self.end(None)
            if body:
                yield body
            return
        chunks, ending, held = self.chunks, Ending(self.headers), b""
        following: asyncio.Future[bytes | None] | None = None
        error: BaseException | None = None
        try:
            while (chunk := await (following or anext(chunks, None))) is not None:
                following = None
                if not self.finished:
                    for observer in self.observers:
                        observer.feed(chunk)
                if held:
                    yield held
                    held = b""
                if self.finished or not ending.comes(chunk):
                    yield chunk
                    continue
                held = chunk
                following = asyncio.ensure_future(anext(chunks, None))
                if not (await asyncio.wait((following,), timeout=HOLD_S))[0]:
                    # A provider that leaves its connection open does not keep the caller waiting.
                    await self.end(None)
                    yield held
                    held = b""
            following = None
            await self._close()
            await self.end(None)
            if held:
                yield held
        except BaseException as reason:
            error = reason
            raise
        finally:
            if following is not None:
                following.cancel()
                await asyncio.wait((following,))
            await self._close()
            await self.end(error)

    async def whole(self) -> bytes:
        """The whole body, recorded. The fast way for an answer that is no stream."""
        if self.chunks is None:
            body = self.body or b""
            for observer in self.observers:
                observer.feed(body)
            await self.end(None)
            return body
        return b"".join([chunk async for chunk in self.drain()])

    async def end(self, error: BaseException | None) -> None:
        """Tell the observers that it is over; once."""
        if self.finished:
            return
        self.finished = True
        # They point back here: a circle would leave the whole request to the garbage collector.
        observers, self.observers = self.observers, []
        for observer in observers:
            await observer.finish(error)

    async def aclose(self, error: BaseException | None = None) -> None:
        """Stop in the middle: the provider's stream is closed, the observers are told."""
        await self._close()
        await self.end(error or ConnectionAbortedError("closed before its end"))

    async def _close(self) -> None:
        close = getattr(self.chunks, "aclose", None)
        if close is not None:
            await close()


_LAST_EVENTS = (b"data: [DONE]", b"data:[DONE]", b"event: message_stop", b"event: response.completed")
"""What streams of the usual dialects end with; clients stop to read there."""
_LONGEST = max(map(len, _LAST_EVENTS))


class Ending:
    """Finds the piece of a body that ends it for a client: the last event, or the last byte that was announced."""

    __slots__ = ("_came", "_events", "_left", "_tail")

    def __init__(self, headers: Headers) -> None:
        self._left: int | None = None
        self._events = False
        self._came = False
        self._tail = b""
        for name, value in headers:
            if name == b"content-length" and value.isdigit():
                self._left = int(value)
            elif name == b"content-type":
                self._events = value.startswith(b"text/event-stream")

    def comes(self, chunk: bytes) -> bool:
        """Whether a client may take this piece for the last one."""
        if self._left is not None:
            self._left -= len(chunk)
            return self._left <= 0
        if not self._events or self._came:
            return self._came
        text = self._tail + chunk
        self._tail = text[1 - _LONGEST :]
        self._came = any(event in text for event in _LAST_EVENTS)
        return self._came
