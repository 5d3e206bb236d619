"""However the network cuts an answer into packets, it is the same answer."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from groundfog.gateway.upstream.connection import Connection
from groundfog.gateway.upstream.pool import Origin

HEAD = b"POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n"


class FakeTransport:
    """Takes what is written and does nothing."""

    def __init__(self) -> None:
        self.aborted = False

    def write(self, data: bytes) -> None:
        pass

    def abort(self) -> None:
        self.aborted = True

    def is_closing(self) -> bool:
        return self.aborted

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str) -> Any:
        return None


@st.composite
def answers(draw: st.DrawFn) -> tuple[bytes, int, bytes, bool]:
    """(bytes on the wire, status, body, whether the end of the connection is the end of the body)."""
    body = draw(st.binary(max_size=300))
    status = draw(st.sampled_from([200, 201, 400, 429, 500]))
    lines = [b"HTTP/1.1 %d Any" % status, b"X-A: \xfc", b"Content-Type: text/event-stream"]
    framing = draw(st.sampled_from(["length", "chunked", "close"]))
    if framing == "length":
        lines.append(b"Content-Length: %d" % len(body))
        sent = body
    elif framing == "chunked":
        lines.append(b"Transfer-Encoding: chunked")
        size = draw(st.integers(1, 50))
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        sent = b"".join(b"%x;ext=1\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\nx-trailer: 1\r\n\r\n"
    else:
        sent = body
    interim = draw(st.sampled_from([b"", b"HTTP/1.1 103 Early\r\nlink: x\r\ncontent-length: 7\r\n\r\n"]))
    return interim + b"\r\n".join(lines) + b"\r\n\r\n" + sent, status, body, framing == "close"


def origin(loop: asyncio.AbstractEventLoop) -> Origin:
    return Origin("http://h", ("h", 80, b"h"), loop, None, public_only=False, most=1, connect_s=1.0, idle_body_s=1.0)


async def exchange(wire: bytes, cuts: list[int], over: bool) -> tuple[int, list[tuple[bytes, bytes]], bytes, bool]:
    """What an answer is read as when it comes in these pieces; and whether the connection may be used again."""
    loop = asyncio.get_running_loop()
    connection = Connection(origin(loop), loop)
    connection.connection_made(cast(asyncio.BaseTransport, FakeTransport()))
    asked = asyncio.create_task(connection.exchange(HEAD, b"", False, None))
    await asyncio.sleep(0)
    edges = [0, *sorted(min(cut, len(wire)) for cut in cuts), len(wire)]
    for start, end in itertools.pairwise(edges):
        if start < end:
            connection.data_received(wire[start:end])
    if over:
        connection.connection_lost(None)
    response = await asked
    body = response.body
    if body is None:
        assert response.chunks is not None
        body = b"".join([chunk async for chunk in response.chunks])
    return response.status, response.headers, body, connection.usable()


@given(answers(), st.lists(st.integers(1, 600), max_size=40))
def test_any_cut(answer: tuple[bytes, int, bytes, bool], cuts: list[int]) -> None:
    wire, status, body, over = answer
    found = asyncio.run(exchange(wire, cuts, over))
    assert (found[0], found[2], found[3]) == (status, body, not over)
    assert found[1][:2] == [(b"x-a", b"\xfc"), (b"content-type", b"text/event-stream")]


@given(st.binary(max_size=400), st.lists(st.integers(1, 400), max_size=10))
def test_rubbish_is_an_error_and_never_an_answer(rubbish: bytes, cuts: list[int]) -> None:
    async def ask() -> None:
        loop = asyncio.get_running_loop()
        connection = Connection(origin(loop), loop)
        transport = FakeTransport()
        connection.connection_made(cast(asyncio.BaseTransport, transport))
        asked = asyncio.create_task(connection.exchange(HEAD, b"", False, None))
        await asyncio.sleep(0)
        edges = [0, *sorted(min(cut, len(rubbish)) for cut in cuts), len(rubbish)]
        for start, end in itertools.pairwise(edges):
            if start < end and not transport.aborted:
                connection.data_received(b"!" + rubbish[start:end])
        connection.connection_lost(None)
        result = (await asyncio.gather(asked, return_exceptions=True))[0]
        assert isinstance(result, OSError)
        assert not connection.usable()

    asyncio.run(ask())
