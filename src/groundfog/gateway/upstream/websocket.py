"""The provider's side of a realtime pass-through: a WebSocket client that changes nothing (spec ai-gateway §1.10)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Sequence

from websockets.client import ClientProtocol
from websockets.frames import Close, Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from groundfog.gateway.upstream.addresses import resolve
from groundfog.gateway.upstream.base import UpstreamRequest
from groundfog.gateway.upstream.faults import BadAnswer, CannotConnect, ConnectionBroken, UpstreamError
from groundfog.gateway.upstream.head import DROPPED, authority, request_head, split_url
from groundfog.gateway.upstream.tls import client_context

HANDSHAKE_S = 15.0
CLOSE_S = 5.0
ABNORMAL, NO_STATUS, GOING_AWAY, INVALID_TEXT = 1006, 1005, 1001, 1007
_READ = 65536
_QUIET = logging.Logger("groundfog.gateway.websocket", logging.CRITICAL)
"""The library writes every header at debug level, keys too: it gets a logger that hears nothing."""


class HandshakeRefused(UpstreamError):
    """The provider answered the handshake with something else than 101; redirects are refusals too."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"the provider refused the WebSocket with HTTP {status}")
        self.status = status
        self.body = body


class Socket:
    """An open WebSocket. One task may receive while another sends or closes."""

    def __init__(
        self, protocol: ClientProtocol, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, name: str
    ) -> None:
        self.close_code: int | None = None
        self.close_reason = ""
        self._protocol = protocol
        self._reader = reader
        self._writer = writer
        self._name = name
        self._parts: list[bytes] = []
        self._text = False
        self._ready: list[str | bytes] = []
        self._reading = asyncio.Lock()

    @property
    def subprotocol(self) -> str | None:
        """What the provider chose among those offered."""
        return self._protocol.subprotocol

    async def receive(self) -> str | bytes | None:
        """The next message; None when it is over, which `close_code` and `close_reason` then explain."""
        while not self._ready:
            if self.close_code is not None:
                return None
            await self._read()
        return self._ready.pop(0)

    async def send(self, message: str | bytes) -> None:
        """Raises ConnectionBroken when the socket is closed. Waits while the provider does not read."""
        if self._protocol.state is not State.OPEN:
            raise ConnectionBroken(f"{self._name} has closed the WebSocket")
        if isinstance(message, str):
            self._protocol.send_text(message.encode())
        else:
            self._protocol.send_binary(message)
        await self._flush()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Say goodbye, wait a little for the provider's, and hang up. Codes that are never sent are put into others."""
        if self._protocol.state is State.OPEN:
            if code == NO_STATUS:
                self._protocol.send_close()
            else:
                self._protocol.send_close(GOING_AWAY if code == ABNORMAL else code, _fitting(reason))
            with contextlib.suppress(TimeoutError, OSError):
                async with asyncio.timeout(CLOSE_S):
                    await self._flush()
                    while self.close_code is None:
                        await self._read()
        self._writer.transport.abort()

    async def _read(self) -> None:
        """Take what comes next, whatever it is. Whoever closes may have to wait for who receives."""
        async with self._reading:
            if self.close_code is not None:
                return
            try:
                data = await self._reader.read(_READ)
            except OSError:
                data = b""
            if data:
                self._protocol.receive_data(data)
            else:
                self._protocol.receive_eof()
            await self.take(self._protocol.events_received(), over=not data)

    async def take(self, events: Sequence[object], *, over: bool = False) -> None:
        """Frames that came, maybe with the handshake's answer; `over`: and nothing will come any more."""
        for event in events:
            if isinstance(event, Frame):
                self._take(event)
        with contextlib.suppress(OSError):
            await self._flush()
        if over or self._protocol.state in (State.CLOSING, State.CLOSED):
            self._ended(over=over)

    def _take(self, frame: Frame) -> None:
        if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return
        if frame.opcode is not Opcode.CONT:
            self._text = frame.opcode is Opcode.TEXT
        self._parts.append(bytes(frame.data))
        if not frame.fin:
            return
        whole, self._parts = b"".join(self._parts), []
        if not self._text:
            self._ready.append(whole)
            return
        try:
            self._ready.append(whole.decode())
        except UnicodeDecodeError:
            self._protocol.fail(INVALID_TEXT, "text that is no UTF-8")

    def _ended(self, *, over: bool) -> None:
        """Note how it ended: the provider's closing frame, ours for its mistake, or none."""
        said: Close | None = self._protocol.close_rcvd
        failure = self._protocol.parser_exc
        if said is not None:
            self.close_code, self.close_reason = said.code, said.reason
        elif failure is not None and self._protocol.close_sent is not None:
            self.close_code, self.close_reason = self._protocol.close_sent.code, self._protocol.close_sent.reason
        elif over:
            self.close_code, self.close_reason = ABNORMAL, f"{self._name} broke off"

    async def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._writer.write(data)
            elif self._writer.can_write_eof():
                self._writer.write_eof()
        await self._writer.drain()


async def connect(
    request: UpstreamRequest,
    subprotocols: Sequence[str] = (),
    limit: int = 64 << 20,
    tls: ssl.SSLContext | None = None,
) -> Socket:
    """Open a socket to `request.url` (http, https, ws or wss), with the request's headers; `limit` bytes of a message.

    Raises HandshakeRefused, CannotConnect, AddressRefused, BadAnswer, and TimeoutError after 15 s (or `first_byte_s`).
    No extension is offered, so that frames come as the provider makes them.
    """
    url = request.url.replace("ws", "http", 1) if request.url.startswith("ws") else request.url
    name, target = split_url(url)
    scheme, host, port, value = authority(name)
    uri = parse_uri(f"{'wss' if scheme == 'https' else 'ws'}://{value.decode()}{target.decode()}")
    offered = [Subprotocol(protocol) for protocol in subprotocols]
    protocol = ClientProtocol(uri, subprotocols=offered or None, max_size=limit, logger=_QUIET)
    handshake = protocol.connect()
    kept = [pair for pair in request.headers if pair[0] not in DROPPED and not pair[0].startswith(b"sec-websocket-")]
    request_head("GET", target, value, kept, 0)
    for header, text in kept:
        handshake.headers[header.decode()] = text.decode("latin-1")
    context = (tls or client_context()) if scheme == "https" else None
    async with asyncio.timeout(request.first_byte_s or HANDSHAKE_S):
        reader, writer = await _open(name, host, port, context, public_only=request.public_only)
        try:
            protocol.send_request(handshake)
            for data in protocol.data_to_send():
                writer.write(data)
            response, rest = await _handshake(protocol, reader, name)
            if protocol.handshake_exc is not None:
                if response.status_code == 101:
                    raise BadAnswer(f"{name} answered no WebSocket handshake: {protocol.handshake_exc}")
                raise HandshakeRefused(response.status_code, bytes(response.body or b""))
        except BaseException:
            writer.transport.abort()
            raise
    socket = Socket(protocol, reader, writer, name)
    await socket.take(rest)
    return socket


async def _open(
    name: str, host: str, port: int, context: ssl.SSLContext | None, *, public_only: bool
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    failure: OSError | None = None
    for address in await resolve(host, port, public_only=public_only):
        try:
            return await asyncio.open_connection(
                address, port, ssl=context, server_hostname=host if context is not None else None
            )
        except OSError as error:
            failure = error
    reason = failure.strerror or str(failure) if failure else "it has no address"
    raise CannotConnect(f"cannot connect to {name}: {reason}") from failure


async def _handshake(
    protocol: ClientProtocol, reader: asyncio.StreamReader, name: str
) -> tuple[Response, Sequence[object]]:
    """The answer, and the frames that came right behind it."""
    while True:
        try:
            data = await reader.read(_READ)
        except OSError as error:
            raise ConnectionBroken(f"{name} closed the connection without an answer: {error}") from error
        if data:
            protocol.receive_data(data)
        else:
            protocol.receive_eof()
        events = protocol.events_received()
        if events and isinstance(events[0], Response):
            return events[0], events[1:]
        if not data:
            raise ConnectionBroken(f"{name} closed the connection without an answer")


def _fitting(reason: str) -> str:
    """A closing frame holds 123 bytes of reason."""
    return reason.encode()[:123].decode(errors="ignore")
