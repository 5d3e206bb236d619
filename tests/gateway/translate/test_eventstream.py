"""AWS's binary event stream is read message by message, and not believed when its checksums are wrong."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog.gateway.translate.eventstream import BrokenStream, Decoder, Message
from tests.gateway.translate.cuts import PLACES, pieces
from tests.support.aws_event_stream import event, message


@given(st.lists(st.tuples(st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=3), st.binary())), PLACES)
def test_any_cut_gives_the_same_messages(sent: list[tuple[dict[str, str], bytes]], places: list[int]) -> None:
    stream = b"".join(message(headers, payload) for headers, payload in sent)
    decoder = Decoder()
    got = [each for piece in pieces(stream, places) for each in decoder.feed(piece)]
    assert got == [Message(headers, payload) for headers, payload in sent]
    assert decoder.between


def test_headers_of_other_types_are_passed_over() -> None:
    packed = b"\x01a\x00" + b"\x01b\x04\x00\x00\x00\x07" + b"\x01c\x06\x00\x02\xff\xfe" + b"\x01d\x07\x00\x01x"
    packed += b"\x01e\x08" + bytes(8) + b"\x01f\x09" + bytes(16)
    prelude = struct.pack(">II", 16 + len(packed) + 2, len(packed))
    begun = prelude + struct.pack(">I", zlib.crc32(prelude)) + packed + b"{}"
    (got,) = Decoder().feed(begun + struct.pack(">I", zlib.crc32(begun)))
    assert got == Message({"d": "x"}, b"{}")


@pytest.mark.parametrize("place", [0, 5, 9, 20, -20, -1])
def test_a_flipped_bit_is_found(place: int) -> None:
    stream = bytearray(event("metadata", {"usage": {"inputTokens": 1}}))
    stream[place] ^= 1
    with pytest.raises(BrokenStream):
        list(Decoder().feed(bytes(stream)))


def test_messages_before_a_broken_one_come_out() -> None:
    whole, broken = event("messageStart", {"role": "assistant"}), bytearray(event("messageStop", {}))
    broken[-1] ^= 1
    messages = Decoder().feed(whole + bytes(broken))
    assert next(messages).payload == b'{"role":"assistant"}'
    with pytest.raises(BrokenStream):
        next(messages)


def test_a_length_beyond_all_messages_is_not_waited_for() -> None:
    prelude = struct.pack(">II", 1 << 31, 0)
    with pytest.raises(BrokenStream):
        list(Decoder().feed(prelude + struct.pack(">I", zlib.crc32(prelude))))
