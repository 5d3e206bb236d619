"""Objects of a JSON Schema are closed: an answer has the fields that the schema names, and no others of its own.

A schema without `additionalProperties` allows any field beside its own, and a model that may go on writing fields does.
Whatever is answered still fits the schema as it was given. `additionalProperties: true` keeps an object open.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_MAPS = ("properties", "patternProperties", "$defs", "definitions")
_OTHERS = ("anyOf", "oneOf", "allOf", "prefixItems", "items", "additionalProperties", "additionalItems")
_ELSEWHERE = frozenset({"anyOf", "oneOf", "$ref"})
"""What describes the same object in another place."""
_OF_OBJECTS = frozenset({"properties", "patternProperties", "additionalProperties", "required", "minProperties"})
_OPEN = frozenset({"additionalProperties", "patternProperties", "enum", "const", *_ELSEWHERE})


def closed(schema: Any) -> Any:
    """The schema with its objects closed; as it is where one object is described in several places."""
    return _closed(schema) if _apart(schema) else schema


def _apart(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return True
    if "allOf" in schema or (schema.keys() & _ELSEWHERE and schema.keys() & _OF_OBJECTS):
        return False
    return all(_apart(part) for part in _parts(schema))


def _parts(schema: dict[str, Any]) -> Iterator[Any]:
    for keyword in _MAPS:
        if isinstance(schema.get(keyword), dict):
            yield from schema[keyword].values()
    for keyword in _OTHERS:
        value = schema.get(keyword)
        yield from value if isinstance(value, list) else (value,)


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    ready = dict(schema)
    for keyword in _MAPS:
        if isinstance(schema.get(keyword), dict):
            ready[keyword] = {name: _closed(part) for name, part in schema[keyword].items()}
    for keyword in _OTHERS:
        if keyword in schema:
            ready[keyword] = _closed(schema[keyword])
    if _says_all(schema):
        ready["additionalProperties"] = False
    return ready


def _says_all(schema: dict[str, Any]) -> bool:
    """Whether the fields that it names are enough for a valid object."""
    named = schema.get("properties")
    if not isinstance(named, dict) or not named or schema.keys() & _OPEN:
        return False
    return set(schema.get("required", ())) <= named.keys() and schema.get("minProperties", 0) <= len(named)
