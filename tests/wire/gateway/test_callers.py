"""Who may use a gateway, where keys are looked for, and that no key of this server leaves it (spec ai-gateway §3.2)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.gateway_server import GATEWAY, Served, gateway_server

CHAT = GATEWAY + "/openai/chat/completions"
LOCAL = GATEWAY + "/workers-ai/@cf/meta/llama-3.1-8b-instruct"
PROMPT = {"prompt": "hello"}


@pytest.fixture
async def closed(tmp_path: Path) -> AsyncIterator[Served]:
    """A server with keys: gateway `g` lets anybody in, `locked` asks for one."""
    async with gateway_server(tmp_path / "state") as served:
        served.gateway("locked", authentication=True)
        served.key()
        yield served


@pytest.mark.parametrize("name", ["cf-aig-authorization", "authorization", "x-api-key", "x-goog-api-key", "api-key"])
@pytest.mark.parametrize("before", ["Bearer ", ""])
async def test_a_key_opens_a_locked_gateway_and_is_not_forwarded(closed: Served, name: str, before: str) -> None:
    secret = closed.key()
    response = await closed.post("/v1/acct/locked/openai/chat/completions", json={}, headers={name: before + secret})
    assert response.status_code in (200, 402)
    for request in closed.upstream.requests:
        assert secret not in str(request.headers)


async def test_a_provider_s_key_goes_on_beside_the_gateway_s(closed: Served) -> None:
    headers = {"cf-aig-authorization": f"Bearer {closed.key()}", "authorization": "Bearer sk-mine"}
    assert (await closed.post("/v1/acct/locked/openai/chat/completions", json={}, headers=headers)).status_code == 200
    sent = closed.upstream.requests[-1]
    assert sent.header("authorization") == "Bearer sk-mine"
    assert not [name for name, _ in sent.headers if name.startswith("cf-")]


@pytest.mark.parametrize("token", [None, "Bearer gf_wrong_key", "Bearer sk-provider"])
async def test_without_a_valid_key_a_locked_gateway_is_2009(closed: Served, token: str | None) -> None:
    headers = {} if token is None else {"cf-aig-authorization": token}
    response = await closed.post("/v1/acct/locked/openai/chat/completions", json={}, headers=headers)
    assert (response.status_code, response.json()["error"][0]["code"]) == (401, 2009)
    assert closed.upstream.requests == []


async def test_a_key_of_another_account_or_scope_opens_nothing(closed: Served) -> None:
    for secret in (closed.key(accounts=("other",)), closed.key(scopes=("read",))):
        headers = {"authorization": f"Bearer {secret}"}
        response = await closed.post("/v1/acct/locked/openai/chat/completions", json={}, headers=headers)
        assert response.status_code == 401


async def test_an_open_gateway_lets_anybody_in_with_a_key_of_their_own(closed: Served) -> None:
    response = await closed.post(CHAT, json={}, headers={"authorization": "Bearer sk-mine"})
    assert response.status_code == 200
    assert closed.upstream.requests[-1].header("authorization") == "Bearer sk-mine"


async def test_local_models_ask_for_a_key_even_behind_an_open_gateway(closed: Served) -> None:
    for headers in ({}, {"authorization": "Bearer gf_no_such"}, {"authorization": "Bearer sk-other"}):
        response = await closed.post(LOCAL, json=PROMPT, headers=headers)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (401, 10000)
    response = await closed.post(LOCAL, json=PROMPT, headers={"authorization": f"Bearer {closed.key()}"})
    assert response.status_code == 200


async def test_a_step_s_own_key_counts_for_a_local_model(closed: Served) -> None:
    step = {
        "provider": "workers-ai",
        "endpoint": "@cf/meta/llama-3.1-8b-instruct",
        "headers": {"Authorization": f"Bearer {closed.key()}"},
        "query": PROMPT,
    }
    assert (await closed.post(GATEWAY, json=[step])).status_code == 200


async def test_an_unknown_gateway_is_2001(closed: Served) -> None:
    headers = {"authorization": f"Bearer {closed.key()}"}
    response = await closed.post("/v1/acct/nowhere/openai/chat/completions", json={}, headers=headers)
    assert (response.status_code, response.json()["error"][0]["code"]) == (400, 2001)


async def test_the_default_gateway_is_made_at_its_first_authenticated_use(closed: Served) -> None:
    assert (await closed.post("/v1/acct/default/openai/x", json={})).status_code == 401
    headers = {"cf-aig-authorization": closed.key()}
    response = await closed.post(
        "/v1/acct/default/workers-ai/@cf/meta/llama-3.1-8b-instruct", json=PROMPT, headers=headers
    )
    assert response.status_code == 200
    assert closed.local.platform.gateways.parts.configs.get("acct", "default").authentication


async def test_the_log_says_which_key_it_was(closed: Served) -> None:
    secret = closed.key()
    await closed.post(CHAT, json={}, headers={"cf-aig-authorization": secret, "authorization": "Bearer sk"})
    assert closed.records[-1].key_id == secret.split("_")[1]


async def test_compat_s_model_list_asks_for_a_key(closed: Served) -> None:
    assert (await closed.client.get(GATEWAY + "/compat/models")).status_code == 401
    headers = {"authorization": f"Bearer {closed.key()}"}
    rows = (await closed.client.get(GATEWAY + "/compat/models", headers=headers)).json()["data"]
    assert "workers-ai/@cf/meta/llama-3.1-8b-instruct" in [row["id"] for row in rows]
