"""Several servers on one state directory, and a store that is down, as whoever calls them sees it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import sqlite3
import time
import types
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from groundfog.gateway.records import frames, journal
from groundfog.store import Keys, Store
from tests.support.fake_upstream import FakeUpstream, json_answer
from tests.support.gateway_server import gateway_server
from tests.support.server import Server, running_server

GATEWAYS = "/accounts/local/ai-gateway/gateways"
ASKED: dict[str, Any] = {"model": "gpt-4o-mini", "max_tokens": 10, "messages": [{"role": "user", "content": "hi"}]}
USAGE = {"prompt_tokens": 1000, "completion_tokens": 10}
COST = 1000 * 0.15e-6 + 10 * 0.6e-6
"""Dollars of an answer."""
OWN = {"authorization": "Bearer sk-mine"}


@contextlib.contextmanager
def server_on(state: Path) -> Iterator[Server]:
    environ = {"GROUNDFOG_STATE": str(state), "GROUNDFOG_LOG_LEVEL": "warning"}
    with running_server("--sources", "echo", environ=environ) as server:
        yield server


@pytest.fixture
async def upstream() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream() as upstream:
        upstream.otherwise(json_answer({"model": "gpt-4o-mini", "usage": USAGE}))
        yield upstream


async def make(client: httpx.AsyncClient, server: Server, upstream: FakeUpstream, name: str, **settings: Any) -> None:
    given = {"id": name, "cache_invalidate_on_update": True, "cache_ttl": 0, "collect_logs": True}
    given |= {"rate_limiting_interval": 0, "rate_limiting_limit": 0, **settings}
    given["groundfog"] = {"base_urls": {"openai": upstream.url}}
    response = await client.post(server.rest + GATEWAYS, json=given)
    assert response.status_code == 200, response.text


async def ask(client: httpx.AsyncClient, server: Server, name: str, **headers: str) -> int:
    url = f"{server.url}/v1/local/{name}/openai/chat/completions"
    try:
        return (await client.post(url, json=ASKED, headers={**OWN, **headers})).status_code
    except httpx.TransportError:
        return 0


async def rows(client: httpx.AsyncClient, server: Server, name: str) -> int:
    response = await client.get(f"{server.rest}{GATEWAYS}/{name}/logs")
    assert response.status_code == 200, response.text
    return int(response.json()["result_info"]["total_count"])


async def grown(client: httpx.AsyncClient, server: Server, name: str, least: int) -> int:
    """Rows of a log, once there are so many. Another process writes them, and says so to nobody."""
    for _ in range(200):
        if (count := await rows(client, server, name)) >= least:
            return count
        await asyncio.sleep(0.1)
    raise AssertionError(f"{count} rows, not {least}")


async def test_two_servers_share_gateways_limits_and_logs(tmp_path: Path, upstream: FakeUpstream) -> None:
    state = tmp_path / "state"
    limit = 30 * COST
    rule = {"id": "r", "limitType": "cost", "limit": limit, "window": 864_000}
    with server_on(state) as one, server_on(state) as two:
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            await make(client, one, upstream, "rated", rate_limiting_limit=40, rate_limiting_interval=864_000)
            await make(client, one, upstream, "spent", spend_limits={"enabled": True, "rules": [rule]})
            await make(client, two, upstream, "plain")
            # The last answer of a budget has to be paid for at its worst, which is dearer than what it turns out to be.
            for name, most, least in (("rated", 40, 40), ("spent", 30, 29)):
                upstream.requests.clear()
                given = await asyncio.gather(*[ask(client, (one, two)[n % 2], name) for n in range(120)])
                assert set(given) <= {200, 429}
                assert given.count(200) == len(upstream.requests)
                assert len(upstream.requests) <= most
                # What a lease of the other server holds back comes free within a moment.
                until = time.monotonic() + 10
                while len(upstream.requests) < least and time.monotonic() < until:
                    await asyncio.gather(*[ask(client, server, name) for server in (one, two)])
                    await asyncio.sleep(0.1)
                assert least <= len(upstream.requests) <= most
                assert await ask(client, one, name) == await ask(client, two, name) == 429
                # A row of the other server comes with its next batch.
                counted = max(await rows(client, one, name), await rows(client, two, name))
                for server in (one, two):
                    await grown(client, server, name, counted)
            # One is killed while it answers: what it answered is in the other's log, and stays charged.
            upstream.requests.clear()
            asked = [asyncio.create_task(ask(client, two, "plain")) for _ in range(40)]
            await upstream.requested(20)
            os.kill(two.process.pid, signal.SIGKILL)
            answered = (await asyncio.gather(*asked)).count(200)
            assert answered <= await grown(client, one, "plain", answered) <= 40
            assert await ask(client, one, "rated") == await ask(client, one, "spent") == 429
            assert await ask(client, one, "plain") == 200


async def test_a_locked_store_is_noticed_by_nobody_who_is_known(tmp_path: Path, upstream: FakeUpstream) -> None:
    state = tmp_path / "state"
    with server_on(state) as server:
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            await make(client, server, upstream, "g", rate_limiting_limit=100_000, rate_limiting_interval=864_000)
            key = await asyncio.to_thread(made_key, state)
            keyed = {"cf-aig-authorization": f"Bearer {key}"}
            for _ in range(5):
                assert await ask(client, server, "g", **keyed) == 200
            locks = [locked(path) for path in state.glob("*.db")]
            assert len(locks) >= 2
            try:
                slowest, until, count = 0.0, time.monotonic() + 7, 0
                while time.monotonic() < until:
                    started = time.monotonic()
                    status = await ask(client, server, "g", **keyed)
                    slowest = max(slowest, time.monotonic() - started)
                    assert status == 200, (status, count, server.log[-5:])
                    count += 1
                    await asyncio.sleep(0.05)
                assert slowest < 1
            finally:
                for connection in locks:
                    connection.execute("ROLLBACK")
                    connection.close()
            client.headers["authorization"] = f"Bearer {key}"
            assert await grown(client, server, "g", count + 5) == count + 5


def locked(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("BEGIN EXCLUSIVE")
    return connection


def made_key(state: Path) -> str:
    store = Store(state)
    try:
        return Keys(store).create(scopes=("run", "read", "admin"))[1]
    finally:
        store.close()


async def test_a_full_disk_costs_no_caller_s_money(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be recorded is refused before the provider is asked; one request a second tries whether it can."""
    real, full = frames.write_all, False
    now = 1000.0

    def write_all(fd: int, data: bytes | bytearray) -> None:
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(fd, data)

    monkeypatch.setattr(frames, "write_all", write_all)
    monkeypatch.setattr(journal, "time", types.SimpleNamespace(monotonic=lambda: now))
    async with gateway_server(tmp_path / "state") as served:

        async def asked() -> tuple[int, int]:
            before = len(served.upstream.requests)
            response = await served.post("/v1/acct/g/openai/chat/completions", json=ASKED, headers=OWN)
            return response.status_code, len(served.upstream.requests) - before

        assert await asked() == (200, 1)
        full = True
        assert await asked() == (503, 1)
        for _ in range(5):
            assert await asked() == (503, 0)
        now += 2
        assert [await asked(), await asked()] == [(503, 1), (503, 0)]
        full = False
        assert await asked() == (503, 0)
        now += 2
        assert [await asked(), await asked()] == [(200, 1), (200, 1)]
        assert len(served.records) == 3
