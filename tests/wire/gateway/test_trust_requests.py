"""Requests that are made to break something: paths, headers, JSON that no client of good will would send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.support.fake_upstream import answer, json_answer
from tests.support.gateway_server import GATEWAY, Served, gateway_server

CHAT = GATEWAY + "/openai/chat/completions"
ASKED: dict[str, Any] = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hi"}]}
RUN = "/client/v4/accounts/acct/ai/run/"


@pytest.fixture
async def closed(tmp_path: Path) -> AsyncIterator[Served]:
    """A server with keys; gateway `locked` asks for one, `b/g` is another account's."""
    async with gateway_server(tmp_path / "state") as served:
        served.gateway("locked", authentication=True)
        served.gateway("g", "b", authentication=True)
        served.key()
        yield served


async def raw(served: Served, data: bytes, patience: float = 10) -> bytes:
    """What a server says to bytes, until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.local.port)
    try:
        writer.write(data)
        await writer.drain()
        return await asyncio.wait_for(reader.read(), patience)
    finally:
        writer.close()


def asks(target: str, *headers: str, method: str = "POST", body: bytes = b"{}") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "host: x", "connection: close", f"content-length: {len(body)}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


# Paths.


@pytest.mark.parametrize(
    "target",
    [
        "/v1/acct/locked/compat/../openai/chat/completions",
        "/v1/acct/g/../locked/openai/chat/completions",
        "/v1/acct/locked%2Fopenai/chat/completions",
        "/v1/acct%2Flocked/openai/chat/completions",
        "/v1/acct/lock%65d/%6fpenai/chat/completions",
        "/v1//acct/locked/openai/chat/completions",
        "//v1/acct/locked/openai/chat/completions",
        "/v1/acct//locked/openai/chat",
        "/v1/acct/locked//openai/chat/completions",
        "/v1/acct/locked/OpenAI/chat/completions",
        "/v1/acct/locked/compat%2Fchat%2Fcompletions",
        "/v1/./acct/locked/openai/chat/completions",
        "/V1/acct/locked/openai/chat/completions",
        "http://x/v1/acct/locked/openai/chat/completions",
        "/v1/acct/locked%00/openai/chat/completions",
        "/v1/acct/LOCKED/openai/chat/completions",
        "/v1/acct/locked%20/openai/chat/completions",
    ],
)
async def test_no_spelling_of_a_path_opens_a_locked_gateway(closed: Served, target: str) -> None:
    said = await raw(closed, asks(target, "authorization: Bearer sk-mine"))
    assert 400 <= int(said.split()[1]) < 500
    assert closed.upstream.requests == []


@pytest.mark.parametrize("account", ["b", "%62", "acct/../b"])
async def test_a_key_of_one_account_opens_nothing_of_another(closed: Served, account: str) -> None:
    secret = closed.key(accounts=("acct",), scopes=("run", "read", "admin"))
    token = f"authorization: Bearer {secret}"
    for target in (f"/v1/{account}/g/openai/chat/completions", f"/v1/{account}/g"):
        said = await raw(closed, asks(target, token))
        assert int(said.split()[1]) in (400, 401, 404), said
    base = f"/client/v4/accounts/{account}/ai-gateway/gateways"
    for method, path in [
        ("GET", ""),
        ("GET", "/g"),
        ("PUT", "/g"),
        ("DELETE", "/g"),
        ("GET", "/g/logs"),
        ("DELETE", "/g/logs"),
        ("PATCH", "/g/logs/x"),
        ("GET", "/g/routes"),
        ("POST", "/g/routes"),
        ("GET", "/g/provider_configs"),
        ("POST", "/g/provider_configs"),
        ("GET", "/g/datasets"),
        ("GET", "/g/policies"),
        ("GET", "/g/custom-domains"),
        ("DELETE", "/g/cache"),
    ]:
        said = await raw(closed, asks(base + path, token, method=method))
        assert int(said.split()[1]) in (401, 404), (method, path, said)
    request = asks("/ai-gateway/universal/run/g", token, f"x-groundfog-account: {account}")
    said = await raw(closed, request.replace(b"host: x", b"host: workers-binding.ai"))
    assert int(said.split()[1]) == 401
    assert closed.upstream.requests == []
    assert closed.local.platform.gateways.parts.configs.get("b", "g") is not None


# Headers.


@pytest.mark.parametrize("name", ["eventId", "cacheKey", "byokAlias"])
async def test_an_option_cannot_add_lines_to_an_answer(closed: Served, name: str) -> None:
    gateway = {"id": "g", "skipCache": False, name: "a\r\nset-cookie: stolen=1\r\n\r\nHTTP/1.1 200 OK"}
    body = orjson.dumps({"inputs": {"prompt": "hello"}, "options": {"gateway": gateway}})
    said = await raw(
        closed,
        asks(
            "/ai-gateway/run?version=3",
            f"authorization: Bearer {closed.key()}",
            "x-groundfog-account: acct",
            "cf-consn-model-id: @cf/meta/llama-3.1-8b-instruct",
            body=body,
        ).replace(b"host: x", b"host: workers-binding.ai"),
    )
    assert said.startswith(b"HTTP/1.1 200")
    assert b"stolen" not in said


async def test_a_model_s_name_cannot_add_lines_to_an_answer(closed: Served) -> None:
    headers = {"authorization": f"Bearer {closed.key()}", "x-api-key": "sk"}
    for model in (
        "openai/x\r\nset-cookie: a=b",
        "dynamic/x\r\nset-cookie: a=b",
        "google-ai-studio/x\r\nset-cookie: a=b",
    ):
        response = await closed.post(
            GATEWAY + "/compat/chat/completions", json={**ASKED, "model": model}, headers=headers
        )
        assert "set-cookie" not in response.headers
    assert not [one for one in closed.upstream.requests if one.header("set-cookie")]


async def test_event_ids_and_metadata_of_every_kind_are_survived(closed: Served) -> None:
    for event_id in (b"\xff\xfe", b"a" * 6000, b"\xc3\xa9"):
        headers = {b"authorization": b"Bearer sk", b"cf-aig-event-id": event_id}
        assert (await closed.post(CHAT, json=ASKED, headers=headers)).status_code == 200
    for text in (
        b'{"a": 18446744073709551615}',
        b'{"a": 1e999}',
        b'{"a": "\\ud800"}',
        b'{"a\\u0000b": "\\u0000"}',
        b"[" * 5000,
        b'{"a":' * 5000,
        b'{"a": 1, "a": 2}',
        b'{"' + b"k" * 10000 + b'": "' + b"v" * 20000 + b'"}',
        b"\xff{",
    ):
        headers = {b"authorization": b"Bearer sk", b"cf-aig-metadata": text, b"cf-aig-custom-cost": text}
        assert (await closed.post(CHAT, json=ASKED, headers=headers)).status_code == 200
    await closed.recorded(12)
    await shown(closed, 12)


@pytest.mark.parametrize(
    "cost",
    [
        {"total_cost": -5},
        {"per_token_in": -1, "per_token_out": 1},
        {"total_cost": 1e300},
        {"per_token_in": 1e300},
        {"total_cost": "NaN"},
        {"total_cost": True},
        {"total_cost": None},
    ],
)
async def test_a_custom_cost_is_never_negative_nor_more_than_can_be_kept(closed: Served, cost: dict[str, Any]) -> None:
    closed.upstream.otherwise(
        json_answer({"model": "gpt-4o-mini", "usage": {"prompt_tokens": 5, "completion_tokens": 5}})
    )
    headers = {"authorization": "Bearer sk", "cf-aig-custom-cost": orjson.dumps(cost).decode()}
    assert (await closed.post(CHAT, json=ASKED, headers=headers)).status_code == 200
    record = await closed.recorded(1)
    assert record.cost is None or 0 <= record.cost < 2**63
    await shown(closed, 1)


async def shown(closed: Served, count: int) -> list[dict[str, Any]]:
    """The log as the management API shows it."""
    headers = {"authorization": f"Bearer {closed.key()}"}
    response = await closed.client.get(
        "/client/v4/accounts/acct/ai-gateway/gateways/g/logs?per_page=50", headers=headers
    )
    assert response.status_code == 200, response.text
    rows: list[dict[str, Any]] = response.json()["result"]
    assert len(rows) == count
    return rows


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": 2**63, "completion_tokens": 1},
        {"prompt_tokens": 10**30, "completion_tokens": 10**30},
        {"prompt_tokens": -5, "completion_tokens": -5},
        {"prompt_tokens": 2**62, "completion_tokens": 2**62},
        {"prompt_tokens": 1.5, "completion_tokens": "7"},
        {"prompt_tokens": True, "completion_tokens": None},
    ],
)
async def test_a_provider_s_counts_cannot_hurt_the_log(closed: Served, usage: dict[str, Any]) -> None:
    text = b'{"model": "gpt-4o-mini", "usage": ' + json.dumps(usage).encode() + b"}"
    closed.upstream.otherwise(answer(text, "application/json"))
    assert (await closed.post(CHAT, json=ASKED, headers={"authorization": "Bearer sk"})).status_code == 200
    record = await closed.recorded(1)
    assert record.cost is None or record.cost >= 0
    rows = await shown(closed, 1)
    assert rows[0]["tokens_in"] is None or rows[0]["tokens_in"] >= 0


# Bodies.


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'[{"provider":"openai","endpoint":"x","query":' + b"[" * 100_000,
        b'{"model":"openai/x","messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"model":"openai/x","model":"dynamic/y","messages":[]}',
        b'{"model":"anthropic/\\ud800","messages":[{"role":"user","content":"\\ud800"}]}',
        b'{"model":"google-ai-studio/../../x?key=y","messages":[{"role":"user","content":"a"}]}',
        b'{"model":"\\ud800","messages":[{"role":"user","content":"\\udfff"}],"user":"\\ud800"}',
        '{"model":"openai/\\ud800","n":1e999,"seed":NaN,"messages":[]}'.encode("utf-16"),
        b'{"model":"openai/x","seed":' + b"9" * 5000 + b"}",
        b'\x00\x01{"model":1}',
        b"{}" * 1000,
        b"",
        b"null",
        b"[]",
        b"[null]",
        b'[{"provider":null}]',
        b'{"model":{"a":1},"messages":"x"}',
        b'{"model":"anthropic/x","messages":[{"role":"user","content":{"a":[]}}],"tools":"no"}',
    ],
)
@pytest.mark.parametrize(
    "path", ["", "/compat/chat/completions", "/openai/chat/completions", "/workers-ai/v1/chat/completions"]
)
async def test_no_body_is_an_error_of_ours(closed: Served, path: str, body: bytes) -> None:
    headers = {"cf-aig-authorization": closed.key(), "authorization": "Bearer sk", "content-type": "application/json"}
    response = await closed.post(GATEWAY + path, content=body, headers=headers)
    assert response.status_code < 500, response.text


async def test_the_connection_lives_after_an_error(closed: Served) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", closed.local.port)
    for target, status in ((LOCKED, b"401"), (CHAT, b"200"), (GATEWAY + "/nobody/x", b"400"), (CHAT, b"200")):
        request = asks(target, "authorization: Bearer sk").replace(b"connection: close\r\n", b"")
        writer.write(request)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        assert head.split()[1] == status, head
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        await reader.readexactly(int(length.split(b":")[1]))
    writer.close()


LOCKED = "/v1/acct/locked/openai/chat/completions"


async def test_huge_headers_are_refused_and_the_server_lives(closed: Served) -> None:
    said = await raw(closed, asks(CHAT, "authorization: Bearer sk", "x-big: " + "a" * 10_000_000))
    assert said == b"" or 400 <= int(said.split()[1]) < 500 or b" 200 " in said.split(b"\r\n")[0]
    assert (await closed.post(CHAT, json=ASKED, headers={"authorization": "Bearer sk"})).status_code == 200
