"""Server-sent events from bytes that were cut anywhere."""

from __future__ import annotations

_BOM = b"\xef\xbb\xbf"
DONE = b"data: [DONE]\n\n"
NOTHING = frozenset({b"", b"[DONE]"})
"""Data that says nothing; proxies add it to streams of providers that have no such end."""


class Splitter:
    """Gives the data of each event as soon as it is complete.

    Lines may end in `\\n`, `\\r\\n` or `\\r`; comments, event names and ids are dropped, data of several lines is
    joined by `\\n`. The time is linear in the bytes, however they were cut.
    """

    __slots__ = ("_after_cr", "_data", "_fresh", "_line")

    def __init__(self) -> None:
        self._line: list[bytes] = []
        self._data: list[bytes] = []
        self._after_cr = False
        self._fresh = True

    @property
    def between(self) -> bool:
        """No event is begun: the next byte is the first of a line that starts one."""
        return not (self._line or self._data or self._after_cr)

    def feed(self, chunk: bytes) -> list[bytes]:
        """The data of the events that `chunk` completes."""
        if self._after_cr:
            if not chunk:
                return []
            self._after_cr = False
            if chunk.startswith(b"\n"):
                chunk = chunk[1:]
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if chunk.endswith(b"\n\n") and not self._line and not self._data:
            return self._events(chunk)
        out: list[bytes] = []
        self._lines(chunk, out)
        return out

    def finish(self) -> list[bytes]:
        """The data of a last event that no empty line followed."""
        out: list[bytes] = []
        self._lines(b"\n\n", out)
        return out

    def _events(self, chunk: bytes) -> list[bytes]:
        """Whole events only, as most packets bring them."""
        out: list[bytes] = []
        for event in chunk[:-2].split(b"\n\n"):
            if event.startswith(b"data: ") and b"\n" not in event:
                out.append(event[6:])
                self._fresh = False
            else:
                self._lines(event + b"\n\n", out)
        return out

    def _lines(self, chunk: bytes, out: list[bytes]) -> None:
        first, *rest = chunk.split(b"\n")
        if not rest:
            if first:
                self._line.append(first)
            return
        if self._line:
            self._line.append(first)
            first = b"".join(self._line)
            self._line.clear()
        if self._fresh:
            self._fresh = False
            first = first.removeprefix(_BOM)
        self._take(first, out)
        for line in rest[:-1]:
            self._take(line, out)
        if rest[-1]:
            self._line.append(rest[-1])

    def _take(self, line: bytes, out: list[bytes]) -> None:
        if not line:
            if self._data:
                out.append(b"\n".join(self._data) if len(self._data) > 1 else self._data[0])
                self._data.clear()
        elif line.startswith(b"data:"):
            self._data.append(line[6:] if line.startswith(b"data: ") else line[5:])
        elif line == b"data":
            self._data.append(b"")


def frame(data: bytes) -> bytes:
    """One event without a name."""
    return b"data: " + data + b"\n\n"


def named(name: str, data: bytes) -> bytes:
    """One event with a name."""
    return b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"
