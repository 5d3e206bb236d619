"""Checks a value against a JSON Schema and says what is wrong in the wording of spec workers-ai §5.3.

The subset is what the schemas of `tasks/` use: `type` (one or several), `properties`, `required`,
`additionalProperties: false`, `enum`, `const`, ranges, lengths, `pattern`, `items`, `oneOf`, `anyOf`, `allOf`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from groundfog import errors

Schema = Mapping[str, Any]

_ABSENT: Any = object()


def check(schema: Schema, value: Any) -> None:
    """Do nothing when `value` fits `schema`. Raises BAD_INPUT with the first thing that does not, naming the field."""
    problem = find_problem(schema, value, "")
    if problem is not None:
        raise errors.BAD_INPUT(what=problem)


def find_problem(schema: Schema, value: Any, path: str) -> str | None:
    """The first violation as a sentence, or None. `path` is the JSON Pointer of `value`; the root is the empty text."""
    if not schema:
        return None
    if isinstance(value, bytes):
        return None if takes_bytes(schema) else mismatch(value, _all_type_names(schema), path)
    problem = _combined(schema, value, path)
    if problem is not None:
        return problem
    if "const" in schema and not _same(value, schema["const"]):
        return f"const {_shown(value)} doesn't match {_shown(schema['const'])} at '{path or '/'}'"
    if "enum" in schema and not any(_same(value, choice) for choice in schema["enum"]):
        choices = ",".join(_shown(choice) for choice in schema["enum"])
        return f"enum {_shown(value)} not in {choices} at '{path or '/'}'"
    types = _types(schema)
    if types and not any(_is(value, name) for name in types):
        return mismatch(value, _type_names(schema), path)
    if isinstance(value, str):
        return _text_problem(schema, value, path)
    if isinstance(value, dict):
        return _object_problem(schema, value, path)
    if isinstance(value, list):
        return _list_problem(schema, value, path)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number_problem(schema, value, path)
    return None


def mismatch(value: Any, expected: Sequence[str], path: str) -> str:
    """The sentence for a value of a wrong type; `expected` are JSON Schema type names (and `binary`)."""
    names = ",".join(f"'{name}'" for name in expected)
    return f"Type mismatch of '{path or '/'}', '{type_name(value)}' not in {names}"


def takes_bytes(schema: Schema) -> bool:
    """Whether raw bytes are a form of the value: `format: binary` in the schema or in one of its branches."""
    if schema.get("format") == "binary":
        return True
    return any(takes_bytes(branch) for keyword in ("oneOf", "anyOf") for branch in schema.get(keyword, ()))


def type_name(value: Any) -> str:
    """JSON Schema name of a value's type; `binary` for bytes."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case bytes() | bytearray() | memoryview():
            return "binary"
        case list() | tuple():
            return "array"
    return "object"


def _combined(schema: Schema, value: Any, path: str) -> str | None:
    for part in schema.get("allOf", ()):
        problem = find_problem(part, value, path)
        if problem is not None:
            return problem
    if "oneOf" in schema:
        return _branches("oneOf", schema["oneOf"], value, path)
    if "anyOf" in schema:
        return _branches("anyOf", schema["anyOf"], value, path)
    return None


def _branches(keyword: str, branches: Sequence[Schema], value: Any, path: str) -> str | None:
    problems = [find_problem(branch, value, path) for branch in branches]
    matches = problems.count(None)
    if matches == 1 or (matches and keyword == "anyOf"):
        return None
    if path and not matches:
        # Inside an object the branch that was meant is plain: the one of the value's own type, or of its own tag.
        typed = [
            problem
            for branch, problem in zip(branches, problems, strict=True)
            if any(_is(value, name) for name in _types(branch))
        ]
        meant = typed if len(typed) == 1 else [problem for problem in typed if not (problem or "").startswith("const ")]
        if len(meant) == 1:
            return meant[0]
        if not typed and all(_types(branch) for branch in branches):
            return mismatch(value, _all_type_names({keyword: branches}), path)
    details = ", ".join(dict.fromkeys(problem for problem in problems if problem))
    count = f", {matches} matches" if keyword == "oneOf" else ""
    return f"{keyword} at '{path or '/'}' not met{count}{': ' if details else ''}{details}"


def _object_problem(schema: Schema, value: dict[str, Any], path: str) -> str | None:
    required = schema.get("required", ())
    for name in required:
        if name not in value:
            return f"required properties at '{path or '/'}' are '{','.join(required)}'"
    properties: Schema = schema.get("properties", {})
    rest = schema.get("additionalProperties", True)
    if rest is False:
        extra = [name for name in value if name not in properties]
        if extra:
            return extra_properties(extra, path)
    if len(value) < schema.get("minProperties", 0):
        return f"minProperties at '{path or '/'}' is {schema['minProperties']}, got {len(value)}"
    if len(value) > schema.get("maxProperties", len(value)):
        return f"maxProperties at '{path or '/'}' is {schema['maxProperties']}, got {len(value)}"
    names: Schema | None = schema.get("propertyNames")
    for name, item in value.items():
        if names is not None:
            problem = find_problem(names, name, f"{path}/{name}")
            if problem is not None:
                return problem
        part = properties.get(name, _ABSENT)
        if part is _ABSENT:
            part = rest if isinstance(rest, dict) else {}
        problem = find_problem(part, item, f"{path}/{name}")
        if problem is not None:
            return problem
    return None


def extra_properties(names: Sequence[str], path: str) -> str:
    """The sentence for fields that the schema of `path` does not have."""
    listed = ", ".join(f"{path}/{name}" for name in names)
    return f"Additional or unevaluated properties '{listed}' at '{path or '/'}' not allowed"


def _list_problem(schema: Schema, value: list[Any], path: str) -> str | None:
    problem = _length_problem(len(value), schema.get("minItems"), schema.get("maxItems"), path)
    if problem is not None:
        return problem
    items = schema.get("items")
    if not items:
        return None
    if schema.get("format") == "binary" and _are_bytes(value):
        return None
    for index, item in enumerate(value):
        problem = find_problem(items, item, f"{path}/{index}")
        if problem is not None:
            return problem
    return None


def _are_bytes(value: list[Any]) -> bool:
    try:
        bytes(value)
    except (TypeError, ValueError):
        return False
    return True


def _text_problem(schema: Schema, value: str, path: str) -> str | None:
    problem = _length_problem(len(value), schema.get("minLength"), schema.get("maxLength"), path)
    if problem is not None:
        return problem
    if "pattern" in schema and not _pattern(schema["pattern"]).search(value):
        return f"'{path or '/'}' failed test {schema['pattern']} pattern"
    return None


def _length_problem(length: int, least: int | None, most: int | None, path: str) -> str | None:
    if least is not None and length < least:
        return f"Length of '{path or '/'}' must be >= {least}"
    if most is not None and length > most:
        return f"Length of '{path or '/'}' must be <= {most}"
    return None


def _number_problem(schema: Schema, value: float, path: str) -> str | None:
    where = f"'{path or '/'}' must be"
    # Written so that NaN, which compares false with everything, is refused wherever there is a bound.
    if "minimum" in schema and not value >= schema["minimum"]:
        return f"{where} >= {schema['minimum']}"
    if "maximum" in schema and not value <= schema["maximum"]:
        return f"{where} <= {schema['maximum']}"
    if "exclusiveMinimum" in schema and not value > schema["exclusiveMinimum"]:
        return f"{where} > {schema['exclusiveMinimum']}"
    if "exclusiveMaximum" in schema and not value < schema["exclusiveMaximum"]:
        return f"{where} < {schema['exclusiveMaximum']}"
    if "multipleOf" in schema and value % schema["multipleOf"]:
        return f"{where} multiple of {schema['multipleOf']}"
    return None


def _types(schema: Schema) -> tuple[str, ...]:
    named = schema.get("type", ())
    return (named,) if isinstance(named, str) else tuple(named)


def _type_names(schema: Schema) -> tuple[str, ...]:
    """Types for a message: an array of byte values is called `array` and `binary`."""
    names = _types(schema)
    return (*names, "binary") if "array" in names and schema.get("format") == "binary" else names


def _all_type_names(schema: Schema) -> tuple[str, ...]:
    """Types of a schema and of its branches, each once."""
    branches = (*schema.get("oneOf", ()), *schema.get("anyOf", ()))
    names = (*_type_names(schema), *(name for branch in branches for name in _all_type_names(branch)))
    return tuple(dict.fromkeys(names))


def _is(value: Any, name: str) -> bool:
    match name:
        case "string":
            return isinstance(value, str)
        case "integer":
            return (isinstance(value, int) and not isinstance(value, bool)) or (
                isinstance(value, float) and value.is_integer()
            )
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case "null":
            return value is None
    return False


def _same(value: Any, other: Any) -> bool:
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def _shown(value: Any) -> str:
    """A value as it is written into a message: text bare and cut, everything else as JSON writes it."""
    if isinstance(value, str):
        return value if len(value) <= 100 else value[:100] + "…"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return str(value) if isinstance(value, int | float) else f"[{type_name(value)}]"


@functools.lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)
