"""Usage of streams of JSON: server-sent events, and an object for each line.

A stream counts in its first frame that counts (Anthropic's `message_start`), in its last, or in all, each time anew: so
these two are kept as they came, and looked at only when all is over.
"""

from __future__ import annotations

import re

from groundfog.gateway.translate.sse import Splitter
from groundfog.gateway.translate.usage import shapes
from groundfog.metering.usage import Usage

_counts = re.compile(rb'"usage(?:Metadata)?"\s*:\s*\{').search
_ENDS = (b"\n\n", b"\r\n\r\n")
_billed = re.compile(rb'"billed_units"\s*:\s*\{').search


def counts(frame: bytes) -> bool:
    """Whether a frame can say what was used. A frame with `"usage": null` does not."""
    return (b'"usage' in frame and _counts(frame) is not None) or (
        b'"billed_units"' in frame and _billed(frame) is not None
    )


class _Kept:
    """The first and the last frame that count."""

    __slots__ = ("first", "last")

    def __init__(self) -> None:
        self.first: bytes | None = None
        self.last: bytes | None = None

    def take(self, frame: bytes) -> None:
        if self.first is None:
            self.first = frame
        else:
            self.last = frame

    def usage(self) -> Usage:
        if self.first is None:
            return Usage()
        raw, model = shapes.find(self.first)
        if self.last is not None:
            last, last_model = shapes.find(self.last)
            raw, model = shapes.merge(raw, last), last_model or model
        return shapes.usage(raw, model)


class EventStream:
    """Server-sent events. A packet of whole events in which nothing counts costs one search."""

    __slots__ = ("_kept", "_latest", "_splitter")

    def __init__(self) -> None:
        self._splitter = Splitter()
        self._kept = _Kept()
        self._latest: bytes | None = None

    def feed(self, chunk: bytes) -> None:
        if chunk.endswith(_ENDS) and self._splitter.between:
            if counts(chunk):
                if self._kept.first is None:
                    self._take(self._splitter.feed(chunk))
                else:
                    self._latest = chunk
            return
        events = self._splitter.feed(chunk)
        if events:
            self._take(events)

    def _take(self, events: list[bytes]) -> None:
        for event in events:
            if counts(event):
                self._kept.take(event)
                self._latest = None

    def result(self) -> Usage:
        events = self._splitter.finish()
        if self._latest is not None:
            events = Splitter().feed(self._latest) + events
        self._take(events)
        return self._kept.usage()


class LineStream:
    """An object for each line, as Cohere's first API streams."""

    __slots__ = ("_kept", "_line")

    def __init__(self) -> None:
        self._line: list[bytes] = []
        self._kept = _Kept()

    def feed(self, chunk: bytes) -> None:
        first, *rest = chunk.split(b"\n")
        if first:
            self._line.append(first)
        for line in rest:
            self._end()
            if line:
                self._line.append(line)

    def _end(self) -> None:
        line = self._line[0] if len(self._line) == 1 else b"".join(self._line)
        self._line.clear()
        if counts(line):
            self._kept.take(line)

    def result(self) -> Usage:
        self._end()
        return self._kept.usage()
