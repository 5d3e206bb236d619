"""Which model a request asks for, and whether it wants a stream: each provider says it in its own place."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, unquote

from groundfog.gateway.providers.provider import Provider
from groundfog.gateway.request import Step

_GOOGLE = re.compile(r"(?:^|/)(?:tunedModels|models)/([^/:]+)")
_VERTEX = re.compile(r"(?:^|/)publishers/([^/]+)/models/([^/:]+)")
_BEDROCK = re.compile(r"(?:^|/)model/([^/]+)/")
_REPLICATE = re.compile(r"(?:^|/)(?:models|deployments)/([^/]+/[^/]+)/")
_BASETEN = re.compile(r"^model/([^/]+)")
_WORKERS = re.compile(r"^(?:run/)?(@[^?]+)")
_FORM_MODEL = re.compile(rb'name="model"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]{1,256})\r\n')
_FORM_STREAM = re.compile(rb'name="stream"\r\n(?:[^\r\n]+\r\n)*\r\ntrue\r\n', re.IGNORECASE)
_STREAMED_PATHS = (":streamGenerateContent", ":streamRawPredict", "/converse-stream", "/invoke-with-response-stream")


def model_of(provider: Provider, endpoint: str, data: dict[str, Any] | None) -> str | None:
    """The model as the caller named it, or None. `endpoint` may have its query behind it."""
    path, _, query = endpoint.partition("?")
    where = provider.models
    found: str | None = None
    if where == "body":
        return _in_body(provider, data)
    if where == "path":
        found = path
    elif where == "query":
        found = parse_qs(query).get("model", [None])[0]
    elif where == "azure":
        found = path.split("/")[1] if path.count("/") > 1 else None
    elif where == "vertex":
        match = _VERTEX.search(path)
        found = f"{match[1]}/{match[2]}" if match else None
    elif where in _IN_PATH:
        match = _IN_PATH[where].search(path)
        found = match[1] if match else None
    return unquote(found) if found else _in_body(provider, data)


def wants_stream(provider: Provider, endpoint: str, data: dict[str, Any] | None) -> bool:
    """Whether the answer is to come piece by piece."""
    if data is not None and data.get("stream") is True:
        return True
    return provider.models in ("google", "vertex", "bedrock") and endpoint.partition("?")[0].endswith(_STREAMED_PATHS)


def describe(provider: Provider, step: Step) -> None:
    """Set the step's model and stream, from its path, its JSON or its form (audio comes as one)."""
    data = step.data()
    endpoint = f"{step.endpoint}?{step.query}" if provider.models == "query" and step.query else step.endpoint
    if step.model is None:
        step.model = model_of(provider, endpoint, data)
    step.stream = step.stream or wants_stream(provider, step.endpoint, data)
    if data is None and step.body and b"multipart/form-data" in _content_type(step):
        if step.model is None and (match := _FORM_MODEL.search(step.body)):
            step.model = match[1].decode("utf-8", "replace")
        step.stream = step.stream or _FORM_STREAM.search(step.body) is not None


def _in_body(provider: Provider, data: dict[str, Any] | None) -> str | None:
    if data is None:
        return None
    for key in provider.model_keys:
        value = data.get(key)
        if isinstance(value, str) and value:
            return value
    version = data.get("version") if provider.models == "replicate" else None
    return version if isinstance(version, str) else None


def _content_type(step: Step) -> bytes:
    return next((value for name, value in step.headers if name == b"content-type"), b"")


_IN_PATH = {
    "google": _GOOGLE,
    "bedrock": _BEDROCK,
    "replicate": _REPLICATE,
    "baseten": _BASETEN,
    "workers-ai": _WORKERS,
}
