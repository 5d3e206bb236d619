"""How a journal is written: `[length][crc32][record]`, again and again, after a mark that says which form it has.

Length and checksum are little-endian 32-bit numbers; a record is msgpack. The last frame of a file may be torn: its
process was killed, or the disk was full, while it was written.
"""

from __future__ import annotations

import os
import struct
import zlib
from typing import Any

import msgspec

from groundfog.gateway.record import Record

MARK = b"GFJRNL1\n"
HEADER = struct.Struct("<II")
MOST = 1 << 31
"""No frame is longer."""
_BLANK = bytes(HEADER.size)
_INTEGERS = 1 << 63

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Record)


def add(buffer: bytearray, record: Record, bodies_at: int | None = None) -> Record:
    """Append the record's frame; the record as it is kept. Text that is no Unicode and numbers past 64 bits are mended,
    never refused. With `bodies_at` the frame is without the bodies, and says where they are.
    """
    if bodies_at is None:
        return _add(buffer, record)
    bodies = record.request_body, record.response_body
    record.request_body = record.response_body = None
    record.bodies_at = bodies_at
    kept = _add(buffer, record)
    kept.request_body, kept.response_body = bodies
    return kept


def _add(buffer: bytearray, record: Record) -> Record:
    start = len(buffer)
    buffer += _BLANK
    try:
        _encoder.encode_into(record, buffer, -1)
    except (UnicodeEncodeError, OverflowError):
        del buffer[start:]
        buffer += _BLANK
        record = mended(record)
        _encoder.encode_into(record, buffer, -1)
    body = start + HEADER.size
    with memoryview(buffer) as view:
        checksum = zlib.crc32(view[body:])
    HEADER.pack_into(buffer, start, len(buffer) - body, checksum)
    return record


class Damaged(Exception):
    """A frame in the middle of a journal is not what was written."""


def read(data: bytes, most: int) -> tuple[list[Record], int]:
    """Up to `most` records at the start of `data`, and how many bytes they take. An unfinished frame is left out.

    Raises Damaged when the first frame is whole and wrong.
    """
    records: list[Record] = []
    position, end = 0, len(data)
    while len(records) < most and position + HEADER.size <= end:
        length, checksum = HEADER.unpack_from(data, position)
        after = position + HEADER.size + length
        if after > end:
            break
        body = data[position + HEADER.size : after]
        try:
            if zlib.crc32(body) != checksum:
                raise Damaged
            records.append(_decoder.decode(body))
        except (Damaged, msgspec.DecodeError):
            if records:
                break
            raise Damaged from None
        position = after
    return records, position


def needed(data: bytes) -> int:
    """How many bytes the first frame takes; 0 when its header is not there yet."""
    if len(data) < HEADER.size:
        return 0
    return HEADER.size + int(HEADER.unpack_from(data)[0])


def mended(record: Record) -> Record:
    """The same record with what no database can keep replaced: lone surrogates by `?`, huge numbers by the largest."""
    return msgspec.convert(_mended(record), Record)


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, int) and not isinstance(value, bool):
        return max(-_INTEGERS, min(value, _INTEGERS - 1))
    if isinstance(value, dict):
        return {_mended(key): _mended(one) for key, one in value.items()}
    if isinstance(value, msgspec.Struct):
        return [_mended(one) for one in msgspec.structs.astuple(value)]
    if isinstance(value, list):
        return [_mended(one) for one in value]
    return value


def write_all(fd: int, data: bytes | bytearray) -> None:
    """One system call, or more where the file system takes less at a time."""
    written = os.write(fd, data)
    while written < len(data):
        with memoryview(data) as view:
            written += os.write(fd, view[written:])
