"""Request bodies: JSON whatever the header says, raw bytes, and multipart forms (spec §1.4, §2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from groundfog import errors
from groundfog.tasks import BinaryBody, Body, FormBody, JsonBody, multipart

MAX_DEPTH = 200
"""Levels of objects and arrays in a JSON body."""


def json_object(content: bytes) -> dict[str, Any]:
    """The JSON object of a body. Raises INCOMPLETE_REQUEST (empty) and BAD_INPUT."""
    if not content:
        raise errors.INCOMPLETE_REQUEST(what="body")
    _check_plain(content)
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise errors.BAD_INPUT(what=f"the body is not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise _not_an_object(value)
    _check_depth(content, value)
    return value


def read_body(content: bytes, content_type: str | None, extra: Mapping[str, Any] | None = None) -> Body:
    """A model's inputs as they came. `extra` are the inputs beside a raw or multipart body.

    JSON counts as JSON under any header (curl names it a form); anything that is not JSON under a JSON header, or that
    looks like broken JSON, is an error. Raises INCOMPLETE_REQUEST and BAD_INPUT.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    if not content:
        raise errors.INCOMPLETE_REQUEST(what="body")
    _check_plain(content)
    if kind == "multipart/form-data":
        return FormBody(multipart.parse(content, content_type or ""), extra or {})
    if kind.startswith(("audio/", "image/", "video/")):
        return BinaryBody(content, kind, extra or {})
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        if kind.endswith("json") or content.lstrip()[:1] in (b"{", b"["):
            raise errors.BAD_INPUT(what=f"the body is not valid JSON: {error}") from None
        return BinaryBody(content, kind or "application/octet-stream", extra or {})
    if not isinstance(value, dict):
        raise _not_an_object(value)
    _check_depth(content, value)
    return JsonBody(value)


def _check_plain(content: bytes) -> None:
    """Raises BAD_INPUT for a compressed body; neither JSON nor a form nor a model's input begins with these bytes."""
    if content.startswith(b"\x1f\x8b"):
        raise errors.BAD_INPUT(what="the body is compressed with gzip: send it without a Content-Encoding")


def _check_depth(content: bytes, value: Any) -> None:
    """Raises BAD_INPUT for a value that is nested deeper than what reads, sends and repeats it can follow."""
    if content.count(b"{") + content.count(b"[") <= MAX_DEPTH:
        return
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise errors.BAD_INPUT(what=f"the body is nested deeper than {MAX_DEPTH} levels")


def _not_an_object(value: Any) -> errors.GroundfogError:
    names = {list: "array", str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
    return errors.BAD_INPUT(what=f"Type mismatch of '/', '{names.get(type(value), 'value')}' not in 'object'")
