"""Requests per second per core of `ai/run` on the echo source, against a FastAPI app that answers hello in JSON.

Both servers run on core 0 with uvicorn, uvloop and httptools, asked in turn; the load comes from core 1. What counts is
the server's own processor time, so other work on the machine does not. Goal: ≥ 1.0.
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
ROUNDS, REQUESTS, CONNECTIONS = 5, 10_000, 16


def run() -> dict[str, Any]:
    os.sched_setaffinity(0, {1} if (os.cpu_count() or 1) > 1 else {0})
    try:
        with (
            servers.groundfog("--sources", "echo", core=0) as ours,
            servers.process([sys.executable, "-c", HELLO], core=0) as theirs,
        ):
            measured = alternate(ours, theirs)
    finally:
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    mine, other = (statistics.median(rates) for rates in measured)
    return {
        "name": "REST ai/run on echo against FastAPI hello JSON",
        "unit": "requests per second of one core's time",
        "ours": mine,
        "theirs": other,
        "ratio": mine / other,
        "goal": 1.0,
        "notes": f"{CONNECTIONS} connections, median of {ROUNDS} rounds of {REQUESTS}",
    }


def alternate(ours: servers.Running, theirs: servers.Running) -> tuple[list[float], list[float]]:
    """Requests per second of the server's processor time, round by round, the two in turn."""
    rates: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + 1):
        for kept, server, path, body in ((rates[0], ours, PATH, BODY), (rates[1], theirs, "/", None)):
            before = server.cpu_seconds()
            done = asyncio.run(
                load.fire(
                    f"{server.url}{path}",
                    requests=REQUESTS,
                    connections=CONNECTIONS,
                    body=body,
                    method="GET" if body is None else "POST",
                )
            )
            if done.failures:
                raise RuntimeError(f"{done.failures} requests failed at {server.url}")
            if number:  # the first round warms up
                kept.append(done.requests / (server.cpu_seconds() - before))
    return rates
