"""An answer on its way back: whole, or a stream; what watches it; and the end of it, which is recorded before it goes.

Stages add observers on the way out, the innermost first. Every byte passes `feed` of each; when the body has ended,
`finish` of each is awaited, in order, *before* the last byte may leave: what was answered is recorded.
"""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Protocol

from groundfog.gateway.request import Headers


class Observer(Protocol):
    def feed(self, chunk: bytes) -> None:
        """Bytes that go to the caller."""
        ...

    async def finish(self, error: BaseException | None) -> None:
        """The end; `error` is why it is not the whole answer (the caller hung up, the provider broke off)."""
        ...


@dataclasses.dataclass(slots=True)
class Response:
    """Exactly one of `body` and `chunks` is set. Whoever takes a response must `drain` it or `aclose` it."""

    status: int
    headers: Headers
    body: bytes | None = None
    chunks: AsyncIterator[bytes] | None = None
    observers: list[Observer] = dataclasses.field(default_factory=list)
    finished: bool = False

    async def drain(self) -> AsyncIterator[bytes]:
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
        error: BaseException | None = None
        try:
            async for chunk in self.chunks:
                for observer in self.observers:
                    observer.feed(chunk)
                yield chunk
        except BaseException as reason:
            error = reason
            raise
        finally:
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
        for observer in self.observers:
            await observer.finish(error)

    async def aclose(self, error: BaseException | None = None) -> None:
        """Stop in the middle: the provider's stream is closed, the observers are told."""
        await self._close()
        await self.end(error or ConnectionAbortedError("closed before its end"))

    async def _close(self) -> None:
        close = getattr(self.chunks, "aclose", None)
        if close is not None:
            await close()
