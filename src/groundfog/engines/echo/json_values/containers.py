"""Objects and arrays."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from groundfog.engines.echo.json_values.budget import MAKING
from groundfog.engines.echo.json_values.check import fits, property_schemas, tuple_items
from groundfog.engines.echo.json_values.equality import key
from groundfog.engines.echo.json_values.patterns import make_match
from groundfog.engines.echo.json_values.schema import SHALLOW, Impossible, Schema, SchemaOrBool, merge

if TYPE_CHECKING:
    from groundfog.engines.echo.json_values.maker import Maker

_USUAL_ITEMS = 2
_TRIES = 200
_MOST_ITEMS = 1000


def make_object(maker: Maker, schema: Schema, depth: int) -> dict[str, Any]:
    """All properties near the root, only the required ones further down."""
    required = set(schema.get("required", ()))
    properties: dict[str, SchemaOrBool] = schema.get("properties", {})
    maker.budget.spend(2 + len(properties) // 4 + len(required) // 4, MAKING)
    names = [name for name in properties if name in required or depth < SHALLOW]
    names += [name for name in schema.get("required", ()) if name not in properties]
    names = _with_dependencies(maker, schema, names)
    chosen = set(names)
    for name, part in {**schema.get("dependencies", {}), **schema.get("dependentSchemas", {})}.items():
        maker.budget.spend(1, MAKING)
        if name in chosen and not isinstance(part, list):
            rest = {key: value for key, value in schema.items() if key not in ("dependencies", "dependentSchemas")}
            others = {k: v for k, v in schema.get("dependentSchemas", {}).items() if k != name}
            inner = merge({**rest, "dependentSchemas": others}, maker.flat(part), maker.budget)
            return maker.value(inner, depth + 1)  # type: ignore[no-any-return]
    most = schema.get("maxProperties")
    if most is not None and len(names) > most:
        names = [name for name in names if name in required]
    made: dict[str, Any] = {}
    for name in names:
        maker.budget.spend(len(name) // 16, MAKING)
        try:
            made[name] = maker.value(_property(maker, schema, name), depth + 1)
        except Impossible as impossible:
            if name in required or impossible.final:
                raise
    while len(made) < schema.get("minProperties", 0):
        name = _new_name(maker, schema, made)
        made[name] = maker.value(_property(maker, schema, name), depth + 1)
    return made


def _with_dependencies(maker: Maker, schema: Schema, names: list[str]) -> list[str]:
    needs = {**schema.get("dependencies", {}), **schema.get("dependentRequired", {})}
    if not needs:
        return names
    maker.budget.spend(len(needs) + len(names), MAKING)
    known = set(names)
    for name in names:
        others = needs.get(name)
        if isinstance(others, list):
            maker.budget.spend(len(others), MAKING)
            names += [other for other in dict.fromkeys(others) if other not in known]
            known.update(others)
    return names


def _property(maker: Maker, schema: Schema, name: str) -> SchemaOrBool:
    """The schema of one property. Raises Impossible when the object may not have it."""
    parts, known = property_schemas(schema, name, maker.budget)
    if not known:
        rest: SchemaOrBool = schema.get("unevaluatedProperties", True)
        parts = [schema.get("additionalProperties", rest)]
    part: SchemaOrBool = True
    for one in parts:
        part = merge(part, one, maker.budget)
    if part is False:
        raise Impossible(f"property {name} is required and not allowed")
    return part


def _new_name(maker: Maker, schema: Schema, made: dict[str, Any]) -> str:
    """A name for one more property (`minProperties`)."""
    maker.budget.spend(1 + (len(made) + len(schema.get("properties", ()))) // 8, MAKING)
    candidates = [name for name in schema.get("properties", {}) if name not in made]
    names: SchemaOrBool = schema.get("propertyNames", True)
    for number in range(_TRIES):
        name: str
        if candidates:
            name = candidates.pop(0)
        elif isinstance(names, dict) and number % 2 == 0:
            name = maker.value({"type": "string", **names}, 0)
        elif schema.get("patternProperties"):
            patterns = list(schema["patternProperties"])
            name = make_match(patterns[number % len(patterns)], maker.random, maker.budget)
        else:
            name = f"field{len(made) + number + 1}"
        if name in made or not fits(maker.root, name, maker.budget, names):
            continue
        try:
            _property(maker, schema, name)
        except Impossible:
            continue
        return name
    raise Impossible("no further property is allowed, and minProperties asks for one")


def make_array(maker: Maker, schema: Schema, depth: int) -> list[Any]:
    """As many items as must be, two where more are allowed and it is not deep yet."""
    first, rest = tuple_items(schema)
    if rest is True and "unevaluatedItems" in schema:
        rest = schema["unevaluatedItems"]
    least: int = schema.get("minItems", 0)
    wanted_matches = schema.get("minContains", 1) if "contains" in schema else 0
    usual = 0 if depth >= SHALLOW else max(len(first), _USUAL_ITEMS)
    count = max(least, wanted_matches, min(usual, schema.get("maxItems", usual)))
    if rest is False:
        count = min(count, len(first))
    if count > _MOST_ITEMS:
        raise Impossible(f"echo makes arrays of at most {_MOST_ITEMS} items", final=True)
    items: list[Any] = []
    taken: set[Hashable] = set()
    for place in range(count):
        part = first[place] if place < len(first) else rest
        if place < wanted_matches:
            part = merge(part, schema["contains"], maker.budget)
        try:
            item = _item(maker, schema, part, taken, depth)
        except Impossible as impossible:
            if place < max(least, wanted_matches) or impossible.final:
                raise
            break
        items.append(item)
    if len(items) < least:
        raise Impossible("minItems asks for more items than the schema allows")
    return items


def _item(maker: Maker, schema: Schema, part: SchemaOrBool, taken: set[Hashable], depth: int) -> Any:
    if not schema.get("uniqueItems"):
        return maker.value(part, depth + 1)
    for _ in range(_TRIES):
        item = maker.value(part, depth + 1)
        known = key(item, maker.budget)
        if known not in taken:
            taken.add(known)
            return item
    raise Impossible("no further item is different from the others (uniqueItems)")
