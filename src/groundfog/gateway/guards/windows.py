"""A stream that is checked as it goes: a window of text is held back, judged, and let go (groundfog's extension)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from groundfog.gateway.guards.text import Piece, of_data
from groundfog.gateway.translate.sse import Splitter

OVERLAP = 200
"""Characters of the window before that are judged again, so that nothing is cut for both."""
LONGEST = 16 << 20
"""Bytes that are held for a window."""
Judge = Callable[[list[Piece] | None], Awaitable[None]]
"""Raises to end the stream. None: it is too long to be held."""


async def checked(chunks: AsyncIterator[bytes], window: int, judge: Judge) -> AsyncIterator[bytes]:
    """The stream's bytes, unchanged. At least `window` characters of text are judged at once, the last ones alone."""
    held: list[bytes] = []
    size = 0
    splitter = Splitter()
    text, before = "", ""
    try:
        async for chunk in chunks:
            held.append(chunk)
            size += len(chunk)
            text += _text(splitter.feed(chunk))
            # An event that has begun is not let go with those before it: its text would be out before it is judged.
            if len(text) >= window and splitter.between:
                await judge([Piece("assistant", before + text)])
                before, text = (before + text)[-OVERLAP:], ""
                yield b"".join(held)
                held.clear()
                size = 0
            elif size > LONGEST:
                await judge(None)
                yield b"".join(held)
                held.clear()
                size = 0
        text += _text(splitter.finish())
        if text:
            await judge([Piece("assistant", before + text)])
        if held:
            yield b"".join(held)
    finally:
        close = getattr(chunks, "aclose", None)
        if close is not None:
            await close()


def _text(events: Iterable[bytes]) -> str:
    return "".join(piece.text for piece in of_data(events))
