"""Bytes in JSON: byte arrays, base64 text, data URIs and `{body, contentType}` (spec workers-ai §2.4, §3.6–§3.9).

The builders here make the schema branches; `to_bytes` reads whatever passed them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from groundfog import errors
from groundfog.tasks.schema import Schema
from groundfog.tasks.validate import type_name

_BYTE: Schema = {"type": "number", "minimum": 0, "maximum": 255}


def byte_array(description: str | None = None) -> Schema:
    """`[137, 80, 78, …]`."""
    schema: Schema = {"type": "array", "format": "binary", "items": _BYTE}
    return {**schema, "description": description} if description else schema


def byte_rows(description: str | None = None) -> Schema:
    """`[[137, 80], …]`: a list of lists of byte values, read in order."""
    row: Schema = {"type": "array", "format": "binary", "items": _BYTE}
    schema: Schema = {"type": "array", "items": {"oneOf": [_BYTE, row]}, "format": "binary"}
    return {**schema, "description": description} if description else schema


def base64_text(description: str | None = None) -> Schema:
    """Base64, with or without a `data:` prefix."""
    schema: Schema = {"type": "string", "minLength": 1, "format": "binary", "contentEncoding": "base64"}
    return {**schema, "description": description} if description else schema


def body_object(description: str | None = None) -> Schema:
    """`{body, contentType}`; a stream in `body` arrives as the request body instead."""
    body: Schema = {"oneOf": [base64_text(), byte_array()]}
    return {
        "type": "object",
        "format": "binary",
        "properties": {"body": body, "contentType": {"type": "string"}},
        "required": ["body", "contentType"],
        "description": description or "The bytes with their content type",
    }


def to_bytes(value: Any) -> bytes:
    """The bytes of a value that fits one of the builders. Raises INVALID_BASE64."""
    match value:
        case bytes():
            return value
        case str():
            return from_text(value)
        case list():
            try:
                return bytes(value)
            except TypeError:
                return b"".join(to_bytes(item) if isinstance(item, list) else bytes((int(item),)) for item in value)
        case Mapping():
            return to_bytes(value["body"])
    raise errors.INVALID_BASE64(type=type_name(value))


def content_type_of(value: Any) -> str | None:
    """The content type that came with a value: of its object form or its data URI."""
    if isinstance(value, Mapping):
        return str(value["contentType"])
    if isinstance(value, str) and value.startswith("data:"):
        return value[5:].partition(",")[0].partition(";")[0] or None
    return None


def from_text(value: str) -> bytes:
    """Bytes of base64 text (standard or URL alphabet, padding optional) or of a data URI. Raises INVALID_BASE64."""
    if value.startswith("data:"):
        head, comma, data = value.partition(",")
        if not comma:
            raise errors.INVALID_BASE64(type="string")
        if not head.endswith(";base64"):
            return unquote_to_bytes(data)
        value = data
    compact = "".join(value.split()).translate(_URL_ALPHABET).rstrip("=")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise errors.INVALID_BASE64(type="string") from error


_URL_ALPHABET = str.maketrans("-_", "+/")
