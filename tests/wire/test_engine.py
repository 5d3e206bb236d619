"""A real llama.cpp behind the server: slots that come free, a host that dies, a file that cannot be read."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from groundfog.settings import ModelSettings
from tests.support import tiny_gguf
from tests.support.wire import CHAT, RUN, Local, serving

OTHER = "@cf/meta/llama-3.2-1b-instruct"
LONG = {"prompt": "hello", "stream": True, "max_tokens": 3500, "ignore_eos": True, "temperature": 1}


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    tiny_gguf.build(path)
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, gguf: Path) -> Iterator[Local]:
    folder = tmp_path_factory.mktemp("state")
    broken = tiny_gguf.malformed(gguf, folder)
    models = {
        CHAT: ModelSettings(path=gguf, slots=1, context_size=4096, threads=1),
        OTHER: ModelSettings(path=next(iter(broken.values()))),
    }
    with serving(folder / "state", sources=("weights",), models=models) as local:
        assert local.run(CHAT, {"prompt": "hello", "max_tokens": 1}).status_code == 200
        yield local


def engine(server: Local) -> dict[str, Any]:
    """The engine's own numbers, asked from its process now."""
    stats = asyncio.run_coroutine_threadsafe(server.platform.inference.stats(), server.loop).result(20)
    return dict(stats[CHAT])


def until(condition: Any, seconds: float = 20.0) -> None:
    """Ask again until it is so: the engine has no event for it."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end


@contextlib.contextmanager
def streaming(server: Local) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("POST", RUN + CHAT, json.dumps(LONG), {"content-type": "application/json"})
    response = connection.getresponse()
    assert response.status == 200, response.read()
    assert response.readline().startswith(b"data: ")
    try:
        yield response
    finally:
        response.close()
        connection.close()


def pid(server: Local) -> int:
    (row,) = server.client.get("/groundfog/v1/processes").json()["result"]
    assert row["model"] == CHAT
    return int(row["pid"])


def test_a_caller_that_hangs_up_frees_the_engine_s_slot(server: Local) -> None:
    with streaming(server):
        assert engine(server)["busy_slots"] == 1
        refused = server.run(CHAT, {"prompt": "x", "max_tokens": 1}, params={"rejectIfBusy": "true"})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (429, 3040)
    until(lambda: engine(server)["busy_slots"] == 0)
    answered = server.run(CHAT, {"prompt": "x", "max_tokens": 1}, params={"rejectIfBusy": "true"})
    assert answered.status_code == 200


def test_a_killed_host_ends_its_stream_and_the_next_request_starts_another(server: Local) -> None:
    before = pid(server)
    with streaming(server) as response:
        os.kill(before, signal.SIGKILL)
        rest = response.read()
    assert b"[DONE]" not in rest
    assert server.client.get("/livez").status_code == 200
    answered = server.run(CHAT, {"prompt": "hello", "max_tokens": 1})
    assert answered.status_code == 200
    assert answered.headers["groundfog-source"] == "weights"
    assert pid(server) != before


def test_a_malformed_file_is_a_clear_error_and_leaves_nothing(server: Local) -> None:
    response = server.run(OTHER, {"prompt": "hello"})
    error = response.json()["errors"][0]
    assert (response.status_code, error["code"]) == (500, 3045)
    assert "cannot be loaded" in error["message"]
    models = [row["model"] for row in server.client.get("/groundfog/v1/processes").json()["result"]]
    assert OTHER not in models


def test_unloading_ends_the_process(server: Local) -> None:
    assert server.run(CHAT, {"prompt": "hello", "max_tokens": 1}).status_code == 200
    process = pid(server)
    assert server.client.delete("/groundfog/v1/processes/" + CHAT).json()["result"]["unloaded"] is True
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_the_engine_s_numbers_are_metrics(server: Local) -> None:
    server.run(CHAT, {"prompt": "hello", "max_tokens": 1})
    text = httpx.get(server.url + "/metrics").text
    assert f'groundfog_model_requests_total{{model="{CHAT}"}}' in text
    assert f'groundfog_process_slots{{engine="llama.cpp",model="{CHAT}",source="weights"}} 1.0' in text
    assert f'groundfog_engine_busy_slots{{model="{CHAT}"}} 0.0' in text
