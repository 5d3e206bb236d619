"""The chat.completion shape and its chunks (spec workers-ai §3.3, §3.4)."""

from __future__ import annotations

from typing import Any

import msgspec
import orjson

from groundfog.catalog import Model
from groundfog.tasks.text_generation import facts
from groundfog.tasks.text_generation.shapes import common
from groundfog.tasks.text_generation.types import Choice, Delta, Inputs, Output, Usage


def render(model: Model, inputs: Inputs, output: Output, request_id: str) -> bytes:
    """A `chat.completion` object."""
    choices = [_choice(model, inputs, choice, request_id, index) for index, choice in enumerate(output.choices)]
    answer = common.head(model, request_id, "chatcmpl", "chat.completion")
    return orjson.dumps({**answer, "choices": choices, "usage": common.usage(output.usage)})


def _choice(model: Model, inputs: Inputs, choice: Choice, request_id: str, index: int) -> dict[str, Any]:
    empty = not choice.text and (choice.tool_calls or choice.reasoning)
    message: dict[str, Any] = {"role": "assistant", "content": None if empty else choice.text, "refusal": None}
    if choice.reasoning is not None:
        message.update(dict.fromkeys(facts.reasoning_fields(model), choice.reasoning))
    if choice.tool_calls and inputs.legacy_functions:
        call = choice.tool_calls[0]
        message["function_call"] = {"name": call.name, "arguments": call.arguments}
    elif choice.tool_calls:
        message["tool_calls"] = [
            common.openai_call(call, request_id, index, at) for at, call in enumerate(choice.tool_calls)
        ]
    return {
        "index": index,
        "message": message,
        "logprobs": common.logprobs(choice.logprobs),
        "finish_reason": finish_reason(choice.finish_reason, inputs),
    }


def finish_reason(given: str | None, inputs: Inputs) -> str | None:
    return "function_call" if given == "tool_calls" and inputs.legacy_functions else given


class ChatStreamer:
    """`chat.completion.chunk` events. `finish_reason` comes on the chunk with the usage (spec §3.3).

    With `stream_options.include_usage: true` the usage has a chunk of its own without choices, as OpenAI's clients
    expect; with false there is none.
    """

    def __init__(self, model: Model, inputs: Inputs, request_id: str) -> None:
        self._inputs = inputs
        self._request_id = request_id
        self._reasoning = facts.reasoning_fields(model)
        head = common.head(model, request_id, "chatcmpl", "chat.completion.chunk")
        self._head = orjson.dumps(head)[:-1]
        self._open = self._head + b',"choices":[{"index":'
        self._text = self._open + b'0,"delta":{"content":'
        self._seen: set[int] = set()
        self._finished: dict[int, str] = {}
        self._usage: Usage | None = None

    def feed(self, delta: msgspec.Struct) -> list[bytes]:
        assert isinstance(delta, Delta)
        events: list[bytes] = []
        index = delta.index
        if index not in self._seen and (delta.text or delta.reasoning or delta.tool_calls or delta.finish_reason):
            events.append(self._start(index))
        if delta.reasoning:
            events.append(self._chunk(index, dict.fromkeys(self._reasoning, delta.reasoning)))
        if delta.text or delta.logprobs:
            if index == 0 and delta.logprobs is None:
                events.append(self._text + orjson.dumps(delta.text) + b'},"finish_reason":null}]}')
            else:
                events.append(self._chunk(index, {"content": delta.text}, common.logprobs(delta.logprobs)))
        if delta.tool_calls:
            events.append(self._chunk(index, self._calls(delta)))
        if delta.finish_reason is not None:
            self._finished[index] = delta.finish_reason
        if delta.usage is not None:
            self._usage = delta.usage
        return events

    def _start(self, index: int) -> bytes:
        self._seen.add(index)
        return self._chunk(index, {"role": "assistant", "content": ""})

    def _chunk(self, index: int, delta: dict[str, Any], logprobs: dict[str, Any] | None = None) -> bytes:
        shown = b'%d,"delta":%b' % (index, orjson.dumps(delta))
        if logprobs is not None:
            shown += b',"logprobs":' + orjson.dumps(logprobs)
        return self._open + shown + b',"finish_reason":null}]}'

    def _calls(self, delta: Delta) -> dict[str, Any]:
        if self._inputs.legacy_functions:
            first = delta.tool_calls[0]
            named = {} if first.name is None else {"name": first.name}
            return {"function_call": {**named, "arguments": first.arguments}}
        calls: list[dict[str, Any]] = []
        for piece in delta.tool_calls:
            if piece.name is None:
                calls.append({"index": piece.index, "function": {"arguments": piece.arguments}})
                continue
            made = common.call_id(piece.id, self._request_id, delta.index, piece.index)
            function = {"name": piece.name, "arguments": piece.arguments}
            calls.append({"index": piece.index, "id": made, "type": "function", "function": function})
        return {"tool_calls": calls}

    def finish(self) -> list[bytes]:
        events = [self._end(index, reason) for index, reason in sorted(self._finished.items())]
        return common.with_usage(events, self._head, self._inputs, self._usage)

    def _end(self, index: int, reason: str) -> bytes:
        shown = orjson.dumps(finish_reason(reason, self._inputs))
        return self._open + b'%d,"delta":{},"finish_reason":%b}]}' % (index, shown)
