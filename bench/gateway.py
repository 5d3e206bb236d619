"""The gateway before a provider: requests a second and added latency, beside LiteLLM's proxy and Portkey's gateway.

One fake provider and one load generator share core 1; the server that is measured has core 0. groundfog's gateway has a
rate limit, a spend limit, prices and logs with bodies; the others do what they do by default. What counts as "requests
per second of one core's time" is the server's own processor time, so other work on the machine does not.
Goals: pass-through ≥ 4,000, cache hit ≥ 10,000, added p99 at concurrency 1 ≤ 0.6 ms.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from bench import load, servers

CONCURRENCY = (1, 32, 256)
REQUESTS = {1: 3000, 32: 12_000, 256: 12_000}
FEWER = {1: 300, 32: 600, 256: 600}
"""For servers that would take minutes."""
BODY = json.dumps(
    {
        "model": "gpt-4o-mini",
        "max_tokens": 128,
        "messages": [
            {"role": "system", "content": "You are a helpful assistant. " * 4},
            {"role": "user", "content": "Tell me about the quick brown fox and the lazy dog. " * 4},
        ],
    },
    separators=(",", ":"),
).encode()
KEY = {"Authorization": "Bearer sk-bench"}
GATEWAY = {
    "id": "bench",
    "cache_invalidate_on_update": True,
    "cache_ttl": 0,
    "collect_logs": True,
    "rate_limiting_interval": 60,
    "rate_limiting_limit": 10_000_000,
    "rate_limiting_technique": "fixed",
    "spend_limits": {"enabled": True, "rules": [{"limit": 1_000_000, "limitType": "cost", "window": 86_400}]},
}
NODE = Path(__file__).parent / "node"
LITELLM = Path(__file__).parent.parent / ".venv" / "litellm" / "bin" / "litellm"


def run() -> list[dict[str, Any]]:
    os.sched_setaffinity(0, {1} if (os.cpu_count() or 1) > 1 else {0})
    try:
        with servers.process([sys.executable, "-m", "bench.upstream"], core=1) as upstream:
            bare = {count: fire(f"{upstream.url}/v1/chat/completions", count, REQUESTS) for count in CONCURRENCY}
            rows = [*measured_groundfog(upstream.url, bare)]
            for name, start, path, headers in OTHERS:
                with start(upstream.url) as server:
                    rows += compare(name, server, path, {**KEY, **headers(upstream.url)}, bare, rows)
    finally:
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    return rows


def measured_groundfog(upstream: str, bare: dict[int, load.Load]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    with servers.groundfog("--sources", "echo", core=0) as server:
        create = {**GATEWAY, "groundfog": {"base_urls": {"openai": upstream}}}
        post(f"{server.url}/client/v4/accounts/local/ai-gateway/gateways", create)
        url = f"{server.url}/v1/local/bench/openai/chat/completions"
        fire(url, 32, {32: 3000}, headers=KEY)
        for count in CONCURRENCY:
            rows.append(row(f"gateway pass-through, {count} at once", server, url, count, bare[count], 4000, KEY))
        cached = {**KEY, "cf-aig-cache-ttl": "3600"}
        fire(url, 32, {32: 3000}, headers=cached)
        for count in CONCURRENCY:
            rows.append(row(f"gateway cache hit, {count} at once", server, url, count, bare[count], 10_000, cached))
    return rows


def row(
    name: str,
    server: servers.Running,
    url: str,
    count: int,
    bare: load.Load,
    goal: float,
    headers: dict[str, str],
) -> dict[str, Any]:
    before = server.cpu_seconds()
    done = fire(url, count, REQUESTS, headers=headers)
    rate = done.requests / (server.cpu_seconds() - before)
    return {
        "name": name,
        "unit": "requests per second of one core's time",
        "ours": rate,
        "theirs": goal,
        "ratio": rate / goal,
        "goal": 1.0,
        "notes": f"{done.per_second:,.0f}/s by the clock; added {added(done, bare)}",
        "added_p50_ms": done.percentile(0.5) - bare.percentile(0.5),
        "added_p99_ms": done.percentile(0.99) - bare.percentile(0.99),
    }


def added(done: load.Load, bare: load.Load) -> str:
    p50, p99 = (done.percentile(share) - bare.percentile(share) for share in (0.5, 0.99))
    return f"p50 {p50:.2f} ms, p99 {p99:.2f} ms"


def compare(
    name: str,
    server: servers.Running,
    path: str,
    headers: dict[str, str],
    bare: dict[int, load.Load],
    ours: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """The same load on another gateway; `ours` are the rows of our pass-through, by concurrency."""
    rows: list[dict[str, Any]] = []
    fire(server.url + path, 4, {4: 40}, headers=headers)
    for index, count in enumerate(CONCURRENCY):
        before = server.cpu_seconds()
        done = fire(server.url + path, count, FEWER, headers=headers)
        rate = done.requests / (server.cpu_seconds() - before)
        rows.append(
            {
                "name": f"gateway pass-through against {name}, {count} at once",
                "unit": "requests per second of one core's time",
                "ours": ours[index]["ours"],
                "theirs": rate,
                "ratio": ours[index]["ours"] / rate,
                "goal": 1.0,
                "notes": f"theirs {done.per_second:,.0f}/s by the clock; theirs added {added(done, bare[count])}",
            }
        )
    return rows


def fire(url: str, count: int, requests: dict[int, int], headers: dict[str, str] | None = None) -> load.Load:
    done = asyncio.run(load.fire(url, requests=requests[count], connections=count, body=BODY, headers=headers))
    if done.failures:
        raise RuntimeError(f"{done.failures} of {done.requests} requests failed at {url}")
    return done


def post(url: str, body: dict[str, Any]) -> None:
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=10) as answer:
        assert answer.status == 200


@contextlib.contextmanager
def litellm(upstream: str) -> Iterator[servers.Running]:
    """LiteLLM's proxy with one model, from an environment of its own: its dependencies are many and pinned."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text(
            "model_list:\n  - model_name: gpt-4o-mini\n    litellm_params:\n"
            f"      model: openai/gpt-4o-mini\n      api_base: {upstream}/v1\n      api_key: sk-bench\n"
            # It does not start without a key.
            "general_settings:\n  master_key: sk-bench\n"
        )
        port = str(servers.free_port())
        command = [str(LITELLM), "--config", str(config), "--host", "127.0.0.1", "--port", port, "--num_workers", "1"]
        environ = {"LITELLM_LOG": "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "DISABLE_ADMIN_UI": "True"}
        with servers.quiet(
            command, f"http://127.0.0.1:{port}", "/health/liveliness", core=0, environ=environ
        ) as running:
            yield running


@contextlib.contextmanager
def portkey(upstream: str) -> Iterator[servers.Running]:
    """Portkey's gateway on Node."""
    port = str(servers.free_port())
    node = shutil.which("node")
    assert node is not None, "the measurement needs Node"
    script = NODE / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"
    command = [node, str(script), f"--port={port}", "--headless"]
    with servers.quiet(command, f"http://127.0.0.1:{port}", "/", core=0) as running:
        yield running


def installed() -> bool:
    """Whether what groundfog is compared with is there; `make bench` installs it."""
    return LITELLM.exists() and NODE.joinpath("node_modules").exists()


OTHERS: tuple[tuple[str, Any, str, Any], ...] = (
    ("LiteLLM", litellm, "/v1/chat/completions", lambda upstream: {}),
    (
        "Portkey",
        portkey,
        "/v1/chat/completions",
        lambda upstream: {"x-portkey-provider": "openai", "x-portkey-custom-host": f"{upstream}/v1"},
    ),
)

if __name__ == "__main__":
    subprocess.run([sys.executable, "-m", "bench", "gateway"], check=True)
