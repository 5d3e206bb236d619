"""chat.completion and text_completion answers and their chunks (spec §3.3, §3.4)."""

from __future__ import annotations

from typing import Any

import pytest

from groundfog.tasks.text_generation.types import (
    Choice,
    Delta,
    Inputs,
    Output,
    TokenLogprob,
    ToolCall,
    ToolCallDelta,
    Usage,
)
from tests.support.text_generation import CHAT, KIMI, REQUEST_ID, read, shown, streamed, user

USAGE = Usage(5, 2)
SHOWN_USAGE = {
    "prompt_tokens": 5,
    "completion_tokens": 2,
    "total_tokens": 7,
    "prompt_tokens_details": {"cached_tokens": 0},
}
END = Delta(finish_reason="stop", usage=USAGE)


def message(model: str, inputs: Inputs, choice: Choice) -> Any:
    return shown(model, inputs, Output([choice], USAGE))["choices"][0]["message"]


def test_an_answer_is_a_chat_completion() -> None:
    told = shown(CHAT, read(CHAT, messages=user()), Output([Choice("Hello", "stop")], USAGE))
    assert told["id"] == f"chatcmpl-{REQUEST_ID}"
    assert (told["object"], told["model"], told["usage"]) == ("chat.completion", CHAT, SHOWN_USAGE)
    assert told["choices"] == [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello", "refusal": None},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ]


def test_arguments_of_calls_are_json_text() -> None:
    choice = Choice("", "tool_calls", tool_calls=[ToolCall("f", '{"a":1}', "c1"), ToolCall("g", "{}")])
    told = message(CHAT, read(CHAT, messages=user()), choice)
    assert told["content"] is None
    assert told["tool_calls"][0] == {
        "id": "c1",
        "type": "function",
        "function": {"name": "f", "arguments": '{"a":1}'},
    }
    assert told["tool_calls"][1]["id"].startswith("call_")


def test_the_reasoning_has_the_model_s_own_names() -> None:
    choice = Choice("", "length", reasoning="Hm")
    told = message(CHAT, read(CHAT, messages=user()), choice)
    assert (told["content"], told["reasoning_content"], "reasoning" in told) == (None, "Hm", False)
    told = message(KIMI, read(KIMI, messages=user()), choice)
    assert (told["reasoning_content"], told["reasoning"]) == ("Hm", "Hm")
    used = Usage(5, 2, reasoning_tokens=1)
    whole = shown(CHAT, read(CHAT, messages=user()), Output([choice], used))
    assert whole["usage"]["completion_tokens_details"] == {"reasoning_tokens": 1}


def test_n_answers_are_n_choices() -> None:
    told = shown(CHAT, read(CHAT, messages=user(), n=2), Output([Choice("a", "stop"), Choice("b", "length")], USAGE))
    assert [(one["index"], one["message"]["content"], one["finish_reason"]) for one in told["choices"]] == [
        (0, "a", "stop"),
        (1, "b", "length"),
    ]


def test_logprobs_are_openai_s() -> None:
    one = TokenLogprob("é", -0.5, top=[TokenLogprob("e", -1.5, bytes=[101])])
    told = shown(CHAT, read(CHAT, messages=user()), Output([Choice("é", "stop", logprobs=[one])], USAGE))
    assert told["choices"][0]["logprobs"]["content"] == [
        {
            "token": "é",
            "logprob": -0.5,
            "bytes": [195, 169],
            "top_logprobs": [{"token": "e", "logprob": -1.5, "bytes": [101]}],
        }
    ]


def test_legacy_functions_are_answered_with_function_call() -> None:
    inputs = read(CHAT, messages=user(), functions=[{"name": "f"}])
    output = Output([Choice("", "tool_calls", tool_calls=[ToolCall("f", "{}")])], USAGE)
    choice = shown(CHAT, inputs, output)["choices"][0]
    assert (choice["message"]["function_call"], choice["finish_reason"]) == (
        {"name": "f", "arguments": "{}"},
        "function_call",
    )
    deltas = [Delta(tool_calls=[ToolCallDelta(0, "c", "f")]), Delta(tool_calls=[ToolCallDelta(0, arguments="{}")])]
    chunks = streamed(CHAT, inputs, [*deltas, Delta(finish_reason="tool_calls", usage=USAGE)])
    pieces = [chunk["choices"][0]["delta"].get("function_call") for chunk in chunks]
    assert pieces == [None, {"name": "f", "arguments": ""}, {"arguments": "{}"}, None]
    assert chunks[-1]["choices"][0]["finish_reason"] == "function_call"


def test_chunks_begin_with_the_role_and_end_with_reason_and_usage() -> None:
    chunks = streamed(CHAT, read(CHAT, messages=user(), stream=True), [Delta(text="Hel"), Delta(text='"lo'), END])
    assert {chunk["id"] for chunk in chunks} == {f"chatcmpl-{REQUEST_ID}"}
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert [chunk["choices"][0]["delta"] for chunk in chunks] == [
        {"role": "assistant", "content": ""},
        {"content": "Hel"},
        {"content": '"lo'},
        {},
    ]
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None, None, None, "stop"]
    assert [chunk.get("usage") for chunk in chunks] == [None, None, None, SHOWN_USAGE]


@pytest.mark.parametrize("form", [{"messages": user()}, {"prompt": "hi"}])
def test_include_usage_decides_where_the_usage_stands(form: dict[str, Any]) -> None:
    asked = {**form, "stream": True, "stream_options": {"include_usage": True}}
    chunks = streamed(CHAT, read(CHAT, **asked), [Delta(text="a"), END])
    assert (chunks[-1]["choices"], chunks[-1]["usage"]) == ([], SHOWN_USAGE)
    assert "usage" not in chunks[-2]
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    asked["stream_options"] = {"include_usage": False}
    chunks = streamed(CHAT, read(CHAT, **asked), [Delta(text="a"), END])
    assert not any("usage" in chunk for chunk in chunks)


def test_calls_stream_with_id_and_name_first() -> None:
    deltas = [
        Delta(reasoning="Hm"),
        Delta(tool_calls=[ToolCallDelta(0, "c0", "f", "{")]),
        Delta(tool_calls=[ToolCallDelta(0, arguments="}")]),
        Delta(tool_calls=[ToolCallDelta(1, None, "g")]),
        Delta(finish_reason="tool_calls", usage=USAGE),
    ]
    chunks = streamed(CHAT, read(CHAT, messages=user()), deltas)
    said = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert said[1] == {"reasoning_content": "Hm"}
    assert said[2]["tool_calls"] == [
        {"index": 0, "id": "c0", "type": "function", "function": {"name": "f", "arguments": "{"}}
    ]
    assert said[3]["tool_calls"] == [{"index": 0, "function": {"arguments": "}"}}]
    assert said[4]["tool_calls"][0]["id"].startswith("call_")
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_several_choices_stream_side_by_side() -> None:
    deltas = [
        Delta(0, "a"),
        Delta(1, "b", logprobs=[TokenLogprob("b", -1.0)]),
        Delta(1, finish_reason="length"),
        Delta(0, finish_reason="stop", usage=USAGE),
    ]
    chunks = streamed(CHAT, read(CHAT, messages=user(), n=2), deltas)
    assert [chunk["choices"][0]["index"] for chunk in chunks] == [0, 0, 1, 1, 0, 1]
    assert chunks[3]["choices"][0]["logprobs"]["content"][0]["token"] == "b"
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks[-2:]] == ["stop", "length"]
    assert [("usage" in chunk) for chunk in chunks[-2:]] == [False, True]


def test_a_prompt_is_answered_as_text_completion() -> None:
    inputs = read(CHAT, prompt="hi")
    told = shown(CHAT, inputs, Output([Choice(" there", "stop")], USAGE))
    assert (told["object"], told["id"]) == ("text_completion", f"cmpl-{REQUEST_ID}")
    assert told["choices"] == [{"index": 0, "text": " there", "logprobs": None, "finish_reason": "stop"}]
    chunks = streamed(CHAT, inputs, [Delta(text=" there"), END])
    assert [chunk["choices"][0]["text"] for chunk in chunks] == [" there", ""]
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None, "stop"]
    assert chunks[-1]["usage"] == SHOWN_USAGE


def test_the_prompt_is_repeated_where_it_was_asked_for() -> None:
    inputs = Inputs(form="completion", prompt="hi", echo_prompt=True)
    logprobs = [TokenLogprob(" t", -1.0, top=[TokenLogprob(" t", -1.0)])]
    told = shown(CHAT, inputs, Output([Choice(" there", "stop", logprobs=logprobs)], USAGE))
    assert told["choices"][0]["text"] == "hi there"
    assert told["choices"][0]["logprobs"] == {
        "tokens": [" t"],
        "token_logprobs": [-1.0],
        "top_logprobs": [{" t": -1.0}],
        "text_offset": [2],
    }
    chunks = streamed(CHAT, inputs, [Delta(text=" there", logprobs=logprobs), END])
    assert "".join(chunk["choices"][0]["text"] for chunk in chunks) == "hi there"
    assert chunks[1]["choices"][0]["logprobs"]["text_offset"] == [2]
