"""chat/completions with the real OpenAI SDK, synchronous and asynchronous (spec §3.3, §4)."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from tests.support.wire import CHAT

HELLO: list[Any] = [{"role": "user", "content": "Hello"}]
TOOLS: list[Any] = [
    {
        "type": "function",
        "function": {
            "name": name,
            "description": f"Tell the {name}",
            "parameters": {
                "type": "object",
                "properties": {field: {"type": "string"}},
                "required": [field],
            },
        },
    }
    for name, field in (("weather", "city"), ("time", "zone"))
]


class Recipe(BaseModel):
    title: str
    minutes: int
    ingredients: list[str]


def test_a_completion(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model=CHAT, messages=HELLO)
    choice = answer.choices[0]
    assert (answer.object, answer.model, choice.finish_reason) == ("chat.completion", CHAT, "stop")
    assert "Hello" in (choice.message.content or "")
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


async def test_an_asynchronous_completion(async_client: openai.AsyncOpenAI, client: openai.OpenAI) -> None:
    answer = await async_client.chat.completions.create(model=CHAT, messages=HELLO, seed=7)
    same = client.chat.completions.create(model=CHAT, messages=HELLO, seed=7)
    assert answer.choices == same.choices


def test_the_stream_says_the_same_as_the_whole_answer(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model=CHAT, messages=HELLO)
    chunks = list(client.chat.completions.create(model=CHAT, messages=HELLO, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == whole.choices[0].message.content
    assert len(chunks) > 3
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].usage == whole.usage


async def test_an_asynchronous_stream_with_a_usage_chunk(async_client: openai.AsyncOpenAI) -> None:
    stream = await async_client.chat.completions.create(
        model=CHAT, messages=HELLO, stream=True, max_tokens=3, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 3
    assert chunks[-2].choices[0].finish_reason == "length"


def test_classic_models_answer_256_tokens_at_most(client: openai.OpenAI) -> None:
    long: list[Any] = [{"role": "user", "content": "word " * 1000}]
    answer = client.chat.completions.create(model=CHAT, messages=long)
    assert answer.usage is not None
    assert answer.usage.completion_tokens <= 256


def test_several_choices(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model=CHAT, messages=HELLO, n=3)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    chunks = client.chat.completions.create(model=CHAT, messages=HELLO, n=2, stream=True)
    assert {choice.index for chunk in chunks for choice in chunk.choices} == {0, 1}


def test_content_parts_are_flattened(client: openai.OpenAI) -> None:
    parts: list[Any] = [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}]
    answer = client.chat.completions.create(model=CHAT, messages=parts)
    assert answer.choices == client.chat.completions.create(model=CHAT, messages=HELLO).choices


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "weather"}}])
def test_forced_calls_and_their_results(client: openai.OpenAI, choice: Any) -> None:
    answer = client.chat.completions.create(model=CHAT, messages=HELLO, tools=TOOLS, tool_choice=choice)
    message = answer.choices[0].message
    assert message.content is None
    assert message.tool_calls
    assert answer.choices[0].finish_reason == "tool_calls"
    call: Any = message.tool_calls[0]
    assert call.type == "function"
    assert isinstance(json.loads(call.function.arguments)["city"], str)
    turns = [
        *HELLO,
        message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": "3 degrees"},
    ]
    final = client.chat.completions.create(model=CHAT, messages=turns, tools=TOOLS)
    assert final.choices[0].message.content


def test_parallel_calls_stream_in_pieces(client: openai.OpenAI) -> None:
    asked: list[Any] = [{"role": "user", "content": "Make two calls"}]
    with client.chat.completions.stream(model=CHAT, messages=asked, tools=TOOLS) as stream:
        for _ in stream:
            pass
        message = stream.get_final_completion().choices[0].message
    calls: Any = message.tool_calls
    assert [(call.function.name, json.loads(call.function.arguments)) for call in calls] == [
        ("weather", {"city": "Oslo"}),
        ("time", {"zone": "CET"}),
    ]
    assert calls[0].id != calls[1].id


def test_structured_output_parses_into_a_model(client: openai.OpenAI) -> None:
    answer = client.chat.completions.parse(model=CHAT, messages=HELLO, response_format=Recipe, max_tokens=500)
    assert isinstance(answer.choices[0].message.parsed, Recipe)


def test_a_bare_schema_is_understood_here_too(client: openai.OpenAI) -> None:
    bare: Any = {"type": "json_schema", "json_schema": Recipe.model_json_schema()}
    answer = client.chat.completions.create(model=CHAT, messages=HELLO, response_format=bare, max_tokens=500)
    Recipe.model_validate_json(answer.choices[0].message.content or "")


def test_reasoning_stands_beside_the_answer(client: openai.OpenAI) -> None:
    asked: list[Any] = [{"role": "user", "content": "Please think about it"}]
    message: Any = client.chat.completions.create(model=CHAT, messages=asked).choices[0].message
    assert (message.reasoning_content, message.content) == ("Let me see.", "Done.")
    chunks = list(client.chat.completions.create(model=CHAT, messages=asked, stream=True))
    deltas: list[Any] = [chunk.choices[0].delta for chunk in chunks]
    assert "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas) == "Let me see."


def test_vendor_fields_go_through_extra_body(client: openai.OpenAI) -> None:
    extra = {"top_k": 3, "repetition_penalty": 1.1, "chat_template_kwargs": {"enable_thinking": False}, "options": {}}
    assert client.chat.completions.create(model=CHAT, messages=HELLO, extra_body=extra).choices
