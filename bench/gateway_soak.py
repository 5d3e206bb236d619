"""Mixed load on the gateway for half an hour: does its memory grow? `python -m bench gateway_soak`, or `make nightly`.

Whole answers, streams, cache hits, refusals, failing providers and local models, in turns, at a bounded rate. Memory
after a third of the time and at the end must differ by less than 5 %. `GROUNDFOG_SOAK_MINUTES` makes it shorter.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import Any

import psutil

from bench import load, servers
from bench.gateway import BODY, GATEWAY, KEY, post
from bench.gateway_streams import watch

MINUTES = float(os.environ.get("GROUNDFOG_SOAK_MINUTES", "30"))
ROUND = 400
"""Requests of each kind in a round."""


def run() -> dict[str, Any]:
    samples: list[tuple[float, float]] = []
    with (
        servers.process([sys.executable, "-m", "bench.upstream"]) as upstream,
        servers.groundfog("--sources", "echo") as server,
    ):
        base_urls = {"openai": upstream.url, "anthropic": upstream.url, "groq": "http://127.0.0.1:9"}
        create = {**GATEWAY, "log_management": 10_000, "log_management_strategy": "DELETE_OLDEST"}
        create["groundfog"] = {"base_urls": base_urls, "cache_streams": True}
        post(f"{server.url}/client/v4/accounts/local/ai-gateway/gateways", create)
        process = psutil.Process(server.pid)
        started = time.monotonic()
        requests = 0
        while (passed := time.monotonic() - started) < MINUTES * 60:
            requests += asyncio.run(one_round(f"{server.url}/v1/local/bench", requests))
            samples.append((passed, process.memory_info().rss / 1e6))
            time.sleep(0.5)
    early = _median([size for moment, size in samples if 0.30 <= moment / (MINUTES * 60) <= 0.40])
    late = _median([size for moment, size in samples if moment / (MINUTES * 60) >= 0.95])
    return {
        "name": f"gateway, {MINUTES:g} minutes of mixed load: memory at the end beside memory after a third",
        "unit": "MB",
        "ours": late,
        "theirs": early,
        "ratio": early / late,
        "goal": 0.95,
        "notes": f"{requests} requests; the highest was {max(size for _, size in samples):.0f} MB",
    }


async def one_round(base: str, number: int) -> int:
    """The same mix each time; every eighth cache key is new."""
    native, local = f"{base}/openai/chat/completions", f"{base}/workers-ai/@cf/meta/llama-3.1-8b-instruct"
    cached = {**KEY, "cf-aig-cache-ttl": "60", "cf-aig-cache-key": f"key-{number // ROUND % 8}-{number // ROUND // 8}"}
    done = [
        await load.fire(native, requests=ROUND, connections=16, body=BODY, headers=KEY),
        await load.fire(native, requests=ROUND, connections=16, body=BODY, headers=cached),
        await load.fire(local, requests=ROUND, connections=16, body=json.dumps({"prompt": "hello"}).encode()),
        # A provider that refuses, one that does not exist, and a body that is none.
        await load.fire(f"{base}/groq/chat/completions", requests=ROUND // 8, connections=4, body=BODY, headers=KEY),
        await load.fire(f"{base}/nobody/chat/completions", requests=ROUND // 8, connections=4, body=BODY, headers=KEY),
        await load.fire(f"{base}/compat/chat/completions", requests=ROUND // 8, connections=4, body=b"{", headers=KEY),
    ]
    streamed = {"model": "anthropic/claude-sonnet-4-5", "max_tokens": 256, "stream": True}
    streamed["messages"] = [{"role": "user", "content": f"Count to {number}."}]
    await watch(f"{base}/compat/chat/completions", streamed)
    return sum(one.requests for one in done) + 192


def _median(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
