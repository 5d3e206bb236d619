"""Whether a value fits a schema (draft 2020-12, with what older drafts wrote in its place)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundfog.engines.echo.json_values.budget import CHECKING, Budget
from groundfog.engines.echo.json_values.equality import key, same
from groundfog.engines.echo.json_values.schema import Impossible, Schema, SchemaOrBool, resolve, types
from groundfog.engines.echo.json_values.search import found

_DEPTH = 120
_NEEDS = ("required", "dependencies", "dependentRequired", "dependentSchemas")


def fits(root: SchemaOrBool, value: Any, budget: Budget, schema: SchemaOrBool | None = None, depth: int = 0) -> bool:
    """Whether `value` is valid for `schema` (default: `root`). Formats and `unevaluated…` are not looked at."""
    schema = root if schema is None else schema
    if isinstance(schema, bool):
        return schema
    budget.spend(4, CHECKING)
    if depth > _DEPTH:
        raise Impossible("the schema refers to itself without end", final=True)

    def within(part: SchemaOrBool, item: Any) -> bool:
        return fits(root, item, budget, part, depth + 1)

    if "$ref" in schema and not within(resolve(root, schema["$ref"], budget), value):
        return False
    named = types(schema)
    budget.spend(len(named) // 4, CHECKING)
    if named and not any(is_type(value, name) for name in named):
        return False
    if "const" in schema and not same(value, schema["const"], budget):
        return False
    if "enum" in schema and not _is_one_of(value, schema["enum"], budget):
        return False
    if not _combined(schema, value, within):
        return False
    if isinstance(value, str):
        return _text(schema, value, budget)
    if isinstance(value, dict):
        return _object(schema, value, within, budget)
    if isinstance(value, list):
        return _list(schema, value, within, budget)
    return isinstance(value, bool) or value is None or _number(schema, value)


def _is_one_of(value: Any, choices: list[Any], budget: Budget) -> bool:
    if isinstance(value, list | dict):
        wanted = key(value, budget)
        return any(isinstance(choice, type(value)) and key(choice, budget) == wanted for choice in choices)
    length = len(value) if isinstance(value, str) else 0
    budget.spend(len(choices) * (1 + length // 256) // 8, CHECKING)
    return any(same(value, choice, budget) for choice in choices)


Within = Callable[[SchemaOrBool, Any], bool]


def _combined(schema: Schema, value: Any, within: Within) -> bool:
    if not all(within(part, value) for part in schema.get("allOf", ())):
        return False
    if "anyOf" in schema and not any(within(part, value) for part in schema["anyOf"]):
        return False
    if "oneOf" in schema and sum(within(part, value) for part in schema["oneOf"]) != 1:
        return False
    if "not" in schema and within(schema["not"], value):
        return False
    if "if" in schema:
        return within(schema.get("then" if within(schema["if"], value) else "else", True), value)
    return True


def _text(schema: Schema, value: str, budget: Budget) -> bool:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        return False
    return "pattern" not in schema or found(schema["pattern"], value, budget)


def _number(schema: Schema, value: float) -> bool:
    low: Any = schema.get("minimum")
    high: Any = schema.get("maximum")
    over: Any = schema.get("exclusiveMinimum")
    under: Any = schema.get("exclusiveMaximum")
    if (low is not None and value < low) or (high is not None and value > high):
        return False
    # Draft 4 wrote the exclusive bounds as flags.
    over, under = low if over is True else over, high if under is True else under
    if over is not None and over is not False and value <= over:
        return False
    if under is not None and under is not False and value >= under:
        return False
    step = schema.get("multipleOf")
    if step is None:
        return True
    if isinstance(step, int):
        return value % step == 0
    return float(value / step).is_integer()


def _list(schema: Schema, value: list[Any], within: Within, budget: Budget) -> bool:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        return False
    if schema.get("uniqueItems") and len({key(item, budget) for item in value}) < len(value):
        return False
    first, rest = tuple_items(schema)
    if not all(within(part, item) for part, item in zip(first, value, strict=False)):
        return False
    if not all(within(rest, item) for item in value[len(first) :]):
        return False
    if "contains" not in schema:
        return True
    found = sum(within(schema["contains"], item) for item in value)
    return bool(schema.get("minContains", 1) <= found <= schema.get("maxContains", found))


def tuple_items(schema: Schema) -> tuple[list[SchemaOrBool], SchemaOrBool]:
    """The schemas of the first items, and of the others."""
    items = schema.get("items", True)
    if isinstance(items, list):
        return items, schema.get("additionalItems", True)
    return schema.get("prefixItems", []), items


def _object(schema: Schema, value: dict[str, Any], within: Within, budget: Budget) -> bool:
    needed = sum(len(schema.get(keyword, ())) for keyword in _NEEDS)
    budget.spend(2 + len(value) + needed // 4, CHECKING)
    if any(name not in value for name in schema.get("required", ())):
        return False
    if not schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", len(value)):
        return False
    if "propertyNames" in schema and not all(within(schema["propertyNames"], name) for name in value):
        return False
    for name, item in value.items():
        parts, known = property_schemas(schema, name, budget)
        if not known:
            parts = [schema.get("additionalProperties", True)]
        if not all(within(part, item) for part in parts):
            return False
    for name, needs in {**schema.get("dependencies", {}), **schema.get("dependentRequired", {})}.items():
        if name not in value or not isinstance(needs, list):
            continue
        budget.spend(len(needs) // 4, CHECKING)
        if any(other not in value for other in needs):
            return False
    for name, part in {**schema.get("dependencies", {}), **schema.get("dependentSchemas", {})}.items():
        if name in value and not isinstance(part, list) and not within(part, value):
            return False
    return True


def property_schemas(schema: Schema, name: str, budget: Budget) -> tuple[list[SchemaOrBool], bool]:
    """Every schema that `properties` and `patternProperties` give for a name, and whether there was one."""
    parts = [part for pattern, part in schema.get("patternProperties", {}).items() if found(pattern, name, budget)]
    if name in schema.get("properties", {}):
        parts.append(schema["properties"][name])
    return parts, bool(parts)


def is_type(value: Any, name: str) -> bool:
    match name:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "integer":
            return not isinstance(value, bool) and (
                isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            )
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
    raise Impossible(f"type {name} is no type of JSON", final=True)
