"""A stream that is checked as it goes: a window of text is held back, judged, and let go (groundfog's extension)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

from groundfog.gateway.guards.text import Piece, of_events

OVERLAP = 200
"""Characters of the window before that are judged again, so that nothing is cut for both."""
Judge = Callable[[list[Piece]], Awaitable[None]]
"""Raises to end the stream."""


async def checked(chunks: AsyncIterator[bytes], window: int, judge: Judge) -> AsyncIterator[bytes]:
    """The stream's bytes, unchanged. At least `window` characters of text are judged at once, the last ones alone."""
    held: list[bytes] = []
    unread = b""
    text, before = "", ""
    try:
        async for chunk in chunks:
            held.append(chunk)
            complete, unread = _events(unread + chunk)
            text += "".join(piece.text for piece in of_events(complete))
            if len(text) >= window:
                await judge([Piece("assistant", before + text)])
                before, text = (before + text)[-OVERLAP:], ""
                yield b"".join(held)
                held.clear()
        text += "".join(piece.text for piece in of_events(unread))
        if text:
            await judge([Piece("assistant", before + text)])
        if held:
            yield b"".join(held)
    finally:
        close = getattr(chunks, "aclose", None)
        if close is not None:
            await close()


def _events(data: bytes) -> tuple[bytes, bytes]:
    """What ends with a line, and the rest."""
    end = data.rfind(b"\n") + 1
    return data[:end], data[end:]
