"""langchain-cloudflare, unmodified, with its base URLs changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydantic
import pytest
from langchain_cloudflare import ChatCloudflareWorkersAI, CloudflareWorkersAIEmbeddings, CloudflareWorkersAIReranker
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool

from tests.support.server import Server, running_server

SCRIPT = Path(__file__).parent / "echo.toml"
MODELS = ["@cf/meta/llama-3.1-8b-instruct", "@cf/qwen/qwen3-30b-a3b-fp8", "@cf/openai/gpt-oss-20b"]
ACCOUNT: dict[str, Any] = {"account_id": "acct", "api_token": "any"}


class Soup(pydantic.BaseModel):
    """A soup."""

    name: str
    spoons: int


@tool
def get_weather(city: str) -> str:
    """Weather of a city."""
    return f"7 degrees in {city}"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server("--sources", "echo", environ={"GROUNDFOG_ECHO_SCRIPT": str(SCRIPT)}) as server:
        yield server


@pytest.fixture(params=MODELS)
def chat(server: Server, request: pytest.FixtureRequest) -> Iterator[ChatCloudflareWorkersAI]:
    model = ChatCloudflareWorkersAI(model=request.param, base_url=server.rest, **ACCOUNT)
    yield model
    model.client.close()


def test_a_message_is_answered(chat: ChatCloudflareWorkersAI) -> None:
    answer = chat.invoke("Hello")
    assert '"Hello"' in answer.text
    assert answer.response_metadata["token_usage"]["total_tokens"] > 0


def test_a_stream_comes_in_pieces(chat: ChatCloudflareWorkersAI) -> None:
    assert [chunk.text for chunk in chat.stream("Count slowly.") if chunk.text] == ["one ", "two ", "three "]


def test_an_asynchronous_stream_does_too(chat: ChatCloudflareWorkersAI) -> None:
    async def pieces() -> list[str]:
        async with chat.async_client:
            return [chunk.text async for chunk in chat.astream("Count slowly.") if chunk.text]

    assert asyncio.run(pieces()) == ["one ", "two ", "three "]


def test_a_tool_is_called_and_its_result_read(chat: ChatCloudflareWorkersAI) -> None:
    model = chat.bind_tools([get_weather])
    question = HumanMessage("get_weather of Oslo")
    asked = model.invoke([question])
    assert isinstance(asked, AIMessage)
    (call,) = asked.tool_calls
    assert (call["name"], call["args"]) == ("get_weather", {"city": "Oslo"})
    result = ToolMessage(get_weather.invoke(call["args"]), tool_call_id=call["id"], name=call["name"])
    assert "7 degrees in Oslo" in model.invoke([question, asked, result]).text


@pytest.mark.parametrize("choice", ["any", "get_weather"])
def test_a_tool_can_be_forced(chat: ChatCloudflareWorkersAI, choice: str) -> None:
    answer = chat.bind_tools([get_weather], tool_choice=choice).invoke("Hello")
    assert isinstance(answer, AIMessage)
    assert [call["name"] for call in answer.tool_calls] == ["get_weather"]


@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
def test_a_structured_answer_fits_its_class(chat: ChatCloudflareWorkersAI, method: str) -> None:
    assert isinstance(chat.with_structured_output(Soup, method=method).invoke("Make a soup"), Soup)


def test_embeddings_and_reranking(server: Server) -> None:
    base = f"{server.rest}/accounts"
    embeddings = CloudflareWorkersAIEmbeddings(model_name="@cf/baai/bge-base-en-v1.5", api_base_url=base, **ACCOUNT)
    assert [len(vector) for vector in embeddings.embed_documents(["a", "b"])] == [768, 768]
    assert len(embeddings.embed_query("a")) == 768
    reranker = CloudflareWorkersAIReranker(api_base_url=base, **ACCOUNT)
    assert [row.index for row in reranker.rerank("fog", ["sun", "fog and mist"])] == [1, 0]
