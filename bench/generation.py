"""Tokens per second and first-token latency of REST text generation, against llama.cpp's own HTTP server.

The same GGUF (random weights in the shape of a small chat model), the same settings, the same prompts; both servers are
up at the same time and are asked in turn, at 1, 4 and 16 concurrent streams. Goals: ≥ 0.95 of the tokens per second; at
most 3 ms (median) added to the first token with one stream.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from bench import servers
from tests.support import tiny_gguf

MODEL = "@cf/meta/llama-3.2-1b-instruct"
SLOTS, CONTEXT, TOKENS, ROUNDS = 16, 1024, 128, 9
STREAMS = (1, 4, 16)
SETTLE_S = 0.2
"""Pause before a round: the threads of the server that was just asked go on spinning for some milliseconds."""
SHAPE: dict[str, Any] = {"dim": 512, "layers": 8, "heads": 8, "kv_heads": 4, "ff": 1536, "vocab": 8192}

ENGINE = """
import sys, time, xllamacpp as x
p = x.CommonParams()
p.model.path = sys.argv[1]
p.n_parallel, p.n_ctx = int(sys.argv[2]), int(sys.argv[2]) * int(sys.argv[3])
p.cpuparams.n_threads = p.cpuparams_batch.n_threads = int(sys.argv[4])
p.kv_unified = False
p.hostnames, p.port = ["127.0.0.1"], 0
p.verbosity = -1
server = x.Server(p)
print(server.listening_address, flush=True)
while True:
    time.sleep(3600)
"""


class Stream:
    """One streamed answer: seconds until the first event with text, and the tokens that its usage counts."""

    def __init__(self, first: float, tokens: int) -> None:
        self.first = first
        self.tokens = tokens


async def ask(session: aiohttp.ClientSession, url: str, body: dict[str, Any]) -> Stream:
    start = time.perf_counter()
    first = 0.0
    last = b""
    async with session.post(url, json=body) as answer:
        answer.raise_for_status()
        async for line in answer.content:
            if line.startswith(b"data: {"):
                if not first and has_text(line):
                    first = time.perf_counter() - start
                last = line if b'"usage":{' in line or b'"usage": {' in line else last
    return Stream(first, json.loads(last[6:])["usage"]["completion_tokens"])


def has_text(line: bytes) -> bool:
    event = json.loads(line[6:])
    if "response" in event:
        return bool(event["response"])
    return any(choice["delta"].get("content") for choice in event["choices"])


async def round_of(url: str, body: dict[str, Any], streams: int, seed: int) -> tuple[float, list[Stream]]:
    """Tokens per second over all streams, and the streams."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        start = time.perf_counter()
        bodies = [{**body, "messages": messages(seed * 100 + number), "seed": number + 1} for number in range(streams)]
        done = await asyncio.gather(*(ask(session, url, one) for one in bodies))
        return sum(stream.tokens for stream in done) / (time.perf_counter() - start), list(done)


def messages(number: int) -> list[dict[str, str]]:
    """A prompt that no earlier one begins with, so that no prefix cache helps either side."""
    return [{"role": "user", "content": f"{number:05d} Tell a story about the harbour, the fog and the old ferry."}]


async def measure(ours: str, theirs: str) -> list[dict[str, Any]]:
    native = {"stream": True, "max_tokens": TOKENS, "temperature": 0.8, "ignore_eos": True}
    openai = {**native, "stream_options": {"include_usage": True}}
    ours_url = f"{ours}/client/v4/accounts/local/ai/run/{MODEL}"
    theirs_url = f"{theirs}/v1/chat/completions"
    await round_of(ours_url, native, 2, 90_000)
    await round_of(theirs_url, openai, 2, 91_000)
    rows: list[dict[str, Any]] = []
    for streams in STREAMS:
        speeds: dict[str, list[float]] = {"ours": [], "theirs": []}
        firsts: dict[str, list[float]] = {"ours": [], "theirs": []}
        for number in range(ROUNDS * (3 if streams == 1 else 1)):
            pairs = [("ours", ours_url, native), ("theirs", theirs_url, openai)]
            for who, url, body in pairs if number % 2 else reversed(pairs):
                await asyncio.sleep(SETTLE_S)
                speed, done = await round_of(url, body, streams, number + streams * 1000 + (who == "ours") * 500)
                speeds[who].append(speed)
                firsts[who].extend(stream.first * 1000 for stream in done)
        mine, other = statistics.median(speeds["ours"]), statistics.median(speeds["theirs"])
        added = statistics.median(firsts["ours"]) - statistics.median(firsts["theirs"])
        rows.append(
            {
                "name": f"text generation, {streams} stream{'s' * (streams > 1)}, against llama.cpp's own server",
                "unit": "tokens/s",
                "ours": mine,
                "theirs": other,
                "ratio": mine / other,
                "goal": 0.95,
                "notes": f"first token median {statistics.median(firsts['ours']):.1f} ms, {added:+.1f} ms added",
                "first_token_added_ms": added,
            }
        )
    return rows


def run() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        gguf = tiny_gguf.build(Path(folder) / "bench.gguf", precision="q8_0", **SHAPE)
        threads = 2
        config = (
            f'sources = ["weights"]\n[models."{MODEL}"]\npath = "{gguf}"\n'
            f"context_size = {CONTEXT}\nslots = {SLOTS}\nthreads = {threads}\n"
        )
        command = [sys.executable, "-c", ENGINE, str(gguf), str(SLOTS), str(CONTEXT), str(threads)]
        with servers.groundfog(config=config) as ours, servers.process(command) as theirs:
            servers.wait_ready(f"{theirs.url}/health")
            return asyncio.run(measure(ours.url, theirs.url))
