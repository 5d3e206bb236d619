"""The Responses object and its events (spec §3.5)."""

from __future__ import annotations

from typing import Any

from openai.types.responses import Response

from groundfog import errors
from groundfog.tasks.text_generation.shapes.responses_stream import ResponsesStreamer
from groundfog.tasks.text_generation.types import Choice, Delta, Output, ToolCall, ToolCallDelta, Usage
from tests.support.text_generation import GPT_OSS, REQUEST_ID, model, read, shown, streamed

USAGE = Usage(5, 2, cached_tokens=1, reasoning_tokens=1)


def test_a_whole_answer_has_reasoning_message_and_calls() -> None:
    calls = [ToolCall("f", '{"a":1}', "c1")]
    choice = Choice("Fine", "tool_calls", reasoning="Hm", tool_calls=calls)
    told = shown(GPT_OSS, read(GPT_OSS, input="hi", instructions="Be."), Output([choice], USAGE))
    assert [item["type"] for item in told["output"]] == ["reasoning", "message", "function_call"]
    assert told["output"][0]["content"] == [{"type": "reasoning_text", "text": "Hm"}]
    assert told["output"][2]["arguments"] == '{"a":1}'
    assert (told["object"], told["status"], told["instructions"]) == ("response", "completed", "Be.")
    assert told["usage"] == {
        "input_tokens": 5,
        "input_tokens_details": {"cached_tokens": 1, "cache_write_tokens": 0},
        "output_tokens": 2,
        "output_tokens_details": {"reasoning_tokens": 1},
        "total_tokens": 7,
    }
    assert Response.model_validate(_strict(told)).output_text == "Fine"


def test_a_cut_answer_is_incomplete() -> None:
    told = shown(GPT_OSS, read(GPT_OSS, input="hi"), Output([Choice("Fi", "length")], USAGE))
    assert (told["status"], told["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})
    assert told["output"][0]["status"] == "incomplete"


def test_the_stream_builds_the_same_answer_as_the_whole_one() -> None:
    inputs = read(GPT_OSS, input="hi")
    choice = Choice("Fine.", "stop", reasoning="Hmm", tool_calls=[ToolCall("f", "{}"), ToolCall("g", '{"b":2}')])
    deltas = [
        Delta(reasoning="H"),
        Delta(reasoning="mm"),
        Delta(text="Fi"),
        Delta(text="ne."),
        Delta(tool_calls=[ToolCallDelta(0, None, "f", "{")]),
        Delta(tool_calls=[ToolCallDelta(0, arguments="}")]),
        Delta(tool_calls=[ToolCallDelta(1, None, "g", '{"b":2}')]),
        Delta(finish_reason="stop", usage=USAGE),
    ]
    events = streamed(GPT_OSS, inputs, deltas)
    whole = shown(GPT_OSS, inputs, Output([choice], USAGE))
    last = events[-1]["response"]
    assert {**last, "created_at": 0} == {**whole, "created_at": 0}
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert [event["type"] for event in events[:4]] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert events[-1]["type"] == "response.completed"
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert done == whole["output"]
    arguments = [event["arguments"] for event in events if event["type"] == "response.function_call_arguments.done"]
    assert arguments == ["{}", '{"b":2}']


def test_an_empty_answer_still_has_a_message() -> None:
    events = streamed(GPT_OSS, read(GPT_OSS, input="hi"), [Delta(finish_reason="length", usage=USAGE)])
    assert events[-1]["type"] == "response.incomplete"
    assert [item["type"] for item in events[-1]["response"]["output"]] == ["message"]


def test_a_failure_is_an_error_and_a_failed_response() -> None:
    streamer = ResponsesStreamer(model(GPT_OSS), read(GPT_OSS, input="hi"), REQUEST_ID)
    streamer.feed(Delta(text="Fi"))
    kinds = [kind for kind, _ in streamer.failed(errors.TIMEOUT())]
    assert kinds == ["error", "response.failed"]


def _strict(told: dict[str, Any]) -> dict[str, Any]:
    """OpenAI's models have no null for what an answer of theirs always has."""
    return {key: value for key, value in told.items() if value is not None}
