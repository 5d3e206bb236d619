"""The texts of requests and answers, in whatever dialect they stand, for those who check them (spec §3.17, §3.18).

No dialect is named: what callers wrote stands in strings, and what is machinery (ids, types, pictures) is left out.
"""

from __future__ import annotations

import base64
import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from groundfog.gateway.packed import Unreadable, lenient, unpacked
from groundfog.gateway.request import Headers, Step
from groundfog.gateway.translate.eventstream import Decoder
from groundfog.gateway.translate.sse import Splitter

SYSTEM = frozenset({"system", "developer"})
_SYSTEM_KEYS = frozenset({"system", "systemInstruction", "system_instruction", "instructions", "preamble"})
_MACHINERY_NAMES = """
    id object type role model created created_at index status event event_id user metadata usage usageMetadata
    finish_reason finishReason stop_reason stopReason stop_sequence system_fingerprint service_tier logprobs
    modelVersion
    tool_call_id tool_use_id call_id item_id response_id responseId previous_response_id safety_identifier
    tool_choice response_format encoding_format anthropic_version safetyRatings safetySettings cache_control
    url image_url file_id fileUri mimeType mime_type media_type format detail signature encrypted_content
    reasoning_effort verbosity
"""
_MACHINERY = frozenset(_MACHINERY_NAMES.split())
_DECLARED = frozenset({"tools", "functions", "toolConfig", "tool_config", "generationConfig", "generation_config"})
"""What a program declares, and no user writes: checked for data that leaks, not for what it says."""
_BLOB = re.compile(r"[A-Za-z0-9+/_=\r\n-]{512,}")
_NUMBER_DIGITS = 8
_MAX_DEPTH = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Piece:
    """One text. `role` is that of the message around it, `user` where there is none."""

    role: str
    text: str


def of_request(step: Step, *, everything: bool = False) -> list[Piece]:
    """The texts that a request's body holds. `everything`: declarations of tools, numbers and ids, too.

    Raises Unreadable.
    """
    encoding = _header(step.headers, b"content-encoding")
    content_type = _header(step.headers, b"content-type")
    if not encoding:
        data = step.data()
        if data is not None:
            return list(_walk(data, "user", everything))
    return of_body(step.body, content_type, encoding, everything=everything)


def of_response(body: bytes, headers: Headers, *, everything: bool = False) -> list[Piece]:
    """The texts of an answer, a stream's pieces put together. Raises Unreadable."""
    found = of_body(
        body, _header(headers, b"content-type"), _header(headers, b"content-encoding"), everything, "assistant"
    )
    return [Piece("assistant", piece.text) for piece in found]


def of_body(body: bytes, content_type: str, encoding: str, everything: bool = False, role: str = "user") -> list[Piece]:
    """Texts of a body by its content type; none of pictures and sound."""
    body = unpacked(body, encoding)
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "text/event-stream":
        return of_events(body, role, everything)
    if kind == "application/vnd.amazon.eventstream":
        return _joined(_frames(body), role, everything)
    if kind == "multipart/form-data":
        return list(_of_form(body, content_type, role))
    try:
        return list(_walk(orjson.loads(body), role, everything))
    except orjson.JSONDecodeError:
        pass
    try:
        return list(_walk(orjson.loads(lenient(body, kind)), role, everything))
    except ValueError:
        return _plain(body, kind, role)


def _plain(body: bytes, kind: str, role: str) -> list[Piece]:
    """Anything that is text, whatever it says it is."""
    if kind.startswith("text/") or kind.endswith("json"):
        text = body.decode("utf-8", "replace")
    else:
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return []
    if "\0" in text and kind.endswith("json"):
        raise Unreadable("it is no JSON")
    return [Piece(role, text)] if text and "\0" not in text else []


def of_events(body: bytes, role: str = "assistant", everything: bool = False) -> list[Piece]:
    """The texts of complete events of a stream; what stands at the same place in several is one text."""
    splitter = Splitter()
    return of_data([*splitter.feed(body), *splitter.finish()], role, everything)


def of_data(events: Iterable[bytes], role: str = "assistant", everything: bool = False) -> list[Piece]:
    """The texts of the data of events."""
    return _joined(events, role, everything)


def _joined(events: Iterable[bytes], role: str, everything: bool) -> list[Piece]:
    joined: dict[str, list[str]] = {}
    for line in events:
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        for place, text in _placed(event, "", everything, 0):
            joined.setdefault(place, []).append(text)
    return [Piece(role, "".join(texts)) for texts in joined.values()]


def _frames(body: bytes) -> Iterator[bytes]:
    """What the messages of a Bedrock stream carry; `InvokeModelWithResponseStream` wraps it once more."""
    try:
        for message in Decoder().feed(body):
            wrapped = orjson.loads(message.payload) if message.payload else {}
            inner = wrapped.get("bytes") if isinstance(wrapped, dict) else None
            yield base64.b64decode(inner) if isinstance(inner, str) else message.payload
    except ValueError as error:
        raise Unreadable(f"it is no event stream: {error}") from None


def _placed(value: Any, place: str, everything: bool, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, str):
        if value and not _is_blob(value):
            yield place, value
    elif isinstance(value, Mapping):
        number = value.get("index", "")
        for name, inner in value.items():
            if everything or name not in _MACHINERY:
                yield from _placed(inner, f"{place}{number}.{name}", everything, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _placed(inner, place, everything, depth + 1)


def _walk(value: Any, role: str, everything: bool, depth: int = 0) -> Iterator[Piece]:
    if depth > _MAX_DEPTH:
        raise Unreadable("the JSON is nested too deep")
    if isinstance(value, str):
        if value and not _is_blob(value):
            yield Piece(role, value)
    elif isinstance(value, Mapping):
        given = value.get("role")
        role = given if isinstance(given, str) else role
        for name, inner in value.items():
            if everything:
                yield from _walk(inner, role, everything, depth + 1)
            elif name not in _MACHINERY and name not in _DECLARED:
                yield from _walk(inner, "system" if name in _SYSTEM_KEYS else role, everything, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, role, everything, depth + 1)
    elif everything and isinstance(value, int) and not isinstance(value, bool):
        digits = str(value)
        if len(digits) >= _NUMBER_DIGITS:
            yield Piece(role, digits)


def _is_blob(text: str) -> bool:
    """A picture or sound in base64."""
    return len(text) >= 512 and (text.startswith("data:") or _BLOB.fullmatch(text) is not None)


def _of_form(body: bytes, content_type: str, role: str) -> Iterator[Piece]:
    """Fields of a form that are no files."""
    found = re.search(r'boundary="?([^";]+)', content_type)
    if found is None:
        raise Unreadable("the form names no boundary")
    for part in body.split(b"--" + found.group(1).encode("latin-1"))[1:]:
        head, _, content = part.partition(b"\r\n\r\n")
        head = head.lower()
        if b"filename=" not in head or b"content-type: text/" in head:
            text = content.removesuffix(b"\r\n").decode("utf-8", "replace")
            if text and part[:2] != b"--":
                yield Piece(role, text)


def _header(headers: Headers, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in headers if key == name), "")
