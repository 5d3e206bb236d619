"""Events of every shape are read into the same typed deltas."""

from __future__ import annotations

import json
from typing import Any

import pytest

from groundfog.client.deltas import from_event
from groundfog.tasks import visual_query
from groundfog.tasks.text_generation.types import Delta, TokenLogprob, ToolCallDelta, Usage


def read(event: Any) -> list[Any]:
    return list(from_event(json.dumps(event).encode()))


def chunk(delta: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": None, **more}]}


USAGE = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7, "prompt_tokens_details": {"cached_tokens": 2}}
PIECE = {"index": 1, "id": "c", "type": "function", "function": {"name": "f", "arguments": ""}}


@pytest.mark.parametrize(
    ("event", "deltas"),
    [
        ({"response": "Hi", "p": "abc"}, [Delta(text="Hi")]),
        ({"response": "", "usage": USAGE, "finish_reason": "stop"},
         [Delta(finish_reason="stop", usage=Usage(3, 4, 2))]),
        ({"response": None, "usage": USAGE}, [Delta(usage=Usage(3, 4, 2))]),
        ({"response": 42}, [Delta(text="42")]),
        ({"response": ""}, []),
        ({"response": "", "tool_calls": [{"name": "f", "arguments": {"a": 1}}]},
         [Delta(tool_calls=[ToolCallDelta(0, None, "f", '{"a":1}')])]),
        ({"tool_calls": [PIECE]}, [Delta(tool_calls=[ToolCallDelta(1, "c", "f")])]),
        ({"tool_calls": [{"index": 0, "function": {"arguments": '{"a"'}}]},
         [Delta(tool_calls=[ToolCallDelta(0, arguments='{"a"')])]),
        ({"tool_calls": [{"id": None, "type": None, "index": 0, "function": {"name": None, "arguments": ""}}]}, []),
        (chunk({"role": "assistant", "content": ""}), []),
        (chunk({"content": "Hi"}), [Delta(text="Hi")]),
        (chunk({"reasoning_content": "Hm", "reasoning": "Hm"}), [Delta(reasoning="Hm")]),
        (chunk({"reasoning": "Hm"}), [Delta(reasoning="Hm")]),
        (chunk({"tool_calls": [PIECE]}), [Delta(tool_calls=[ToolCallDelta(1, "c", "f")])]),
        (chunk({"function_call": {"name": "f", "arguments": "{}"}}),
         [Delta(tool_calls=[ToolCallDelta(0, None, "f", "{}")])]),
        ({**chunk({}, finish_reason="length"), "usage": USAGE},
         [Delta(finish_reason="length", usage=Usage(3, 4, 2))]),
        ({"choices": [], "usage": USAGE}, [Delta(usage=Usage(3, 4, 2))]),
        ({"object": "text_completion", "choices": [{"index": 2, "text": "Hi", "finish_reason": None}]},
         [Delta(2, "Hi")]),
        (chunk({"content": "Hi"}, logprobs={"content": [
            {"token": "Hi", "logprob": -1.0, "bytes": [72, 105],
             "top_logprobs": [{"token": "Ho", "logprob": -2.0, "bytes": None}]}]}),
         [Delta(text="Hi", logprobs=[TokenLogprob("Hi", -1.0, [72, 105], [TokenLogprob("Ho", -2.0)])])]),
        ({"type": "response.created", "response": {}}, []),
        ({"type": "response.output_text.delta", "delta": "Hi"}, [Delta(text="Hi")]),
        ({"type": "response.reasoning_text.delta", "delta": "Hm"}, [Delta(reasoning="Hm")]),
        ({"type": "response.output_item.added", "output_index": 1,
          "item": {"type": "function_call", "call_id": "c", "name": "f"}},
         [Delta(tool_calls=[ToolCallDelta(1, "c", "f")])]),
        ({"type": "response.output_item.added", "output_index": 0, "item": {"type": "message"}}, []),
        ({"type": "response.function_call_arguments.delta", "output_index": 1, "delta": "{}"},
         [Delta(tool_calls=[ToolCallDelta(1, arguments="{}")])]),
        ({"type": "response.completed", "response": {"output": [{"type": "message"}], "usage": {
            "input_tokens": 3, "output_tokens": 4, "output_tokens_details": {"reasoning_tokens": 1}}}},
         [Delta(finish_reason="stop", usage=Usage(3, 4, 0, 1))]),
        ({"type": "response.completed", "response": {"output": [{"type": "function_call"}]}},
         [Delta(finish_reason="tool_calls")]),
        ({"type": "response.incomplete", "response": {"output": []}}, [Delta(finish_reason="length")]),
        ({"answer": "Fog"}, [visual_query.Delta(text="Fog")]),
        ({"caption": "Fog"}, [visual_query.Delta(text="Fog")]),
        ({"reasoning": {"text": "Hm"}}, [visual_query.Delta(reasoning="Hm")]),
        ({"finish_reason": "stop", "metrics": {"input_tokens": 5}},
         [visual_query.Delta(finish_reason="stop", metrics=visual_query.Metrics(5))]),
        (["no", "object"], []),
    ],
)  # fmt: skip
def test_an_event_is_read(event: Any, deltas: list[Any]) -> None:
    assert read(event) == deltas
