"""Texts of requests and answers in every dialect (spec ai-gateway §3.17)."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from groundfog.gateway.guards.text import Unreadable, of_request, of_response
from groundfog.gateway.options import Options
from groundfog.gateway.request import Step
from tests.support.aws_event_stream import event

JSON = (b"content-type", b"application/json")
REQUESTS: dict[str, tuple[Any, list[tuple[str, str]]]] = {
    "openai chat": (
        {
            "model": "gpt-4o",
            "messages": [
                {"role": "system", "content": "Be kind."},
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "Look"},
                        {"type": "image_url", "image_url": {"url": "https://x"}},
                    ],
                },
                {
                    "role": "assistant",
                    "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"q":1}'}}],
                },
                {"role": "tool", "tool_call_id": "c", "content": "Found"},
            ],
            "tools": [{"type": "function", "function": {"name": "f", "description": "ignored"}}],
        },
        [("system", "Be kind."), ("user", "Look"), ("assistant", "f"), ("assistant", '{"q":1}'), ("tool", "Found")],
    ),
    "openai responses": (
        {
            "model": "m",
            "instructions": "Be kind.",
            "input": [{"role": "user", "content": [{"type": "input_text", "text": "Hi"}]}],
        },
        [("system", "Be kind."), ("user", "Hi")],
    ),
    "anthropic": (
        {
            "model": "claude",
            "system": [{"type": "text", "text": "Be kind."}],
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "Found"}]}
                    ],
                }
            ],
        },
        [("system", "Be kind."), ("user", "Found")],
    ),
    "google": (
        {
            "systemInstruction": {"parts": [{"text": "Be kind."}]},
            "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
        },
        [("system", "Be kind."), ("user", "Hi")],
    ),
    "workers ai prompt": ({"prompt": "Hi", "max_tokens": 5}, [("user", "Hi")]),
    "workers ai embeddings": ({"text": ["one", "two"]}, [("user", "one"), ("user", "two")]),
    "openai embeddings": (
        {"model": "m", "input": ["one", "two"], "encoding_format": "float"},
        [("user", "one"), ("user", "two")],
    ),
    "cohere": (
        {"model": "m", "message": "Hi", "chat_history": [{"role": "USER", "message": "Before"}]},
        [("user", "Hi"), ("USER", "Before")],
    ),
    "replicate": ({"version": "v1", "input": {"prompt": "Hi"}}, [("user", "v1"), ("user", "Hi")]),
    "bedrock": ({"inputText": "Hi"}, [("user", "Hi")]),
}
ANSWERS: dict[str, tuple[Any, list[str]]] = {
    "openai": (
        {
            "id": "c1",
            "model": "m",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
        },
        ["Hello"],
    ),
    "anthropic": (
        {
            "id": "m1",
            "type": "message",
            "role": "assistant",
            "content": [{"type": "text", "text": "Hello"}],
            "stop_reason": "end_turn",
        },
        ["Hello"],
    ),
    "google": (
        {
            "candidates": [{"content": {"role": "model", "parts": [{"text": "Hello"}]}, "finishReason": "STOP"}],
            "usageMetadata": {"x": "y"},
        },
        ["Hello"],
    ),
    "workers ai": ({"result": {"response": "Hello"}, "success": True, "errors": [], "messages": []}, ["Hello"]),
    "responses": (
        {
            "id": "r",
            "object": "response",
            "output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hello"}]}],
        },
        ["Hello"],
    ),
    "bedrock converse": (
        {"output": {"message": {"role": "assistant", "content": [{"text": "Hello"}]}}, "stopReason": "end_turn"},
        ["Hello"],
    ),
    "embeddings": ({"object": "list", "data": [{"object": "embedding", "embedding": [0.1, 0.2]}], "model": "m"}, []),
    "picture": ({"result": {"image": "iVBORw0KGgo" * 100}, "success": True}, []),
}


def step(body: Any, *headers: tuple[bytes, bytes]) -> Step:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Step("openai", "x", "POST", list(headers) or [JSON], content, Options())


def texts(body: Any, *headers: tuple[bytes, bytes], everything: bool = False) -> list[str]:
    return [piece.text for piece in of_request(step(body, *headers), everything=everything)]


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_read(name: str) -> None:
    body, expected = REQUESTS[name]
    assert [(piece.role, piece.text) for piece in of_request(step(body))] == expected


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_read(name: str) -> None:
    body, expected = ANSWERS[name]
    pieces = of_response(json.dumps(body).encode(), [JSON])
    assert [(piece.role, piece.text) for piece in pieces] == [("assistant", text) for text in expected]


@pytest.mark.parametrize(
    "events",
    [
        [{"choices": [{"index": 0, "delta": {"content": text}}]} for text in ("Hel", "lo")],
        [
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
            for text in ("Hel", "lo")
        ],
        [{"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}}]} for text in ("Hel", "lo")],
        [{"response": text} for text in ("Hel", "lo")],
        [{"type": "response.output_text.delta", "item_id": "i", "delta": text} for text in ("Hel", "lo")],
    ],
)
def test_the_pieces_of_a_stream_are_one_text(events: list[Any]) -> None:
    body = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events) + b"data: [DONE]\n\n"
    assert [piece.text for piece in of_response(body, [(b"content-type", b"text/event-stream")])] == ["Hello"]


def test_several_answers_of_one_stream_stay_apart() -> None:
    events = [
        {"choices": [{"index": index, "delta": {"content": text}}]} for index, text in ((0, "a"), (1, "x"), (0, "b"))
    ]
    body = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)
    assert [piece.text for piece in of_response(body, [(b"content-type", b"text/event-stream")])] == ["ab", "x"]


def test_everything_has_what_programs_declare_and_long_numbers() -> None:
    body = {
        "tools": [{"function": {"description": "secret"}}],
        "metadata": {"card": 4111111111111111},
        "max_tokens": 512,
    }
    assert texts(body) == []
    assert texts(body, everything=True) == ["secret", "4111111111111111"]


def test_packed_bodies_are_unpacked_and_others_are_not_let_pass_unseen() -> None:
    packed = gzip.compress(b'{"prompt": "Hi"}')
    assert texts(packed, JSON, (b"content-encoding", b"gzip")) == ["Hi"]
    with pytest.raises(Unreadable, match="br"):
        texts(packed, JSON, (b"content-encoding", b"br"))
    with pytest.raises(Unreadable, match="no gzip"):
        texts(b"nothing", JSON, (b"content-encoding", b"gzip"))


def test_forms_and_plain_texts_are_read_and_files_are_not() -> None:
    form = (
        b'--B\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nHi there\r\n'
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav'
        b"\r\n\r\nRIFF\r\n--B--\r\n"
    )
    assert texts(form, (b"content-type", b"multipart/form-data; boundary=B")) == ["Hi there"]
    assert texts(b"plain", (b"content-type", b"text/plain")) == ["plain"]
    assert texts(b"\x00\x01", (b"content-type", b"audio/wav")) == []
    assert texts(b"{broken", JSON) == ["{broken"]
    assert texts(b"{broken", (b"x-none", b"")) == ["{broken"]
    assert texts(b" plain words", (b"content-type", b"audio/wav")) == [" plain words"]


def test_json_nested_without_end_is_not_read_for_ever() -> None:
    with pytest.raises(Unreadable, match="too deep"):
        texts(b'{"a":' * 500 + b'"x"' + b"}" * 500)


def test_bedrocks_streams_are_read_in_both_forms() -> None:
    frames = [(b"content-type", b"application/vnd.amazon.eventstream")]
    converse = b"".join(
        event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}}) for text in ("Hel", "lo")
    )
    assert [piece.text for piece in of_response(converse, frames)] == ["Hello"]
    inner = [json.dumps({"type": "content_block_delta", "delta": {"text": text}}).encode() for text in ("Hel", "lo")]
    invoke = b"".join(event("chunk", {"bytes": base64.b64encode(each).decode()}) for each in inner)
    assert [piece.text for piece in of_response(invoke, frames)] == ["Hello"]
    with pytest.raises(Unreadable, match="no event stream"):
        of_response(b"x" * 64, frames)
