"""What an answer used is read in every provider's way to say it, whole and streamed, however it is cut."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundfog.gateway.providers import Providers
from groundfog.gateway.translate.usage import FORMATS, reader
from groundfog.metering.usage import Usage
from groundfog.settings import Settings
from tests.gateway.translate.cuts import PLACES, pieces, single_bytes
from tests.support.aws_event_stream import event


def sse(*events: Any, end: str = "\n") -> bytes:
    frames = [each if isinstance(each, str) else orjson.dumps(each).decode() for each in events]
    return "".join(f"data: {frame}{end}{end}" for frame in frames).encode()


WHOLE: list[tuple[str, Any, Usage]] = [
    (
        "replicate",
        {"model": "meta/llama", "output": ["a"], "metrics": {"input_token_count": 5, "output_token_count": 1}},
        Usage(model="meta/llama", tokens_in=5, tokens_out=1),
    ),
    (
        "openai",
        {
            "model": "gpt-5",
            "choices": [],
            "usage": {"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 64}},
        },
        Usage(model="gpt-5", tokens_in=36, tokens_out=7, cache_read=64),
    ),
    (
        "openai",
        {"model": "e", "data": [{"embedding": [0.5]}], "usage": {"prompt_tokens": 5, "total_tokens": 5}},
        Usage(model="e", tokens_in=5),
    ),
    (
        "openai",
        {
            "model": "gpt-5",
            "object": "response",
            "usage": {"input_tokens": 9, "output_tokens": 4, "input_tokens_details": {"cached_tokens": 2}},
        },
        Usage(model="gpt-5", tokens_in=7, tokens_out=4, cache_read=2),
    ),
    (
        "openai",
        {
            "model": "deepseek-chat",
            "usage": {"prompt_tokens": 10, "completion_tokens": 1, "prompt_cache_hit_tokens": 8},
        },
        Usage(model="deepseek-chat", tokens_in=2, tokens_out=1, cache_read=8),
    ),
    (
        "openai",
        {"model": "llama", "x_groq": {"usage": {"prompt_tokens": 3, "completion_tokens": 2}}},
        Usage(model="llama", tokens_in=3, tokens_out=2),
    ),
    (
        "anthropic",
        {
            "model": "claude",
            "usage": {
                "input_tokens": 10,
                "output_tokens": 5,
                "cache_read_input_tokens": 90,
                "cache_creation_input_tokens": 30,
            },
        },
        Usage(model="claude", tokens_in=10, tokens_out=5, cache_read=90, cache_write=30),
    ),
    (
        "google",
        {
            "candidates": [],
            "usageMetadata": {
                "promptTokenCount": 50,
                "cachedContentTokenCount": 20,
                "candidatesTokenCount": 6,
                "thoughtsTokenCount": 11,
                "toolUsePromptTokenCount": 3,
            },
            "modelVersion": "gemini-2.5-pro",
        },
        Usage(model="gemini-2.5-pro", tokens_in=33, tokens_out=17, cache_read=20),
    ),
    (
        "google",
        [
            {"usageMetadata": {"promptTokenCount": 4}},
            {"usageMetadata": {"promptTokenCount": 4, "candidatesTokenCount": 2}},
        ],
        Usage(tokens_in=4, tokens_out=2),
    ),
    (
        "google",
        {"predictions": [{"embeddings": {"values": [0.1], "statistics": {"token_count": n}}} for n in (6, 5.0)]},
        Usage(tokens_in=11),
    ),
    (
        "google",
        {"model": "gemini", "usage": {"prompt_tokens": 4, "completion_tokens": 2}},
        Usage(model="gemini", tokens_in=4, tokens_out=2),
    ),
    (
        "bedrock",
        {
            "output": {},
            "usage": {
                "inputTokens": 8,
                "outputTokens": 3,
                "totalTokens": 31,
                "cacheReadInputTokens": 15,
                "cacheWriteInputTokens": 5,
            },
        },
        Usage(tokens_in=8, tokens_out=3, cache_read=15, cache_write=5),
    ),
    (
        "cohere",
        {"text": "hi", "meta": {"billed_units": {"input_tokens": 4.0, "output_tokens": 2.0}}},
        Usage(tokens_in=4, tokens_out=2),
    ),
    (
        "cohere",
        {"usage": {"billed_units": {"input_tokens": 4, "output_tokens": 2}, "tokens": {"input_tokens": 70}}},
        Usage(tokens_in=4, tokens_out=2),
    ),
    (
        "workers-ai",
        {"result": {"response": "x", "usage": {"prompt_tokens": 1, "completion_tokens": 2}}, "success": True},
        Usage(tokens_in=1, tokens_out=2),
    ),
]
STREAMS: list[tuple[str, bytes, Usage]] = [
    (
        "openai",
        sse(
            {"model": "gpt-5", "choices": [{"delta": {"content": 'my "usage": {'}}], "usage": None},
            {"model": "gpt-5", "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}},
            "[DONE]",
        ),
        Usage(model="gpt-5", tokens_in=3, tokens_out=2),
    ),
    (
        "openai",
        sse(
            {"type": "response.output_text.delta", "delta": "hi"},
            {
                "type": "response.completed",
                "response": {"model": "gpt-5", "usage": {"input_tokens": 3, "output_tokens": 2}},
            },
        ),
        Usage(model="gpt-5", tokens_in=3, tokens_out=2),
    ),
    (
        "anthropic",
        sse(
            {
                "type": "message_start",
                "message": {
                    "model": "claude",
                    "usage": {"input_tokens": 25, "cache_read_input_tokens": 7, "output_tokens": 1},
                },
            },
            {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "ü"}},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 15}},
            {"type": "message_stop"},
        ),
        Usage(model="claude", tokens_in=25, tokens_out=15, cache_read=7),
    ),
    (
        "google",
        sse(
            *[
                {
                    "candidates": [{"content": {"parts": [{"text": "ü"}]}}],
                    "usageMetadata": {"promptTokenCount": 4, "candidatesTokenCount": n},
                    "modelVersion": "gemini",
                }
                for n in range(1, 6)
            ],
            end="\r\n",
        ),
        Usage(model="gemini", tokens_in=4, tokens_out=5),
    ),
    (
        "cohere",
        sse(
            {"type": "content-delta", "delta": {"message": {"content": {"text": "a"}}}},
            {"type": "message-end", "delta": {"usage": {"billed_units": {"input_tokens": 2, "output_tokens": 9}}}},
        ),
        Usage(tokens_in=2, tokens_out=9),
    ),
    (
        "workers-ai",
        sse({"response": "a"}, {"response": "", "usage": {"prompt_tokens": 2, "completion_tokens": 9}}, "[DONE]"),
        Usage(tokens_in=2, tokens_out=9),
    ),
    ("openai", sse({"model": "gpt-5", "choices": []}, "[DONE]"), Usage()),
]
AWS: list[tuple[bytes, Usage]] = [
    (
        event("messageStart", {"role": "assistant"})
        + event("contentBlockDelta", {"delta": {"text": "hi"}})
        + event("metadata", {"usage": {"inputTokens": 4, "outputTokens": 2, "cacheReadInputTokens": 9}}),
        Usage(tokens_in=4, tokens_out=2, cache_read=9),
    ),
    (
        b"".join(
            event("chunk", {"bytes": base64.b64encode(orjson.dumps(each)).decode()})
            for each in (
                {"type": "message_start", "message": {"usage": {"input_tokens": 3}}},
                {
                    "type": "message_stop",
                    "amazon-bedrock-invocationMetrics": {"inputTokenCount": 3, "outputTokenCount": 8},
                },
            )
        ),
        Usage(tokens_in=3, tokens_out=8),
    ),
]


def used(format: str, content_type: bytes, chunks: Any) -> Usage:
    read = reader(format, content_type, 200)
    for chunk in chunks:
        read.feed(chunk)
    return read.result()


@pytest.mark.parametrize(("format", "answer", "expected"), WHOLE)
def test_whole_answers(format: str, answer: Any, expected: Usage) -> None:
    assert used(format, b"application/json; charset=utf-8", [orjson.dumps(answer)]) == expected
    pretty = orjson.dumps(answer, option=orjson.OPT_INDENT_2)
    assert used(format, b"application/json", single_bytes(pretty)) == expected


@pytest.mark.parametrize(("format", "stream", "expected"), STREAMS)
def test_streams(format: str, stream: bytes, expected: Usage) -> None:
    assert used(format, b"text/event-stream", [stream]) == expected
    assert used(format, b"text/event-stream", single_bytes(stream)) == expected
    frames = [each + b"\n\n" for each in stream.replace(b"\r\n", b"\n").split(b"\n\n")]
    assert used(format, b"text/event-stream", frames) == expected


@settings(max_examples=40)
@given(st.sampled_from(STREAMS), PLACES)
def test_any_cut_of_a_stream_counts_the_same(case: tuple[str, bytes, Usage], places: list[int]) -> None:
    format, stream, expected = case
    assert used(format, b"text/event-stream", pieces(stream, places)) == expected


@settings(max_examples=40)
@given(st.sampled_from(AWS), PLACES)
def test_any_cut_of_a_binary_stream_counts_the_same(case: tuple[bytes, Usage], places: list[int]) -> None:
    stream, expected = case
    assert used("bedrock", b"application/vnd.amazon.eventstream", pieces(stream, places)) == expected


def test_lines_of_json() -> None:
    lines = b'{"event_type":"text-generation","text":"a"}\n' + orjson.dumps(
        {"event_type": "stream-end", "response": {"meta": {"billed_units": {"input_tokens": 2, "output_tokens": 9}}}}
    )
    assert used("cohere", b"application/stream+json", single_bytes(lines)) == Usage(tokens_in=2, tokens_out=9)


def test_bedrock_counts_in_the_headers_of_invoke() -> None:
    headers = [
        (b"x-amzn-bedrock-input-token-count", b"12"),
        (b"x-amzn-bedrock-output-token-count", b"34"),
        (b"x-amzn-bedrock-cache-read-input-token-count", b"5"),
        (b"x-amzn-requestid", b"1"),
    ]
    read = reader("bedrock", b"application/json", 200, headers)
    read.feed(b'{"generation":"hello"}')
    assert read.result() == Usage(tokens_in=12, tokens_out=34, cache_read=5)


def test_every_provider_of_the_table_has_a_known_way_to_count() -> None:
    assert {provider.usage for provider in Providers(Settings()).all()} <= FORMATS


@pytest.mark.parametrize(
    ("format", "content_type", "status"),
    [("none", b"application/json", 200), ("openai", b"application/json", 429), ("openai", b"audio/mpeg", 200)],
)
def test_what_counts_nothing_is_not_read(format: str, content_type: bytes, status: int) -> None:
    read = reader(format, content_type, status)
    read.feed(b'{"usage":{"prompt_tokens":1,"completion_tokens":2}}')
    assert read.result() == Usage()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"usage"',
        b'{"usage":7}',
        b'{"usage":{"prompt_tokens":"many"}}',
        b'{"usage":{"prompt_tokens":-4,"completion_tokens":true}}',
        b'{"result":"text","message":[1],"response":null}',
        b"\xff\xfe",
    ],
)
def test_answers_that_make_no_sense_count_nothing(body: bytes) -> None:
    for content_type in (b"application/json", b"text/event-stream", b"application/vnd.amazon.eventstream"):
        got = used("openai", content_type, [body])
        assert (got.tokens_in, got.tokens_out) == (None, None)
        stream = b"data: " + body + b"\n\n"
        got = used("openai", content_type, [stream])
        assert (got.tokens_in, got.tokens_out) == (None, None)


def test_more_cached_than_sent_is_not_believed() -> None:
    body = b'{"usage":{"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":50}}}'
    assert used("openai", b"application/json", [body]) == Usage(tokens_in=0, tokens_out=1, cache_read=5)


def test_of_a_long_answer_only_the_ends_are_kept() -> None:
    vectors = ",".join(["0.123456789"] * 200_000).encode()
    body = b'{"object":"list","model":"e3","data":[{"embedding":[' + vectors + b"]}],"
    body += b'"usage":{"prompt_tokens":8,"total_tokens":8}}'
    assert len(body) > 2_000_000
    assert used("openai", b"application/json", [body]) == Usage(model="e3", tokens_in=8)
    packets = [body[at : at + 4096] for at in range(0, len(body), 4096)]
    assert used("openai", b"application/json", packets) == Usage(model="e3", tokens_in=8)


def test_the_last_count_wins_whether_its_frame_was_cut_or_not() -> None:
    one, two, three, four = (sse({"usage": {"prompt_tokens": 9, "completion_tokens": n}}) for n in (1, 2, 3, 4))
    expected = Usage(tokens_in=9, tokens_out=3)
    assert used("openai", b"text/event-stream", [one, two, three[:20], three[20:]]) == expected
    assert used("openai", b"text/event-stream", [one, two[:20], two[20:], three]) == expected
    assert used("openai", b"text/event-stream", [one, two, three[:20], three[20:] + b": bye\n\n"]) == expected
    assert used("openai", b"text/event-stream", [one, two, three, four[:-1]]).tokens_out == 4


def test_a_long_frame_counts() -> None:
    frame = sse({"candidates": [{"text": "x" * 3_000_000}], "usageMetadata": {"promptTokenCount": 8}})
    packets = [frame[at : at + 4096] for at in range(0, len(frame), 4096)]
    assert used("google", b"text/event-stream", packets) == Usage(tokens_in=8)
