"""Short ways to write the JSON Schemas of inputs and outputs; each returns a plain dict.

One schema is both what `models/schema` shows and what a request is checked against (`tasks.form`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]


def _with(schema: Schema, description: str | None, default: Any) -> Schema:
    if default is not None:
        schema["default"] = default
    if description:
        schema["description"] = description
    return schema


def text(
    description: str | None = None,
    *,
    least: int | None = None,
    most: int | None = None,
    choices: Sequence[str] | None = None,
    pattern: str | None = None,
    default: str | None = None,
) -> Schema:
    """A string; `least` and `most` are lengths in characters."""
    schema: Schema = {"type": "string"}
    if least is not None:
        schema["minLength"] = least
    if most is not None:
        schema["maxLength"] = most
    if choices is not None:
        schema["enum"] = list(choices)
    if pattern is not None:
        schema["pattern"] = pattern
    return _with(schema, description, default)


def integer(
    description: str | None = None, *, least: int | None = None, most: int | None = None, default: int | None = None
) -> Schema:
    return _with({"type": "integer", **_bounds(least, most)}, description, default)


def number(
    description: str | None = None,
    *,
    least: float | None = None,
    most: float | None = None,
    default: float | None = None,
) -> Schema:
    return _with({"type": "number", **_bounds(least, most)}, description, default)


def boolean(description: str | None = None, *, default: bool | None = None) -> Schema:
    return _with({"type": "boolean"}, description, default)


def array(
    items: Schema, description: str | None = None, *, least: int | None = None, most: int | None = None
) -> Schema:
    """A list; `least` and `most` are numbers of items."""
    schema: Schema = {"type": "array", "items": items}
    if least is not None:
        schema["minItems"] = least
    if most is not None:
        schema["maxItems"] = most
    return _with(schema, description, None)


def one_of(*branches: Schema, description: str | None = None, default: Any = None) -> Schema:
    return _with({"oneOf": list(branches)}, description, default)


def text_or_list(description: str, *, most: int) -> Schema:
    """One text or a list of up to `most`, none of them empty."""
    return one_of(text(least=1), array(text(least=1), least=1, most=most), description=description)


def thing(
    properties: Mapping[str, Schema],
    required: Sequence[str] = (),
    description: str | None = None,
    *,
    rest: bool | Schema | None = None,
) -> Schema:
    """An object; `rest` is `additionalProperties`."""
    schema: Schema = {"type": "object", "properties": dict(properties)}
    if required:
        schema["required"] = list(required)
    if rest is not None:
        schema["additionalProperties"] = rest
    return _with(schema, description, None)


def json_output(schema: Schema) -> Schema:
    """An output that is JSON (spec §1.8)."""
    return {**schema, "contentType": "application/json"}


def binary_output(content_type: str, description: str) -> Schema:
    """An output that is raw bytes (spec §1.8)."""
    return {"type": "string", "contentType": content_type, "format": "binary", "description": description}


def event_stream_output() -> Schema:
    """An output that is server-sent events."""
    return {"type": "string", "contentType": "text/event-stream", "format": "binary"}


def _bounds(least: float | None, most: float | None) -> Schema:
    bounds: Schema = {}
    if least is not None:
        bounds["minimum"] = least
    if most is not None:
        bounds["maximum"] = most
    return bounds
