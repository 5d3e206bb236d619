"""Callers with Anthropic's client and models of other providers."""

from __future__ import annotations

from typing import Any

import anthropic
import httpx2
import orjson
import pytest
from anthropic.types import Message
from hypothesis import given, settings

from groundfog import errors
from tests.gateway.translate import native
from tests.gateway.translate.cuts import PLACES, pieces, single_bytes
from tests.gateway.translate.steps import HI, sent, step, streamed, whole

MODELS = {
    "openai/gpt-5": (native.OPENAI_WHOLE, native.OPENAI_STREAM),
    "google/gemini-2.5-flash": (native.GEMINI_WHOLE, native.GEMINI_STREAM),
    "aws-bedrock/us.anthropic.claude-sonnet-4-5-v1:0": (native.CONVERSE_WHOLE, native.CONVERSE_STREAM),
}
CASES = [pytest.param(model, *answers, id=model.partition("/")[0]) for model, answers in MODELS.items()]
WRITES_CACHE = ("openai", "aws-bedrock", "anthropic")


def client(body: bytes, content_type: str, status: int = 200) -> anthropic.Anthropic:
    """Anthropic's client, whose server answers this."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, content=body, headers={"content-type": content_type})

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    return anthropic.Anthropic(api_key="k", base_url="http://fake", http_client=http, max_retries=0)


def check(message: Message, model: str) -> None:
    """What every provider was made to say in `native`."""
    thinking, text, *calls = message.content
    assert thinking.type == "thinking"
    assert thinking.thinking == "Let me think."
    assert text.type == "text"
    assert text.text == native.TEXT
    assert [(call.name, call.input) for call in calls if call.type == "tool_use"] == [
        ("weather", {"city": "Köln"}),
        ("time", {}),
    ]
    assert message.stop_reason == "tool_use"
    usage = message.usage
    written = 10 if model.startswith(WRITES_CACHE) else 0
    assert (usage.cache_read_input_tokens, usage.cache_creation_input_tokens) == (100, written)
    assert (usage.input_tokens, usage.output_tokens) == (35 - written, 40)


@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
def test_a_whole_answer_is_read_by_anthropics_client(model: str, answer: Any, stream: bytes) -> None:
    body = orjson.dumps(whole(step(model, "messages"), answer))
    Message.model_validate_json(body)
    got = client(body, "application/json").messages.create(model="m", max_tokens=9, messages=[])
    check(got, model)
    assert got.id.startswith("msg_")


@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
def test_a_stream_is_read_by_anthropics_client(model: str, answer: Any, stream: bytes) -> None:
    body = streamed(step(model, "messages", stream=True), [stream])
    with client(body, "text/event-stream").messages.stream(model="m", max_tokens=9, messages=[]) as got:
        kinds = [event.type for event in got]
        check(got.get_final_message(), model)
    assert kinds[0] == "message_start"
    assert kinds[-1] == "message_stop"
    assert kinds.count("content_block_start") == kinds.count("content_block_stop") == 4


def test_the_written_streams_are_what_anthropics_client_reads() -> None:
    native_client = client(native.ANTHROPIC_STREAM, "text/event-stream")
    with native_client.messages.stream(model="m", max_tokens=9, messages=[]) as got:
        check(got.get_final_message(), "anthropic")
    whole_client = client(orjson.dumps(native.ANTHROPIC_WHOLE), "application/json")
    check(whole_client.messages.create(model="m", max_tokens=9, messages=[]), "anthropic")


def translated(model: str, chunks: Any) -> bytes:
    made = step(model, "messages", stream=True)
    head = made.translation._sink._head  # type: ignore[union-attr]
    head.id = "chatcmpl-fixed"
    return streamed(made, chunks)


@settings(max_examples=20)
@given(places=PLACES)
@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
def test_any_cut_gives_the_same_stream(model: str, answer: Any, stream: bytes, places: list[int]) -> None:
    expected = translated(model, [stream])
    assert translated(model, pieces(stream, places)) == expected
    assert translated(model, single_bytes(stream)) == expected


@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
def test_a_stream_that_ends_early_ends_in_an_error(model: str, answer: Any, stream: bytes) -> None:
    body = streamed(step(model, "messages", stream=True), [stream[: len(stream) // 2]])
    assert b"message_stop" not in body
    with pytest.raises(anthropic.APIStatusError, match="ended before the answer was whole"):
        list(client(body, "text/event-stream").messages.create(model="m", max_tokens=9, messages=[], stream=True))


def test_a_missing_done_is_no_broken_stream() -> None:
    stream = native.OPENAI_STREAM.removesuffix(b"data: [DONE]\n\n")
    body = streamed(step("openai/gpt-5", "messages", stream=True), [stream])
    with client(body, "text/event-stream").messages.stream(model="m", max_tokens=9, messages=[]) as got:
        check(got.get_final_message(), "openai/gpt-5")


def test_errors_are_anthropics() -> None:
    answer = {"error": {"message": "Rate limit reached", "type": "requests", "param": None, "code": "rate_limit"}}
    body = whole(step("openai/gpt-5", "messages"), answer, 429)
    assert body == {"type": "error", "error": {"type": "rate_limit_error", "message": "Rate limit reached"}}
    with pytest.raises(anthropic.RateLimitError, match="Rate limit reached"):
        client(orjson.dumps(body), "application/json", 429).messages.create(model="m", max_tokens=9, messages=[])


def test_to_anthropic_itself_it_goes_as_it_is() -> None:
    made = step("anthropic/claude-sonnet-4.5", "messages", thinking={"type": "adaptive"}, anything={"new": 1})
    assert (made.endpoint, made.translation, made.model) == ("v1/messages", None, "claude-sonnet-4-5")
    assert (b"x-api-key", b"sk-1") in made.headers
    data = orjson.loads(made.body)
    assert data["anything"] == {"new": 1}
    assert data["model"] == "claude-sonnet-4-5"


def test_to_anthropics_models_at_vertex_it_goes_without_the_model() -> None:
    made = step("google-vertex-ai/anthropic/claude-opus-4-8", "messages", stream=True, anything=1)
    assert made.endpoint.endswith("/publishers/anthropic/models/claude-opus-4-8:streamRawPredict")
    assert (made.translation, made.model, made.stream) == (None, "claude-opus-4-8", True)
    assert orjson.loads(made.body) == {
        "messages": HI,
        "max_tokens": 512,
        "stream": True,
        "anything": 1,
        "anthropic_version": "vertex-2023-10-16",
    }


def test_cache_marks_go_where_they_are_known() -> None:
    mark = {"cache_control": {"type": "ephemeral"}}
    body: dict[str, Any] = {
        "system": [{"type": "text", "text": "long", **mark}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi", **mark}]}],
        "tools": [{"name": "f", "input_schema": {"type": "object"}, **mark}],
    }
    point = {"cachePoint": {"type": "default"}}
    made = sent("aws-bedrock/us.anthropic.claude-sonnet-4-5-v1:0", "messages", **body)
    assert made["system"] == [{"text": "long"}, point]
    assert made["messages"][0]["content"] == [{"text": "hi"}, point]
    assert made["toolConfig"]["tools"][1] == point
    assert b"cache" not in step("openai/gpt-5", "messages", **body).body
    assert b"cache" not in step("google/gemini-2.5-pro", "messages", **body).body


def test_a_conversation_with_tools_as_a_chat() -> None:
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aQ=="}}
    made = sent(
        "openai/gpt-5",
        "messages",
        system=[{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        messages=[
            {"role": "user", "content": [{"type": "text", "text": "Weather?"}, picture]},
            {
                "role": "assistant",
                "content": [
                    {"type": "text", "text": "I look."},
                    {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Köln"}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "toolu_1", "content": "timeout", "is_error": True},
                    {"type": "text", "text": "Well?"},
                ],
            },
        ],
        tools=[{"name": "weather", "input_schema": {"type": "object"}, "description": "Of a city"}],
        tool_choice={"type": "any", "disable_parallel_tool_use": True},
        stop_sequences=["END"],
        temperature=0.5,
        metadata={"user_id": "u"},
        thinking={"type": "enabled", "budget_tokens": 5000},
    )
    assert made == {
        "model": "gpt-5",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Weather?"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,aQ=="}},
                ],
            },
            {
                "role": "assistant",
                "content": "I look.",
                "tool_calls": [
                    {
                        "id": "toolu_1",
                        "type": "function",
                        "function": {"name": "weather", "arguments": '{"city":"Köln"}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "toolu_1", "content": "Error: timeout"},
            {"role": "user", "content": "Well?"},
        ],
        "max_completion_tokens": 512,
        "temperature": 0.5,
        "stop": ["END"],
        "user": "u",
        "tools": [
            {
                "type": "function",
                "function": {"name": "weather", "parameters": {"type": "object"}, "description": "Of a city"},
            }
        ],
        "tool_choice": "required",
        "parallel_tool_calls": False,
        "reasoning_effort": "medium",
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"container": "c"}, "Object contains unknown field `container`"),
        ({"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, "tools[0].type: "),
        ({"messages": [{"role": "user", "content": [{"type": "search_result"}]}]}, "messages[0].content[0].type: "),
        (
            {"messages": [*HI, {"role": "user", "content": [{"type": "image", "source": {"type": "file"}}]}]},
            "messages[1].content[0].source.type: ",
        ),
        ({"max_tokens": None}, "Object missing required field `max_tokens`"),
    ],
)
def test_mistakes_are_named(body: dict[str, Any], said: str) -> None:
    with pytest.raises(errors.GroundfogError) as caught:
        step("openai/gpt-5", "messages", **body)
    assert caught.value.kind is errors.CHAT_BAD_FORMAT
    assert said in caught.value.description
