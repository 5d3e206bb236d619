"""Asking for a whole answer in place of a stream, and waiting for one that comes in pieces (spec ai-gateway §3.17)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import orjson

from groundfog import errors
from groundfog.gateway.request import Step
from groundfog.gateway.response import Response

LONGEST = 128 << 20
"""Bytes of an answer that are held to be checked."""
_ENDINGS: Mapping[str, str] = {
    ":streamGenerateContent": ":generateContent",
    ":streamRawPredict": ":rawPredict",
    "/invoke-with-response-stream": "/invoke",
    "/converse-stream": "/converse",
}
_TEXTUAL = ("text/", "application/json", "application/vnd.amazon.eventstream", "application/x-ndjson")


def is_sse(step: Step) -> bool:
    """Whether the step's stream comes as server-sent events; Bedrock has frames of its own."""
    return step.translation is not None or not step.endpoint.endswith("-stream")


def ask_whole(step: Step) -> None:
    """Change the step so that its provider answers in one piece."""
    for ending, whole in _ENDINGS.items():
        if step.endpoint.endswith(ending):
            step.endpoint = step.endpoint.removesuffix(ending) + whole
            step.query = "&".join(part for part in step.query.split("&") if part and part != "alt=sse")
    data = step.data()
    if data is not None and data.get("stream"):
        changed = {name: value for name, value in data.items() if name != "stream_options"}
        changed["stream"] = False
        step.unpack()
        step.body = orjson.dumps(changed)
        step._data = changed
    step.stream = False


def is_text(response: Response) -> bool:
    """Whether there is anything to read: not in pictures and sound."""
    kind = content_type(response)
    return kind.startswith(_TEXTUAL) or kind.endswith("+json") or not kind


def is_event_stream(response: Response) -> bool:
    return response.chunks is not None and content_type(response) == "text/event-stream"


def content_type(response: Response) -> str:
    """Lower case, without parameters."""
    for name, value in response.headers:
        if name == b"content-type":
            return value.decode("latin-1").partition(";")[0].strip().lower()
    return ""


async def collect(response: Response) -> bytes | None:
    """The whole body, which stays the response's; None when it is too long to be held, and goes on in pieces.

    Raises PROVIDER_FAILED when the provider breaks off.
    """
    if response.chunks is None:
        return response.body or b""
    chunks = response.chunks
    held: list[bytes] = []
    size = 0
    try:
        async for chunk in chunks:
            held.append(chunk)
            size += len(chunk)
            if size > LONGEST:
                response.chunks = _rest(held, chunks)
                return None
    except OSError as error:
        await response.aclose(error)
        raise errors.PROVIDER_FAILED(what=str(error) or type(error).__name__) from error
    except BaseException as error:
        await response.aclose(error)
        raise
    response.chunks = None
    response.body = b"".join(held)
    response.headers[:] = [pair for pair in response.headers if pair[0] != b"content-length"]
    return response.body


async def _rest(held: list[bytes], chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        for chunk in held:
            yield chunk
        held.clear()
        async for chunk in chunks:
            yield chunk
    finally:
        close = getattr(chunks, "aclose", None)
        if close is not None:
            await close()
