"""Samples as bytes: linear PCM, G.711, WAV and FLAC; and silence of a given length as MP3, AAC and Ogg Opus.

The last three need codecs that a base install does not have. Their files are valid and of the right length, and silent.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from groundfog.engines.echo.voice import Samples

MP3_RATE = AAC_RATE = 24_000
OPUS_RATE = 48_000
_PCM, _ALAW, _MULAW = 1, 6, 7


def linear16(samples: Samples) -> bytes:
    """Signed 16-bit little-endian."""
    return np.rint(samples * 32767).astype("<i2").tobytes()


def mulaw(samples: Samples) -> bytes:
    """G.711 μ-law."""
    return _nearest(samples, _mulaw_value)


def alaw(samples: Samples) -> bytes:
    """G.711 A-law."""
    return _nearest(samples, _alaw_value)


def wav(data: bytes, encoding: str, rate: int) -> bytes:
    """A WAV file, mono, of `linear16`, `mulaw` or `alaw` data."""
    code = {"linear16": _PCM, "mulaw": _MULAW, "alaw": _ALAW}[encoding]
    width = 2 if code == _PCM else 1
    layout = struct.pack("<HHIIHH", code, 1, rate, rate * width, width, width * 8)
    if code == _PCM:
        chunks = [(b"fmt ", layout)]
    else:
        chunks = [(b"fmt ", layout + b"\x00\x00"), (b"fact", struct.pack("<I", len(data)))]
    chunks.append((b"data", data))
    body = b"".join(name + struct.pack("<I", len(part)) + part + b"\x00" * (len(part) % 2) for name, part in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def flac(samples: Samples, rate: int) -> bytes:
    """A FLAC file, mono, 16 bits, whose frames hold the samples as they are."""
    data = np.rint(samples * 32767).astype(">i2")
    block = 4096
    size = struct.pack(">HH", block, block) + b"\x00" * 6
    packed = (rate << 44) | (15 << 36) | len(data)
    info = size + packed.to_bytes(8, "big") + b"\x00" * 16
    frames = [b"fLaC\x80" + len(info).to_bytes(3, "big") + info]
    for number, start in enumerate(range(0, len(data), block)):
        part = data[start : start + block]
        head = b"\xff\xf8\x70\x08" + _utf8_number(number) + struct.pack(">H", len(part) - 1)
        frame = head + bytes((_crc(head, 8, 0x07),)) + b"\x02" + part.tobytes()
        frames.append(frame + struct.pack(">H", _crc(frame, 16, 0x8005)))
    return b"".join(frames)


def mp3_silence(seconds: float) -> bytes:
    """MPEG-2 Layer III, mono, 24 kHz, 32 kbit/s: frames whose side information says "nothing here"."""
    frame = b"\xff\xf3\x44\xc0" + b"\x00" * 92
    return frame * max(1, round(seconds * MP3_RATE / 576))


def aac_silence(seconds: float) -> bytes:
    """AAC-LC in ADTS, mono, 24 kHz."""
    payload = b"\x00\xc8\x00\x80\x23\x80"
    length = 7 + len(payload)
    head = bytes((0xFF, 0xF1, 0x58, 0x40 | length >> 11, length >> 3 & 0xFF, (length & 7) << 5 | 0x1F, 0xFC))
    return (head + payload) * max(1, round(seconds * AAC_RATE / 1024))


def opus_silence(seconds: float) -> bytes:
    """Ogg Opus, mono: packets of 20 ms."""
    skip, packets, per_page = 312, max(1, round(seconds * 50) + 1), 50
    head = b"OpusHead\x01\x01" + struct.pack("<HIhB", skip, OPUS_RATE, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 9) + b"groundfog" + struct.pack("<I", 0)
    pages = [_ogg_page([head], 0, 0, 2), _ogg_page([tags], 0, 1, 0)]
    for first in range(0, packets, per_page):
        count = min(per_page, packets - first)
        last = first + count == packets
        granule = skip + round(seconds * OPUS_RATE) if last else (first + count) * 960
        pages.append(_ogg_page([b"\xf8\xff\xfe"] * count, granule, len(pages), 4 if last else 0))
    return b"".join(pages)


def _ogg_page(packets: list[bytes], granule: int, number: int, flags: int) -> bytes:
    lengths = bytes(len(packet) for packet in packets)
    fixed = struct.pack("<4sBBqII", b"OggS", 0, flags, granule, 1, number)
    rest = bytes((len(lengths),)) + lengths + b"".join(packets)
    crc = _crc(fixed + b"\x00" * 4 + rest, 32, 0x04C11DB7)
    return fixed + struct.pack("<I", crc) + rest


def _crc(data: bytes, width: int, polynomial: int) -> int:
    """CRC with the high bit first, as FLAC and Ogg have it."""
    mask, shift = (1 << width) - 1, width - 8
    table = []
    for byte in range(256):
        value = byte << shift
        for _ in range(8):
            value = (value << 1 ^ polynomial if value >> width - 1 else value << 1) & mask
        table.append(value)
    crc = 0
    for byte in data:
        crc = (crc << 8 & mask) ^ table[crc >> shift ^ byte]
    return crc


def _utf8_number(number: int) -> bytes:
    """FLAC counts its frames in UTF-8 (stretched to 31 bits)."""
    return chr(number).encode("utf-8", "surrogatepass")


def _nearest(samples: Samples, value_of: Callable[[int], int]) -> bytes:
    """Each sample as the code whose value is nearest."""
    values = np.array([value_of(code) for code in range(256)])
    order = np.argsort(values, kind="stable")
    middles = (values[order][1:] + values[order][:-1]) / 2
    codes: npt.NDArray[np.uint8] = order[np.searchsorted(middles, samples * 32767)].astype(np.uint8)
    return codes.tobytes()


def _mulaw_value(code: int) -> int:
    code = ~code & 0xFF
    size = ((((code & 0x0F) << 3) + 0x84) << (code >> 4 & 7)) - 0x84
    return -size if code & 0x80 else size


def _alaw_value(code: int) -> int:
    code ^= 0x55
    exponent, mantissa = code >> 4 & 7, (code & 0x0F) << 4
    size = mantissa + 8 if not exponent else (mantissa + 0x108) << (exponent - 1)
    return size if code & 0x80 else -size
