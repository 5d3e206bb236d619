"""Frames on the socket between server and host: a length (4 bytes, little-endian), then a msgpack array of messages.

Everything that was posted in one turn of the event loop leaves as one frame in one write, and one read brings many
messages: the price of a token is a few microseconds, not a system call.
"""

from __future__ import annotations

import asyncio
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar, cast

import msgspec

HEADER = struct.Struct("<I")

T = TypeVar("T")


class Connection(asyncio.Protocol, Generic[T]):
    """One end of the socket. `post` may be called from any thread; the callbacks are called on the loop.

    `incoming` is the type of the other side's messages; `lost` is called once, when the other side has gone;
    `unsendable` hears of a message that holds what msgpack cannot carry, and why.
    """

    def __init__(
        self,
        incoming: Any,
        receive: Callable[[T], None],
        lost: Callable[[], None],
        unsendable: Callable[[msgspec.Struct, Exception], None],
    ) -> None:
        self._decoder: msgspec.msgpack.Decoder[list[T]] = msgspec.msgpack.Decoder(list[incoming])
        self._encoder = msgspec.msgpack.Encoder()
        self._receive = receive
        self._lost = lost
        self._unsendable = unsendable
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._transport: asyncio.Transport | None = None
        self._outgoing: list[msgspec.Struct] = []
        self._flush_is_due = False
        self._parts: list[bytes] = []
        self._held = 0
        self._wanted = 0

    def post(self, message: msgspec.Struct) -> None:
        """Send a message with the others of this turn. Dropped when the connection is closed."""
        self._outgoing.append(message)
        if not self._flush_is_due:
            # The order matters: a message appended before the flag is cleared is always seen by that flush.
            self._flush_is_due = True
            if threading.get_ident() == self._thread:
                self._loop.call_soon(self._flush)
            else:
                self._loop.call_soon_threadsafe(self._flush)

    def close(self) -> None:
        """Send what is due, then close."""
        if self._transport is not None:
            self._flush()
            self._transport.close()

    def _flush(self) -> None:
        self._flush_is_due = False
        outgoing = self._outgoing
        count = len(outgoing)
        if self._transport is None or not count:
            return
        messages = outgoing[:count]
        del outgoing[:count]
        try:
            frame = self._frame(messages)
        except Exception:
            frame = b"".join(self._each(messages))
        self._transport.write(frame)

    def _frame(self, messages: list[msgspec.Struct]) -> bytes | bytearray:
        frame = bytearray(HEADER.size)
        self._encoder.encode_into(messages, frame, HEADER.size)
        HEADER.pack_into(frame, 0, len(frame) - HEADER.size)
        return frame

    def _each(self, messages: list[msgspec.Struct]) -> Iterator[bytes | bytearray]:
        """A frame for each message that can be sent."""
        for message in messages:
            try:
                yield self._frame([message])
            except Exception as error:
                self._unsendable(message, error)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are not instances of it
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._lost()

    def data_received(self, data: bytes) -> None:
        if self._parts:
            self._parts.append(data)
            self._held += len(data)
            if self._held < self._wanted:
                return
            data = b"".join(self._parts)
            self._parts = []
        start, end = 0, len(data)
        view = memoryview(data)
        while end - start >= HEADER.size:
            stop = start + HEADER.size + HEADER.unpack_from(data, start)[0]
            if stop > end:
                break
            for message in self._decoder.decode(view[start + HEADER.size : stop]):
                self._receive(message)
            start = stop
        if start < end:
            self._keep(data[start:])

    def _keep(self, rest: bytes) -> None:
        self._parts = [rest]
        self._held = len(rest)
        known = self._held >= HEADER.size
        self._wanted = HEADER.size + (HEADER.unpack_from(rest)[0] if known else 0)
