"""How a journal is written: whole frames are read back, torn and damaged ones are told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog.gateway.record import Settlement
from groundfog.gateway.records import frames
from tests.support.records import record

LARGE = 1 << 62


def written(*records: object) -> bytes:
    buffer = bytearray()
    for one in records:
        frames.add(buffer, one)  # type: ignore[arg-type]
    return bytes(buffer)


def test_what_is_written_is_read() -> None:
    first = record(request_body=b"\x00\xff", metadata={"a": 1, "b": True}, settlements=[Settlement("x", 1, 2, 3)])
    second = record(cost=None, tokens_in=None)
    data = written(first, second)
    assert frames.read(data, 10) == ([first, second], len(data))


def test_no_more_is_read_than_was_asked_for() -> None:
    first, second = record(), record()
    data = written(first, second)
    assert frames.read(data, 1) == ([first], len(written(first)))


@given(st.data())
def test_a_file_cut_anywhere_gives_the_frames_before_the_cut(data: st.DataObject) -> None:
    records = [record(request_body=b"x" * size) for size in (0, 10, 300)]
    whole = written(*records)
    cut = data.draw(st.integers(0, len(whole)))
    ends = [len(written(*records[:count])) for count in range(4)]
    complete = max(count for count in range(4) if ends[count] <= cut)
    assert frames.read(whole[:cut], 10) == (records[:complete], ends[complete])


@given(st.data())
def test_a_changed_byte_is_never_taken_for_a_record(data: st.DataObject) -> None:
    whole = bytearray(written(record(), record()))
    size = len(written(record()))
    place = data.draw(st.integers(frames.HEADER.size, size - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(frames.Damaged):
        frames.read(bytes(whole), 10)


def test_records_before_a_damaged_one_are_given_first() -> None:
    first = record()
    good = written(first)
    bad = bytearray(written(record()))
    bad[-1] ^= 1
    assert frames.read(good + bytes(bad), 10) == ([first], len(good))


def test_text_that_is_no_unicode_and_huge_numbers_are_mended() -> None:
    data = written(record(model="a\ud800b", metadata={"k\udc00": "v\ud800"}, tokens_in=1 << 70))
    (kept,), _ = frames.read(data, 1)
    assert (kept.model, kept.metadata, kept.tokens_in) == ("a?b", {"k?": "v?"}, (1 << 63) - 1)
