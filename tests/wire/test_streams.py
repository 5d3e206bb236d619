"""Event streams: token by token, coalesced when ready, cancelled when nobody listens, cut off when the work fails."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from groundfog import errors
from groundfog.call import Call, Reply
from groundfog.tasks.text_generation.types import Choice, Delta, Output, Usage
from tests.support.wire import CHAT, RUN, Local, serving

STREAM = {"prompt": "hello", "stream": True}


class FakeInference:
    """Stands where the models are: a test says what is computed, and sees that the work has ended."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.started = threading.Event()
        self.deltas: Callable[[], AsyncIterator[Delta]] | None = None

    async def run(self, call: Call) -> Reply:
        self.started.set()
        if call.stream:
            assert self.deltas is not None
            return Reply(call, "weights", "fake", deltas=self._watched(self.deltas()))
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()
        return Reply(call, "weights", "fake", Output([Choice("", "stop")], Usage(1, 1)))

    async def _watched(self, deltas: AsyncIterator[Delta]) -> AsyncIterator[Delta]:
        try:
            async for delta in deltas:
                yield delta
        finally:
            self.ended.set()


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[tuple[Local, FakeInference]]:
    with serving(tmp_path) as local:
        fake = FakeInference()
        local.platform.inference.run = fake.run  # type: ignore[method-assign]
        yield local, fake


@contextlib.contextmanager
def request(server: Local, body: dict[str, Any]) -> Iterator[http.client.HTTPConnection]:
    """A request whose answer is read, or not, by the test."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("POST", RUN + CHAT, json.dumps(body), {"content-type": "application/json"})
    yield connection
    connection.close()


def test_a_delta_is_sent_before_the_next_one_is_there(fake: tuple[Local, FakeInference]) -> None:
    server, inference = fake
    released = threading.Event()

    async def deltas() -> AsyncIterator[Delta]:
        yield Delta(text="first")
        await asyncio.to_thread(released.wait, 20)
        yield Delta(text="second", finish_reason="stop", usage=Usage(1, 2))

    inference.deltas = deltas
    with request(server, STREAM) as connection:
        response = connection.getresponse()
        assert json.loads(response.readline().removeprefix(b"data: "))["response"] == "first"
        released.set()
        rest = response.read()
    assert b'"second"' in rest
    assert rest.endswith(b"data: [DONE]\n\n")
    assert inference.ended.wait(10)


def test_deltas_that_are_ready_go_out_in_one_chunk(fake: tuple[Local, FakeInference]) -> None:
    server, inference = fake

    async def deltas() -> AsyncIterator[Delta]:
        for number in range(50):
            yield Delta(text=f"t{number} ")
        yield Delta(finish_reason="stop", usage=Usage(1, 50))

    inference.deltas = deltas
    with httpx.stream("POST", server.url + RUN + CHAT, json=STREAM) as response:
        chunks = list(response.iter_raw())
    assert b"".join(chunks).count(b"data: ") >= 52
    assert len(chunks) == 1


def test_a_caller_that_hangs_up_ends_the_stream_s_work(fake: tuple[Local, FakeInference]) -> None:
    server, inference = fake

    async def deltas() -> AsyncIterator[Delta]:
        yield Delta(text="first")
        await asyncio.Event().wait()

    inference.deltas = deltas
    with request(server, STREAM) as connection:
        connection.getresponse().readline()
        assert not inference.ended.is_set()
    assert inference.ended.wait(10)


def test_a_caller_that_hangs_up_while_tokens_keep_coming_ends_the_work(fake: tuple[Local, FakeInference]) -> None:
    server, inference = fake

    async def deltas() -> AsyncIterator[Delta]:
        while True:
            yield Delta(text="more ")

    inference.deltas = deltas
    with request(server, STREAM) as connection:
        connection.getresponse().readline()
    assert inference.ended.wait(10)


def test_a_caller_that_hangs_up_before_the_first_token_ends_the_work(fake: tuple[Local, FakeInference]) -> None:
    server, inference = fake

    async def deltas() -> AsyncIterator[Delta]:
        await asyncio.Event().wait()
        yield Delta()

    inference.deltas = deltas
    with request(server, STREAM):
        assert inference.started.wait(10)
    assert inference.ended.wait(10)


def test_a_caller_that_hangs_up_ends_the_work_of_a_whole_answer(fake: tuple[Local, FakeInference]) -> None:
    server, inference = fake
    with request(server, {"prompt": "hello"}):
        assert inference.started.wait(10)
        assert not inference.ended.is_set()
    assert inference.ended.wait(10)


@pytest.mark.parametrize("failure", [errors.HOST_DIED(model=CHAT), ValueError("secret details")])
def test_a_stream_that_fails_ends_without_done(fake: tuple[Local, FakeInference], failure: Exception) -> None:
    server, inference = fake

    async def deltas() -> AsyncIterator[Delta]:
        yield Delta(text="first")
        raise failure

    inference.deltas = deltas
    body = server.client.post(RUN + CHAT, json=STREAM)
    assert body.status_code == 200
    assert b'"first"' in body.content
    assert b"[DONE]" not in body.content
    assert b"secret" not in body.content
    assert inference.ended.wait(10)


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [(errors.OUT_OF_CAPACITY(retry_after=2.2), 429, 3040), (ValueError("secret details"), 500, 5001)],
)
def test_a_stream_that_fails_at_once_has_a_status(
    fake: tuple[Local, FakeInference], failure: Exception, status: int, code: int
) -> None:
    server, inference = fake

    async def deltas() -> AsyncIterator[Delta]:
        raise failure
        yield Delta()

    inference.deltas = deltas
    response = server.client.post(RUN + CHAT, json=STREAM)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (status, code)
    assert response.headers.get("retry-after") == ("3" if status == 429 else None)
    assert "secret" not in response.text


def cancel_everything(server: Local) -> None:
    """What the HTTP server does with the answers under way when its time to stop is over."""
    for task in asyncio.all_tasks(server.loop):
        if "wire/cycle.py" in repr(task):
            server.loop.call_soon_threadsafe(task.cancel)


def test_a_server_that_stops_tells_the_caller_of_a_whole_answer(
    fake: tuple[Local, FakeInference], caplog: pytest.LogCaptureFixture
) -> None:
    server, inference = fake
    with request(server, {"prompt": "hello"}) as connection:
        assert inference.started.wait(10)
        cancel_everything(server)
        response = connection.getresponse()
        body = json.loads(response.read())
    assert (response.status, body["errors"][0]["code"]) == (408, 3008)
    assert inference.ended.wait(10)
    assert caplog.records == []


def test_a_server_that_stops_ends_its_streams_in_order(
    fake: tuple[Local, FakeInference], caplog: pytest.LogCaptureFixture
) -> None:
    server, inference = fake

    async def deltas() -> AsyncIterator[Delta]:
        yield Delta(text="first")
        await asyncio.Event().wait()

    inference.deltas = deltas
    with request(server, STREAM) as connection:
        response = connection.getresponse()
        assert b"first" in response.readline()
        cancel_everything(server)
        assert b"[DONE]" not in response.read()
    assert inference.ended.wait(10)
    assert caplog.records == []


def test_an_endless_stream_leaves_the_server_to_others(fake: tuple[Local, FakeInference]) -> None:
    server, inference = fake

    async def deltas() -> AsyncIterator[Delta]:
        while True:
            yield Delta(text="x" * 1000)

    inference.deltas = deltas
    with request(server, STREAM) as connection:
        connection.getresponse().readline()
        assert server.client.get("/livez").status_code == 200
    assert inference.ended.wait(10)
