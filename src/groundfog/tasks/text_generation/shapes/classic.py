"""The classic shape: `{response, tool_calls, usage}` and its stream (spec workers-ai §3.1, §3.2)."""

from __future__ import annotations

from typing import Any

import msgspec
import orjson

from groundfog import errors
from groundfog.catalog import Model
from groundfog.tasks.text_generation import facts
from groundfog.tasks.text_generation.shapes import common
from groundfog.tasks.text_generation.types import Choice, Delta, Inputs, Output, ToolCall, ToolCallDelta, Usage

# Classic reasoning models write their thoughts into the answer (spec §3.4).
_THINK = "<think>\n"
_CALLS_END: list[dict[str, Any]] = [{"id": None, "type": None, "index": 0, "function": {"name": None, "arguments": ""}}]


def render(model: Model, inputs: Inputs, output: Output, request_id: str) -> bytes:
    """The whole answer. Raises JSON_MODE_FAILED when the answer of JSON mode was cut before it was whole."""
    choice = output.choices[0]
    calls = [_call(model, call, request_id, index) for index, call in enumerate(choice.tool_calls)]
    answer = {"response": _response(model, inputs, choice), "tool_calls": calls, "usage": common.usage(output.usage)}
    return orjson.dumps(answer)


def _response(model: Model, inputs: Inputs, choice: Choice) -> Any:
    if choice.tool_calls and not choice.text:
        return None
    if inputs.json_format is not None:
        return verdict(choice.text) if facts.is_guard(model) else parsed(choice.text)
    if choice.reasoning:
        return _THINK + choice.reasoning + (_thought(choice.reasoning) + choice.text if choice.text else "")
    return choice.text


def _thought(reasoning: str) -> str:
    """What closes a thought: its tag stands on a line of its own."""
    return "</think>\n\n" if reasoning.endswith("\n") else "\n</think>\n\n"


def parsed(text: str) -> orjson.Fragment:
    """The JSON value that a text is, digit for digit. Raises JSON_MODE_FAILED."""
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise errors.JSON_MODE_FAILED() from None
    return orjson.Fragment(text)


def verdict(text: str) -> dict[str, Any]:
    """Llama Guard's text (`safe`, or `unsafe` and a line of categories) as the object of JSON mode (spec §3.12)."""
    first, _, rest = text.strip().partition("\n")
    safe = first.strip().lower() != "unsafe"
    return {"safe": safe, "categories": [] if safe else [name.strip() for name in rest.split(",") if name.strip()]}


def _call(model: Model, call: ToolCall, request_id: str, index: int) -> dict[str, Any]:
    function = {"name": call.name, "arguments": _arguments(call.arguments)}
    if not facts.openai_tool_calls(model):
        return function
    return {"id": common.call_id(call.id, request_id, 0, index), "type": "function", "function": function}


def _arguments(text: str) -> Any:
    """An object; the text itself when the call was cut before its arguments were whole."""
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text
    return orjson.Fragment(text)


class ClassicStreamer:
    """Events `{"response": …}`, tool calls in OpenAI's pieces, one event with `usage` at the end."""

    def __init__(self, model: Model, inputs: Inputs, request_id: str) -> None:
        self._request_id = request_id
        self._shows_usage = inputs.include_usage is not False
        self._thinking = ""
        self._called = False
        self._usage: Usage | None = None
        self._finish_reason: str | None = None

    def feed(self, delta: msgspec.Struct) -> list[bytes]:
        assert isinstance(delta, Delta)
        events: list[bytes] = []
        text = delta.text
        if delta.reasoning:
            events.append(_text(delta.reasoning if self._thinking else _THINK + delta.reasoning))
            self._thinking = delta.reasoning
        if text:
            if self._thinking:
                text, self._thinking = _thought(self._thinking) + text, ""
            events.append(_text(text))
        if delta.tool_calls:
            self._called = True
            events.extend(self._piece(piece) for piece in delta.tool_calls)
        if delta.finish_reason is not None:
            self._finish_reason = delta.finish_reason
        if delta.usage is not None:
            self._usage = delta.usage
        return events

    def _piece(self, piece: ToolCallDelta) -> bytes:
        shown: dict[str, Any] = {"index": piece.index, "function": {"arguments": piece.arguments}}
        if piece.name is not None:
            shown["id"] = common.call_id(piece.id, self._request_id, 0, piece.index)
            shown["type"] = "function"
            shown["function"]["name"] = piece.name
        return orjson.dumps({"response": "", "tool_calls": [shown]})

    def finish(self) -> list[bytes]:
        events: list[bytes] = []
        if self._called:
            events.append(orjson.dumps({"response": "", "tool_calls": _CALLS_END}))
        last: dict[str, Any] = {"response": ""}
        if self._usage is not None and self._shows_usage:
            last["usage"] = common.usage(self._usage)
        if self._finish_reason is not None:
            last["finish_reason"] = self._finish_reason
        events.append(orjson.dumps(last))
        return events


def _text(text: str) -> bytes:
    return b'{"response":' + orjson.dumps(text) + b"}"
