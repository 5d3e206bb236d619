"""AWS's binary event stream (`application/vnd.amazon.eventstream`): what ConverseStream answers in.

A message is: total length, length of the headers (4 bytes each, big-endian), CRC-32 of these eight bytes, headers,
payload, CRC-32 of all before it. A header is: length of its name (1 byte), name, type of its value (1 byte), value.
"""

from __future__ import annotations

import dataclasses
import struct
import zlib
from collections.abc import Iterator

CONTENT_TYPE = b"application/vnd.amazon.eventstream"
_PRELUDE = struct.Struct(">III")
_CRC = struct.Struct(">I")
_LEAST = _PRELUDE.size + _CRC.size
LONGEST = 64 * 1024 * 1024
"""Bytes of one message; a length over this is a broken stream, not a message to wait for."""
_KINDS = 16
"""Different headers that are kept for one stream."""
_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
_BYTES, _STRING = 6, 7


class BrokenStream(ValueError):
    """Bytes that are no event stream: a wrong checksum or length."""


@dataclasses.dataclass(slots=True)
class Message:
    """`headers` are those with text values; the others are checked for their length only. Shared: not to be changed."""

    headers: dict[str, str]
    payload: bytes


class Decoder:
    """Gives each message as soon as it is complete. Raises BrokenStream; after that nothing more is read."""

    __slots__ = ("_have", "_known", "_need", "_parts")

    def __init__(self) -> None:
        self._known: dict[bytes, dict[str, str]] = {}
        self._parts: list[bytes] = []
        self._have = 0
        self._need = _PRELUDE.size

    def feed(self, chunk: bytes) -> Iterator[Message]:
        """The messages that `chunk` completes, to be taken all; those before a broken one come first."""
        self._parts.append(chunk)
        self._have += len(chunk)
        if self._have < self._need:
            return
        data = b"".join(self._parts) if len(self._parts) > 1 else chunk
        at = 0
        while True:
            left = len(data) - at
            self._need = _PRELUDE.size
            if left < self._need:
                break
            self._need = _length(data, at)
            if left < self._need:
                break
            yield self._message(data, at, at + self._need)
            at += self._need
        rest = data[at:] if at else data
        self._parts = [rest] if rest else []
        self._have = len(rest)

    def _message(self, data: bytes, start: int, end: int) -> Message:
        if zlib.crc32(memoryview(data)[start : end - 4]) != _CRC.unpack_from(data, end - 4)[0]:
            raise BrokenStream("checksum of a message")
        body = start + _PRELUDE.size
        payload = body + _PRELUDE.unpack_from(data, start)[1]
        return Message(self._headers(data[body:payload]), data[payload : end - 4])

    def _headers(self, data: bytes) -> dict[str, str]:
        """Most messages of a stream have the headers of the one before."""
        known = self._known.get(data)
        if known is None:
            known = _headers(data)
            if len(self._known) < _KINDS:
                self._known[data] = known
        return known

    @property
    def between(self) -> bool:
        """No message is begun."""
        return not self._have


def _length(data: bytes, at: int) -> int:
    total, headers, crc = _PRELUDE.unpack_from(data, at)
    if zlib.crc32(data[at : at + 8]) != crc:
        raise BrokenStream("checksum of a prelude")
    if not _LEAST <= total <= LONGEST or headers > total - _LEAST:
        raise BrokenStream("length of a message")
    return int(total)


def _headers(data: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    try:
        while at < len(data):
            name = data[at + 1 : at + 1 + data[at]]
            at += 1 + len(name)
            kind = data[at]
            at += 1
            if kind in _SIZES:
                at += _SIZES[kind]
            elif kind in (_BYTES, _STRING):
                value = data[at + 2 : at + 2 + int.from_bytes(data[at : at + 2], "big")]
                if kind == _STRING:
                    found[name.decode()] = value.decode()
                at += 2 + len(value)
            else:
                raise BrokenStream("type of a header")
    except (IndexError, UnicodeDecodeError) as reason:
        raise BrokenStream("headers of a message") from reason
    if at != len(data):
        raise BrokenStream("headers of a message")
    return found
