"""Responses with the real OpenAI SDK (spec §3.5)."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest

from tests.support.wire import ACCOUNT, CHAT, Local

GPT_OSS = "@cf/openai/gpt-oss-120b"
TOOL: Any = {
    "type": "function",
    "name": "weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    "strict": True,
}


@pytest.mark.parametrize("model", [GPT_OSS, CHAT])
def test_a_response(client: openai.OpenAI, model: str) -> None:
    answer = client.responses.create(model=model, input="Hello", instructions="Be brief.")
    assert (answer.status, answer.model, answer.instructions) == ("completed", model, "Be brief.")
    assert "Hello" in answer.output_text
    assert answer.usage is not None
    assert answer.usage.output_tokens > 0


async def test_the_stream_ends_with_the_whole_response(async_client: openai.AsyncOpenAI) -> None:
    whole = await async_client.responses.create(model=GPT_OSS, input="Hello")
    stream = await async_client.responses.create(model=GPT_OSS, input="Hello", stream=True)
    events: list[Any] = [event async for event in stream]
    assert events[0].type == "response.created"
    assert [event.sequence_number for event in events] == list(range(len(events)))
    deltas = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert events[-1].type == "response.completed"
    assert deltas == events[-1].response.output_text == whole.output_text
    assert events[-1].response.usage == whole.usage


def test_the_sdk_s_stream_helper_follows_reasoning_and_text(client: openai.OpenAI) -> None:
    with client.responses.stream(model=GPT_OSS, input="Please think about it") as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_response()
    assert "response.reasoning_text.delta" in kinds
    assert final.output_text == "Done."
    assert [item.type for item in final.output] == ["reasoning", "message"]


def test_events_are_named_and_there_is_no_done(server: Local) -> None:
    body = {"model": GPT_OSS, "input": "Hello", "stream": True}
    text = server.client.post(f"{ACCOUNT}/ai/v1/responses", json=body).text
    frames = [frame.split("\n") for frame in text.strip().split("\n\n")]
    for name, data in frames:
        assert name == f"event: {json.loads(data.removeprefix('data: '))['type']}"
    assert "[DONE]" not in text


def test_calls_and_their_results(client: openai.OpenAI) -> None:
    answer = client.responses.create(model=GPT_OSS, input="Hello", tools=[TOOL], tool_choice="required")
    call: Any = next(item for item in answer.output if item.type == "function_call")
    assert isinstance(json.loads(call.arguments)["city"], str)
    items: list[Any] = [
        {"role": "user", "content": "Hello"},
        *(item.model_dump(exclude_none=True) for item in answer.output),
        {"type": "function_call_output", "call_id": call.call_id, "output": "3 degrees"},
    ]
    assert client.responses.create(model=GPT_OSS, input=items, tools=[TOOL]).output_text


def test_structured_output(client: openai.OpenAI) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    text: Any = {"format": {"type": "json_schema", "name": "number", "schema": schema, "strict": True}}
    answer = client.responses.create(model=GPT_OSS, input="Hello", text=text)
    assert isinstance(json.loads(answer.output_text)["n"], int)


def test_a_cut_response_says_so(client: openai.OpenAI) -> None:
    answer = client.responses.create(model=GPT_OSS, input="Hello", max_output_tokens=3)
    assert answer.status == "incomplete"
    assert answer.incomplete_details is not None
    assert answer.incomplete_details.reason == "max_output_tokens"


def test_a_failure_in_the_stream_is_an_error_event_and_a_failed_response(client: openai.OpenAI) -> None:
    events: list[Any] = list(client.responses.create(model=GPT_OSS, input="fall over", stream=True))
    assert [event.type for event in events[-2:]] == ["error", "response.failed"]
    assert (events[-2].code, events[-1].response.status) == ("3046", "failed")
    assert "ended while it answered" in events[-1].response.error.message
