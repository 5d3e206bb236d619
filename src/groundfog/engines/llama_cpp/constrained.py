"""Readers of answers that a grammar forces: one JSON value, or tool calls."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable

import orjson

from groundfog import errors
from groundfog.engines.llama_cpp.answer import Answer
from groundfog.engines.llama_cpp.events import Progress, TextReader
from groundfog.engines.llama_cpp.grammar import CallFormat
from groundfog.tasks.text_generation.types import FinishReason, ToolCallDelta


class JsonReader(TextReader):
    """Passes the text on and holds at the end that it is whole. Raises JSON_MODE_FAILED."""

    def __init__(self, answer: Answer, offset: int, top_logprobs: int, on_prompt: Callable[[Progress], None]) -> None:
        super().__init__(answer, offset, top_logprobs, on_prompt)
        self._texts: dict[int, list[str]] = {}

    def piece(self, index: int, text: str) -> None:
        self._texts.setdefault(index, []).append(text)
        super().piece(index, text)

    def end(self, index: int, reason: FinishReason) -> None:
        try:
            orjson.loads("".join(self._texts.get(index, [])))
        except ValueError:
            raise errors.JSON_MODE_FAILED() from None
        super().end(index, "stop")


@dataclasses.dataclass(slots=True)
class _Calls:
    """The calls of one choice while they are written: `rest` is text that is not understood yet."""

    rest: str = ""
    count: int = 0
    depth: int = 0
    quoted: bool = False
    escaped: bool = False
    inside: bool = False


class CallReader(TextReader):
    """Turns the text of forced calls into tool calls. Raises TOOL_CALL_IMPOSSIBLE when they are cut."""

    def __init__(
        self,
        answer: Answer,
        offset: int,
        on_prompt: Callable[[Progress], None],
        form: CallFormat,
        max_tokens: int,
    ) -> None:
        super().__init__(answer, offset, 0, on_prompt)
        self._form = form
        self._max_tokens = max_tokens
        self._calls: dict[int, _Calls] = {}

    def piece(self, index: int, text: str) -> None:
        calls = self._calls.setdefault(index, _Calls())
        calls.rest += text
        while self._step(index, calls):
            pass

    def end(self, index: int, reason: FinishReason) -> None:
        calls = self._calls.get(index, _Calls())
        if not calls.count or calls.inside or calls.rest.strip() != ("}" + self._form.after).strip():
            raise errors.TOOL_CALL_IMPOSSIBLE(max_tokens=self._max_tokens)
        super().end(index, "tool_calls")

    def _step(self, index: int, calls: _Calls) -> bool:
        """Understand a part of the rest; False when more text is needed."""
        if calls.inside:
            return self._arguments(index, calls)
        head, middle, rest = calls.rest.partition(self._form.middle)
        if not middle:
            return False
        name = orjson.loads(head[head.index('{"name": ') + 9 :])
        calls.rest, calls.inside, calls.depth = rest, True, 0
        piece = ToolCallDelta(calls.count, f"call_{uuid.uuid4().hex[:24]}", name)
        calls.count += 1
        self.answer.tool_call(index, piece)
        return True

    def _arguments(self, index: int, calls: _Calls) -> bool:
        """Pass on the text of the arguments up to their last brace."""
        for at, character in enumerate(calls.rest):
            if calls.quoted:
                if calls.escaped:
                    calls.escaped = False
                elif character == "\\":
                    calls.escaped = True
                elif character == '"':
                    calls.quoted = False
            elif character == '"':
                calls.quoted = True
            elif character in "{[":
                calls.depth += 1
            elif character in "}]":
                calls.depth -= 1
                if not calls.depth:
                    calls.inside = False
                    self._emit(index, calls, calls.rest[: at + 1])
                    calls.rest = calls.rest[at + 1 :]
                    return True
        self._emit(index, calls, calls.rest)
        calls.rest = ""
        return False

    def _emit(self, index: int, calls: _Calls, text: str) -> None:
        if text:
            self.answer.tool_call(index, ToolCallDelta(calls.count - 1, arguments=text))
