"""HTTP/1.1 over llama.cpp's Unix socket, as lean as the token path needs it.

Why HTTP over a Unix socket and not xllamacpp's callbacks: a callback runs in a thread of its own per request, takes the
GIL for each token and is only asked after a token, so a long prompt cannot be cancelled; a closed socket is noticed
while the prompt is processed, and what arrived in one tick of the event loop is read in one go. Measured on two cores:
5,450 against 4,690 tokens/s with 16 streams of a tiny model; a cancelled prompt of 6,300 tokens left its slot after 1.0
to 1.4 s, with callbacks only when it was done.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any, cast

import msgspec
import orjson

Events = Callable[[list[bytes]], None]
EAGER_READS = 6
"""Reads of a stream that are never put off: its first tokens."""
REST_S, REST_PER_STREAM_S, LONGEST_REST_S = 0.003, 0.0015, 0.025
"""How long streams are left alone after a later read, all of them until the same moment: longer the more there are. A
wake-up per token costs more than what it brings when tokens come hundreds a second, and takes the time from the threads
that compute. Tokens that come more slowly than this are not delayed at all."""
_END = b"\r\n\r\n"


class Refused(Exception):
    """An answer with a status other than 200. `error` is llama.cpp's error object."""

    def __init__(self, status: int, body: bytes) -> None:
        try:
            error = orjson.loads(body)["error"]
        except (ValueError, KeyError, TypeError):
            error = {}
        self.error: dict[str, Any] = error if isinstance(error, dict) else {}
        self.status = status
        self.message = str(self.error.get("message", body[:200].decode(errors="replace")))
        super().__init__(f"{status}: {self.message}")


class Connection:
    """Opens one exchange after the other; each has a connection of its own."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.exchanges: set[Exchange] = set()
        """Those that are open."""
        self._resting: list[Exchange] = []

    def rest(self, exchange: Exchange) -> None:
        """Let tokens gather in the exchange's socket for a moment, so that one wake-up brings those of all streams."""
        if not self._resting:
            delay = min(REST_S + REST_PER_STREAM_S * len(self.exchanges), LONGEST_REST_S)
            asyncio.get_running_loop().call_later(delay, self._wake)
        self._resting.append(exchange)

    def _wake(self) -> None:
        resting, self._resting = self._resting, []
        for exchange in resting:
            exchange.resume()

    def close(self) -> None:
        """Cut what is open, at once: llama.cpp does not end while it can still send."""
        for exchange in list(self.exchanges):
            exchange.cut()

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One question and its JSON answer. Raises Refused, ConnectionError."""
        exchange = await self.open(method, path, body)
        return orjson.loads(await exchange.wait())

    async def open(self, method: str, path: str, body: Any = None, on_events: Events | None = None) -> Exchange:
        """Send a request. `on_events` gets the payloads of the stream's events, those of one tick together."""
        content = msgspec.json.encode(body) if body is not None else b""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        loop = asyncio.get_running_loop()
        exchange = Exchange(self, head.encode() + content, on_events, loop.create_future())
        await loop.create_unix_connection(lambda: exchange, self._address)
        return exchange


class Exchange(asyncio.Protocol):
    """One request and its answer. `fail` closes the connection, which makes llama.cpp stop the work."""

    def __init__(
        self, connection: Connection, request: bytes, on_events: Events | None, done: asyncio.Future[bytes]
    ) -> None:
        self._connection = connection
        self._request = request
        self._on_events = on_events
        self._done = done
        self._buffer = bytearray()
        self._body = bytearray()
        self._status = 0
        self._chunked = False
        self._length: int | None = None
        self._transport: asyncio.Transport | None = None
        self._reads = 0

    async def wait(self) -> bytes:
        """The body when the answer is complete (empty for a stream of events). Raises Refused, ConnectionError."""
        try:
            return await self._done
        finally:
            if self._transport is not None:
                self._transport.abort()

    def cut(self) -> None:
        """Shut the socket itself, without waiting for the event loop to close it."""
        if self._transport is not None and (descriptor := self._transport.get_extra_info("socket").fileno()) >= 0:
            with contextlib.suppress(OSError), socket.fromfd(descriptor, socket.AF_UNIX, socket.SOCK_STREAM) as twin:
                twin.shutdown(socket.SHUT_RDWR)

    def fail(self, error: Exception) -> None:
        """End the exchange with an error of the reader."""
        if not self._done.done():
            self._done.set_exception(error)
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are not instances of it
        self._connection.exchanges.add(self)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            if not self._status and not self._read_head():
                return
            self._read_body()
        except Exception as error:
            self.fail(error)
        else:
            self._rest()

    def _rest(self) -> None:
        self._reads += 1
        wanted = self._on_events is not None and self._reads > EAGER_READS and not self._done.done()
        if wanted and self._transport is not None:
            self._transport.pause_reading()
            self._connection.rest(self)

    def resume(self) -> None:
        """Read on after a rest."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._connection.exchanges.discard(self)
        if self._done.done():
            return
        if self._status and not self._chunked and self._length is None:
            self._complete()
        else:
            self._done.set_exception(ConnectionError("llama.cpp closed the connection before its answer was complete"))

    def _read_head(self) -> bool:
        end = self._buffer.find(_END)
        if end < 0:
            return False
        lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        self._status = int(lines[0].split(" ", 2)[1])
        for line in lines[1:]:
            name, _, value = line.partition(":")
            match name.lower():
                case "transfer-encoding":
                    self._chunked = "chunked" in value.lower()
                case "content-length":
                    self._length = int(value)
        return True

    def _read_body(self) -> None:
        last = False
        if self._chunked:
            last = self._read_chunks()
        else:
            self._body += self._buffer
            self._buffer.clear()
            last = self._length is not None and len(self._body) >= self._length
        if self._on_events is not None and self._status == 200:
            self._read_events(self._on_events)
        if last:
            self._complete()

    def _read_chunks(self) -> bool:
        """Move the complete chunks into the body; True after the last one."""
        buffer, at = self._buffer, 0
        last = False
        while (line := buffer.find(b"\r\n", at)) >= 0:
            size = int(bytes(buffer[at:line]).split(b";", 1)[0], 16)
            if len(buffer) < line + size + 4:
                break
            self._body += buffer[line + 2 : line + 2 + size]
            at = line + size + 4
            if size == 0:
                last = True
                break
        del buffer[:at]
        return last

    def _read_events(self, on_events: Events) -> None:
        end = self._body.rfind(b"\n\n")
        if end < 0:
            return
        lines = bytes(self._body[:end]).split(b"\n")
        del self._body[: end + 2]
        events = [line[6:] for line in lines if line.startswith(b"data: ")]
        if events:
            on_events(events)

    def _complete(self) -> None:
        if not self._done.done():
            if self._status == 200:
                self._done.set_result(bytes(self._body))
            else:
                self._done.set_exception(Refused(self._status, bytes(self._body)))
        if self._transport is not None:
            self._transport.abort()
