"""HTTP/1.1 at the socket: what a small protocol of one's own must not get wrong."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from groundfog.wire.protocol import Protocol
from tests.support.wire import RUN, Local, serving

INPUT = b'{"text":["hello"]}'
MODEL = "@cf/baai/bge-base-en-v1.5"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    with serving(tmp_path_factory.mktemp("state")) as local:
        yield local


def post(path: str = RUN + MODEL, body: bytes = INPUT, *headers: str, version: str = "1.1") -> bytes:
    lines = [f"POST {path} HTTP/{version}", "Host: x", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def get(path: str, *headers: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


class Wire:
    """A connection, and the answers that come over it."""

    def __init__(self, server: Local) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        self.buffer = b""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def more(self) -> bool:
        data = self.socket.recv(65536)
        self.buffer += data
        return bool(data)

    def head(self) -> tuple[int, dict[str, str]]:
        while b"\r\n\r\n" not in self.buffer:
            assert self.more(), self.buffer
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        return int(status.split()[1]), {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        status, headers = self.head()
        length = int(headers.get("content-length", 0))
        while len(self.buffer) < length:
            assert self.more()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return status, headers, body

    def closed(self) -> bool:
        return self.buffer == b"" and not self.more()


def test_requests_one_after_the_other_on_one_connection(server: Local) -> None:
    with Wire(server) as wire:
        for _ in range(3):
            wire.send(post())
            status, headers, body = wire.answer()
            assert (status, headers["content-type"]) == (200, "application/json")
            assert body.startswith(b'{"result":')
            assert "date" in headers


def test_pipelined_requests_are_answered_in_their_order(server: Local) -> None:
    paths = ["/readyz", RUN + MODEL, "/nowhere", "/v1/acct/none/openai/chat/completions", "/readyz"]
    with Wire(server) as wire:
        wire.send(b"".join(post(path) if path.startswith(RUN) else get(path) for path in paths * 20))
        statuses = [wire.answer()[0] for _ in paths * 20]
    assert (
        statuses
        == [server.client.request("POST" if p.startswith(RUN) else "GET", p, **_json(p)).status_code for p in paths]
        * 20
    )


def _json(path: str) -> dict[str, Any]:
    return {"content": INPUT, "headers": {"content-type": "application/json"}} if path.startswith(RUN) else {}


@pytest.mark.parametrize("cut", [1, 20, 60, -5, -1])
def test_a_request_may_come_in_pieces(server: Local, cut: int) -> None:
    data = post()
    with Wire(server) as wire:
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire.send(data[:cut])
        server.client.get("/readyz")
        wire.send(data[cut:])
        assert wire.answer()[0] == 200


def test_a_body_that_is_awaited_is_asked_for(server: Local) -> None:
    data = post(RUN + MODEL, INPUT, "Expect: 100-continue")
    with Wire(server) as wire:
        wire.send(data[: -len(INPUT)])
        assert wire.head()[0] == 100
        wire.send(INPUT)
        assert wire.answer()[0] == 200


def test_a_head_has_no_body(server: Local) -> None:
    with Wire(server) as wire:
        wire.send(get("/readyz", method="HEAD"))
        status, headers = wire.head()
        assert (status, int(headers["content-length"]) > 0) == (200, True)
        wire.send(get("/readyz"))
        status, headers, body = wire.answer()
        assert (status, len(body)) == (200, int(headers["content-length"]))


def test_whoever_asks_to_close_is_closed(server: Local) -> None:
    for data in (post(RUN + MODEL, INPUT, "Connection: close"), post(version="1.0")):
        with Wire(server) as wire:
            wire.send(data)
            status, headers, _ = wire.answer()
            assert (status, headers["connection"]) == (200, "close")
            assert wire.closed()


def test_what_is_no_http_is_refused(server: Local) -> None:
    with Wire(server) as wire:
        wire.send(b"\x16\x03\x01 hello\r\n\r\n")
        assert wire.head()[0] == 400


def test_a_path_in_absolute_form_and_one_with_percent_signs(server: Local) -> None:
    for path in ("http://x/readyz?a=b", "/%72eadyz", "/readyz#part"):
        with Wire(server) as wire:
            wire.send(get(path))
            assert wire.answer()[0] == 200


class FakeTransport(asyncio.Transport):
    """Takes what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False
        self.end = asyncio.Event()

    def write(self, data: Any) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True
        self.end.set()


class Under:
    """The protocol over an application, without a network."""

    def __init__(self, app: Any, keep_alive_s: float = 5) -> None:
        config = uvicorn.Config(app, http=Protocol, lifespan="off", log_config=None, timeout_keep_alive=keep_alive_s)  # type: ignore[arg-type]
        config.load()
        config.loaded_app = app
        self.state = ServerState()
        self.protocol = Protocol(config, self.state, {}, _loop=asyncio.get_running_loop())
        self.transport = FakeTransport()
        self.protocol.connection_made(self.transport)


START = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}


async def test_what_is_ready_is_answered_without_a_task() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["body"] == INPUT
        await send(START)
        await send({"type": "http.response.body", "body": b"ok"})

    under = Under(app)
    under.protocol.data_received(post())
    assert under.transport.written.endswith(b"\r\n\r\nok")
    assert not under.state.tasks


async def test_what_waits_goes_on_in_a_task() -> None:
    go, done = asyncio.Event(), asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await go.wait()
        async with asyncio.timeout(10):
            await send(START)
            await send({"type": "http.response.body", "body": b"ok"})
        done.set()

    under = Under(app)
    under.protocol.data_received(post())
    assert len(under.state.tasks) == 1
    go.set()
    await done.wait()
    assert under.transport.written.endswith(b"ok")


@pytest.mark.parametrize(
    "header", [(b"x", b"a\r\nset-cookie: b"), (b"x", b"a\nb"), (b"x\r\ny", b"a"), (b"x y", b"a"), (b"x", b"a\0")]
)
@pytest.mark.parametrize("whole", [True, False])
async def test_no_header_adds_lines_to_an_answer(
    header: tuple[bytes, bytes], whole: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if whole:
            await scope["extensions"]["groundfog.whole"](200, [header, (b"content-length", b"2")], b"ok")
        else:
            await send({**START, "headers": [header]})

    under = Under(app)
    with caplog.at_level(logging.CRITICAL):
        under.protocol.data_received(post())
    assert under.transport.written.startswith(b"HTTP/1.1 500")
    assert b"set-cookie" not in under.transport.written
    assert under.transport.closed


@pytest.mark.parametrize("bodies", [[b"o"], [b"okay"], []])
async def test_an_answer_of_another_length_than_it_says_is_cut_off(
    bodies: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        for body in bodies:
            await send({"type": "http.response.body", "body": body})

    under = Under(app)
    with caplog.at_level(logging.CRITICAL):
        under.protocol.data_received(post())
    assert under.transport.closed


async def test_a_caller_who_hangs_up_is_told_of_at_once() -> None:
    gone = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["extensions"]["groundfog.gone"](gone.set)
        await receive()
        assert (await receive())["type"] == "http.disconnect"

    under = Under(app)
    under.protocol.data_received(post())
    under.protocol.connection_lost(None)
    await gone.wait()
    await asyncio.gather(*under.state.tasks)
    assert under.transport.written == b""


async def test_an_idle_connection_is_closed_and_a_busy_one_is_not() -> None:
    go = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/waits":
            await go.wait()
        await send(START)
        await send({"type": "http.response.body", "body": b"ok"})

    idle, busy = Under(app, 0.05), Under(app, 0.05)
    idle.protocol.data_received(post())
    busy.protocol.data_received(post())
    busy.protocol.data_received(post("/waits"))
    await idle.transport.end.wait()
    assert not busy.transport.closed
    go.set()
    await busy.transport.end.wait()
    assert busy.transport.written.count(b"200 OK") == 2


async def test_a_request_leaves_no_circle_behind() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await scope["extensions"]["groundfog.whole"](200, [(b"content-length", b"2")], b"ok")

    under = Under(app)
    under.protocol.data_received(post())
    gc.collect()
    gc.disable()
    try:
        for _ in range(10):
            under.protocol.data_received(post())
        assert gc.collect() == 0
    finally:
        gc.enable()
