"""An answer's end is recorded before its last byte leaves (spec ai-gateway §3.12)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from groundfog.gateway import response as module
from groundfog.gateway.response import Response

SSE = [(b"content-type", b"text/event-stream")]


class Watcher:
    """Notes what it sees, in one list with what the reader got."""

    def __init__(self, seen: list[object]) -> None:
        self._seen = seen
        self.fed = b""

    def feed(self, chunk: bytes) -> None:
        self.fed += chunk

    async def finish(self, error: BaseException | None) -> None:
        self._seen.append(error or "recorded")


class Pieces:
    """A provider's stream: exceptions among the pieces are raised, an event is waited for."""

    def __init__(self, *pieces: bytes | BaseException | asyncio.Event) -> None:
        self._pieces = iter(pieces)
        self.closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        piece = next(self._pieces, None)
        while isinstance(piece, asyncio.Event):
            await piece.wait()
            piece = next(self._pieces, None)
        if isinstance(piece, BaseException):
            raise piece
        if piece is None:
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        self.closed = True


async def read(response: Response, seen: list[object]) -> None:
    async for chunk in response.drain():
        seen.append(chunk)


async def test_a_whole_body_is_recorded_before_it_is_given() -> None:
    seen: list[object] = []
    watcher = Watcher(seen)
    response = Response(200, [], body=b"all", observers=[watcher])
    assert await response.whole() == b"all"
    assert (seen, watcher.fed) == (["recorded"], b"all")


@pytest.mark.parametrize(
    ("headers", "pieces"),
    [
        (SSE, (b"data: 1\n\n", b"data: [DONE]\n\n")),
        (SSE, (b"data: 1\n\n", b"data: 2\n\ndata: [DO", b"NE]\n\n")),
        (SSE, tuple(bytes([byte]) for byte in b"data: [DONE]")),
        (SSE, (b"event: message_delta\ndata: {}\n\n", b"event: message_stop\ndata: {}\n\n")),
        (SSE, (b"event: message_stop\n", b'data: {"type":"message_stop"}', b"\n\n")),
        (SSE, (b"event: response.completed\ndata: {}\n\n",)),
        ([(b"content-length", b"6")], (b"abc", b"def")),
    ],
)
async def test_the_last_piece_leaves_when_everything_is_recorded(
    headers: list[tuple[bytes, bytes]], pieces: Sequence[bytes]
) -> None:
    seen: list[object] = []
    watcher = Watcher(seen)
    stream = Pieces(*pieces)
    await read(Response(200, headers, chunks=stream, observers=[watcher]), seen)
    assert seen == [*pieces[:-1], "recorded", pieces[-1]]
    assert watcher.fed == b"".join(pieces)
    assert stream.closed


async def test_pieces_before_the_last_are_not_held_back() -> None:
    more = asyncio.Event()
    seen: list[object] = []
    response = Response(200, SSE, chunks=Pieces(b"data: 1\n\n", more, b"data: 2\n\n"), observers=[Watcher(seen)])
    drained = response.drain()
    assert await anext(drained) == b"data: 1\n\n"
    assert seen == []
    more.set()
    assert [chunk async for chunk in drained] == [b"data: 2\n\n"]


async def test_text_that_only_looks_like_the_end_is_passed_on_unchanged() -> None:
    pieces = (b'data: {"text":"data: [DONE]"}\n\n', b"data: 2\n\n", b"data: [DONE]\n\n")
    seen: list[object] = []
    await read(Response(200, SSE, chunks=Pieces(*pieces), observers=[Watcher(seen)]), seen)
    assert [piece for piece in seen if piece != "recorded"] == list(pieces)
    assert seen[-2] == "recorded"


async def test_a_provider_that_leaves_its_stream_open_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HOLD_S", 0.01)
    never, seen = asyncio.Event(), list[object]()
    stream = Pieces(b"data: [DONE]\n\n", never, b"late")
    response = Response(200, SSE, chunks=stream, observers=[Watcher(seen)])
    drained = response.drain()
    assert await anext(drained) == b"data: [DONE]\n\n"
    assert seen == ["recorded"]
    await drained.aclose()
    assert stream.closed


async def test_a_stream_that_breaks_is_recorded_as_broken() -> None:
    seen: list[object] = []
    broken = ConnectionResetError("gone")
    response = Response(200, SSE, chunks=Pieces(b"data: 1\n\n", broken), observers=[Watcher(seen)])
    with pytest.raises(ConnectionResetError):
        await read(response, seen)
    assert seen == [b"data: 1\n\n", broken]


async def test_a_reader_that_stops_closes_the_provider_s_stream() -> None:
    seen: list[object] = []
    stream = Pieces(b"1", b"2")
    response = Response(200, SSE, chunks=stream, observers=[Watcher(seen)])
    drained = response.drain()
    await anext(drained)
    await drained.aclose()
    assert stream.closed
    assert isinstance(seen[0], GeneratorExit)
    await response.aclose()
    assert len(seen) == 1
