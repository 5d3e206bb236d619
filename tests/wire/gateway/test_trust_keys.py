"""Whose keys are used for whom, and that no key of this server's reaches a provider, by whatever way it came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import connect

from tests.support.fake_upstream import failing, sse
from tests.support.gateway_server import Served, gateway_server

OPEN, LOCKED = "/v1/acct/g", "/v1/acct/locked"
STORED, OPERATOR = "sk-stored-0123456789", "sk-operator-0123456789"
ASKED: dict[str, Any] = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture
async def closed(tmp_path: Path) -> AsyncIterator[Served]:
    """A server with keys and a stored key: gateway `g` lets anybody in, `locked` asks for a key."""
    async with gateway_server(tmp_path / "state", gateway_provider_keys={"groq": OPERATOR}) as served:
        served.gateway("locked", authentication=True)
        served.key()
        for gateway in ("g", "locked"):
            served.local.platform.gateways.parts.keys.add(
                "acct",
                gateway,
                {"provider_slug": "openai", "alias": "default", "default_config": True, "secret": STORED},
            )
        yield served


def seen(served: Served) -> str:
    """Everything that the provider was told."""
    return repr([(one.target, one.headers, one.body) for one in served.upstream.requests]) + repr(
        [(one.target, one.headers) for one in served.upstream.sockets]
    )


# A stored key is the account's: whoever is not known may not spend it.


@pytest.mark.parametrize("token", [{}, {"authorization": "Bearer gf_no_such"}, {"authorization": "Bearer"}])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        (OPEN + "/openai/chat/completions", ASKED),
        (OPEN + "/compat/chat/completions", {**ASKED, "model": "openai/gpt-4o-mini"}),
        (OPEN, [{"provider": "openai", "endpoint": "chat/completions", "query": ASKED}]),
    ],
)
async def test_strangers_are_lent_no_stored_key(closed: Served, token: dict[str, str], path: str, body: Any) -> None:
    response = await closed.post(path, json=body, headers=token)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (401, 2009)
    assert closed.upstream.requests == []


async def test_strangers_are_lent_no_key_of_the_operator_s(closed: Served) -> None:
    closed.gateway("plain", groundfog={"base_urls": {}})
    response = await closed.post("/v1/acct/plain/groq/chat/completions", json=ASKED)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (401, 2009)


@pytest.mark.parametrize("gateway", [OPEN, LOCKED])
async def test_who_is_known_is_lent_the_stored_key(closed: Served, gateway: str) -> None:
    headers = {"cf-aig-authorization": closed.key()}
    assert (await closed.post(gateway + "/openai/chat/completions", json=ASKED, headers=headers)).status_code == 200
    assert closed.upstream.requests[-1].header("authorization") == f"Bearer {STORED}"


async def test_a_custom_provider_s_fixed_credential_is_for_known_callers(closed: Served) -> None:
    parts = closed.local.platform.gateways.parts
    parts.custom_providers.create(
        "acct",
        {
            "name": "own",
            "slug": "own",
            "base_url": "https://own.example/api",
            "enable": True,
            "headers": '{"X-Backend-Token": "t-fixed"}',
        },
    )
    response = await closed.post(OPEN + "/custom-own/v1/chat/completions", json=ASKED)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (401, 2009)


# What was answered for one caller is not another's.


async def test_a_stranger_does_not_get_what_was_kept_for_who_is_known(closed: Served) -> None:
    headers = {"cf-aig-authorization": closed.key(), "cf-aig-cache-ttl": "600"}
    path = OPEN + "/openai/chat/completions"
    await closed.post(path, json=ASKED, headers=headers)
    assert (await closed.post(path, json=ASKED, headers=headers)).headers["cf-aig-cache-status"] == "HIT"
    for more in ({}, {"cf-aig-cache-key": "shared"}):
        await closed.post(path, json=ASKED, headers={**headers, **more})
        response = await closed.post(path, json=ASKED, headers={"cf-aig-cache-ttl": "600", **more})
        assert response.status_code == 401


async def test_answers_are_kept_for_each_credential(closed: Served) -> None:
    path = OPEN + "/openai/chat/completions"
    for token in ("Bearer sk-one", "Bearer sk-two"):
        headers = {"authorization": token, "cf-aig-cache-ttl": "600"}
        assert (await closed.post(path, json=ASKED, headers=headers)).headers["cf-aig-cache-status"] == "MISS"


@pytest.mark.parametrize("name", ["cookie", "x-auth-token", "x-auth-key"])
async def test_other_credentials_count_too(closed: Served, name: str) -> None:
    path = OPEN + "/openai/chat/completions"
    for secret in ("one", "two"):
        headers = {"authorization": "Bearer sk-one", name: secret, "cf-aig-cache-ttl": "600"}
        assert (await closed.post(path, json=ASKED, headers=headers)).headers["cf-aig-cache-status"] == "MISS"


# A key of this server's never leaves it.


def forms(secret: str) -> list[dict[str, str]]:
    """Headers in which a key may come, meant or not, valid or not."""
    return [
        {"authorization": f"Bearer {secret}"},
        {"authorization": f"Bearer {secret} "},
        {"authorization": f"Bearer\t{secret}"},
        {"authorization": f"bearer:{secret}"},
        {"authorization": f"Bearer sk-x, Bearer {secret}"},
        {"authorization": f"Key {secret}"},
        {"x-auth-token": secret},
        {"x-api-token": f"Bearer {secret}"},
        {"cookie": f"a=b; token={secret}; CF_Authorization=jwt-of-access"},
        {"referer": f"https://page.example/?key={secret}"},
        {"api-key": f'"{secret}"'},
        {"cf-access-jwt-assertion": secret},
        {"x-custom": f"the key is {secret}!"},
    ]


@pytest.mark.parametrize("number", range(13))
@pytest.mark.parametrize("surface", ["native", "compat", "universal"])
async def test_no_header_carries_a_key_of_ours_to_a_provider(closed: Served, number: int, surface: str) -> None:
    secret = closed.key()
    headers = forms(secret)[number]
    if surface != "universal":
        headers = {name: value.strip() for name, value in headers.items()}
    if surface == "native":
        await closed.post(OPEN + "/openai/chat/completions", json=ASKED, headers=headers)
    elif surface == "compat":
        asked = {**ASKED, "model": "openai/gpt-4o-mini"}
        await closed.post(OPEN + "/compat/chat/completions", json=asked, headers=headers)
    else:
        step = {"provider": "openai", "endpoint": "chat/completions", "query": ASKED, "headers": headers}
        await closed.post(OPEN, json=[step], headers={"cf-aig-authorization": closed.key()})
    assert secret not in seen(closed)
    assert secret.split("_", 2)[2] not in seen(closed)
    assert "jwt-of-access" not in seen(closed)


@pytest.mark.parametrize("query", ["key={}", "a=b&api_key={}", "token=Bearer%20{}", "key=%67f_{}", "x={}&key=AIza"])
@pytest.mark.parametrize("surface", ["native", "universal"])
async def test_no_query_carries_a_key_of_ours_to_a_provider(closed: Served, query: str, surface: str) -> None:
    secret = closed.key()
    given = query.format(secret.removeprefix("gf_") if "%67" in query else secret)
    if surface == "native":
        headers = {"cf-aig-authorization": closed.key(), "x-goog-api-key": "AIza"}
        await closed.post(f"{OPEN}/google-ai-studio/v1beta/models/m:generateContent?{given}", json={}, headers=headers)
    else:
        step = {
            "provider": "google-ai-studio",
            "endpoint": f"v1beta/models/m:generateContent?{given}",
            "query": {},
            "headers": {"x-goog-api-key": "AIza"},
        }
        await closed.post(OPEN, json=[step], headers={"cf-aig-authorization": closed.key()})
    assert len(closed.upstream.requests) == 1
    assert secret.split("_", 2)[2] not in seen(closed)


async def test_the_authorization_member_of_a_step_is_looked_at_too(closed: Served) -> None:
    secret = closed.key()
    for token in (f"Bearer {secret}", f"Bearer {secret} ", secret):
        step = {"provider": "openai", "endpoint": "chat/completions", "query": ASKED, "authorization": token}
        assert (await closed.post(OPEN, json=[step])).status_code == 200
    assert secret not in seen(closed)


async def test_no_subprotocol_carries_a_key_of_ours_to_a_provider(closed: Served) -> None:
    secret = closed.key()
    url = closed.url.replace("http", "ws", 1) + OPEN + "/openai?model=m"
    offered = ["realtime", f"cf-aig-authorization.{secret}", f"CF-AIG-Authorization.{secret}", f"token.{secret}"]
    async with connect(url, subprotocols=offered, proxy=None) as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello"
    assert secret not in seen(closed)


async def test_a_key_in_a_frame_s_headers_does_not_go_on(closed: Served) -> None:
    secret = closed.key()
    step = {
        "provider": "openai",
        "endpoint": "chat/completions",
        "query": ASKED,
        "headers": {"authorization": f"Bearer {secret} ", "x-more": secret},
    }
    url = closed.url.replace("http", "ws", 1) + OPEN
    async with connect(url, additional_headers={"cf-aig-authorization": secret}, proxy=None) as socket:
        await socket.send(orjson.dumps({"type": "universal.create", "request": step}).decode())
        assert orjson.loads(await socket.recv())["type"] == "universal.created"
    assert secret not in seen(closed)


async def test_the_rest_surfaces_send_no_key_of_ours(closed: Served) -> None:
    secret = closed.key()
    rest = "/client/v4/accounts/acct/ai"
    asked = {**ASKED, "model": "openai/gpt-4o-mini"}
    for headers in ({"authorization": f"Bearer {secret}"}, {"x-api-key": secret}, {"x-auth-key": secret}):
        more = {"cf-aig-gateway-id": "g", "x-more": secret, "cookie": f"k={secret}"}
        response = await closed.post(rest + "/v1/chat/completions", json=asked, headers={**headers, **more})
        assert response.status_code == 200
    assert secret not in seen(closed)


# What is written down.


async def test_no_secret_is_logged_kept_or_told(
    closed: Served, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    secret, mine = closed.key(), "sk-mine-0123456789"
    path = OPEN + "/openai/chat/completions"
    texts = []
    for headers in ({"cf-aig-authorization": secret}, {"authorization": f"Bearer {mine}"}):
        for more in ({}, {"cf-aig-cache-ttl": "600"}):
            closed.upstream.queue(sse([{"a": 1}]))
            for _ in range(2):
                response = await closed.post(f"{path}?key={mine}", json=ASKED, headers={**headers, **more})
                texts.append(response.text + repr(response.headers))
    closed.upstream.queue(failing(500))
    texts.append((await closed.post(path, json=ASKED, headers={"cf-aig-authorization": secret})).text)
    await closed.upstream.stop()
    response = await closed.post(path + f"?key={mine}", json=ASKED, headers={"authorization": f"Bearer {mine}"})
    assert response.status_code >= 400
    texts.append(response.text)
    texts.append((await closed.client.get("/metrics", headers={"authorization": f"Bearer {secret}"})).text)
    await asyncio.to_thread(closed.local.platform.gateways.parts.cache.close)
    texts += [one.getMessage() for one in caplog.records if one.name.startswith("groundfog")]
    said = "\n".join(texts)
    for hidden in (secret, secret.split("_", 2)[2], mine, STORED, OPERATOR):
        assert hidden not in said
        for file in (tmp_path / "state").rglob("*"):
            if file.is_file():
                assert hidden.encode() not in file.read_bytes(), file.name
                assert file.stat().st_mode & 0o077 == 0, file.name
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0


async def test_who_may_only_read_is_not_shown_what_opens_other_services(closed: Served) -> None:
    parts = closed.local.platform.gateways.parts
    target = {"url": "https://otel.example/v1", "headers": {"x-team": "t-otel"}, "authorization": "Bearer t-auth"}
    closed.gateway("told", otel=[target])
    provider = {"name": "own", "slug": "own", "base_url": "https://own.example", "headers": '{"X-Token": "t-fixed"}'}
    made = parts.custom_providers.create("acct", provider)
    base = "/client/v4/accounts/acct/ai-gateway"
    paths = ["/gateways", "/gateways/told", "/custom-providers", f"/custom-providers/{made.id}"]
    for scopes, shown in (("read",), False), (("read", "admin"), True):
        headers = {"authorization": f"Bearer {closed.key(scopes=scopes)}"}
        said = "".join([(await closed.client.get(base + path, headers=headers)).text for path in paths])
        for secret in ("t-otel", "t-auth", "t-fixed"):
            assert (secret in said) is shown
        assert "x-token" in said.lower()
