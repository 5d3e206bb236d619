"""Usage of Bedrock's binary streams: the event `metadata` of ConverseStream, the last chunk of `invoke`'s."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import orjson

from groundfog.gateway.translate.eventstream import BrokenStream, Decoder, Message
from groundfog.gateway.translate.usage import shapes
from groundfog.metering.usage import Usage


class AwsStream:
    """A broken stream says what was read until then."""

    __slots__ = ("_broken", "_decoder", "_last", "_metadata")

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._metadata: bytes | None = None
        self._last: bytes | None = None
        self._broken = False

    def feed(self, chunk: bytes) -> None:
        if self._broken:
            return
        try:
            for message in self._decoder.feed(chunk):
                self._take(message)
        except BrokenStream:
            self._broken = True

    def _take(self, message: Message) -> None:
        kind = message.headers.get(":event-type")
        if kind == "metadata":
            self._metadata = message.payload
        elif kind == "chunk":
            self._last = message.payload

    def result(self) -> Usage:
        data = self._metadata if self._metadata is not None else _inside(self._last)
        return shapes.usage(*shapes.find(data)) if data else Usage()


def _inside(payload: bytes | None) -> bytes | None:
    """The model's own event in a chunk of `invoke`: base64 in the member `bytes`."""
    if payload is None:
        return None
    try:
        wrapped: Any = orjson.loads(payload)
        return base64.b64decode(wrapped["bytes"], validate=True)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, binascii.Error):
        return None
