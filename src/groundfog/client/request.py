"""What a caller gives to `run`, as one request that both transports send alike."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypedDict

import orjson

from groundfog import errors
from groundfog.call import checked_tags
from groundfog.tasks import BinaryBody, Body, FormBody, FormPart, JsonBody

_OPTIONS = frozenset(("gateway", "rejectIfBusy", "tags", "sessionAffinity"))


_RETRIES = frozenset(("maxAttempts", "retryDelayMs", "backoff"))

GATEWAY_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "id": "cf-aig-gateway-id",
        "skipCache": "cf-aig-skip-cache",
        "cacheTtl": "cf-aig-cache-ttl",
        "cacheKey": "cf-aig-cache-key",
        "metadata": "cf-aig-metadata",
        "collectLog": "cf-aig-collect-log",
        "eventId": "cf-aig-event-id",
        "requestTimeoutMs": "cf-aig-request-timeout",
        "maxAttempts": "cf-aig-max-attempts",
        "retryDelayMs": "cf-aig-retry-delay",
        "backoff": "cf-aig-backoff",
    }
)
"""Gateway options, those within `retries` too, and the headers that carry them (spec §1.6)."""


class RunOptions(TypedDict, total=False):
    """The third argument of `run`, in Cloudflare's words."""

    rejectIfBusy: bool
    """Refuse with 3040 instead of waiting in the model's queue."""
    tags: list[str]
    """Up to five labels for the log, 50 characters each."""
    sessionAffinity: str
    """Requests of one session share the prefix cache (`x-session-affinity`)."""
    gateway: dict[str, Any]
    """AI Gateway options: `id`, `skipCache`, `cacheTtl`, `cacheKey`, `metadata`, `collectLog`, `retries`, …"""


class Form:
    """Inputs of the models that take a multipart form (FLUX.2): `Form(prompt="…", input_image_0=png)`.

    A value is text, a number or bytes.
    """

    def __init__(self, **fields: str | int | float | bool | bytes) -> None:
        self.fields = fields


Inputs = Mapping[str, Any] | bytes | Form


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """`body` holds the inputs; `stream` inputs are answered as a stream."""

    model: str
    body: Body
    options: RunOptions

    @property
    def query(self) -> dict[str, str]:
        """Inputs beside a raw body, and the options that travel in the URL."""
        query = {} if isinstance(self.body, JsonBody) else {name: str(value) for name, value in self.body.extra.items()}
        if self.options.get("rejectIfBusy"):
            query["rejectIfBusy"] = "true"
        if self.options.get("tags"):
            query["tags"] = ",".join(self.options["tags"])
        return query


def build(model: str, inputs: Inputs, options: RunOptions | None) -> Request:
    """One request. Raises BAD_INPUT for options that nobody knows and for inputs that JSON does not have."""
    chosen: RunOptions = options or {}
    unknown = sorted(set(chosen) - _OPTIONS)
    if unknown:
        raise errors.BAD_INPUT(what=f"unknown options {', '.join(unknown)}; known are {', '.join(sorted(_OPTIONS))}")
    checked_tags(chosen.get("tags"))
    _check_gateway(chosen.get("gateway", {}))
    return Request(model, _body(inputs), chosen)


def _body(inputs: Inputs) -> Body:
    if isinstance(inputs, bytes | bytearray | memoryview):
        content = bytes(inputs)
        return BinaryBody(content, content_type_of(content))
    if isinstance(inputs, Form):
        return FormBody([_part(name, value) for name, value in inputs.fields.items()])
    audio = inputs.get("audio")
    if isinstance(audio, bytes | bytearray | memoryview):
        content = bytes(audio)
        extra = {name: _text(value) for name, value in inputs.items() if name != "audio" and value is not None}
        return BinaryBody(content, content_type_of(content), extra)
    try:
        data = orjson.dumps(dict(inputs), default=_encoded, option=orjson.OPT_SERIALIZE_NUMPY)
    except TypeError as error:
        raise errors.BAD_INPUT(what=f"the inputs are not JSON: {error}") from None
    # Decoded again, so that a platform in this process reads exactly what a server would.
    return JsonBody(orjson.loads(data))


def _encoded(value: Any) -> Any:
    """Bytes as a data URI of their kind, or as bare base64."""
    if not isinstance(value, bytes | bytearray | memoryview):
        raise TypeError(f"a {type(value).__name__} cannot be sent")
    content = bytes(value)
    text = base64.b64encode(content).decode()
    kind = content_type_of(content)
    return f"data:{kind};base64,{text}" if kind.startswith("image/") else text


def _part(name: str, value: str | int | float | bool | bytes) -> FormPart:
    if isinstance(value, bytes):
        return FormPart(name, value, filename=name, content_type=content_type_of(value))
    return FormPart(name, _text(value).encode())


def _text(value: Any) -> str:
    """A value as it stands in a query string or form."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _check_gateway(options: Mapping[str, Any]) -> None:
    retries = options.get("retries", {})
    known = GATEWAY_HEADERS.keys() - _RETRIES
    unknown = sorted((options.keys() - known - {"retries"}) | (retries.keys() - _RETRIES))
    if unknown:
        raise errors.BAD_INPUT(what=f"unknown gateway options {', '.join(unknown)}")


_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
)


def content_type_of(content: bytes) -> str:
    """By the first bytes; `application/octet-stream` when they tell nothing."""
    if content[:4] == b"RIFF":
        return {b"WAVE": "audio/wav", b"WEBP": "image/webp"}.get(content[8:12], "application/octet-stream")
    return next((kind for magic, kind in _MAGIC if content.startswith(magic)), "application/octet-stream")
