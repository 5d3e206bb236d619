"""Callers with OpenAI's Responses and models of other providers."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from openai.types.responses import Response

from groundfog import errors
from tests.gateway.translate import native
from tests.gateway.translate.cuts import PLACES, pieces, single_bytes
from tests.gateway.translate.steps import sent, step, streamed, whole
from tests.gateway.translate.test_answers import openai_client

MODELS = {
    "mistral/mistral-large": (native.OPENAI_WHOLE, native.OPENAI_STREAM),
    "anthropic/claude-sonnet-4-5": (native.ANTHROPIC_WHOLE, native.ANTHROPIC_STREAM),
    "google/gemini-2.5-flash": (native.GEMINI_WHOLE, native.GEMINI_STREAM),
    "aws-bedrock/us.anthropic.claude-sonnet-4-5-v1:0": (native.CONVERSE_WHOLE, native.CONVERSE_STREAM),
}
CASES = [pytest.param(model, *answers, id=model.partition("/")[0]) for model, answers in MODELS.items()]


def check(response: Response) -> None:
    """What every provider was made to say in `native`."""
    thought, message, *calls = response.output
    assert thought.type == "reasoning"
    assert thought.content is not None
    assert thought.content[0].text == "Let me think."
    assert message.type == "message"
    assert response.output_text == native.TEXT
    assert [(call.name, orjson.loads(call.arguments)) for call in calls if call.type == "function_call"] == [
        ("weather", {"city": "Köln"}),
        ("time", {}),
    ]
    assert response.status == "completed"
    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.output_tokens) == (135, 40)
    assert response.usage.input_tokens_details.cached_tokens == 100


@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
def test_a_whole_answer_is_read_by_openais_client(model: str, answer: Any, stream: bytes) -> None:
    body = orjson.dumps(whole(step(model, "responses", input="hi"), answer))
    Response.model_validate_json(body)
    check(openai_client(body, "application/json").responses.create(model="m", input="hi"))


@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
def test_a_stream_is_read_by_openais_client(model: str, answer: Any, stream: bytes) -> None:
    body = streamed(step(model, "responses", input="hi", stream=True), [stream])
    got = list(openai_client(body, "text/event-stream").responses.create(model="m", input="hi", stream=True))
    assert [event.sequence_number for event in got] == list(range(len(got)))
    assert got[0].type == "response.created"
    assert "".join(event.delta for event in got if event.type == "response.output_text.delta") == native.TEXT
    last = got[-1]
    assert last.type == "response.completed"
    check(last.response)
    done = [event.item for event in got if event.type == "response.output_item.done"]
    assert done == last.response.output


def translated(model: str, chunks: Any) -> bytes:
    made = step(model, "responses", input="hi", stream=True)
    head = made.translation._sink._head  # type: ignore[union-attr]
    head["id"], head["created_at"] = "resp_fixed", 1
    return streamed(made, chunks)


@settings(max_examples=20)
@given(places=PLACES)
@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
def test_any_cut_gives_the_same_stream(model: str, answer: Any, stream: bytes, places: list[int]) -> None:
    expected = translated(model, [stream])
    assert translated(model, pieces(stream, places)) == expected
    assert translated(model, single_bytes(stream)) == expected


@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
def test_a_stream_that_ends_early_fails(model: str, answer: Any, stream: bytes) -> None:
    body = streamed(step(model, "responses", input="hi", stream=True), [stream[: len(stream) // 2]])
    got = openai_client(body, "text/event-stream").responses.create(model="m", input="hi", stream=True)
    kinds = [event.type for event in got]
    assert kinds[-2:] == ["error", "response.failed"]


def test_an_answer_that_was_cut_short_is_incomplete() -> None:
    answer = {**native.ANTHROPIC_WHOLE, "stop_reason": "max_tokens"}
    got = whole(step("anthropic/claude-sonnet-4-5", "responses", input="hi"), answer)
    assert (got["status"], got["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})


@pytest.mark.parametrize("model", ["openai/gpt-5", "grok/grok-4", "workers-ai/@cf/openai/gpt-oss-20b"])
def test_who_speaks_it_gets_it_as_it_is(model: str) -> None:
    made = step(model, "responses", input="hi", previous_response_id="resp_1", anything=1)
    assert made.endpoint.endswith("responses")
    assert made.translation is None
    assert orjson.loads(made.body) == {
        "model": model.partition("/")[2],
        "input": "hi",
        "previous_response_id": "resp_1",
        "anything": 1,
    }


def test_a_conversation_with_tools_as_a_chat() -> None:
    made = sent(
        "mistral/mistral-large",
        "responses",
        instructions="Be brief.",
        input=[
            {"role": "developer", "content": "In English."},
            {
                "type": "message",
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "Weather?"},
                    {"type": "input_image", "image_url": "https://a.example/x.png", "detail": "low"},
                ],
            },
            {"type": "reasoning", "id": "rs_1", "summary": []},
            {"role": "assistant", "content": [{"type": "output_text", "text": "I look.", "annotations": []}]},
            {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": "{}"},
            {"type": "function_call", "call_id": "c2", "name": "time", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": "grey"},
            {"type": "function_call_output", "call_id": "c2", "output": [{"type": "input_text", "text": "noon"}]},
        ],
        tools=[{"type": "function", "name": "weather", "parameters": {"type": "object"}, "strict": True}],
        tool_choice={"type": "function", "name": "weather"},
        max_output_tokens=50,
        reasoning={"effort": "low"},
        text={"format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}, "strict": True}},
        store=True,
        stream=True,
    )
    assert made == {
        "model": "mistral-large",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "system", "content": "In English."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Weather?"},
                    {"type": "image_url", "image_url": {"url": "https://a.example/x.png", "detail": "low"}},
                ],
            },
            {
                "role": "assistant",
                "content": "I look.",
                "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}},
                    {"id": "c2", "type": "function", "function": {"name": "time", "arguments": "{}"}},
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "content": "grey"},
            {"role": "tool", "tool_call_id": "c2", "content": "noon"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {"name": "weather", "parameters": {"type": "object"}, "strict": True},
            }
        ],
        "tool_choice": {"type": "function", "function": {"name": "weather"}},
        "max_tokens": 50,
        "reasoning_effort": "low",
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "n", "schema": {"type": "object"}, "strict": True},
        },
        "stream": True,
        "stream_options": {"include_usage": True},
    }


KEPT_FILE = {"type": "input_file", "file_id": "f"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id: "),
        ({"conversation": "conv_1"}, "conversation: "),
        ({"background": True}, "background: "),
        ({"prompt": {"id": "p"}}, "prompt: "),
        ({"tools": [{"type": "web_search"}]}, "tools[0].type: "),
        ({"include": ["file_search_call.results"]}, "include[0]: "),
        ({"input": [{"type": "item_reference", "id": "x"}]}, "input[0].type: "),
        (
            {"input": [{"role": "user", "content": [{"type": "input_file", "file_id": "f"}]}]},
            "input[0].content[0].type: ",
        ),
        ({"input": 7}, "input: "),
        ({"truncation": "auto"}, "truncation: "),
        ({"colour": 1}, "unknown field `colour`"),
    ],
)
def test_mistakes_are_named(body: dict[str, Any], said: str) -> None:
    with pytest.raises(errors.GroundfogError) as caught:
        step("mistral/mistral-large", "responses", **{"input": "hi", **body})
    assert caught.value.kind is errors.CHAT_BAD_FORMAT
    assert said in caught.value.description
