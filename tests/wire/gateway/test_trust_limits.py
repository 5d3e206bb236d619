"""Nobody gets past a limit or a guard by how a request is packed, by hanging up, by failing, or by many steps."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from groundfog.metering.money import PICO
from tests.support.fake_upstream import failing, hang, hang_mid_stream, json_answer, sse
from tests.support.gateway_server import Served, gateway_server

ASKED: dict[str, Any] = {"model": "gpt-4o-mini", "max_tokens": 100, "messages": [{"role": "user", "content": "hi"}]}
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100}
COST = round((1000 * 0.15e-6 + 100 * 0.6e-6) * PICO)
"""Pico-dollars of one answer."""
CHAT = "/v1/acct/spent/openai/chat/completions"


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with gateway_server(tmp_path / "state") as served:
        served.client.headers["authorization"] = "Bearer sk-mine"
        served.upstream.otherwise(json_answer({"model": "gpt-4o-mini", "usage": USAGE}))
        yield served


def budget(served: Served, answers: float, **settings: Any) -> None:
    rule = {"id": "r", "limitType": "cost", "limit": answers * COST / PICO, "window": 864_000}
    served.gateway("spent", spend_limits={"enabled": True, "rules": [rule]}, **settings)


def charged(served: Served) -> int:
    """What was charged to the budget so far."""
    return sum(one.amount for record in served.records for one in record.settlements)


async def exhaust(served: Served) -> None:
    for _ in range(100):
        if (await served.post(CHAT, json=ASKED)).status_code == 429:
            return
    raise AssertionError("the budget never ends")


async def test_a_budget_that_is_used_up_is_so_for_every_model(served: Served) -> None:
    budget(served, 3)
    # A model that has no price is refused, too, once nothing at all is left.
    served.upstream.otherwise(
        json_answer({"model": "gpt-4o-mini", "usage": {"prompt_tokens": 3000, "completion_tokens": 0}})
    )
    before = 0
    for number in range(30):
        response = await served.post(CHAT, json={**ASKED, "model": f"my-deployment-{number}"})
        if response.status_code == 429:
            break
        before += 1
        # Whoever reads the log waits until everything is in it, and charged.
        await served.client.get("/client/v4/accounts/acct/ai-gateway/gateways/spent/logs")
    assert 1 <= before <= 3
    assert len(served.upstream.requests) == before


@pytest.mark.parametrize("packed", ["gzip", "utf-16", "utf-16 with a mark", "NaN"])
async def test_a_packed_body_is_priced_as_what_it_says(served: Served, packed: str) -> None:
    budget(served, 0.5)
    text = json.dumps({**ASKED, "messages": [{"role": "user", "content": "x" * 5000}]})
    headers = {"content-type": "application/json"}
    if packed == "gzip":
        content, headers["content-encoding"] = gzip.compress(text.encode()), "gzip"
    elif packed == "NaN":
        content = text.replace('"max_tokens": 100', '"max_tokens": 100, "top_p": NaN').encode()
    else:
        content = text.encode("utf-16-le" if packed == "utf-16" else "utf-16")
    assert (await served.post(CHAT, content=content, headers=headers)).status_code == 429
    assert served.upstream.requests == []
    response = await served.post("/v1/acct/g/openai/chat/completions", content=content, headers=headers)
    assert response.status_code == 200
    assert served.upstream.requests[-1].body == content
    assert served.records[-1].model == "gpt-4o-mini"


async def test_compat_reads_a_packed_body(served: Served) -> None:
    content = gzip.compress(orjson.dumps({**ASKED, "model": "openai/gpt-4o-mini"}))
    path = "/v1/acct/g/compat/chat/completions"
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    assert (await served.post(path, content=content, headers=headers)).status_code == 200
    sent = served.upstream.requests[-1]
    assert sent.json()["model"] == "gpt-4o-mini"
    assert sent.header("content-encoding") is None


@pytest.mark.parametrize("packed", ["gzip", "utf-16", "gzip of utf-16", "escaped"])
async def test_no_packing_hides_a_card_number_from_dlp(served: Served, packed: str) -> None:
    dlp = {"enabled": True, "action": "BLOCK", "profiles": ["financial"]}
    served.gateway("guarded", dlp=dlp)
    text = json.dumps({**ASKED, "messages": [{"role": "user", "content": "my card is 4111 1111 1111 1111"}]})
    headers = {"content-type": "application/json"}
    if packed == "escaped":
        text = text.replace("4111", "\\u0034\\u0031\\u0031\\u0031")
    content = text.encode("utf-16-le" if "utf-16" in packed else "utf-8")
    if "gzip" in packed:
        content, headers["content-encoding"] = gzip.compress(content), "gzip"
    path = "/v1/acct/guarded/openai/chat/completions"
    response = await served.post(path, content=content, headers=headers)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (424, 2029)
    assert served.upstream.requests == []


async def test_retries_steps_and_callers_who_hang_up_do_not_overshoot(served: Served) -> None:
    budget(served, 20)
    served.upstream.otherwise(
        sse([{"choices": [{"delta": {"content": "x" * 50}}]}] * 3 + [{"usage": USAGE, "choices": []}])
    )
    step = {
        "provider": "openai",
        "endpoint": "chat/completions",
        "query": ASKED,
        "headers": {"authorization": "Bearer k"},
    }

    async def retried() -> None:
        served.upstream.queue(failing(500))
        await served.post(CHAT, json=ASKED, headers={"cf-aig-max-attempts": "3", "cf-aig-retry-delay": "0"})

    async def stepped() -> None:
        served.upstream.queue(failing(503))
        await served.post("/v1/acct/spent", json=[step, step, step])

    async def aborted() -> None:
        async with served.client.stream("POST", CHAT, json={**ASKED, "stream": True}) as response:
            async for _ in response.aiter_raw():
                break

    async def cached() -> None:
        await served.post(CHAT, json=ASKED, headers={"cf-aig-cache-ttl": "600"})

    for _ in range(15):
        await asyncio.gather(retried(), stepped(), aborted(), cached(), aborted())
    await exhaust(served)
    assert charged(served) <= 20 * COST
    assert charged(served) >= 15 * COST
    count = len(served.upstream.requests)
    for _ in range(5):
        await asyncio.gather(retried(), stepped(), aborted())
    assert len(served.upstream.requests) == count


@pytest.mark.parametrize("script", [hang(), hang_mid_stream([{"choices": [{"delta": {"content": "a"}}]}])])
async def test_what_was_sent_to_a_provider_that_is_not_waited_for_is_charged(served: Served, script: Any) -> None:
    budget(served, 20)
    served.upstream.otherwise(script)
    headers = {"cf-aig-request-timeout": "50"}
    task = asyncio.ensure_future(served.post(CHAT, json={**ASKED, "stream": True}, headers=headers))
    await served.upstream.requested(1)
    if script.before_head:
        assert (await task).status_code == 408
    else:
        task.cancel()
    record = await served.recorded(1)
    assert not record.success
    assert sum(one.amount for one in record.settlements) > 0


async def test_a_hit_costs_nothing_and_counts_nowhere(served: Served) -> None:
    budget(served, 20, rate_limiting_limit=1, rate_limiting_interval=864_000)
    headers = {"cf-aig-cache-ttl": "600"}
    for status in ("MISS", "HIT", "HIT", "HIT"):
        response = await served.post(CHAT, json=ASKED, headers=headers)
        assert (response.status_code, response.headers["cf-aig-cache-status"]) == (200, status)
    assert charged(served) == COST + 1
    assert (await served.post(CHAT, json=ASKED)).status_code == 429
