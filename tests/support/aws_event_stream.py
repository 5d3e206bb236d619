"""Makes AWS's binary event stream, as Bedrock sends it, from headers and payloads."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import orjson


def message(headers: dict[str, str], payload: bytes) -> bytes:
    """One message with text headers."""
    packed = b"".join(
        bytes([len(name.encode())]) + name.encode() + b"\x07" + struct.pack(">H", len(value.encode())) + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack(">II", 16 + len(packed) + len(payload), len(packed))
    begun = prelude + struct.pack(">I", zlib.crc32(prelude)) + packed + payload
    return begun + struct.pack(">I", zlib.crc32(begun))


def event(kind: str, payload: Any) -> bytes:
    """One event with a JSON payload."""
    headers = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    return message(headers, orjson.dumps(payload))


def exception(kind: str, text: str) -> bytes:
    """The error that ends a stream."""
    headers = {":exception-type": kind, ":content-type": "application/json", ":message-type": "exception"}
    return message(headers, orjson.dumps({"message": text}))
