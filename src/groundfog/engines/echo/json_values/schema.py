"""Reading a schema: references followed, several schemas of one value merged into one."""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import unquote

from groundfog.engines.echo.json_values.budget import MERGING, Budget
from groundfog.engines.echo.json_values.equality import key

Schema = dict[str, Any]
SchemaOrBool = Schema | bool


SHALLOW = 5
"""Down to this depth optional properties and items are made too; below it only what must be."""


class Impossible(Exception):
    """No value can be made here; `final` when another attempt would not help."""

    def __init__(self, what: str, final: bool = False) -> None:
        super().__init__(what)
        self.final = final


def resolve(root: SchemaOrBool, reference: str, budget: Budget) -> SchemaOrBool:
    """The schema that `$ref` names within `root`: `#`, `#/pointer`, `#anchor`, or the root's own `$id` before these."""
    budget.spend(3 + len(reference) // 4, MERGING)
    own = root.get("$id", "") if isinstance(root, dict) else ""
    if own and reference.startswith(own):
        reference = reference[len(own) :] or "#"
    if not reference.startswith("#"):
        found = _named(root, "$id", reference, budget)
        if found is None:
            raise Impossible(f"$ref {reference} is not within the schema", final=True)
        return found
    fragment = unquote(reference[1:])
    if not fragment:
        return root
    if not fragment.startswith("/"):
        found = _named(root, "$anchor", fragment, budget)
        if found is None:
            raise Impossible(f"$ref {reference} names nothing", final=True)
        return found
    place: Any = root
    for step in fragment[1:].split("/"):
        step = step.replace("~1", "/").replace("~0", "~")
        try:
            place = place[int(step)] if isinstance(place, list) else place[step]
        except (KeyError, IndexError, ValueError, TypeError):
            raise Impossible(f"$ref {reference} names nothing", final=True) from None
    if not isinstance(place, dict | bool):
        raise Impossible(f"$ref {reference} names no schema", final=True)
    return place


def _named(place: Any, keyword: str, name: str, budget: Budget) -> SchemaOrBool | None:
    budget.spend(1, MERGING)
    if isinstance(place, dict):
        if place.get(keyword) == name:
            return place
        parts: Any = place.values()
    elif isinstance(place, list):
        parts = place
    else:
        return None
    for part in parts:
        found = _named(part, keyword, name, budget)
        if found is not None:
            return found
    return None


_LARGER = frozenset(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"))
_SMALLER = frozenset(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"))
_BY_NAME = frozenset(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"))
_BOTH = frozenset(("items", "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "propertyNames"))


def merge(first: SchemaOrBool, second: SchemaOrBool, budget: Budget) -> SchemaOrBool:
    """One schema for values that fit both, as far as that can be written; the caller checks the values it makes."""
    if first is False or second is False:
        return False
    if first is True or not first:
        return second
    if second is True or not second:
        return first
    budget.spend(3 + len(first) // 8 + len(second), MERGING)
    merged = dict(first)
    for keyword, value in second.items():
        if keyword not in merged or merged[keyword] is value:
            merged[keyword] = value
            continue
        old = merged[keyword]
        budget.weigh(old, MERGING)
        if old == value:
            continue
        if keyword in _LARGER and not isinstance(value, bool):
            merged[keyword] = max(old, value)
        elif keyword in _SMALLER and not isinstance(value, bool):
            merged[keyword] = min(old, value)
        elif keyword == "type":
            merged["type"] = _both_types(old, value, budget)
        elif keyword in _BY_NAME:
            merged[keyword] = _by_name(old, value, budget)
        elif keyword in _BOTH and not isinstance(old, list) and not isinstance(value, list):
            merged[keyword] = merge(old, value, budget)
        elif keyword == "required":
            budget.spend(len(value) // 4, MERGING)
            merged[keyword] = list(dict.fromkeys([*old, *value]))
        elif keyword == "enum":
            both = {key(choice, budget) for choice in value}
            merged[keyword] = [choice for choice in old if key(choice, budget) in both]
        elif keyword == "uniqueItems":
            merged[keyword] = bool(old or value)
        elif keyword == "multipleOf" and isinstance(old, int) and isinstance(value, int):
            merged[keyword] = math.lcm(old, value)
            budget.spend(merged[keyword].bit_length() // 64, MERGING)
        elif keyword == "allOf":
            merged[keyword] = [*old, *value]
        elif keyword == "not":
            merged[keyword] = {"anyOf": [old, value]}
        elif keyword == "const":
            raise Impossible("two values of const exclude each other")
        elif keyword in ("anyOf", "oneOf", "if", "$ref", "contains", "pattern", "dependentRequired"):
            merged["allOf"] = [*merged.get("allOf", ()), _alone(second, keyword)]
    return merged


def _alone(schema: Schema, keyword: str) -> Schema:
    companions = ("if", "then", "else") if keyword == "if" else (keyword,)
    return {name: schema[name] for name in companions if name in schema}


def _by_name(old: Schema, new: Schema, budget: Budget) -> Schema:
    both = dict(old)
    budget.spend(len(new), MERGING)
    for name, part in new.items():
        both[name] = merge(both[name], part, budget) if name in both else part
    return both


def types(schema: Schema) -> list[str]:
    named = schema.get("type", [])
    return [named] if isinstance(named, str) else list(named)


def _both_types(old: Any, new: Any, budget: Budget) -> list[str]:
    first, second = types({"type": old}), types({"type": new})
    budget.spend(len(first) * len(second) // 8, MERGING)
    both = [name for name in first if name in second]
    if not both and "integer" in first + second and "number" in first + second:
        both = ["integer"]
    if not both:
        raise Impossible(f"no value is {' or '.join(first)} and {' or '.join(second)} at once")
    return both
