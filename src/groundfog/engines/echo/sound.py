"""How long a recording is, by its header; nothing is decoded."""

from __future__ import annotations

import struct

RAW_RATE = 16_000
"""Samples per second of bytes without a known header, taken as 16-bit mono."""

_MP3_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_MP3_KBITS = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def seconds(content: bytes) -> float:
    """Length of a WAV, FLAC, Ogg Opus or MP3 file; other bytes count as 16-bit mono samples at 16 kHz."""
    try:
        if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
            return _wav(content)
        if content[:4] == b"fLaC":
            return _flac(content)
        if content[:4] == b"OggS":
            return _ogg(content)
        if content[:3] == b"ID3" or (len(content) > 3 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2):
            return _mp3(content)
    except (struct.error, IndexError, ZeroDivisionError):
        pass
    return len(content) / (2 * RAW_RATE)


def _wav(content: bytes) -> float:
    place, rate = 12, 0
    while place + 8 <= len(content):
        name, size = content[place : place + 4], struct.unpack_from("<I", content, place + 4)[0]
        if name == b"fmt ":
            rate = struct.unpack_from("<I", content, place + 16)[0]
        elif name == b"data":
            # Streamed files claim more than they hold.
            return float(min(size, len(content) - place - 8) / rate)
        place += 8 + size + (size & 1)
    return 0.0


def _flac(content: bytes) -> float:
    rate = int.from_bytes(content[18:21], "big") >> 4
    samples: int = ((content[21] & 0x0F) << 32) | int.from_bytes(content[22:26], "big")
    return samples / rate


def _ogg(content: bytes) -> float:
    last = content.rfind(b"OggS")
    samples: int = struct.unpack_from("<q", content, last + 6)[0]
    if b"OpusHead" in content[:64]:
        return float(max(samples - struct.unpack_from("<H", content, 38)[0], 0) / 48_000)
    rate = struct.unpack_from("<I", content, 40)[0] if b"vorbis" in content[:40] else 48_000
    return float(samples / rate)


def _mp3(content: bytes) -> float:
    place, length = 0, 0.0
    if content[:3] == b"ID3":
        size = content[6] << 21 | content[7] << 14 | content[8] << 7 | content[9]
        place = 10 + size
    while place + 4 <= len(content) and content[place] == 0xFF and content[place + 1] & 0xE6 == 0xE2:
        version, second, third = content[place + 1] >> 3 & 3, content[place + 2], content[place + 2] >> 2 & 3
        if version not in _MP3_RATES or third == 3 or second >> 4 in (0, 15):
            break
        rate = _MP3_RATES[version][third]
        samples = 1152 if version == 3 else 576
        frame = samples // 8 * _MP3_KBITS[version == 3][second >> 4] * 1000 // rate + (second >> 1 & 1)
        length += samples / rate
        place += frame
    return length
