"""OpenAI's dialect over llama.cpp: a small GGUF with random weights in a real host process."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from tests.support import tiny_gguf
from tests.support.wire import CHAT, Local, serving

GPT_OSS = "@cf/openai/gpt-oss-20b"
HELLO: list[Any] = [{"role": "user", "content": "Hello"}]
TOOL: Any = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"enum": ["Oslo", "Rome"]}}, "required": ["city"]},
    },
}


class Pair(BaseModel):
    a: int
    b: bool


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    folder = tmp_path_factory.mktemp("llama")
    path = tiny_gguf.build(folder / "tiny.gguf")
    models = {name: {"path": path, "context_size": 4096, "slots": 2} for name in (CHAT, GPT_OSS)}
    with serving(folder / "state", sources=("weights",), models=models) as local:
        yield local


@pytest.fixture
def client(server: Local) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0, timeout=60) as made:
        yield made


def test_the_stream_says_what_the_whole_answer_says(client: openai.OpenAI) -> None:
    asked: Any = {"model": CHAT, "messages": HELLO, "seed": 5, "max_tokens": 24, "extra_body": {"ignore_eos": True}}
    whole = client.chat.completions.create(**asked)
    chunks: Any = list(client.chat.completions.create(**asked, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == whole.choices[0].message.content
    assert whole.usage is not None
    assert whole.usage.completion_tokens == chunks[-1].usage.completion_tokens == 24
    assert whole.choices[0].finish_reason == chunks[-1].choices[0].finish_reason == "length"


def test_a_repeated_prompt_is_cached(client: openai.OpenAI) -> None:
    long: list[Any] = [{"role": "user", "content": "The old kitchen by the harbour. " * 8}]
    used = [client.chat.completions.create(model=CHAT, messages=long, max_tokens=2).usage for _ in range(3)]
    assert used[-1] is not None
    assert used[-1].prompt_tokens_details is not None
    assert used[-1].prompt_tokens_details.cached_tokens


def test_logprobs_of_chat_and_legacy_completions(client: openai.OpenAI) -> None:
    choice = client.chat.completions.create(
        model=CHAT, messages=HELLO, max_tokens=3, logprobs=True, top_logprobs=2
    ).choices[0]
    assert choice.logprobs is not None
    assert choice.logprobs.content
    assert all(one.logprob <= 0 and len(one.top_logprobs) == 2 for one in choice.logprobs.content)
    legacy = client.completions.create(model=CHAT, prompt="One day", max_tokens=3, logprobs=2, n=2).choices
    assert len(legacy) == 2
    assert legacy[0].logprobs is not None
    assert legacy[0].logprobs.tokens
    assert len(legacy[0].logprobs.tokens) == len(legacy[0].logprobs.text_offset or [])


def test_a_schema_is_always_met(client: openai.OpenAI) -> None:
    for seed in range(3):
        answer = client.chat.completions.parse(
            model=CHAT, messages=HELLO, response_format=Pair, seed=seed, max_tokens=300
        )
        assert isinstance(answer.choices[0].message.parsed, Pair)


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "weather"}}])
def test_a_forced_call_is_valid_whole_and_streamed(client: openai.OpenAI, choice: Any) -> None:
    asked: Any = {
        "model": CHAT,
        "messages": HELLO,
        "tools": [TOOL],
        "tool_choice": choice,
        "parallel_tool_calls": False,
        "max_tokens": 500,
        "seed": 1,
    }
    calls: Any = client.chat.completions.create(**asked).choices[0].message.tool_calls
    assert [call.function.name for call in calls] == ["weather"]
    assert json.loads(calls[0].function.arguments)["city"] in ("Oslo", "Rome")
    pieces: Any = [
        piece
        for chunk in client.chat.completions.create(**asked, stream=True)
        for piece in chunk.choices[0].delta.tool_calls or []
    ]
    assert pieces[0].function.name == "weather"
    assert pieces[0].id
    assert "".join(piece.function.arguments or "" for piece in pieces) == calls[0].function.arguments


def test_responses_stream_what_they_answer(client: openai.OpenAI) -> None:
    events: Any = list(client.responses.create(model=GPT_OSS, input="Hello", max_output_tokens=8, stream=True))
    deltas = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert deltas == events[-1].response.output_text
    assert events[-1].response.usage.output_tokens <= 8


def test_a_prompt_beyond_the_window_is_5021_with_both_numbers(client: openai.OpenAI) -> None:
    long: list[Any] = [{"role": "user", "content": "The old kitchen by the harbour. " * 1500}]
    with pytest.raises(openai.APIStatusError, match=r"tokens \(\d{4,}\) exceeded .* limit \(4096\)") as caught:
        client.chat.completions.create(model=CHAT, messages=long)
    assert (caught.value.status_code, caught.value.code) == (413, "5021")


def test_a_client_that_hangs_up_frees_its_slot(server: Local, client: openai.OpenAI) -> None:
    client.chat.completions.create(model=CHAT, messages=HELLO, max_tokens=1)
    before = stats(server)
    body = {"model": CHAT, "messages": HELLO, "stream": True, "ignore_eos": True, "max_tokens": 4000}
    content = json.dumps(body).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(content)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head + content)
        received = b""
        while b"data: " not in received:
            received += connection.recv(65536)
        assert stats(server)["busy_slots"] == 1
    deadline = time.monotonic() + 20
    while (after := stats(server))["busy_slots"]:
        assert time.monotonic() < deadline, "the slot is still busy"
    assert after["completion_tokens"] - before["completion_tokens"] < 4000


def stats(server: Local) -> Any:
    """What the engine says of itself."""
    asked = asyncio.run_coroutine_threadsafe(server.platform.inference.stats(), server.loop)
    return asked.result(20)[CHAT]
