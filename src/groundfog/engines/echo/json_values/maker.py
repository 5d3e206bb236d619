"""Making a value from a schema, from the top down; one attempt of `generate`."""

from __future__ import annotations

from typing import Any

from groundfog.engines.echo.json_values import containers, numbers
from groundfog.engines.echo.json_values.budget import CHECKING, MAKING, MERGING, Budget
from groundfog.engines.echo.json_values.check import fits
from groundfog.engines.echo.json_values.hints import Hints
from groundfog.engines.echo.json_values.schema import SHALLOW, Impossible, Schema, SchemaOrBool, merge, resolve, types
from groundfog.engines.echo.json_values.strings import make_string
from groundfog.engines.echo.seeds import Random

_DEEPEST = 64

_BY_KEYWORD = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "minProperties",
               "maxProperties", "propertyNames", "dependentRequired"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "string": ("pattern", "format", "minLength", "maxLength", "contentEncoding"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}  # fmt: skip

_TWICE = frozenset(("anyOf", "oneOf", "if", "then", "else", "pattern", "contains", "dependentRequired"))
"""Keywords that a schema can hold only once; a second one stays in `allOf` until the first has been dealt with."""

_TYPES = ["string", "integer", "object", "array", "boolean", "null", "number"]


class Maker:
    """`attempt` shifts every choice, so that the next attempt goes another way."""

    def __init__(self, root: SchemaOrBool, seed: int, hints: Hints, budget: Budget, attempt: int = 0) -> None:
        self.root = root
        self.attempt = attempt
        self.random = Random(seed + attempt * 7919)
        self.hints = hints
        self.budget = budget
        hints.begin(attempt)

    def make(self) -> Any:
        return self.value(self.root, 0)

    def value(self, schema: SchemaOrBool, depth: int) -> Any:
        """A value for a schema. Raises Impossible."""
        self.budget.spend(6, MAKING)
        if depth > _DEEPEST:
            raise Impossible("the schema refers to itself without end")
        plain = self.flat(schema)
        for keyword in ("anyOf", "oneOf"):
            if keyword in plain:
                return self._branch(plain, keyword, depth)
        if "if" in plain:
            return self._conditional(plain, depth)
        if "not" not in plain:
            return self._plain(plain, depth)
        for _ in range(16):
            made = self._plain(plain, depth)
            if not fits(self.root, made, self.budget, plain["not"]):
                return made
        rest = [name for name in types(plain) or _TYPES if name != self._type(plain)]
        for name in rest:
            made = self._plain({**plain, "type": name}, depth)
            if not fits(self.root, made, self.budget, plain["not"]):
                return made
        raise Impossible("nothing was found outside of `not`")

    def flat(self, schema: SchemaOrBool) -> Schema:
        """The schema with `$ref` followed and `allOf` merged in."""
        for _ in range(_DEEPEST):
            if schema is False:
                raise Impossible("the schema allows no value")
            if schema is True:
                return {}
            if "$ref" in schema:
                self.budget.spend(2 + len(schema) // 4, MERGING)
                rest = {name: part for name, part in schema.items() if name != "$ref"}
                schema = merge(rest, resolve(self.root, schema["$ref"], self.budget), self.budget)
            elif "allOf" in schema:
                parts = schema["allOf"]
                self.budget.spend(2 + len(schema) // 4 + len(parts), MERGING)
                schema = {name: part for name, part in schema.items() if name != "allOf"}
                for part in parts:
                    schema = merge(schema, self.flat(part), self.budget)
                if isinstance(schema, dict) and all(_TWICE.issuperset(part) for part in schema.get("allOf", ())):
                    return schema
            elif "$dynamicRef" in schema or "$recursiveRef" in schema:
                raise Impossible("$dynamicRef is not supported", final=True)
            else:
                return schema
        raise Impossible("the schema refers to itself without end", final=True)

    def _branch(self, schema: Schema, keyword: str, depth: int) -> Any:
        rest = {name: part for name, part in schema.items() if name != keyword}
        branches = list(schema[keyword])
        self.budget.spend((len(branches) + len(schema)) // 2, MAKING)
        if depth > SHALLOW:
            branches.sort(key=_weight)
        else:
            first = (self.random.below(len(branches)) if branches else 0) + self.attempt
            branches = branches[first % len(branches) :] + branches[: first % len(branches)] if branches else []
        problem = Impossible(f"no branch of {keyword} can be met")
        for branch in branches:
            try:
                made = self.value(merge(rest, self.flat(branch), self.budget), depth + 1)
                if keyword == "anyOf" or fits(self.root, made, self.budget, {"oneOf": schema["oneOf"]}):
                    return made
            except Impossible as impossible:
                problem = impossible
                if impossible.final:
                    break
        raise problem

    def _conditional(self, schema: Schema, depth: int) -> Any:
        rest = {name: part for name, part in schema.items() if name not in ("if", "then", "else")}
        condition: Schema = {name: schema[name] for name in ("if", "then", "else") if name in schema}
        met = merge(merge(rest, schema["if"], self.budget), schema.get("then", True), self.budget)
        unmet = merge(rest, schema.get("else", True), self.budget)
        problem = Impossible("neither side of `if` can be met")
        for side in (met, unmet) if self.attempt % 2 == 0 else (unmet, met):
            try:
                made = self.value(side, depth + 1)
                if fits(self.root, made, self.budget, condition):
                    return made
            except Impossible as impossible:
                problem = impossible
        raise problem

    def _plain(self, schema: Schema, depth: int) -> Any:
        if "const" in schema:
            return self._one_of([schema["const"]], schema)
        if "enum" in schema:
            return self._one_of(schema["enum"], schema)
        match self._type(schema):
            case "object":
                return containers.make_object(self, schema, depth)
            case "array":
                return containers.make_array(self, schema, depth)
            case "string":
                return make_string(schema, self.hints, self.random, self.budget)
            case "integer":
                return numbers.make_integer(schema, self.hints, self.random, self.budget)
            case "number":
                return numbers.make_number(schema, self.hints, self.random, self.budget)
            case "boolean":
                return self.random.below(2) == 0
            case "null":
                return None
            case other:
                raise Impossible(f"type {other} is no type of JSON", final=True)

    def _one_of(self, choices: list[Any], schema: Schema) -> Any:
        rest = {name: part for name, part in schema.items() if name not in ("enum", "const", "not")}
        self.budget.spend(len(choices) // 4, CHECKING)
        for choice in choices:
            if self.hints.mentions(choice, self.budget) and self._fits(choice, rest):
                self.budget.weigh(choice, MAKING)
                return choice
        first = self.random.below(len(choices)) if choices else 0
        for place in range(len(choices)):
            choice = choices[(first + place) % len(choices)]
            if self._fits(choice, rest):
                self.budget.weigh(choice, MAKING)
                return choice
        raise Impossible("no value of enum or const fits the rest of the schema")

    def _fits(self, choice: Any, rest: Schema) -> bool:
        return fits(self.root, choice, self.budget, rest)

    def _type(self, schema: Schema) -> str:
        named = types(schema)
        if named:
            self.budget.spend(len(named) // 8, MAKING)
            useful = [name for name in named if name != "null"] or named
            return useful[self.attempt % len(useful)]
        for name, keywords in _BY_KEYWORD.items():
            if any(keyword in schema for keyword in keywords):
                return name
        return _TYPES[self.attempt % len(_TYPES)]


def _weight(branch: SchemaOrBool) -> int:
    """Branches that end quickly come first where it is deep already."""
    if isinstance(branch, bool) or "const" in branch or "enum" in branch or branch.get("type") == "null":
        return 0
    return 2 if "$ref" in branch or branch.get("type") in ("object", "array") else 1
