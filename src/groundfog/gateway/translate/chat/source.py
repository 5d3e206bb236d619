"""OpenAI's own answers, read as every other provider's, for callers that speak another dialect."""

from __future__ import annotations

import orjson

from groundfog.gateway.translate.chat import answer, errors
from groundfog.gateway.translate.chat.answer import Raw
from groundfog.gateway.translate.sse import Splitter


class ChatSource:
    """Reads one answer of `chat/completions`. A stream without `[DONE]` is whole when it gave a finish reason."""

    __slots__ = ("_ended", "_include_usage", "_splitter")

    def __init__(self, include_usage: bool) -> None:
        self._include_usage = include_usage
        self._splitter = Splitter()
        self._ended = False

    def whole(self, body: bytes) -> Raw:
        data: Raw = orjson.loads(body)
        if "choices" not in data:
            return errors.of(data, "api_error") or answer.BROKEN
        return data

    def feed(self, chunk: bytes) -> list[Raw]:
        return self._chunks(self._splitter.feed(chunk))

    def finish(self) -> list[Raw]:
        chunks = self._chunks(self._splitter.finish())
        if not self._ended:
            chunks.append(answer.BROKEN)
        return chunks

    def _chunks(self, events: list[bytes]) -> list[Raw]:
        chunks: list[Raw] = []
        for event in events:
            if event == b"[DONE]":
                self._ended = True
                continue
            chunk: Raw = orjson.loads(event)
            if chunk.get("error") is not None:
                self._ended = True
                chunks.append(errors.of(chunk, "api_error") or answer.BROKEN)
                break
            for choice in chunk.get("choices") or []:
                if choice.get("finish_reason"):
                    self._ended = True
            if chunk.get("choices") or self._include_usage:
                chunks.append(chunk)
        return chunks
