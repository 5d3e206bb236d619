"""Pictures that follow from content: a foggy gradient and a few discs, painted in squares of 8×8 pixels."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

from groundfog.engines.echo.jpeg import encode_mosaic
from groundfog.engines.echo.seeds import Random

CELL = 8
"""Side of the squares in pixels: one block of JPEG, so that a whole picture is quickly encoded."""

Cells = npt.NDArray[np.uint8]
"""rows × columns × 3 (RGB)."""


def paint(seed: int, width: int, height: int) -> Cells:
    """The squares of a picture of `width` × `height` pixels; the last ones may reach over its edges."""
    random = Random(seed)
    columns, rows = -(-width // CELL), -(-height // CELL)
    top, bottom = _colour(random), _colour(random)
    down = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None]
    picture = np.broadcast_to(top * (1 - down) + bottom * down, (rows, columns, 3)).copy()
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    for _ in range(random.between(2, 5)):
        centre_x, centre_y = random.unit() * columns, random.unit() * rows
        radius = (0.1 + 0.25 * random.unit()) * min(columns, rows)
        inside = (x - centre_x) ** 2 + (y - centre_y) ** 2 < radius**2
        picture[inside] = picture[inside] * 0.35 + _colour(random) * 0.65
    return picture.astype(np.uint8)


def png(cells: Cells, width: int, height: int) -> bytes:
    """A PNG file (8-bit RGB) of exactly `width` × `height` pixels."""
    wide = np.repeat(cells, CELL, axis=1)[:, :width]
    lines = np.zeros((len(cells), 1 + width * 3), np.uint8)
    lines[:, 1:] = wide.reshape(len(cells), -1)
    pixels = np.repeat(lines, CELL, axis=0)[:height].tobytes()
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(pixels, 1))
        + _chunk(b"IEND", b"")
    )


def jpeg(cells: Cells, width: int, height: int) -> bytes:
    """A baseline JPEG file of exactly `width` × `height` pixels."""
    return encode_mosaic(cells, width, height)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _colour(random: Random) -> npt.NDArray[np.float32]:
    return np.array([random.between(40, 230) for _ in range(3)], np.float32)
