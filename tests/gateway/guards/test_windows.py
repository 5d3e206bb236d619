"""A stream that is judged window by window: nothing goes out unjudged, nothing is lost or changed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog.gateway.guards.text import Piece
from groundfog.gateway.guards.windows import checked


class Refused(Exception):
    """The judge says no."""


def events(*texts: str) -> list[bytes]:
    made = [
        b"data: " + orjson.dumps({"choices": [{"index": 0, "delta": {"content": text}}]}) + b"\n\n" for text in texts
    ]
    return [*made, b"data: [DONE]\n\n"]


async def stream(chunks: list[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def cut(body: bytes, sizes: list[int]) -> list[bytes]:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(body[at : at + size])
        at += size
    return [piece for piece in [*pieces, body[at:]] if piece]


async def test_what_was_judged_goes_out_and_what_is_refused_does_not() -> None:
    judged: list[str] = []

    async def judge(pieces: list[Piece] | None) -> None:
        judged.append("".join(piece.text for piece in pieces or ()))
        if "forbidden" in judged[-1]:
            raise Refused

    seen: list[bytes] = []
    with pytest.raises(Refused):
        await drain(checked(stream(events("A fine day. ", "All is for", "bidden here. ", "Never.")), 10, judge), seen)
    assert b"A fine day" in b"".join(seen)
    assert b"bidden" not in b"".join(seen)
    # The word was cut between two windows.
    assert judged == ["A fine day. ", "A fine day. All is for", "A fine day. All is forbidden here. "]


async def drain(chunks: AsyncIterator[bytes], seen: list[bytes]) -> None:
    async for chunk in chunks:
        seen.append(chunk)


@given(st.integers(0, 12), st.lists(st.integers(1, 60), max_size=30), st.integers(1, 50))
async def test_the_bytes_are_the_same_and_no_text_goes_out_before_it_was_judged(
    count: int, sizes: list[int], window: int
) -> None:
    words = [f"<word {number}>" for number in range(count)]
    body = b"".join(events(*words))
    judged = ""
    out = b""

    async def judge(pieces: list[Piece] | None) -> None:
        nonlocal judged
        judged += "".join(piece.text for piece in pieces)

    async for chunk in checked(stream(cut(body, sizes)), window, judge):
        out += chunk
        assert all(word in judged for word in words if word.encode() in out)
    assert out == body
    assert all(word in judged for word in words)


@pytest.mark.parametrize(
    "body",
    [
        b'data: {"choices": [{"delta":\ndata: {"content": "forbidden"}}]}\n\n',
        b'data: {"choices": [{"delta": {"content": "forbidden"}}]}\r\r',
        b'\xef\xbb\xbfdata: {"choices": [{"delta": {"content": "forbidden"}}]}\r\n\r\n',
        b'data:{"choices": [{"delta": {"content": "forbidden"}}]}',
    ],
)
async def test_no_way_to_write_events_gets_past_the_judge(body: bytes) -> None:
    async def judge(pieces: list[Piece] | None) -> None:
        assert pieces is not None
        if "forbidden" in pieces[0].text:
            raise Refused

    for size in (1, 7, len(body)):
        seen: list[bytes] = []
        with pytest.raises(Refused):
            await drain(checked(stream(cut(body, [size] * (len(body) // size))), 5, judge), seen)
        assert seen == []


async def test_a_begun_event_waits_for_its_end() -> None:
    async def judge(pieces: list[Piece] | None) -> None:
        assert pieces is not None

    first, second, done = events("All is well here.", "And here.")
    seen: list[bytes] = []
    async for chunk in checked(stream([first + second[:30], second[30:], done]), 5, judge):
        seen.append(chunk)
    assert seen == [first + second, done]


async def test_what_is_too_long_to_be_held_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundfog.gateway.guards.windows.LONGEST", 100)
    asked: list[list[Piece] | None] = []

    async def judge(pieces: list[Piece] | None) -> None:
        asked.append(pieces)
        raise Refused

    seen: list[bytes] = []
    with pytest.raises(Refused):
        await drain(checked(stream([b"data: " + b"x" * 60, b"y" * 60, b"z" * 60]), 5, judge), seen)
    assert (asked, seen) == ([None], [])
