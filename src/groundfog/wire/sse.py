"""Server-sent events: deltas of a reply become frames, one send for all that is ready."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from groundfog import errors
from groundfog.call import Reply
from groundfog.errors import GroundfogError
from groundfog.tasks import Streamer
from groundfog.wire.exchange import Exchange, Headers
from groundfog.wire.http import reply_headers
from groundfog.wire.waiting import before_waiting

DONE = b"data: [DONE]\n\n"
SEND_AT = 16 * 1024
"""Bytes that are sent even if more is ready: a client should not wait for a long answer that is computed at once."""


class Frames(Protocol):
    """A dialect's frames, complete with `data: ` and the blank line; empty bytes where there is nothing to say."""

    def feed(self, delta: msgspec.Struct) -> bytes: ...

    def finish(self) -> bytes:
        """What is owed when the deltas have ended, `[DONE]` included where the dialect has it."""
        ...

    def fail(self, error: GroundfogError) -> bytes:
        """What is said when the work fails after the first frame."""
        ...


def data(event: bytes) -> bytes:
    """One event without a name."""
    return b"data: " + event + b"\n\n"


class NativeFrames:
    """Frames of the native surfaces: a stream that fails just ends without `[DONE]` (spec §5.2)."""

    __slots__ = ("_streamer",)

    def __init__(self, streamer: Streamer) -> None:
        self._streamer = streamer

    def feed(self, delta: msgspec.Struct) -> bytes:
        return b"".join([data(event) for event in self._streamer.feed(delta)])

    def finish(self) -> bytes:
        return b"".join([data(event) for event in self._streamer.finish()]) + DONE

    def fail(self, error: GroundfogError) -> bytes:
        return b""


@dataclasses.dataclass(slots=True)
class EventStream:
    """The answer to a streamed call. Made with `await open_stream(…)`, which waits for the first delta.

    A caller that hangs up closes the reply, which cancels the work.
    """

    reply: Reply
    frames: Frames
    first: msgspec.Struct | None
    status: int = 200
    headers: Headers = dataclasses.field(default_factory=list)

    async def send(self, exchange: Exchange) -> None:
        headers = [
            (b"content-type", b"text/event-stream"),
            (b"cache-control", b"no-cache"),
            (b"x-accel-buffering", b"no"),
            *self.headers,
            *exchange.extra_headers,
        ]
        watch = exchange.watch()
        try:
            await exchange.send_raw({"type": "http.response.start", "status": 200, "headers": headers})
            await self._pump(exchange, watch.start)
        except asyncio.CancelledError:
            exchange.end_of_cancellation()
            exchange.error = errors.ABORTED()
            await exchange.send_raw({"type": "http.response.body", "body": self.frames.fail(exchange.error)})
        finally:
            watch.stop()
            await self.reply.aclose()

    async def _pump(self, exchange: Exchange, watch: Callable[[], Any]) -> None:
        send, frames, deltas = exchange.send_raw, self.frames, self.reply.deltas
        assert deltas is not None
        pending = bytearray()

        async def flush() -> None:
            await watch()
            if pending:
                content = bytes(pending)
                pending.clear()
                await send({"type": "http.response.body", "body": content, "more_body": True})

        delta = self.first
        try:
            while delta is not None:
                pending += frames.feed(delta)
                _count(exchange, delta)
                if len(pending) >= SEND_AT:
                    await flush()
                    # Whatever computes at once would otherwise keep the event loop for itself.
                    await asyncio.sleep(0)
                delta = await before_waiting(anext(deltas, None), flush)
            pending += frames.finish()
        except GroundfogError as error:
            exchange.error = error
            pending += frames.fail(error)
        except Exception:
            logging.getLogger("groundfog.wire").exception("stream %s failed", exchange.request_id)
            exchange.error = errors.EXECUTION_FAILED(what="internal error")
            pending += frames.fail(exchange.error)
        await send({"type": "http.response.body", "body": bytes(pending)})


async def open_stream(exchange: Exchange, reply: Reply, frames: Frames, headers: Headers | None = None) -> EventStream:
    """Wait for the first delta, so that what fails before it is answered with a status and a JSON error."""
    assert reply.deltas is not None
    try:
        first = await exchange.unless_gone(anext(reply.deltas, None))
    except BaseException:
        await reply.aclose()
        raise
    return EventStream(reply, frames, first, headers=headers if headers is not None else reply_headers(reply))


def _count(exchange: Exchange, delta: msgspec.Struct) -> None:
    usage = getattr(delta, "usage", None)
    if usage is not None or getattr(delta, "metrics", None) is not None:
        exchange.used = (delta,)
    if usage is not None:
        exchange.tokens = (usage.prompt_tokens, usage.completion_tokens)
