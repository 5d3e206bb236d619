"""The classic answer and its stream (spec §3.1, §3.2, §3.12)."""

from __future__ import annotations

import pytest

from groundfog.errors import GroundfogError
from groundfog.tasks.text_generation.types import Choice, Delta, Output, ToolCall, ToolCallDelta, Usage
from tests.support.text_generation import CLASSIC, GUARD, SCOUT, read, shown, streamed, user

USAGE = Usage(5, 2, cached_tokens=4)
SHOWN_USAGE = {
    "prompt_tokens": 5,
    "completion_tokens": 2,
    "total_tokens": 7,
    "prompt_tokens_details": {"cached_tokens": 4},
}
CALLED = Output([Choice("", "tool_calls", tool_calls=[ToolCall("f", '{"a": 1.0}', "c1")])], USAGE)


def answer(text: str, **more: object) -> Output:
    return Output([Choice(text, "stop", **more)], USAGE)  # type: ignore[arg-type]


def test_a_text_answer() -> None:
    told = shown(CLASSIC, read(CLASSIC, prompt="hi"), answer("Hello"))
    assert told == {"response": "Hello", "tool_calls": [], "usage": SHOWN_USAGE}


def test_json_mode_answers_the_parsed_value_digit_for_digit() -> None:
    inputs = read(CLASSIC, prompt="hi", response_format={"type": "json_object"})
    assert shown(CLASSIC, inputs, answer('{"a": [1, 123456789012345678901234567890]}'))["response"] == {
        "a": [1, 123456789012345678901234567890]
    }


def test_json_that_was_cut_is_5024() -> None:
    inputs = read(CLASSIC, prompt="hi", response_format={"type": "json_object"})
    with pytest.raises(GroundfogError) as caught:
        shown(CLASSIC, inputs, answer('{"a": [1'))
    assert caught.value.code == 5024


def test_calls_are_flat_with_an_object() -> None:
    told = shown(CLASSIC, read(CLASSIC, messages=user(), tools=[{"name": "f"}]), CALLED)
    assert told["response"] is None
    assert told["tool_calls"] == [{"name": "f", "arguments": {"a": 1.0}}]


def test_calls_of_llama_4_scout_are_in_openai_s_form_with_an_object() -> None:
    told = shown(SCOUT, read(SCOUT, messages=user(), tools=[{"name": "f"}]), CALLED)
    assert told["tool_calls"] == [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": {"a": 1.0}}}]


def test_thoughts_stand_before_the_answer() -> None:
    inputs = read(CLASSIC, prompt="hi")
    assert shown(CLASSIC, inputs, answer("Yes", reasoning="Hm"))["response"] == "<think>\nHm\n</think>\n\nYes"
    deltas = [Delta(reasoning="H"), Delta(reasoning="m"), Delta(text="Yes"), Delta(finish_reason="stop", usage=USAGE)]
    events = streamed(CLASSIC, inputs, deltas)
    assert "".join(event["response"] for event in events) == "<think>\nHm\n</think>\n\nYes"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("safe", {"safe": True, "categories": []}),
        ("\n\nunsafe\nS1,S9", {"safe": False, "categories": ["S1", "S9"]}),
        ("unsafe", {"safe": False, "categories": []}),
    ],
)
def test_llama_guard_s_verdict_in_json_mode(text: str, verdict: object) -> None:
    inputs = read(GUARD, messages=user(), response_format={"type": "json_object"})
    assert shown(GUARD, inputs, answer(text))["response"] == verdict
    assert shown(GUARD, read(GUARD, messages=user()), answer(text))["response"] == text


def test_a_stream_ends_with_the_usage() -> None:
    deltas = [Delta(text="Hel"), Delta(text="lo"), Delta(finish_reason="length", usage=USAGE)]
    assert streamed(CLASSIC, read(CLASSIC, prompt="hi", stream=True), deltas) == [
        {"response": "Hel"},
        {"response": "lo"},
        {"response": "", "usage": SHOWN_USAGE, "finish_reason": "length"},
    ]


def test_finish_and_usage_may_come_in_two_deltas() -> None:
    deltas = [Delta(text="a"), Delta(finish_reason="stop"), Delta(usage=USAGE)]
    assert streamed(CLASSIC, read(CLASSIC, prompt="hi"), deltas)[-1] == {
        "response": "",
        "usage": SHOWN_USAGE,
        "finish_reason": "stop",
    }


def test_streamed_calls_come_in_pieces_and_end_with_nulls() -> None:
    deltas = [
        Delta(tool_calls=[ToolCallDelta(0, None, "f")]),
        Delta(tool_calls=[ToolCallDelta(0, arguments='{"a"')]),
        Delta(tool_calls=[ToolCallDelta(0, arguments=":1}")]),
        Delta(finish_reason="tool_calls", usage=USAGE),
    ]
    events = streamed(CLASSIC, read(CLASSIC, messages=user(), tools=[{"name": "f"}]), deltas)
    first = events[0]["tool_calls"][0]
    assert first["id"].startswith("call_")
    assert first == {**first, "type": "function", "index": 0, "function": {"name": "f", "arguments": ""}}
    assert "".join(event["tool_calls"][0]["function"]["arguments"] for event in events[:3]) == '{"a":1}'
    assert events[3]["tool_calls"] == [
        {"id": None, "type": None, "index": 0, "function": {"name": None, "arguments": ""}}
    ]
    assert events[4]["finish_reason"] == "tool_calls"
    assert all(event["response"] == "" for event in events)
