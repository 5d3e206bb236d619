"""Request bodies: JSON whatever the header says, raw bytes, and multipart forms (spec §1.4, §2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from groundfog import errors
from groundfog.tasks import BinaryBody, Body, FormBody, JsonBody, multipart


def json_object(content: bytes) -> dict[str, Any]:
    """The JSON object of a body. Raises INCOMPLETE_REQUEST (empty) and BAD_INPUT."""
    if not content:
        raise errors.INCOMPLETE_REQUEST(what="body")
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise errors.BAD_INPUT(what=f"the body is not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise _not_an_object(value)
    return value


def read_body(content: bytes, content_type: str | None, extra: Mapping[str, Any] | None = None) -> Body:
    """A model's inputs as they came. `extra` are the inputs beside a raw or multipart body.

    JSON counts as JSON under any header (curl names it a form); anything that is not JSON under a JSON header, or that
    looks like broken JSON, is an error. Raises INCOMPLETE_REQUEST and BAD_INPUT.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    if not content:
        raise errors.INCOMPLETE_REQUEST(what="body")
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
    return JsonBody(value)


def _not_an_object(value: Any) -> errors.GroundfogError:
    names = {list: "array", str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
    return errors.BAD_INPUT(what=f"Type mismatch of '/', '{names.get(type(value), 'value')}' not in 'object'")
