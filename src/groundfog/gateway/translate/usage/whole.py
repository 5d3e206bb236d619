"""Usage of a whole JSON answer."""

from __future__ import annotations

import json
import re
from typing import Any

from groundfog.gateway.translate.usage import shapes
from groundfog.metering.usage import Usage

LONG = 512 * 1024
"""Bytes from which only both ends of an answer are kept: vectors and pictures stand between them."""
_HEAD = 8 * 1024
_TAIL = 64 * 1024
_COUNTS = re.compile(rb'"(usage|usageMetadata|meta)"\s*:\s*(?=\{)')
_MODEL = re.compile(rb'"model(?:Version)?"\s*:\s*"([^"\\]{1,200})"')
_decoder = json.JSONDecoder()


class WholeBody:
    """Nothing is done until the end; of a long answer nothing but its ends is kept or looked at."""

    __slots__ = ("_chunks", "_head", "_length")

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._length = 0
        self._head: bytes | None = None

    def feed(self, chunk: bytes) -> None:
        self._chunks.append(chunk)
        self._length += len(chunk)
        if self._length > LONG:
            self._shorten()

    def _shorten(self) -> None:
        data = b"".join(self._chunks)
        if self._head is None:
            self._head = data[:_HEAD]
        self._chunks = [data[-_TAIL:]]
        self._length = len(self._chunks[0])

    def result(self) -> Usage:
        data = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        if self._head is None:
            return shapes.usage(*shapes.find(data))
        tail = data[-_TAIL:]
        model = _MODEL.search(self._head) or _MODEL.search(tail)
        return shapes.usage(_at_the_end(tail), model[1].decode("utf-8", "replace") if model else None)


def _at_the_end(tail: bytes) -> shapes.Raw | None:
    """The last object in `tail` that counts."""
    for match in reversed(list(_COUNTS.finditer(tail))):
        try:
            found: Any = _decoder.raw_decode(tail[match.end() :].decode("utf-8", "replace"))[0]
        except ValueError:
            continue
        counts = shapes.usage(found)
        if counts.tokens_in is not None or counts.tokens_out is not None:
            return dict(found)
    return None
