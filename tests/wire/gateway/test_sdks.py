"""The providers' own clients, unchanged but for the address, through native paths, compat and `/ai/v1`."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import openai
import orjson
import pytest
from google import genai
from google.genai import types

from tests.gateway.translate import native
from tests.support.fake_upstream import answer, json_answer
from tests.support.gateway_server import GATEWAY, PROVIDERS, Served
from tests.support.wire import ACCOUNT

MESSAGES: list[Any] = [{"role": "user", "content": "hi"}]
HAIKU = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
NATIVE = {
    "openai/gpt-5": (native.OPENAI_WHOLE, native.OPENAI_STREAM),
    "anthropic/claude-sonnet-4-5": (native.ANTHROPIC_WHOLE, native.ANTHROPIC_STREAM),
    "google-ai-studio/gemini-2.5-flash": (native.GEMINI_WHOLE, native.GEMINI_STREAM),
    f"aws-bedrock/{HAIKU}": (native.CONVERSE_WHOLE, native.CONVERSE_STREAM),
}
COUNTED = (135, 40)


@pytest.fixture
def everywhere(served: Served) -> Served:
    """Every provider of `NATIVE` is the fake one."""
    slugs = {*PROVIDERS, "aws-bedrock"}
    served.gateway("all", groundfog={"base_urls": dict.fromkeys(slugs, served.upstream.url)})
    return served


def stream_of(model: str, *, packet: int | None = None) -> Any:
    kind = "application/vnd.amazon.eventstream" if model.startswith("aws") else "text/event-stream"
    return answer(NATIVE[model][1], kind, framing="chunked", packet=packet)


@contextlib.asynccontextmanager
async def async_openai(base: str) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=base, api_key="sk-mine", max_retries=0) as client:
        yield client


async def test_openai_natively(served: Served) -> None:
    async with async_openai(served.url + GATEWAY + "/openai") as client:
        served.upstream.queue(json_answer(native.OPENAI_WHOLE), stream_of("openai/gpt-5"))
        got = await client.chat.completions.create(model="gpt-5", messages=MESSAGES)
        assert got.choices[0].message.content == native.TEXT
        chunks = [
            chunk async for chunk in await client.chat.completions.create(model="gpt-5", messages=MESSAGES, stream=True)
        ]
        assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == native.TEXT
    assert served.upstream.requests[-1].header("authorization") == "Bearer sk-mine"
    for record in served.records:
        assert (record.provider, record.model) == ("openai", "gpt-5")
        assert (record.tokens_in, record.tokens_out) == COUNTED


async def test_anthropic_natively(served: Served) -> None:
    client = anthropic.AsyncAnthropic(api_key="sk-mine", base_url=served.url + GATEWAY + "/anthropic", max_retries=0)
    model = "anthropic/claude-sonnet-4-5"
    async with client:
        served.upstream.queue(json_answer(native.ANTHROPIC_WHOLE), stream_of(model))
        given: dict[str, Any] = {"model": "claude-sonnet-5", "max_tokens": 9, "messages": MESSAGES}
        got = await client.messages.create(**given)
        assert got.usage.cache_read_input_tokens == 100
        async with client.messages.stream(**given) as stream:
            assert "".join([text async for text in stream.text_stream]) == native.TEXT
    assert served.upstream.requests[-1].path == "/v1/messages"
    for record in served.records:
        assert (record.provider, record.model) == ("anthropic", "claude-sonnet-5")
        assert (record.tokens_in, record.tokens_out, record.tokens_cached) == (*COUNTED, 100)


# Google's client derives a class from aiohttp's session, which aiohttp discourages.
@pytest.mark.filterwarnings("ignore:Inheritance class:DeprecationWarning")
async def test_google_natively(served: Served) -> None:
    options = types.HttpOptions(base_url=served.url + GATEWAY + "/google-ai-studio")
    client = genai.Client(api_key="sk-mine", http_options=options).aio
    served.upstream.queue(
        json_answer(native.GEMINI_WHOLE),
        stream_of("google-ai-studio/gemini-2.5-flash"),
        json_answer({"totalTokens": 3}),
    )
    got = await client.models.generate_content(model="gemini-2.5-flash", contents="hi")
    assert got.text == native.TEXT
    stream = await client.models.generate_content_stream(model="gemini-2.5-flash", contents="hi")
    assert "".join([chunk.text or "" async for chunk in stream]) == native.TEXT
    assert (await client.models.count_tokens(model="gemini-2.5-flash", contents="hi")).total_tokens == 3
    await client.aclose()
    assert served.upstream.requests[0].header("x-goog-api-key") == "sk-mine"
    assert served.upstream.requests[1].query == "alt=sse"
    for record in served.records[:2]:
        assert (record.provider, record.model) == ("google-ai-studio", "gemini-2.5-flash")
        assert (record.tokens_in, record.tokens_out) == COUNTED


@pytest.mark.parametrize("model", NATIVE)
async def test_every_provider_by_openais_client_on_compat(everywhere: Served, model: str) -> None:
    everywhere.upstream.queue(json_answer(NATIVE[model][0]), stream_of(model), stream_of(model, packet=1))
    given: dict[str, Any] = {"model": model, "messages": MESSAGES}
    async with async_openai(everywhere.url + "/v1/acct/all/compat") as client:
        got = await client.chat.completions.create(**given)
        assert got.choices[0].message.content == native.TEXT
        assert got.choices[0].finish_reason == "tool_calls"
        assert (got.usage.prompt_tokens, got.usage.completion_tokens) == COUNTED
        for _ in range(2):
            options = {"include_usage": True}
            stream = await client.chat.completions.create(**given, stream=True, stream_options=options)
            chunks = [chunk async for chunk in stream]
            assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == native.TEXT
            assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == COUNTED
    slug, _, name = model.partition("/")
    for record in everywhere.records:
        assert (record.provider, record.model, record.success) == (slug, name, True)
        assert (record.tokens_in, record.tokens_out) == COUNTED


@pytest.mark.parametrize("model", ["anthropic/claude-sonnet-4-5", "google-ai-studio/gemini-2.5-flash"])
async def test_responses_by_openais_client_on_compat(everywhere: Served, model: str) -> None:
    everywhere.upstream.queue(json_answer(NATIVE[model][0]), stream_of(model))
    async with async_openai(everywhere.url + "/v1/acct/all/compat") as client:
        got = await client.responses.create(model=model, input="hi")
        assert got.output_text == native.TEXT
        events = [event async for event in await client.responses.create(model=model, input="hi", stream=True)]
        assert events[-1].type == "response.completed"
        assert events[-1].response.output_text == native.TEXT


async def test_embeddings_by_openais_client_on_compat(everywhere: Served) -> None:
    everywhere.upstream.queue(json_answer({"embeddings": [{"values": [0.5, -0.25]}]}))
    async with async_openai(everywhere.url + "/v1/acct/all/compat") as client:
        got = await client.embeddings.create(model="google-ai-studio/gemini-embedding-001", input="hi")
        assert got.data[0].embedding == [0.5, -0.25]
        local = await client.embeddings.create(model="workers-ai/@cf/baai/bge-base-en-v1.5", input="hi")
        assert len(local.data[0].embedding) == 768


@pytest.mark.parametrize("model", [name for name in NATIVE if not name.startswith("aws")])
@pytest.mark.parametrize("doubled", [False, True])
async def test_messages_by_anthropics_client_on_the_account(served: Served, model: str, doubled: bool) -> None:
    slug = model.partition("/")[0]
    keys = served.local.platform.gateways.parts.keys
    keys.add("acct", "g", {"provider_slug": slug, "alias": "default", "secret": "sk", "default_config": True})
    served.upstream.queue(json_answer(NATIVE[model][0]), stream_of(model))
    client = anthropic.AsyncAnthropic(
        api_key="any",
        base_url=served.url + ACCOUNT + ("/ai/v1" if doubled else "/ai"),
        default_headers={"cf-aig-gateway-id": "g"},
        max_retries=0,
    )
    async with client:
        given: dict[str, Any] = {"model": model, "max_tokens": 9, "messages": MESSAGES}
        got = await client.messages.create(**given)
        assert [block.text for block in got.content if block.type == "text"] == [native.TEXT]
        async with client.messages.stream(**given) as stream:
            final = await stream.get_final_message()
        assert [block.text for block in final.content if block.type == "text"] == [native.TEXT]
        assert final.usage.output_tokens == COUNTED[1]


async def test_a_field_that_a_provider_lacks_is_named_to_openais_client(everywhere: Served) -> None:
    async with async_openai(everywhere.url + "/v1/acct/all/compat") as client:
        with pytest.raises(openai.BadRequestError) as caught:
            await client.chat.completions.create(model="anthropic/claude-sonnet-4-5", messages=MESSAGES, seed=1)
    (error,) = orjson.loads(caught.value.response.content)["errors"]
    assert error["code"] == 2019
    assert "seed: anthropic has no such setting" in error["message"]
    assert everywhere.upstream.requests == []


async def test_a_providers_error_reaches_openais_client(everywhere: Served) -> None:
    said = {"type": "error", "error": {"type": "rate_limit_error", "message": "Too fast"}}
    everywhere.upstream.queue(json_answer(said, status=429))
    async with async_openai(everywhere.url + "/v1/acct/all/compat") as client:
        with pytest.raises(openai.RateLimitError, match="Too fast") as caught:
            await client.chat.completions.create(
                model="anthropic/claude-sonnet-4-5",
                messages=MESSAGES,
                extra_headers={"cf-aig-max-attempts": "1"},
            )
    assert orjson.loads(caught.value.response.content)["error"]["type"] == "rate_limit_error"
