"""JSON that is not plain UTF-8: compressed, or in one of the forms that lenient providers read and `orjson` does not.

What a provider understands, limits, policies and guards have to understand too. What goes on is not touched.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

import orjson

LONGEST = 256 << 20
"""Bytes that a body may unpack to."""
_NEVER_JSON = ("multipart/", "audio/", "image/", "video/", "application/octet-stream")


class Unreadable(Exception):
    """The body is packed in a way that cannot be undone here, or does not unpack."""


def unpacked(body: bytes, encoding: str) -> bytes:
    """A body without its `content-encoding`. Raises Unreadable."""
    for name in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()]):
        if name == "identity":
            continue
        if name not in ("gzip", "x-gzip", "deflate"):
            raise Unreadable(f"its encoding {name} cannot be undone")
        unpack = zlib.decompressobj(31 if name != "deflate" else 15)
        try:
            body = unpack.decompress(body, LONGEST)
        except zlib.error:
            raise Unreadable(f"it is no {name}") from None
        if unpack.unconsumed_tail or unpack.unused_data:
            raise Unreadable("it unpacks to too much")
    return body


def lenient(body: bytes, content_type: str = "") -> bytes:
    """Plain JSON of one in UTF-16 or UTF-32, with a byte order mark, with NaN (as null) or lone surrogates (as `?`).

    Raises ValueError for what is no JSON at all.
    """
    if content_type.startswith(_NEVER_JSON):
        raise ValueError("not JSON")
    try:
        value = json.loads(body, parse_constant=lambda name: None)
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    except RecursionError:
        raise ValueError("nested too deeply") from None


def read(body: bytes, encoding: str, content_type: str) -> tuple[Any, bytes]:
    """What a body that is no plain JSON says, and the plain JSON of it. Raises ValueError, Unreadable."""
    body = unpacked(body, encoding)
    try:
        return orjson.loads(body), body
    except orjson.JSONDecodeError:
        plain = lenient(body, content_type)
        return orjson.loads(plain), plain
