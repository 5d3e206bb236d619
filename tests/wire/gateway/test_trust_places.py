"""Who may take a name: custom domains, Host headers, pages of other origins, and keys that were revoked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from groundfog.store import Keys
from tests.support.gateway_server import GATEWAY, Served, gateway_server

ASKED: dict[str, Any] = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hi"}]}
API = "/client/v4/accounts/acct/ai-gateway/gateways"


@pytest.fixture
async def closed(tmp_path: Path) -> AsyncIterator[Served]:
    """A server with keys; `locked` of account `acct` has a hostname."""
    async with gateway_server(tmp_path / "state") as served:
        served.gateway("locked", authentication=True)
        served.gateway("g", "b", authentication=True)
        served.key()
        await asyncio.to_thread(
            served.local.platform.gateways.parts.domains.create,
            "acct",
            "locked",
            {"domain": "ai.example.com", "zone_id": "z"},
        )
        yield served


async def test_a_hostname_is_no_way_around_the_door(closed: Served) -> None:
    own = closed.key(accounts=("acct",))
    other = closed.key(accounts=("b",))
    for host in ("ai.example.com", "AI.example.com", "ai.example.com:8787"):
        for token, status in ((None, 401), (other, 401), (own, 200)):
            headers = {"host": host, "authorization": "Bearer sk-mine"}
            if token:
                headers["cf-aig-authorization"] = f"Bearer {token}"
            response = await closed.post("/openai/chat/completions", json=ASKED, headers=headers)
            assert response.status_code == status, (host, status)
    assert len(closed.upstream.requests) == 3
    # On the hostname every path is the gateway's: another account's cannot be reached by it.
    headers = {"host": "ai.example.com", "authorization": f"Bearer {other}"}
    response = await closed.post("/v1/b/g/openai/chat/completions", json=ASKED, headers=headers)
    assert response.status_code == 401


@pytest.mark.parametrize("name", ["workers-binding.ai", "Workers-Binding.ai."])
async def test_nobody_takes_the_name_of_the_binding(closed: Served, name: str) -> None:
    headers = {"authorization": f"Bearer {closed.key(scopes=('admin', 'run'))}"}
    response = await closed.post(f"{API}/g/custom-domains", json={"domain": name, "zone_id": "z"}, headers=headers)
    assert response.status_code == 400


async def test_nobody_takes_the_name_that_the_server_is_called_by(closed: Served) -> None:
    headers = {"authorization": f"Bearer {closed.key(scopes=('admin', 'run'))}", "host": "groundfog.example.net:8787"}
    body = {"domain": "groundfog.example.net", "zone_id": "z"}
    response = await closed.post(f"{API}/g/custom-domains", json=body, headers=headers)
    assert response.status_code == 400


async def test_a_websocket_asks_for_a_key_of_its_account(closed: Served) -> None:
    url = closed.url.replace("http", "ws", 1)
    other, read = closed.key(accounts=("b",)), closed.key(scopes=("read",))
    for path in ("/v1/acct/g", "/v1/acct/locked", "/v1/acct/g/openai?model=m", "/v1/acct/locked/openai?model=m"):
        for offered in ([], [f"cf-aig-authorization.{other}"], [f"cf-aig-authorization.{read}"], ["xi-api-key.sk"]):
            with pytest.raises(InvalidStatus) as refused:
                async with connect(url + path, subprotocols=offered or None, proxy=None):
                    pass
            assert refused.value.response.status_code == 401
    assert closed.upstream.sockets == []


async def test_a_revoked_key_is_worth_nothing_at_once(closed: Served) -> None:
    secret = closed.key()
    headers = {"cf-aig-authorization": secret, "authorization": "Bearer sk", "cf-aig-cache-ttl": "600"}
    path = "/v1/acct/locked/openai/chat/completions"
    for status in ("MISS", "HIT"):
        assert (await closed.post(path, json=ASKED, headers=headers)).headers["cf-aig-cache-status"] == status
    url = closed.url.replace("http", "ws", 1) + "/v1/acct/locked"
    async with connect(url, additional_headers={"cf-aig-authorization": secret}, proxy=None) as socket:
        await asyncio.to_thread(Keys(closed.local.platform.store).revoke, secret)
        assert (await closed.post(path, json=ASKED, headers=headers)).status_code == 401
        step = {"provider": "openai", "endpoint": "x", "query": {}, "authorization": "Bearer sk"}
        frame = orjson.dumps({"type": "universal.create", "request": step}).decode()
        try:
            await socket.send(frame)
            said = await asyncio.wait_for(socket.recv(), 10)
            assert "universal.error" in str(said)
        except ConnectionClosed:
            pass
    assert len(closed.upstream.requests) == 1


async def test_a_page_of_another_origin_cannot_use_an_open_server(tmp_path: Path) -> None:
    async with gateway_server(tmp_path / "state") as served:
        headers = {"origin": "https://evil.example", "authorization": "Bearer sk"}
        for path in (GATEWAY + "/openai/chat/completions", GATEWAY, GATEWAY + "/compat/chat/completions"):
            assert (await served.post(path, json=ASKED, headers=headers)).status_code == 403
        assert (await served.client.get(f"{API}/g/logs", headers=headers)).status_code == 403
        url = served.url.replace("http", "ws", 1) + GATEWAY
        with pytest.raises(InvalidStatus) as refused:
            async with connect(url, origin="https://evil.example", proxy=None):
                pass
        assert refused.value.response.status_code == 403
        assert served.upstream.requests == []


async def test_a_name_that_is_rebound_to_this_machine_cannot_use_an_open_server(tmp_path: Path) -> None:
    """DNS rebinding: the page's own origin is then ours, and the browser sends no other one."""
    async with gateway_server(tmp_path / "state") as served:
        headers = {"host": "evil.example:8787", "origin": "http://evil.example:8787", "authorization": "Bearer sk"}
        response = await served.post(GATEWAY + "/openai/chat/completions", json=ASKED, headers=headers)
        assert response.status_code == 403
