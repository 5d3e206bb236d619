"""Frames of OpenAI's streams: what `wire/sse.py` sends, with an error event where the work fails after the start."""

from __future__ import annotations

import msgspec
import orjson

from groundfog.errors import GroundfogError
from groundfog.tasks import Streamer
from groundfog.tasks.text_generation.shapes.responses_stream import Event, ResponsesStreamer
from groundfog.wire.http import openai_error
from groundfog.wire.sse import NativeFrames, data


class ChunkFrames(NativeFrames):
    """Chat and legacy completion chunks. A failed stream says why and has no `[DONE]`."""

    __slots__ = ("_request_id",)

    def __init__(self, streamer: Streamer, request_id: str) -> None:
        super().__init__(streamer)
        self._request_id = request_id

    def fail(self, error: GroundfogError) -> bytes:
        return data(orjson.dumps({"error": openai_error(error, self._request_id)}))


class EventFrames:
    """Responses events: `event:` and `data:` lines, no `[DONE]`."""

    __slots__ = ("_streamer",)

    def __init__(self, streamer: ResponsesStreamer) -> None:
        self._streamer = streamer

    def feed(self, delta: msgspec.Struct) -> bytes:
        return _named(self._streamer.events(delta))

    def finish(self) -> bytes:
        return _named(self._streamer.end())

    def fail(self, error: GroundfogError) -> bytes:
        return _named(self._streamer.failed(error))


def _named(events: list[Event]) -> bytes:
    return b"".join([b"event: " + kind.encode() + b"\ndata: " + content + b"\n\n" for kind, content in events])
