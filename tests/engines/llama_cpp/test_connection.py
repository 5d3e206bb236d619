"""The connection to llama.cpp: an answer is read alike however the bytes arrive."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog.engines.llama_cpp.connection import EAGER_READS, Connection, Exchange, Refused

EVENTS = [b'{"a":1}', '{"ä":"\\n"}'.encode(), b"[DONE]"]
STREAM = b"".join(b"data: " + event + b"\n\n" for event in EVENTS) + b": a remark\n\n"


def chunked(body: bytes, size: int) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def read(answer: bytes, cuts: list[int], *, events: bool = True, end: bool = False) -> tuple[bytes, list[bytes]]:
    """Feed an answer cut at the given places."""
    seen: list[bytes] = []

    async def feed() -> bytes:
        done = asyncio.get_running_loop().create_future()
        exchange = Exchange(Connection("nowhere"), b"", seen.extend if events else None, done)
        places = sorted({0, *(cut % len(answer) for cut in cuts), len(answer)})
        for start, stop in itertools.pairwise(places):
            exchange.data_received(answer[start:stop])
        if end:
            exchange.connection_lost(None)
        return await exchange.wait()

    return asyncio.run(feed()), seen


@given(st.lists(st.integers(0, 1000), max_size=12), st.integers(1, 80))
def test_events_survive_every_cut(cuts: list[int], size: int) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert read(head + chunked(STREAM, size), cuts)[1] == EVENTS


@given(st.lists(st.integers(0, 1000), max_size=12))
def test_a_body_of_known_length_survives_every_cut(cuts: list[int]) -> None:
    assert read(b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n[1, 2, 3.5]", cuts, events=False)[0] == b"[1, 2, 3.5]"


def test_a_refusal_carries_llama_cpps_error() -> None:
    body = b'{"error":{"code":400,"message":"no","type":"invalid_request_error"}}'
    with pytest.raises(Refused, match="400: no") as error:
        read(b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body), [])
    assert error.value.error["type"] == "invalid_request_error"


def test_a_refusal_without_json_keeps_its_text() -> None:
    with pytest.raises(Refused, match="500: Internal"):
        read(b"HTTP/1.1 500 Oops\r\nContent-Length: 8\r\n\r\nInternal", [])


def test_an_answer_that_stops_in_the_middle_is_an_error() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with pytest.raises(ConnectionError):
        read(head + chunked(STREAM, 20)[:-10], [], end=True)


async def test_after_its_first_tokens_a_stream_gathers_what_comes_in_quick_succession(tmp_path: Path) -> None:
    """Many small writes come as few reads; the first ones one by one, and nothing is lost or kept back at the end."""
    count = 400
    gathered: list[int] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for number in range(count):
            event = b"data: %d\n\n" % number
            writer.write(b"%x\r\n%s\r\n" % (len(event), event))
            await writer.drain()
            await asyncio.sleep(0)
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        writer.close()

    seen: list[bytes] = []

    def on_events(events: list[bytes]) -> None:
        seen.extend(events)
        gathered.append(len(events))

    async with await asyncio.start_unix_server(answer, tmp_path / "llama.sock"):
        exchange = await Connection(str(tmp_path / "llama.sock")).open("GET", "/", on_events=on_events)
        await exchange.wait()
    assert seen == [b"%d" % number for number in range(count)]
    assert len(gathered) < count
    assert max(gathered[EAGER_READS:], default=count) > 1
