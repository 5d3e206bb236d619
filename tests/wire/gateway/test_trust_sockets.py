"""Attacks on WebSockets and on what is kept behind them: floods, names, secrets, rows (spec ai-gateway §1.8–§1.10)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from groundfog.wire.gateway.universal_socket import MAX_AT_ONCE, UniversalSocket
from tests.support import fake_upstream as fake
from tests.support.gateway_server import GATEWAY, Served

API = "/client/v4/accounts/acct/ai-gateway/gateways"


def frame(event_id: str = "e") -> str:
    step = {"provider": "openai", "endpoint": "chat/completions", "eventId": event_id, "query": {"model": "m"}}
    step["headers"] = {"Authorization": "Bearer sk-mine"}
    return json.dumps({"type": "universal.create", "request": step})


async def test_who_asks_too_much_at_once_is_refused_and_not_remembered(served: Served) -> None:
    served.upstream.otherwise(fake.hang())
    url = served.url.replace("http", "ws", 1) + GATEWAY
    async with connect(url, proxy=None) as connection:
        for _ in range(MAX_AT_ONCE):
            await connection.send(frame())
        await served.upstream.requested(MAX_AT_ONCE)
        before = len(asyncio.all_tasks(served.local.loop))
        for number in range(200):
            await connection.send(frame(f"late-{number}"))
        for number in range(200):
            event = json.loads(await connection.recv())
            assert (event["type"], event["error"]["code"]) == ("universal.error", 2003)
            assert event["metadata"]["eventId"] == f"late-{number}"
        assert len(asyncio.all_tasks(served.local.loop)) <= before
    assert len(served.upstream.requests) == MAX_AT_ONCE


async def test_who_does_not_read_is_not_read_from() -> None:
    """Refusals that nobody takes: no more frames are taken either."""
    taken, stuck = 0, asyncio.Event()
    forever: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        return {"type": "websocket.receive", "text": "x" * 1000}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send":
            stuck.set()
            await forever

    opening: Any = SimpleNamespace(receive=receive, send=send, chosen=lambda: None, exchange=SimpleNamespace())
    opening.exchange.platform = SimpleNamespace(gateways=None)
    serving = asyncio.create_task(UniversalSocket(opening).serve())
    await stuck.wait()
    for _ in range(10):
        await asyncio.sleep(0)
    assert taken == MAX_AT_ONCE + 1
    serving.cancel()
    await asyncio.wait([serving])


@pytest.mark.parametrize("name", ["127.0.0.1", "10.0.0.7", "0.0.0.0", "127.1"])
async def test_an_address_is_no_hostname(served: Served, name: str) -> None:
    headers = {"host": "groundfog.example.net"}
    answer = await served.post(f"{API}/g/custom-domains", json={"domain": name, "zone_id": "z"}, headers=headers)
    assert answer.status_code == 400
    # Who comes by the address still comes to the whole server.
    assert (await served.client.get(f"{API}/g")).status_code == 200


async def test_a_secret_goes_with_the_last_key_that_has_it(served: Served) -> None:
    configs = f"{API}/g/provider_configs"
    given = {"provider_slug": "openai", "alias": "a", "default_config": True, "secret": "sk-very-secret-indeed"}
    first = (await served.post(configs, json=given)).json()["result"]
    other = {"provider_slug": "openai", "alias": "b", "default_config": False, "secret_id": first["secret_id"]}
    second = (await served.post(configs, json=other)).json()["result"]

    def kept() -> int:
        path = served.local.platform.settings.state / "groundfog.db"
        with contextlib.closing(sqlite3.connect(path)) as db:
            return int(db.execute("SELECT count(*) FROM gateway_secrets").fetchone()[0])

    assert kept() == 1
    assert (await served.client.delete(f"{configs}/{first['id']}")).status_code == 200
    assert kept() == 1
    assert (await served.client.delete(f"{configs}/{second['id']}")).status_code == 200
    assert kept() == 0


async def test_a_refused_socket_has_a_row_too(served: Served) -> None:
    url = served.url.replace("http", "ws", 1) + GATEWAY
    for path, code in (("/nobody/v1/realtime", 2008), ("/openai?model=a&model=b", 7001)):
        with pytest.raises(InvalidStatus) as caught:
            await connect(url + path, proxy=None).__aenter__()
        assert caught.value.response.status_code == 400
        record = await served.recorded(len(served.records) or 1)
        assert (record.error_code, record.success, record.request_type) == (code, False, "websocket")
