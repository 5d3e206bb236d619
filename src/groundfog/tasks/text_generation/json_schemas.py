"""Whether a JSON Schema that a request brings is one at all, so that no engine meets a keyword of a wrong type.

What an engine can do with a well-formed schema is its own matter (NO_JSON_SCHEMA).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundfog import errors
from groundfog.tasks import schema as s
from groundfog.tasks import validate
from groundfog.tasks.schema import Schema

_COUNT = s.integer(least=0)
_NUMBER = s.number()
_TEXTS: Schema = {"type": "array", "items": {"type": "string"}}
_VALUES: Mapping[str, Schema] = {
    "$ref": s.text(),
    "type": {"anyOf": [{"type": "string"}, {**_TEXTS, "minItems": 1}]},
    "enum": {"type": "array", "minItems": 1},
    "required": _TEXTS,
    "dependentRequired": {"type": "object", "additionalProperties": _TEXTS},
    "format": s.text(),
    "pattern": s.text(),
    "uniqueItems": {"type": "boolean"},
    "multipleOf": {"type": "number", "exclusiveMinimum": 0},
    "minimum": _NUMBER,
    "maximum": _NUMBER,
    # Draft 4 wrote the exclusive bounds as flags.
    "exclusiveMinimum": {"type": ["number", "boolean"]},
    "exclusiveMaximum": {"type": ["number", "boolean"]},
    "minItems": _COUNT,
    "maxItems": _COUNT,
    "minContains": _COUNT,
    "maxContains": _COUNT,
    "minLength": _COUNT,
    "maxLength": _COUNT,
    "minProperties": _COUNT,
    "maxProperties": _COUNT,
}
"""Keywords whose value is no schema."""
_ONE = frozenset(
    {"additionalItems", "additionalProperties", "contains", "else", "if", "not", "propertyNames", "then"}
    | {"unevaluatedItems", "unevaluatedProperties"}
)
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"})


def check(schema: Any, where: str) -> None:
    """Raises BAD_INPUT that names the keyword at fault; `where` is the JSON Pointer of the schema in the request."""
    waiting = [(schema, where)]
    while waiting:
        given, path = waiting.pop()
        if isinstance(given, bool) and path != where:
            continue
        _fits({"type": "object"}, given, path)
        for keyword, value in given.items():
            place = f"{path}/{keyword}"
            if keyword in _VALUES:
                _fits(_VALUES[keyword], value, place)
                if _VALUES[keyword] is _COUNT and isinstance(value, float):
                    raise errors.BAD_INPUT(what=validate.mismatch(value, ("integer",), place))
            elif keyword in _ONE or (keyword == "items" and not isinstance(value, list)):
                waiting.append((value, place))
            elif keyword in _SEVERAL or keyword == "items":
                _fits({"type": "array", "minItems": 0 if keyword in ("items", "prefixItems") else 1}, value, place)
                waiting += [(part, f"{place}/{index}") for index, part in enumerate(value)]
            elif keyword in _NAMED:
                _fits({"type": "object"}, value, place)
                waiting += [(part, f"{place}/{name}") for name, part in value.items()]


def _fits(expected: Schema, value: Any, path: str) -> None:
    problem = validate.find_problem(expected, value, path)
    if problem is not None:
        raise errors.BAD_INPUT(what=problem)
