"""A baseline JPEG encoder for mosaics: pictures whose 8×8 blocks have one colour each.

Such a block is one DC coefficient, so a file is Huffman-coded differences of colours and nothing else (ITU T.81).
"""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt

_QUANTISER = 8
"""With it a DC step is one level of colour."""

_LENGTHS = (0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)
"""How many Huffman codes of each length: the usual table for DC differences (T.81, table K.3)."""

_CODES = (0b00, 0b010, 0b011, 0b100, 0b101, 0b110, 0b1110, 0b11110, 0b111110, 0b1111110, 0b11111110, 0b111111110)
_CODE_LENGTHS = (2, 3, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9)

Bits = npt.NDArray[np.int64]


def encode_mosaic(cells: npt.NDArray[np.uint8], width: int, height: int) -> bytes:
    """`cells` is rows × columns × 3 (RGB), one for each 8×8 block of the `width` × `height` pixels."""
    levels = _ycbcr(cells).reshape(-1, 3)
    differences = np.diff(levels, axis=0, prepend=np.zeros((1, 3), np.int64)).reshape(-1)
    return _head(width, height) + _scan(differences) + b"\xff\xd9"


def _ycbcr(cells: npt.NDArray[np.uint8]) -> Bits:
    """Levels around 0, by JFIF's matrix."""
    matrix = np.array([[0.299, -0.168736, 0.5], [0.587, -0.331264, -0.418688], [0.114, 0.5, -0.081312]])
    converted = cells.astype(np.float64) @ matrix
    converted[..., 0] -= 128
    levels: Bits = np.clip(np.rint(converted), -128, 127).astype(np.int64)
    return levels


def _scan(differences: Bits) -> bytes:
    """Each difference is its size's code, its bits, and the one-bit code that ends a block."""
    sizes = np.zeros(len(differences), np.int64)
    for size in range(len(_CODES) - 1):
        sizes[np.abs(differences) >= 1 << size] = size + 1
    bits = np.where(differences < 0, differences + (1 << sizes) - 1, differences)
    words = ((np.array(_CODES)[sizes] << sizes) | bits) << 1
    lengths = np.array(_CODE_LENGTHS)[sizes] + sizes + 1
    longest = int(lengths.max())
    places = np.arange(longest)
    shifts = lengths[:, None] - 1 - places
    spread = (words[:, None] >> np.maximum(shifts, 0)) & 1
    stream = spread[shifts >= 0].astype(np.uint8)
    filled = np.concatenate([stream, np.ones(-len(stream) % 8, np.uint8)])
    return np.packbits(filled).tobytes().replace(b"\xff", b"\xff\x00")


def _head(width: int, height: int) -> bytes:
    components = b"".join(bytes((number, 0x11, 0)) for number in (1, 2, 3))
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
            _segment(0xDB, bytes((0, *[_QUANTISER] * 64))),
            _segment(0xC0, struct.pack(">BHHB", 8, height, width, 3) + components),
            _segment(0xC4, bytes((0x00, *_LENGTHS, *range(12)))),
            # The only AC code: "the rest of the block is 0".
            _segment(0xC4, bytes((0x10, 1, *[0] * 15, 0x00))),
            _segment(0xDA, bytes((3, 1, 0, 2, 0, 3, 0, 0, 63, 0))),
        )
    )


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data
