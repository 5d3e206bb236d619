"""One HTTP/1.1 connection to a provider. It serves one exchange after another."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, cast

import httptools

from groundfog.gateway.request import Headers
from groundfog.gateway.upstream.base import UpstreamResponse
from groundfog.gateway.upstream.body import Body
from groundfog.gateway.upstream.faults import BadAnswer, ConnectionBroken
from groundfog.gateway.upstream.head import DROPPED

if TYPE_CHECKING:
    from groundfog.gateway.upstream.pool import Origin

LONGEST_HEAD = 256 * 1024
"""Bytes of an answer's status line and headers."""
SMALL = 64 * 1024
"""Bodies of a known length up to this are waited for and given whole."""


class StaleConnection(ConnectionBroken):
    """A connection that had been kept alive was closed before it answered anything: the request may be sent again."""


class Connection(asyncio.Protocol):
    """`exchange` may be called when the last answer is over; `origin` gets the connection back by itself."""

    __slots__ = (
        "_body",
        "_complete",
        "_framed",
        "_head_bytes",
        "_head_done",
        "_head_only",
        "_headers",
        "_keep",
        "_length",
        "_loop",
        "_parser",
        "_parts",
        "_paused",
        "_reused",
        "_size",
        "_status",
        "_timer",
        "_transport",
        "_waiter",
        "closed",
        "idle_since",
        "origin",
    )

    def __init__(self, origin: Origin, loop: asyncio.AbstractEventLoop) -> None:
        self.origin = origin
        self.closed = False
        self.idle_since = 0.0
        self._loop = loop
        self._parser = httptools.HttpResponseParser(self)
        self._reused = False
        self._paused = False
        self._waiter: asyncio.Future[UpstreamResponse] | None = None
        self._body: Body | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport
        self._complete = True
        self._head_done = False
        self._head_only = False
        self._framed = False
        self._keep = True
        self._head_bytes = 0
        self._status = 0
        self._length = -1
        self._size = 0
        self._headers: Headers = []
        self._parts: list[bytes] = []

    async def exchange(self, head: bytes, body: bytes, head_only: bool, first_byte_s: float | None) -> UpstreamResponse:
        """Send a request and wait for the head of its answer, and for the body too where it is small.

        Raises TimeoutError after `first_byte_s`, StaleConnection, ConnectionBroken, BadAnswer. Cancelling hangs up.
        """
        waiter: asyncio.Future[UpstreamResponse] = self._loop.create_future()
        self._waiter = waiter
        self._complete = self._head_done = self._framed = False
        self._head_only = head_only
        self._head_bytes = self._size = 0
        self._length = -1
        self._headers = []
        self._parts = []
        if first_byte_s is not None:
            self._timer = self._loop.call_later(first_byte_s, self._too_late)
        if len(body) <= SMALL:
            self._transport.write(head + body if body else head)
        else:
            self._transport.writelines((head, body))
        try:
            return await waiter
        except BaseException:
            self._waiter = None
            self.abort()
            raise

    def abort(self) -> None:
        """Close at once, whatever is going on."""
        if not self.closed:
            self.closed = True
            self._transport.abort()

    def usable(self) -> bool:
        return not self.closed and not self._transport.is_closing()

    def resume(self) -> None:
        """The reader of the body has caught up."""
        if self._paused:
            self._paused = False
            self._transport.resume_reading()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        connected = transport.get_extra_info("socket")
        if connected is not None:
            # A model may think for minutes: what stands between must not take the connection for dead.
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def data_received(self, data: bytes) -> None:
        if self._waiter is None and self._body is None:  # An answer that nobody asked for.
            self.abort()
            return
        if not self._head_done:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.abort()
            if not self._complete:
                self._fail(BadAnswer(f"{self.origin.name} sent no HTTP answer: {error!r}"))
                return
            # What follows a whole answer is nobody's.
        waiter = self._waiter
        if waiter is not None:
            self._answer(waiter)
        if self._complete:
            self._finish()

    def eof_received(self) -> None:
        return None  # The transport closes itself.

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = True
        if not self._complete:
            if self._head_done and not self._framed and error is None:
                self._complete = True
                if self._waiter is not None:
                    self._answer(self._waiter)
                if self._body is not None:
                    self._body.end(None)
                    self._body = None
            else:
                self._fail(self._broken(error))
        self.origin.lost(self)

    # What the parser calls.

    def on_message_begin(self) -> None:
        if self._complete:
            raise BadAnswer("more than one answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head_done:
            return  # A trailer.
        name = name.lower()
        if name in DROPPED:
            if name == b"content-length":
                self._framed = True
                self._length = int(value)
                self._headers.append((name, value))
            elif name == b"transfer-encoding" and value.lower().rpartition(b",")[2].strip() == b"chunked":
                self._framed = True
        else:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            return  # Interim: the answer is still to come.
        self._status = status
        self._keep = self._parser.should_keep_alive()
        self._head_done = True
        if status in (204, 304):
            self._framed = True
        if self._head_only:
            self._complete = True

    def on_body(self, data: bytes) -> None:
        if self._complete:
            return
        if self._body is None:
            self._parts.append(data)
            self._size += len(data)
        elif self._body.feed(data) and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if not self._head_done:
            self._headers = []
            self._length = -1
            self._framed = False
            return
        self._complete = True

    # The ends of an exchange.

    def _answer(self, waiter: asyncio.Future[UpstreamResponse]) -> None:
        """Give the answer to who waits for it, if there is enough of it."""
        if not self._head_done:
            if self._head_bytes > LONGEST_HEAD:
                self._fail(BadAnswer(f"{self.origin.name} sent a head of more than {LONGEST_HEAD} bytes"))
                self.abort()
            return
        if self._complete:
            body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            response = UpstreamResponse(self._status, self._headers, body)
        elif 0 <= self._length <= SMALL and not self._events():
            self._set_timer(self.origin.idle_body_s)
            return
        else:
            self._body = Body(self, self._parts, self._size, self.origin.idle_body_s, self._loop)
            response = UpstreamResponse(self._status, self._headers, None, self._body)
        self._waiter = None
        self._parts = []
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not waiter.done():
            waiter.set_result(response)

    def _events(self) -> bool:
        return any(name == b"content-type" and b"event-stream" in value for name, value in self._headers)

    def _finish(self) -> None:
        """The answer is over: the connection is free for the next one, or closed."""
        body = self._body
        if body is not None:
            self._body = None
            body.end(None)
        self.resume()
        if self._head_only:
            self._parser = httptools.HttpResponseParser(self)
        if not self._keep or self._transport.get_write_buffer_size():
            self.abort()  # Or it answered before it had read all: what is left must not meet the next answer.
            return
        self._reused = True
        self.origin.give_back(self)

    def _fail(self, error: BaseException) -> None:
        self._complete = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_exception(error)
        body, self._body = self._body, None
        if body is not None:
            body.end(error)

    def _broken(self, error: Exception | None) -> ConnectionBroken:
        why = f": {error}" if error else ""
        if self._head_bytes == 0:
            kind = StaleConnection if self._reused else ConnectionBroken
            return kind(f"{self.origin.name} closed the connection without an answer{why}")
        return ConnectionBroken(f"{self.origin.name} broke off in the middle of its answer{why}")

    def _set_timer(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._too_late)

    def _too_late(self) -> None:
        self._timer = None
        self._fail(TimeoutError(f"{self.origin.name} did not answer in time"))
        self.abort()
