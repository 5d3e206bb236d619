"""What a provider's answer says it used, read as the bytes pass by (spec ai-gateway §3.11).

`reader` picks by how the answer is framed; what is in a frame is told by the names of its members (`shapes`), since
many providers speak several dialects: xAI and Bedrock also Anthropic's, Google also OpenAI's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from groundfog.gateway.translate.usage.aws import AwsStream
from groundfog.gateway.translate.usage.shapes import header_counts
from groundfog.gateway.translate.usage.streams import EventStream, LineStream
from groundfog.gateway.translate.usage.whole import WholeBody
from groundfog.metering.usage import Usage

FORMATS = frozenset({"openai", "anthropic", "google", "bedrock", "cohere", "workers-ai", "replicate", "none"})


class UsageReader(Protocol):
    def feed(self, chunk: bytes) -> None:
        """Bytes of the answer, cut anywhere."""
        ...

    def result(self) -> Usage:
        """What was said; members stay None where nothing was."""
        ...


class NoUsage:
    """Reads nothing: pictures, sound, errors, providers that do not count tokens."""

    __slots__ = ()

    def feed(self, chunk: bytes) -> None:
        pass

    def result(self) -> Usage:
        return Usage()


class HeaderUsage:
    """Bedrock's `invoke` counts in its headers, whatever the model's own answer looks like."""

    __slots__ = ("_body", "_counts")

    def __init__(self, counts: Usage, body: UsageReader) -> None:
        self._counts = counts
        self._body = body

    def feed(self, chunk: bytes) -> None:
        self._body.feed(chunk)

    def result(self) -> Usage:
        said = self._body.result()
        self._counts.model = said.model
        return self._counts


def reader(
    format: str, content_type: bytes | str | None, status: int, headers: Iterable[tuple[bytes, bytes]] = ()
) -> UsageReader:
    """A reader for one answer. `format` is one of FORMATS; only `none` and `bedrock` make a difference.

    `headers` (lower-case names) are looked at for Bedrock's token counts.
    """
    if format == "none" or not 200 <= status < 300:
        return NoUsage()
    body = _framed(content_type)
    if format == "bedrock":
        counts = header_counts(headers)
        if counts is not None:
            return HeaderUsage(counts, body)
    return body


def _framed(content_type: bytes | str | None) -> UsageReader:
    kind = content_type.encode("latin-1", "replace") if isinstance(content_type, str) else content_type or b""
    kind = kind.lower()
    if kind.startswith(b"application/json"):
        return WholeBody()
    if kind.startswith(b"text/event-stream"):
        return EventStream()
    if kind.startswith(b"application/vnd.amazon.eventstream"):
        return AwsStream()
    if b"ndjson" in kind or b"jsonl" in kind or b"stream+json" in kind:
        return LineStream()
    if not kind or b"json" in kind:
        return WholeBody()
    return NoUsage()
