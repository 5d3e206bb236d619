"""A provider's answer on its way into the caller's dialect: a source reads, a sink writes, chat completions between."""

from __future__ import annotations

from typing import Any, Protocol

import orjson

from groundfog.gateway.translate.chat import errors
from groundfog.gateway.translate.chat.answer import BROKEN
from groundfog.gateway.translate.sse import DONE

Raw = dict[str, Any]
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError)
"""What a provider sends is not believed to have the shape that it documents."""


class Source(Protocol):
    """Reads one answer of a provider."""

    def whole(self, body: bytes) -> Raw:
        """A whole answer as a chat completion. Raises ValueError where it is none."""
        ...

    def feed(self, chunk: bytes, out: list[Raw]) -> None:
        """Bytes of a stream, cut anywhere: the chunks they complete are appended. `{"error": …}` ends a stream."""
        ...

    def finish(self, out: list[Raw]) -> None:
        """The chunks still owed at the stream's end."""
        ...


class Sink(Protocol):
    """Writes one answer in the caller's dialect."""

    def whole(self, completion: Raw) -> Raw: ...

    def error(self, status: int, error: Raw) -> Raw:
        """The body of an error answer; `error` is OpenAI's."""
        ...

    def feed(self, chunks: list[Raw]) -> bytes: ...

    def finish(self) -> bytes: ...


class ChatSink:
    """OpenAI's own dialect."""

    __slots__ = ()

    def whole(self, completion: Raw) -> Raw:
        return completion

    def error(self, status: int, error: Raw) -> Raw:
        return error

    def feed(self, chunks: list[Raw]) -> bytes:
        if len(chunks) == 1:
            return b"data: " + orjson.dumps(chunks[0]) + b"\n\n"
        return b"".join([b"data: " + orjson.dumps(chunk) + b"\n\n" for chunk in chunks])

    def finish(self) -> bytes:
        return DONE


class Translated:
    """The `Translation` of one answer (gateway/request.py)."""

    __slots__ = ("_failed", "_sink", "_source")
    content_type = b"application/json"

    def __init__(self, source: Source, sink: Sink) -> None:
        self._source = source
        self._sink = sink
        self._failed = False

    def whole(self, status: int, body: bytes) -> bytes:
        if not 200 <= status < 300:
            return orjson.dumps(self._sink.error(status, errors.read(status, body)))
        try:
            completion = self._source.whole(body)
        except _UNREADABLE:
            said = {
                "error": {**BROKEN["error"], "message": "The provider's answer cannot be read", "code": "bad_answer"}
            }
            return orjson.dumps(self._sink.error(502, said))
        if "error" in completion:
            return orjson.dumps(self._sink.error(502, completion))
        return orjson.dumps(self._sink.whole(completion))

    def feed(self, chunk: bytes) -> bytes:
        if self._failed:
            return b""
        chunks: list[Raw] = []
        try:
            self._source.feed(chunk, chunks)
        except _UNREADABLE:
            # What came before it in the same packet stands.
            chunks.append(BROKEN)
        return self._write(chunks)

    def finish(self) -> bytes:
        if self._failed:
            return b""
        chunks: list[Raw] = []
        try:
            self._source.finish(chunks)
        except _UNREADABLE:
            chunks.append(BROKEN)
        return self._write(chunks) + (b"" if self._failed else self._sink.finish())

    def _write(self, chunks: list[Raw]) -> bytes:
        for place, chunk in enumerate(chunks):
            if "error" in chunk:
                self._failed = True
                return self._sink.feed(chunks[: place + 1])
        return self._sink.feed(chunks) if chunks else b""
