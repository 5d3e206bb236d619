"""One HTTP request and its answer on a connection (`wire.protocol`): how it runs, what is read, what is written."""

from __future__ import annotations

import asyncio
import functools
import logging
import re
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from groundfog.gateway.waiting import Ticket
from groundfog.wire.waiting import rest

if TYPE_CHECKING:
    from starlette.types import Message, Scope

    from groundfog.wire.exchange import Headers
    from groundfog.wire.protocol import Protocol

log = logging.getLogger("groundfog.wire")

_NAME = re.compile(rb"[0-9a-z!#$%&'*+.^_`|~-]+")
_PRINTED = bytes([9, *range(32, 127), *range(128, 256)])
"""What may stand in a header (RFC 9110, §5.5)."""
_NO_BODY = (204, 304)
_FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection"})
JOINED = 64 * 1024
"""A body up to this many bytes is copied behind its head."""


class Cycle:
    """One request and its answer."""

    __slots__ = (
        "_all_given",
        "_chunked",
        "_chunks",
        "_coroutine",
        "_expects",
        "_gone",
        "_left",
        "_protocol",
        "_scope",
        "_size",
        "_started",
        "_waiter",
        "disconnected",
        "keep_alive",
        "more_body",
        "response_complete",
    )

    def __init__(self, protocol: Protocol, scope: Any, keep_alive: bool, expects: bool) -> None:
        self._protocol = protocol
        self._scope: Scope = scope
        self._expects = expects
        """The client waits for `100 Continue`."""
        self._chunks: list[bytes] = []
        self._size = 0
        self._all_given = False
        """The application has the end of the request's body."""
        self._waiter: asyncio.Future[None] | None = None
        self._gone: Callable[[], object] | None = None
        self._coroutine: Coroutine[Any, Any, None] | None = None
        self._started = False
        self._chunked = False
        self._left: int | None = None
        """Bytes of the answer that are announced and not sent."""
        self.keep_alive = keep_alive
        self.more_body = True
        self.disconnected = False
        self.response_complete = False

    # How it runs.

    def start(self) -> None:
        """Run until it is answered, or until it has to wait: then a task goes on."""
        self._coroutine = self.run()
        self._step()

    def _step(self) -> None:
        coroutine = self._coroutine
        assert coroutine is not None
        try:
            waiting_for = coroutine.send(None)
        except StopIteration:
            self._coroutine = None
            return
        if type(waiting_for) is Ticket:
            waiting_for.when_ended(self._go_on)
        else:
            self._coroutine = None
            self._protocol.make_task(_rest(coroutine, waiting_for))

    def _go_on(self, error: BaseException | None) -> None:
        # The ticket itself raises what is wrong.
        self._step()

    async def run(self) -> None:
        """Run the application; whatever it does, the caller gets an end."""
        protocol = self._protocol
        try:
            await protocol.app(self._scope, self.receive, self.send)
        except BaseException as error:
            log.error("the application failed", exc_info=error)
            await self._fail()
        else:
            if not self.response_complete and not self.disconnected:
                if self._started:
                    log.debug("an answer broke off")
                else:
                    log.error("the application did not answer")
                await self._fail()

    async def _fail(self) -> None:
        if self._started:
            self._protocol.transport.close()
        elif not self.disconnected:
            text = b"Internal Server Error"
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(text))]
            await self.send_whole(500, [*headers, (b"connection", b"close")], text)

    # What the connection tells.

    def add(self, body: bytes) -> int:
        """A piece of the request's body; how many bytes wait for the application."""
        self._chunks.append(body)
        self._size += len(body)
        self.wake()
        return self._size

    def wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def lost(self) -> None:
        """The connection is gone."""
        if not self.response_complete:
            self.disconnected = True
            gone, self._gone = self._gone, None
            if gone is not None:
                gone()
        self.wake()

    # What the application calls.

    def when_gone(self, gone: Callable[[], object] | None) -> None:
        self._gone = gone
        if self.disconnected and gone is not None:
            gone()

    def take_body(self) -> bytes | None:
        """The whole body of the request, where nothing of it is missing or taken."""
        if self.more_body or self._all_given or len(self._chunks) > 1:
            return None
        self._all_given = True
        return self._chunks.pop() if self._chunks else b""

    async def receive(self) -> Message:
        protocol = self._protocol
        if self._expects and not protocol.transport.is_closing():
            protocol.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._expects = False
        while not (self.disconnected or self.response_complete):
            if self._chunks or not (self.more_body or self._all_given):
                return self._request()
            protocol.flow.resume_reading()
            self._waiter = protocol.loop.create_future()
            await self._waiter
        return {"type": "http.disconnect"}

    def _request(self) -> Message:
        chunks, self._chunks, self._size = self._chunks, [], 0
        self._all_given = not self.more_body
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        return {"type": "http.request", "body": body, "more_body": self.more_body}

    async def send_whole(self, status: int, headers: Headers, body: bytes) -> None:
        """Head and body in one go. Raises RuntimeError for headers that cannot be sent."""
        protocol = self._protocol
        if protocol.flow.write_paused and not self.disconnected:
            await protocol.flow.drain()
        if self.disconnected:
            return
        head = self._head(status, headers)
        if self._scope["method"] == "HEAD" or not body:
            protocol.transport.write(head)
        elif len(body) <= JOINED:
            protocol.transport.write(head + body)
        else:
            protocol.transport.writelines((head, body))
        self._complete()

    async def send(self, message: Message) -> None:
        """Raises RuntimeError for messages that are out of place, and headers that cannot be sent."""
        protocol = self._protocol
        if protocol.flow.write_paused and not self.disconnected:
            await protocol.flow.drain()
        if self.disconnected:
            return
        if not self._started:
            if message["type"] != "http.response.start":
                raise RuntimeError(f"{message['type']} before the answer has begun")
            protocol.transport.write(self._head(message["status"], message["headers"]))
            return
        if message["type"] != "http.response.body" or self.response_complete:
            raise RuntimeError(f"{message['type']} after the answer has begun or ended")
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._scope["method"] == "HEAD":
            self._left = 0
        elif self._chunked:
            if body:
                body = b"%x\r\n%b\r\n" % (len(body), body)
            if not more:
                body += b"0\r\n\r\n"
            protocol.transport.write(body)
        elif body:
            self._left = (self._left or 0) - len(body)
            if self._left < 0:
                raise RuntimeError("the body is longer than its content-length")
            protocol.transport.write(body)
        if not more:
            if self._left:
                raise RuntimeError("the body is shorter than its content-length")
            self._complete()

    def _head(self, status: int, headers: Headers) -> bytes:
        """The head of the answer; what it says of the body's length and of the connection is noted."""
        parts = [STATUS_LINE[status]]
        lines = 2
        announced = close = False
        for name, value in (*self._protocol.server_state.default_headers, *headers):
            name = _checked(name)
            if name in _FRAMING:
                if name == b"content-length":
                    announced, self._left = True, int(value)
                elif name == b"transfer-encoding":
                    announced = self._chunked = value.lower() == b"chunked"
                elif b"close" in [token.strip() for token in value.lower().split(b",")]:
                    close, self.keep_alive = True, False
            parts += (name, b": ", value, b"\r\n")
            lines += 1
        if not self.keep_alive and not close:
            parts.append(b"connection: close\r\n")
            lines += 1
        if not announced and self._scope["method"] != "HEAD" and status not in _NO_BODY:
            self._chunked = True
            parts.append(b"transfer-encoding: chunked\r\n")
            lines += 1
        parts.append(b"\r\n")
        head = b"".join(parts)
        if head.translate(None, _PRINTED) != b"\r\n" * lines:
            raise RuntimeError("a header's value has control characters in it")
        self._started, self._expects = True, False
        return head

    def _complete(self) -> None:
        protocol = self._protocol
        self.response_complete = True
        self._gone = None
        # It points back here: a circle would leave the request to the garbage collector.
        self._scope["extensions"] = {}
        self.wake()
        if not self.keep_alive:
            protocol.transport.close()
        protocol.on_response_complete()


async def _rest(coroutine: Coroutine[Any, Any, None], waiting_for: Any) -> None:
    await rest(coroutine, waiting_for)


@functools.lru_cache(maxsize=512)
def _checked(name: bytes) -> bytes:
    """A header's name in lower case. Raises RuntimeError for what is none."""
    name = name.lower()
    if not _NAME.fullmatch(name):
        raise RuntimeError("a header's name has characters in it that none may have")
    return name
