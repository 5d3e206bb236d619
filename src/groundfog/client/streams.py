"""Streams of an answer: asynchronous and plain iterators, closed when they end or are left."""

from __future__ import annotations

import asyncio
import weakref
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Generic, Self, TypeVar

from groundfog import errors
from groundfog.client.background import BackgroundLoop
from groundfog.client.errors import typed
from groundfog.client.transport import Frames

T = TypeVar("T")

_DONE = b"[DONE]"


class AsyncStream(Generic[T]):
    """The pieces of one answer. Leave it with `async with` or `aclose()`, or drop it, to stop the work before its end.

    Iterating raises `StreamBrokenError` when the answer breaks off, and `RequestTimeoutError`.
    """

    def __init__(
        self,
        frames: Frames,
        read: Callable[[bytes], list[T]] | None,
        request_id: str | None,
        closed: Callable[[AsyncStream[T]], None],
    ) -> None:
        self.request_id = request_id
        self._frames = frames
        self._read = read
        self._ready: deque[T] = deque()
        self._whole = False
        self._open = True
        self._closed = closed
        # A stream that nobody holds any more is nobody's to read: its work is stopped.
        self._abandoned = weakref.finalize(self, _abandon, asyncio.get_running_loop(), frames)
        self._abandoned.atexit = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        if not self._ready:
            self._ready.extend(await self.batch())
        if not self._ready:
            raise StopAsyncIteration
        return self._ready.popleft()

    async def batch(self) -> list[T]:
        """All pieces that are there, at least one; empty at the end."""
        pieces: list[T] = []
        while self._open and not pieces:
            try:
                frames = await self._frames.batch()
            except BaseException:
                await self.aclose()
                raise
            if frames is None:
                await self.aclose()
                if not self._whole:
                    raise typed(errors.STREAM_BROKEN(), self.request_id)
                break
            for frame in frames:
                pieces += self._pieces(frame)
        return pieces

    def _pieces(self, frame: bytes) -> list[T]:
        data = b"\n".join(line[5:].strip() for line in frame.split(b"\n") if line.startswith(b"data:"))
        if data == _DONE:
            self._whole = True
        if self._read is None:
            return [frame + b"\n\n"]  # type: ignore[list-item]  # a raw stream is one of bytes
        return self._read(data) if data and data != _DONE else []

    async def aclose(self) -> None:
        """Stop the work, if it is not done. Closing twice is fine."""
        if self._open:
            self._open = False
            self._abandoned.detach()
            try:
                await self._frames.aclose()
            finally:
                self._closed(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def _abandon(loop: asyncio.AbstractEventLoop, frames: Frames) -> None:
    """Close from whatever thread the garbage collector runs on."""
    if not loop.is_closed():
        asyncio.run_coroutine_threadsafe(_closing(frames), loop)


async def _closing(frames: Frames) -> None:
    await frames.aclose()


class Stream(Generic[T]):
    """The pieces of one answer. Leave it with `with` or `close()`, or drop it, to stop the work before its end.

    Iterating raises `StreamBrokenError` when the answer breaks off, and `RequestTimeoutError`.
    """

    def __init__(self, inner: AsyncStream[T], loop: BackgroundLoop) -> None:
        self.request_id = inner.request_id
        self._inner = inner
        self._loop = loop
        self._ready: deque[T] = deque()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        if not self._ready:
            self._ready.extend(self._loop.run(self._inner.batch()))
        if not self._ready:
            raise StopIteration
        return self._ready.popleft()

    def close(self) -> None:
        """Stop the work, if it is not done. Closing twice is fine."""
        self._ready.clear()
        self._loop.run(self._inner.aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
