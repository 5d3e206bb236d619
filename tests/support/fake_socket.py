"""The WebSocket side of the fake provider: one socket, spoken with the sans-I/O half of `websockets`."""

from __future__ import annotations

import asyncio
import contextlib

from websockets.frames import Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol


class FakeSocket:
    """One WebSocket that a client opened. Frames are (is text, bytes)."""

    def __init__(
        self,
        protocol: ServerProtocol,
        target: str,
        headers: list[tuple[str, str]],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.target = target
        self.headers = headers
        self.received: list[str | bytes] = []
        self.close_code: int | None = None
        self.close_reason: str | None = None
        self._protocol = protocol
        self._reader = reader
        self._writer = writer
        self._parts: list[bytes] = []
        self._text = False
        self._pending: list[str | bytes] = []

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def subprotocol(self) -> str | None:
        return self._protocol.subprotocol

    async def receive(self) -> str | bytes | None:
        """The next message; None when the client has closed."""
        while not self._pending:
            data = await self._reader.read(65536)
            if data:
                self._protocol.receive_data(data)
            else:
                self._protocol.receive_eof()
            self._take_events()
            await self._flush()
            if self._protocol.state is not State.OPEN and not self._pending:
                said = self._protocol.close_rcvd
                self.close_code, self.close_reason = (said.code, said.reason) if said else (1006, "")
                return None
        return self._pending.pop(0)

    async def send(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self._protocol.send_text(message.encode())
        else:
            self._protocol.send_binary(message)
        await self._flush()

    async def send_pieces(self, first: bytes, *rest: bytes) -> None:
        """A message of text in several frames."""
        self._protocol.send_text(first, fin=False)
        for number, piece in enumerate(rest, 1):
            self._protocol.send_continuation(piece, fin=number == len(rest))
        await self._flush()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code, reason)
            await self._flush()
            await self.receive()

    async def drop(self) -> None:
        """Close the connection without a closing frame."""
        self._writer.transport.abort()

    async def echo(self) -> None:
        while (message := await self.receive()) is not None:
            await self.send(message)

    def _take_events(self) -> None:
        for frame in self._protocol.events_received():
            opcode = getattr(frame, "opcode", None)
            if opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
                if opcode is not Opcode.CONT:
                    self._text = opcode is Opcode.TEXT
                self._parts.append(bytes(frame.data))  # type: ignore[union-attr]
                if frame.fin:  # type: ignore[union-attr]
                    whole, self._parts = b"".join(self._parts), []
                    message: str | bytes = whole.decode() if self._text else whole
                    self.received.append(message)
                    self._pending.append(message)

    async def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._writer.write(data)
        with contextlib.suppress(ConnectionError):
            await self._writer.drain()


async def speak_websocket(
    head: bytes,
    target: str,
    headers: list[tuple[str, str]],
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> FakeSocket | None:
    """Answer the handshake: the first sub-protocol offered is taken.

    None when it was refused (`?refuse=STATUS`, with `&location=URL` for a redirect) or never answered (`?silent`).
    """
    if "?silent" in target:
        await reader.read()
        return None
    offered = next((value for name, value in headers if name == "sec-websocket-protocol"), "")
    names = [Subprotocol(part.strip()) for part in offered.split(",") if part.strip()]
    protocol = ServerProtocol(subprotocols=names or None, max_size=None)
    protocol.receive_data(head)
    (request,) = protocol.events_received()
    if "refuse=" in target:
        status = int(target.partition("refuse=")[2][:3])
        refusal = protocol.reject(status, "refused by the fake\n")
        location = target.partition("location=")[2]
        if location:
            refusal.headers["location"] = location
        protocol.send_response(refusal)
    else:
        protocol.send_response(protocol.accept(request))  # type: ignore[arg-type]
    for data in protocol.data_to_send():
        if data:
            writer.write(data)
    await writer.drain()
    if protocol.state is not State.OPEN:
        return None
    return FakeSocket(protocol, target, headers, reader, writer)
