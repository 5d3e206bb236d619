"""A server that is killed under load, again and again, loses no record of an answer that it gave, and doubles none."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
from pathlib import Path

import aiohttp

from tests.support import fake_upstream as fake
from tests.support.fake_upstream import FakeRequest, FakeUpstream
from tests.support.server import Server, running_server

KILLS = 20
CALLERS = 16
CHAT = {"model": "gpt-4o-mini", "max_tokens": 64, "messages": [{"role": "user", "content": "Count my tokens."}]}
USAGE = {"prompt_tokens": 12, "completion_tokens": 34, "total_tokens": 46}
GATEWAY = {
    "id": "killed",
    "cache_invalidate_on_update": True,
    "cache_ttl": 0,
    "collect_logs": True,
    "rate_limiting_interval": 86_400,
    "rate_limiting_limit": 10_000_000,
    "rate_limiting_technique": "sliding",
    "spend_limits": {"enabled": True, "rules": [{"id": "all", "limit": 1000, "limitType": "cost", "window": 864_000}]},
}


def answer(request: FakeRequest) -> fake.Answer:
    """Whole and streamed answers, both with usage."""
    chunk = {"choices": [{"index": 0, "delta": {"content": "word "}}]}
    if request.json().get("stream"):
        return fake.sse([chunk, chunk, {"choices": [], "usage": USAGE}])
    return fake.json_answer({"choices": [{"index": 0, "message": {"content": "word word"}}], "usage": USAGE})


async def load_until_dead(server: Server, name: str, lifetime_s: float, answered: set[str]) -> None:
    """Callers ask without a pause; after `lifetime_s` the server is killed. What was read to its end is answered."""

    async def caller(session: aiohttp.ClientSession, number: int) -> None:
        for count in range(1_000_000):
            event = f"{name}-{number}-{count}"
            headers = {"authorization": "Bearer sk-test", "cf-aig-event-id": event}
            body = {**CHAT, "stream": count % 3 == 0}
            url = f"{server.url}/v1/local/killed/openai/chat/completions"
            try:
                async with session.post(url, json=body, headers=headers) as response:
                    content = await response.read()
            except (aiohttp.ClientError, OSError):
                return
            assert response.status == 200, content
            answered.add(event)

    async with aiohttp.ClientSession() as session:
        callers = [asyncio.create_task(caller(session, number)) for number in range(CALLERS)]
        await asyncio.sleep(lifetime_s)
        os.kill(server.process.pid, signal.SIGKILL)
        await asyncio.gather(*callers)


async def test_every_answer_has_one_row_and_one_charge(tmp_path: Path) -> None:
    state = tmp_path / "state"
    environ = {"GROUNDFOG_STATE": str(state), "GROUNDFOG_LOG_LEVEL": "warning"}
    answered: set[str] = set()
    moments = random.Random(7)
    async with FakeUpstream() as upstream:
        upstream.on("/v1/chat/completions", answer)
        for kill in range(KILLS):
            with running_server("--sources", "echo", environ=environ) as server:
                if kill == 0:
                    create = {**GATEWAY, "groundfog": {"base_urls": {"openai": upstream.url}}}
                    async with aiohttp.ClientSession() as session:
                        url = f"{server.rest}/accounts/local/ai-gateway/gateways"
                        async with session.post(url, json=create) as response:
                            assert response.status == 200, await response.text()
                await load_until_dead(server, str(kill), moments.uniform(0.05, 0.6), answered)
        # A last server takes over what the dead ones left, and stops in good order.
        with running_server("--sources", "echo", environ=environ) as server:
            async with aiohttp.ClientSession() as session:
                url = f"{server.rest}/accounts/local/ai-gateway/gateways/killed/logs?per_page=1"
                async with session.get(url) as response:
                    listed = json.loads(await response.text())
    assert len(answered) > KILLS
    with sqlite3.connect(state / "records.db") as database:
        rows = dict(database.execute("SELECT event_id, count(*) FROM logs GROUP BY event_id"))
        costs, count = database.execute("SELECT sum(cost), count(*) FROM logs WHERE cost IS NOT NULL").fetchone()
        spent = dict(database.execute("SELECT bucket, sum(spent) FROM ledger_slots GROUP BY bucket"))
        leases = database.execute("SELECT count(*) FROM ledger_leases").fetchone()[0]
    database.close()
    assert answered - rows.keys() == set()
    assert {event for event, number in rows.items() if number != 1} == set()
    assert listed["result_info"]["total_count"] == sum(rows.values())
    spending = {bucket: amount for bucket, amount in spent.items() if "all" in bucket}
    assert sum(spending.values()) == costs
    assert count >= len(answered)
    assert leases == 0
    assert list((state / "journal").glob("*")) == []
