"""Requests per second per core of `ai/run` on the echo source, against a FastAPI app that answers hello in JSON.

Both servers run alone on core 0 with uvicorn, uvloop and httptools; the load comes from core 1. Goal: ≥ 1.0.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
from typing import Any

from bench import load, servers

HELLO = """
import socket, uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/")
async def hello():
    return {"hello": "world"}
listener = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
server = uvicorn.Server(uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_level="warning"))
server.run(sockets=[listener])
"""
BODY = b'{"messages":[{"role":"user","content":"Hello"}],"max_tokens":16}'
PATH = "/client/v4/accounts/local/ai/run/@cf/meta/llama-3.1-8b-instruct"
ROUNDS, REQUESTS, CONNECTIONS = 3, 20_000, 16


def run() -> dict[str, Any]:
    os.sched_setaffinity(0, {1} if os.cpu_count() and os.cpu_count() > 1 else {0})
    ours: list[load.Load] = []
    theirs: list[load.Load] = []
    try:
        with (
            servers.groundfog("--sources", "echo", core=0) as url,
            servers.process([sys.executable, "-c", HELLO], core=0) as hello,
        ):
            fire_ours = f"{url}{PATH}"
            asyncio.run(load.fire(fire_ours, requests=2000, connections=CONNECTIONS, body=BODY))
            asyncio.run(load.fire(f"{hello}/", requests=2000, connections=CONNECTIONS, method="GET"))
            for _ in range(ROUNDS):
                ours.append(asyncio.run(load.fire(fire_ours, requests=REQUESTS, connections=CONNECTIONS, body=BODY)))
                theirs.append(
                    asyncio.run(load.fire(f"{hello}/", requests=REQUESTS, connections=CONNECTIONS, method="GET"))
                )
    finally:
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    if any(result.failures for result in (*ours, *theirs)):
        raise RuntimeError("some requests failed")
    mine = statistics.median(result.per_second for result in ours)
    other = statistics.median(result.per_second for result in theirs)
    return {
        "name": "REST ai/run on echo against FastAPI hello JSON",
        "unit": "requests/s on one core",
        "ours": mine,
        "theirs": other,
        "ratio": mine / other,
        "goal": 1.0,
        "notes": f"{CONNECTIONS} connections, median of {ROUNDS} rounds of {REQUESTS}; "
        f"our p50 {ours[-1].median_ms:.2f} ms, p99 {ours[-1].percentile(0.99):.2f} ms",
    }
