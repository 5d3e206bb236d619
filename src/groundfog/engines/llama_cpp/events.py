"""The events of llama.cpp's streams, read into the pieces of an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from groundfog import errors
from groundfog.engines.llama_cpp.answer import Answer
from groundfog.tasks.text_generation.types import FinishReason, TokenLogprob, ToolCallDelta


class Progress(msgspec.Struct):
    """The prompt's tokens: `total` of them, `cache` of which were already computed."""

    total: int = 0
    cache: int = 0


class Timings(msgspec.Struct):
    """Of the draft model, if there is one: tokens that it proposed, and those that were right."""

    draft_n: int = 0
    draft_n_accepted: int = 0


class _Logprob(msgspec.Struct):
    token: str
    logprob: float
    bytes: list[int] | None = None
    top_logprobs: list[_Logprob] = []

    def typed(self, top: int) -> TokenLogprob:
        return TokenLogprob(self.token, self.logprob, self.bytes, [other.typed(0) for other in self.top_logprobs[:top]])


class _Error(msgspec.Struct):
    message: str = ""
    type: str = ""


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class _ToolCall(msgspec.Struct):
    index: int = 0
    id: str | None = None
    function: _Function = msgspec.field(default_factory=_Function)


class _ChatDelta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    tool_calls: list[_ToolCall] = []


class _ChatLogprobs(msgspec.Struct):
    content: list[_Logprob] | None = None


class _ChatChoice(msgspec.Struct):
    index: int = 0
    delta: _ChatDelta = msgspec.field(default_factory=_ChatDelta)
    finish_reason: Literal["stop", "length", "tool_calls"] | None = None
    logprobs: _ChatLogprobs | None = None


class _ChatUsage(msgspec.Struct):
    completion_tokens: int = 0


class _ChatEvent(msgspec.Struct):
    choices: list[_ChatChoice] = []
    usage: _ChatUsage | None = None
    prompt_progress: Progress | None = None
    timings: Timings | None = None
    error: _Error | None = None


class _TextEvent(msgspec.Struct):
    index: int = 0
    content: str = ""
    stop: bool = False
    stop_type: str = ""
    tokens_predicted: int = 0
    completion_probabilities: list[_Logprob] | None = None
    prompt_progress: Progress | None = None
    timings: Timings | None = None
    error: _Error | None = None


_chat_event = msgspec.json.Decoder(_ChatEvent).decode
_text_event = msgspec.json.Decoder(_TextEvent).decode


class Reader:
    """Reads one stream. `offset` is the answer's index of the stream's first choice.

    `on_prompt` hears the size of the prompt once, before its first token is computed.
    """

    def __init__(self, answer: Answer, offset: int, top_logprobs: int, on_prompt: Callable[[Progress], None]) -> None:
        self.answer = answer
        self.offset = offset
        self.top = top_logprobs
        self.prompt: Progress | None = None
        self.completion_tokens = 0
        self.draft_tokens = 0
        self.draft_accepted = 0
        self._on_prompt = on_prompt

    def feed(self, events: list[bytes]) -> None:
        """Read the events that arrived together."""
        raise NotImplementedError

    def piece(self, index: int, text: str) -> None:
        """Text of a choice, as the model wrote it."""
        self.answer.text(index, text)

    def end(self, index: int, reason: FinishReason) -> None:
        """A choice is complete."""
        self.answer.finish(index, reason)

    def _progress(self, progress: Progress) -> None:
        if self.prompt is None:
            self.prompt = progress
            self._on_prompt(progress)

    def _timings(self, timings: Timings | None) -> None:
        if timings is not None:
            self.draft_tokens += timings.draft_n
            self.draft_accepted += timings.draft_n_accepted

    def _raise(self, error: _Error) -> None:
        raise errors.EXECUTION_FAILED(what=error.message or error.type)


class ChatReader(Reader):
    """Reads `/v1/chat/completions`."""

    def feed(self, events: list[bytes]) -> None:
        for event in events:
            if event == b"[DONE]":
                continue
            chunk = _chat_event(event)
            if chunk.error is not None:
                self._raise(chunk.error)
            if chunk.prompt_progress is not None:
                self._progress(chunk.prompt_progress)
                continue
            if chunk.usage is not None:
                self.completion_tokens += chunk.usage.completion_tokens
                self._timings(chunk.timings)
            for choice in chunk.choices:
                self._choice(choice)
        self.answer.flush()

    def _choice(self, choice: _ChatChoice) -> None:
        index = self.offset + choice.index
        delta = choice.delta
        if delta.content:
            self.piece(index, delta.content)
        if delta.reasoning_content:
            self.answer.reasoning(index, delta.reasoning_content)
        for call in delta.tool_calls:
            function = call.function
            piece = ToolCallDelta(call.index, call.id, function.name, function.arguments or "")
            self.answer.tool_call(index, piece)
        if choice.logprobs is not None and choice.logprobs.content:
            self.answer.logprobs(index, [token.typed(self.top) for token in choice.logprobs.content])
        if choice.finish_reason is not None:
            self.end(index, choice.finish_reason)


class TextReader(Reader):
    """Reads `/completion`."""

    def feed(self, events: list[bytes]) -> None:
        for event in events:
            chunk = _text_event(event)
            if chunk.error is not None:
                self._raise(chunk.error)
            if chunk.prompt_progress is not None:
                self._progress(chunk.prompt_progress)
                continue
            index = self.offset + chunk.index
            if chunk.completion_probabilities and not chunk.stop:
                self.answer.logprobs(index, [token.typed(self.top) for token in chunk.completion_probabilities])
            if chunk.content:
                self.piece(index, chunk.content)
            if chunk.stop:
                self.completion_tokens += chunk.tokens_predicted
                self._timings(chunk.timings)
                self.end(index, "length" if chunk.stop_type == "limit" else "stop")
        self.answer.flush()
