"""The semantic cache gives nobody an answer to another question, or with another's credential."""

from __future__ import annotations

from typing import Any

import orjson

from groundfog import errors
from groundfog.gateway.cache.semantic import SemanticIndex
from groundfog.gateway.config import SemanticCache
from groundfog.gateway.options import Options
from groundfog.gateway.request import Step


async def embed(account: str, model: str, inputs: dict[str, Any]) -> dict[str, Any]:
    return {"data": [[1.0, float(len(inputs["text"][0]) % 7)]]}


def step(data: dict[str, Any]) -> Step:
    return Step("openai", "chat/completions", "POST", [], orjson.dumps(data), Options())


def asks(text: str) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": text}]}


def index() -> SemanticIndex:
    return SemanticIndex(SemanticCache(enabled=True), embed)


async def test_a_question_is_found_by_who_may_have_its_answer() -> None:
    table = index()
    one = step(asks("hello"))
    assert await table.find("a", one, b"mine") is None
    table.add(one, b"key")
    assert await table.find("a", step(asks("hello")), b"mine") == b"key"
    assert await table.find("a", step(asks("hello")), b"yours") is None


async def test_what_a_failed_step_left_is_taken_for_nobody_else_s() -> None:
    table = index()
    one = step(asks("hello"))
    await table.find("a", one)
    # The same object, as a later step at the same address would be; it has no text to be compared.
    one.body, one._data = orjson.dumps({"messages": []}), None
    assert await table.find("a", one) is None
    table.add(one, b"another's")
    assert await table.find("a", step(asks("hello"))) is None


async def test_without_embeddings_there_is_no_hit_and_no_error() -> None:
    async def down(account: str, model: str, inputs: dict[str, Any]) -> dict[str, Any]:
        raise errors.STORE_DOWN()

    assert await SemanticIndex(SemanticCache(enabled=True), down).find("a", step(asks("hello"))) is None
