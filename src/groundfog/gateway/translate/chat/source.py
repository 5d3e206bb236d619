"""OpenAI's own answers, read as every other provider's, for callers that speak another dialect."""

from __future__ import annotations

import orjson

from groundfog.gateway.translate.chat import answer, errors
from groundfog.gateway.translate.chat.answer import Raw
from groundfog.gateway.translate.sse import NOTHING, Splitter


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

    def feed(self, chunk: bytes, out: list[Raw]) -> None:
        for event in self._splitter.feed(chunk):
            self._take(event, out)

    def finish(self, out: list[Raw]) -> None:
        for event in self._splitter.finish():
            self._take(event, out)
        if not self._ended:
            out.append(answer.BROKEN)

    def _take(self, event: bytes, out: list[Raw]) -> None:
        if event in NOTHING:
            self._ended = self._ended or bool(event)
            return
        chunk: Raw = orjson.loads(event)
        if chunk.get("error") is not None:
            self._ended = True
            out.append(errors.of(chunk, "api_error") or answer.BROKEN)
            return
        choices = chunk.get("choices")
        for choice in choices or []:
            if choice.get("finish_reason"):
                self._ended = True
        if choices or self._include_usage:
            out.append(chunk)
