"""Server-sent events come out whole, however their bytes were cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog.gateway.translate.sse import Splitter
from tests.gateway.translate.cuts import PLACES, pieces, single_bytes


def split(chunks: object) -> list[bytes]:
    splitter = Splitter()
    out: list[bytes] = []
    for chunk in chunks:  # type: ignore[attr-defined]
        out.extend(splitter.feed(chunk))
    return out + splitter.finish()


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: a\n\ndata: b\n\n", [b"a", b"b"]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", [b"a", b"b"]),
        (b"data: a\r\rdata: b\r\r", [b"a", b"b"]),
        (b"data: a\r\n\ndata:b\n\r\n", [b"a", b"b"]),
        (b": hello\n\nevent: x\nid: 7\nretry: 5\ndata: a\n\n", [b"a"]),
        (b"data: a\r\ndata: b\r\n\r\n", [b"a\nb"]),
        (b"data: a\ndata: b\ndata\ndata:  c\n\n", [b"a\nb\n\n c"]),
        (b"data: a\n\ndata: b", [b"a", b"b"]),
        (b"data: a\n\ndata: b\n", [b"a", b"b"]),
        (b"\xef\xbb\xbfdata: a\n\n", [b"a"]),
        (b"event: ping\n\n\n\ndata: a\n\n", [b"a"]),
        ("data: grüße 👋\n\n".encode(), ["grüße 👋".encode()]),
        (b"", []),
    ],
)
def test_events_are_split_as_the_standard_says(stream: bytes, events: list[bytes]) -> None:
    assert split([stream]) == events
    assert split(single_bytes(stream)) == events


LINES = st.sampled_from(
    [b"data: x", b"data:y", b"data", b": note", b"event: e", b"", b"", b"\xef\xbb\xbfdata: z", b"id"]
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


@given(st.lists(st.tuples(LINES, ENDS), max_size=30), PLACES)
def test_any_cut_gives_the_same_events(lines: list[tuple[bytes, bytes]], places: list[int]) -> None:
    stream = b"".join(line + end for line, end in lines)
    assert split(pieces(stream, places)) == split([stream])


def test_an_event_is_given_out_with_its_last_byte() -> None:
    splitter = Splitter()
    assert splitter.feed(b"data: a\n") == []
    assert not splitter.between
    assert splitter.feed(b"\n") == [b"a"]
    assert splitter.between


def test_a_frame_of_40_mb_in_small_packets_comes_out_whole() -> None:
    splitter = Splitter()
    splitter.feed(b"data: ")
    for _ in range(10_240):
        assert splitter.feed(b"x" * 4096) == []
    (event,) = splitter.feed(b"\n\n")
    assert event == b"x" * 4096 * 10_240
