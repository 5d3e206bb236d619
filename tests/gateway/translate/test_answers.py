"""Answers of Anthropic, Google, Bedrock become chat completions that OpenAI's own client reads."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest
from google.genai import types as genai
from hypothesis import given, settings
from openai import APIError, OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from groundfog.gateway.translate.eventstream import Decoder
from groundfog.gateway.translate.sse import Splitter
from tests.gateway.translate import native
from tests.gateway.translate.cuts import PLACES, pieces, single_bytes
from tests.gateway.translate.steps import HI, events, step, streamed, whole
from tests.support.aws_event_stream import event

MODELS = {
    "anthropic/claude-sonnet-4-5": (native.ANTHROPIC_WHOLE, native.ANTHROPIC_STREAM),
    "google-ai-studio/gemini-2.5-flash": (native.GEMINI_WHOLE, native.GEMINI_STREAM),
    "aws-bedrock/us.anthropic.claude-sonnet-4-5-v1:0": (native.CONVERSE_WHOLE, native.CONVERSE_STREAM),
}
CASES = [pytest.param(model, *answers, id=model.partition("/")[0]) for model, answers in MODELS.items()]


def openai_client(body: bytes, content_type: str, status: int = 200) -> OpenAI:
    """OpenAI's client, whose server answers this."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=body, headers={"content-type": content_type})

    http = httpx.Client(transport=httpx.MockTransport(answer))
    return OpenAI(api_key="k", base_url="http://fake", http_client=http, max_retries=0)


def joined(chunks: list[ChatCompletionChunk]) -> tuple[str, str, dict[int, tuple[str, str, str]], str | None]:
    """Text, reasoning, calls and finish reason of a stream."""
    text, reasoning, finish = "", "", None
    calls: dict[int, tuple[str, str, str]] = {}
    for chunk in chunks:
        for choice in chunk.choices:
            text += choice.delta.content or ""
            reasoning += getattr(choice.delta, "reasoning_content", None) or ""
            for call in choice.delta.tool_calls or []:
                assert call.function is not None
                id, name, arguments = calls.get(call.index, ("", "", ""))
                calls[call.index] = (
                    id or call.id or "",
                    name or call.function.name or "",
                    arguments + (call.function.arguments or ""),
                )
            finish = choice.finish_reason or finish
    return text, reasoning, calls, finish


@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
def test_a_whole_answer_is_read_by_openais_client(model: str, answer: Any, stream: bytes) -> None:
    body = orjson.dumps(whole(step(model), answer))
    got = openai_client(body, "application/json").chat.completions.create(model="m", messages=[])
    ChatCompletion.model_validate_json(body, strict=True)
    message = got.choices[0].message
    assert message.content == native.TEXT
    assert message.reasoning_content == "Let me think."  # type: ignore[attr-defined]
    assert got.choices[0].finish_reason == "tool_calls"
    calls = [(c.function.name, orjson.loads(c.function.arguments)) for c in message.tool_calls or []]  # type: ignore[union-attr]
    assert calls == [("weather", {"city": "Köln"}), ("time", {})]
    assert got.usage is not None
    assert (got.usage.prompt_tokens, got.usage.completion_tokens, got.usage.total_tokens) == (135, 40, 175)
    assert got.usage.prompt_tokens_details is not None
    assert got.usage.prompt_tokens_details.cached_tokens == 100


@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
def test_a_stream_is_read_by_openais_client(model: str, answer: Any, stream: bytes) -> None:
    made = step(model, stream=True, stream_options={"include_usage": True})
    body = streamed(made, [stream])
    for frame in events(body):
        ChatCompletionChunk.model_validate(frame, strict=True)
    client = openai_client(body, "text/event-stream")
    chunks = list(client.chat.completions.create(model="m", messages=[], stream=True))
    text, reasoning, calls, finish = joined(chunks)
    assert (text, reasoning, finish) == (native.TEXT, "Let me think.", "tool_calls")
    assert [(name, orjson.loads(arguments)) for _, name, arguments in calls.values()] == [
        ("weather", {"city": "Köln"}),
        ("time", {}),
    ]
    assert len({id for id, _, _ in calls.values()}) == 2
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].usage is not None
    assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == (135, 40)
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1


@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
def test_usage_comes_at_a_streams_end_only_when_asked_for(model: str, answer: Any, stream: bytes) -> None:
    frames = events(streamed(step(model, stream=True), [stream]))
    assert all("usage" not in frame for frame in frames)
    assert frames[-1]["choices"][0]["finish_reason"] == "tool_calls"


def translated(model: str, chunks: Any) -> bytes:
    """A stream with the parts that chance has made left out."""
    made = step(model, stream=True, stream_options={"include_usage": True})
    head = made.translation._source._head  # type: ignore[union-attr]
    head.id, head.created = "chatcmpl-fixed", 1
    return streamed(made, chunks)


@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
def test_single_bytes_give_the_same_stream(model: str, answer: Any, stream: bytes) -> None:
    assert translated(model, single_bytes(stream)) == translated(model, [stream])


@settings(max_examples=30)
@given(places=PLACES)
@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
def test_any_cut_gives_the_same_stream(model: str, answer: Any, stream: bytes, places: list[int]) -> None:
    assert translated(model, pieces(stream, places)) == translated(model, [stream])


@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
def test_every_frame_leaves_with_the_bytes_that_complete_it(model: str, answer: Any, stream: bytes) -> None:
    made = step(model, stream=True).translation
    assert made is not None
    at = stream.index("👋".encode())
    before = made.feed(stream[: at + 3])
    assert b"w\xc3\xb6rld" in before
    assert "👋".encode() not in before


@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.8])
def test_a_stream_that_ends_early_ends_in_an_error(model: str, answer: Any, stream: bytes, share: float) -> None:
    made = step(model, stream=True)
    body = streamed(made, [stream[: int(len(stream) * share)]])
    assert b"[DONE]" not in body
    client = openai_client(body, "text/event-stream")
    with pytest.raises(APIError, match="ended before the answer was whole"):
        list(client.chat.completions.create(model="m", messages=[], stream=True))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b'{"content":7}', b'{"candidates":[{"content":4}]}', b"\xff"]
)
def test_answers_that_make_no_sense_become_errors(model: str, body: bytes) -> None:
    made = step(model)
    assert made.translation is not None
    got = orjson.loads(made.translation.whole(200, body))
    assert "error" in got or got["choices"] == []
    broken = streamed(step(model, stream=True), [b"data: " + body + b"\n\n", body])
    assert b'"error"' in broken


ERRORS = [
    (
        "anthropic/claude-sonnet-4-5",
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
        529,
        ("Overloaded", "overloaded_error", None),
    ),
    (
        "google-ai-studio/gemini-2.5-flash",
        {"error": {"code": 400, "message": "API key not valid", "status": "INVALID_ARGUMENT"}},
        400,
        ("API key not valid", "invalid_argument", 400),
    ),
    (
        "google-ai-studio/gemini-2.5-flash",
        [{"error": {"code": 429, "message": "Quota", "status": "RESOURCE_EXHAUSTED"}}],
        429,
        ("Quota", "resource_exhausted", 429),
    ),
    (
        "aws-bedrock/us.amazon.nova-pro-v1:0",
        {"message": "Too many tokens"},
        429,
        ("Too many tokens", "rate_limit_error", None),
    ),
    (
        "aws-bedrock/us.amazon.nova-pro-v1:0",
        {"Message": "User is not authorized"},
        403,
        ("User is not authorized", "permission_error", None),
    ),
]


@pytest.mark.parametrize(("model", "answer", "status", "expected"), ERRORS)
def test_errors_are_openais(model: str, answer: Any, status: int, expected: tuple[str, str, Any]) -> None:
    error = whole(step(model), answer, status)["error"]
    assert (error["message"], error["type"], error["code"]) == expected
    client = openai_client(orjson.dumps({"error": error}), "application/json", status)
    with pytest.raises(APIError, match=expected[0]):
        client.chat.completions.create(model="m", messages=[])


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b"", b"\xff\xfe"])
def test_errors_that_are_no_json_are_told_as_they_are(body: bytes) -> None:
    made = step("anthropic/claude-sonnet-4-5").translation
    assert made is not None
    error = orjson.loads(made.whole(502, body))["error"]
    assert error["type"] == "server_error"
    assert error["message"]


BROKEN_FRAMES = {
    "anthropic/claude-sonnet-4-5": b'event: content_block_delta\ndata: {"type":"content_bl\n\n',
    "google-ai-studio/gemini-2.5-flash": b'data: {"candidates":[{"content":{"pa\n\n',
    "aws-bedrock/us.anthropic.claude-sonnet-4-5-v1:0": bytes(40),
}


@pytest.mark.parametrize(("model", "answer", "stream"), CASES)
def test_what_came_before_a_broken_frame_comes_out(model: str, answer: Any, stream: bytes) -> None:
    if not model.startswith("aws"):
        stream = stream.replace(b"\r\n", b"\n")
    before = stream[: stream.index("👋".encode())]
    if model.startswith("aws"):
        messages = Decoder().feed(before)
        before = b"".join(event(each.headers[":event-type"], orjson.loads(each.payload)) for each in messages)
    else:
        before = before[: before.rfind(b"\n\n") + 2]
    expected = translated(model, [before, BROKEN_FRAMES[model]])
    assert b"w\xc3\xb6rld" in expected
    assert b"ended before" in expected
    assert translated(model, [before + BROKEN_FRAMES[model]]) == expected
    assert translated(model, single_bytes(before + BROKEN_FRAMES[model])) == expected


@pytest.mark.parametrize("model", [model for model in MODELS if not model.startswith("aws")])
def test_ends_that_proxies_add_say_nothing(model: str) -> None:
    stream = MODELS[model][1]
    added = b"data: [DONE]\n\ndata:\n\n: keep-alive\n\n"
    assert translated(model, [stream + added]) == translated(model, [stream])
    assert translated(model, [added + stream]) == translated(model, [stream])


def test_a_reason_with_every_piece_ends_a_stream_of_gemini_once() -> None:
    each = {"candidates": [{"content": {"parts": [{"text": "a"}]}, "finishReason": "STOP"}]}
    last = {"candidates": [{"content": {"parts": [{"text": "b"}]}, "finishReason": "MAX_TOKENS"}]}
    frames = events(streamed(step("google/gemini-1.5-pro", stream=True), [native.frames(each, each, last)]))
    choices = [frame["choices"][0] for frame in frames]
    assert [choice["delta"].get("content") for choice in choices] == ["", "a", "a", "b", None]
    assert [choice["finish_reason"] for choice in choices] == [None, None, None, None, "length"]


def test_a_prompt_that_gemini_blocks_is_filtered() -> None:
    blocked = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 4}}
    got = whole(step("google/gemini-2.5-pro"), blocked)
    assert got["choices"][0]["finish_reason"] == "content_filter"
    assert "SAFETY" in got["choices"][0]["message"]["refusal"]
    frames = events(streamed(step("google/gemini-2.5-pro", stream=True), [native.frames(blocked)]))
    assert [frame["choices"][0]["finish_reason"] for frame in frames] == [None, "content_filter"]


def test_several_candidates_of_gemini_are_several_choices() -> None:
    pieces_of = [
        {"candidates": [{"index": n, "content": {"parts": [{"text": text}]}, **end}]}
        for n, text, end in [
            (0, "a", {}),
            (1, "x", {}),
            (0, "b", {"finishReason": "STOP"}),
            (1, "y", {"finishReason": "SAFETY"}),
        ]
    ]
    frames = events(streamed(step("google/gemini-2.5-pro", stream=True, n=2), [native.frames(*pieces_of)]))
    said: dict[int, str] = {}
    ends: dict[int, str] = {}
    for choice in (frame["choices"][0] for frame in frames):
        said[choice["index"]] = said.get(choice["index"], "") + choice["delta"].get("content", "")
        if choice["finish_reason"]:
            ends[choice["index"]] = choice["finish_reason"]
    assert (said, ends) == ({0: "ab", 1: "xy"}, {0: "stop", 1: "content_filter"})


def test_likelihoods_of_gemini() -> None:
    result = {
        "chosenCandidates": [{"token": "ü", "logProbability": -0.1}],
        "topCandidates": [
            {"candidates": [{"token": "ü", "logProbability": -0.1}, {"token": "o", "logProbability": -2}]}
        ],
    }
    candidate = {"content": {"parts": [{"text": "ü"}]}, "finishReason": "STOP", "logprobsResult": result}
    got = whole(step("google/gemini-2.5-pro", logprobs=True, top_logprobs=2), {"candidates": [candidate]})
    (token,) = got["choices"][0]["logprobs"]["content"]
    assert (token["token"], token["logprob"], token["bytes"]) == ("ü", -0.1, [195, 188])
    assert [each["token"] for each in token["top_logprobs"]] == ["ü", "o"]
    ChatCompletion.model_validate(got, strict=True)


def test_an_error_in_a_stream_ends_it() -> None:
    overloaded = native.named({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
    start = native.ANTHROPIC_STREAM[: native.ANTHROPIC_STREAM.index(b"event: content_block_start")]
    body = streamed(step("anthropic/claude-sonnet-4-5", stream=True), [start + overloaded])
    client = openai_client(body, "text/event-stream")
    with pytest.raises(APIError, match="Overloaded"):
        list(client.chat.completions.create(model="m", messages=[], stream=True))


def test_the_written_answers_are_what_googles_client_reads() -> None:
    whole_answer = genai.GenerateContentResponse.model_validate(native.GEMINI_WHOLE)
    assert whole_answer.text == native.TEXT
    frames = [genai.GenerateContentResponse.model_validate_json(each) for each in Splitter().feed(native.GEMINI_STREAM)]
    assert "".join(frame.text or "" for frame in frames) == native.TEXT
    calls = [call for frame in frames for call in frame.function_calls or []]
    assert [(call.name, call.args) for call in calls] == [("weather", {"city": "Köln"}), ("time", {})]


def test_messages_are_not_changed_by_being_translated() -> None:
    before = orjson.dumps(HI)
    step("google-ai-studio/gemini-2.5-flash")
    assert orjson.dumps(HI) == before
