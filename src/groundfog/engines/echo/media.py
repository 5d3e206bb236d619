"""What the first bytes of an image tell: its format and size."""

from __future__ import annotations

import struct

from groundfog import errors


def image_format(content: bytes) -> str | None:
    """PNG, JPEG, GIF, WebP or BMP; None when the bytes are none of these."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WebP"
    return "BMP" if content.startswith(b"BM") else None


def image_size(content: bytes) -> tuple[int, int] | None:
    """(width, height) in pixels of a PNG, JPEG, GIF or BMP; None when it cannot be told."""
    kind = image_format(content)
    try:
        if kind == "PNG":
            width, height = struct.unpack_from(">II", content, 16)
        elif kind == "GIF":
            width, height = struct.unpack_from("<HH", content, 6)
        elif kind == "BMP":
            width, height = struct.unpack_from("<ii", content, 18)
        elif kind == "JPEG":
            return _jpeg_size(content)
        else:
            return None
    except struct.error:
        return None
    return width, abs(height)


def require_image(content: bytes) -> None:
    """Raises UPSTREAM_REFUSED when there are no bytes. Formats are not checked: echo decodes nothing."""
    if not content:
        raise errors.UPSTREAM_REFUSED(what="Invalid input image[0]: unable to decode image file")


def describe_image(content: bytes) -> str:
    """`a PNG image of 64×64 pixels`, as far as the bytes tell."""
    kind, size = image_format(content), image_size(content)
    if kind is None:
        return f"{len(content)} bytes that are no known image format"
    return f"a {kind} image" + (f" of {size[0]}×{size[1]} pixels" if size else "")


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", content, place + 5)
            return width, height
        place += 2 + int(struct.unpack_from(">H", content, place + 2)[0])
    return None
