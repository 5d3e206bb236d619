"""Echo's values are valid for their schema, whatever the schema asks; what it cannot do it refuses by name."""

from __future__ import annotations

import re
import time
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundfog.engines.echo.json_values import generate
from groundfog.engines.echo.json_values.budget import CHECKING, MAKING, MATCHING, MERGING, Budget
from groundfog.engines.echo.json_values.check import fits
from groundfog.engines.echo.json_values.search import found
from groundfog.errors import NO_JSON_SCHEMA, GroundfogError

TEXT = "Please book 3 seats for Ada Lovelace, from Oslo to Turin, at most 99.5 euros"


def valid(schema: dict[str, Any], value: Any) -> bool:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return jsonschema.Draft202012Validator(schema, format_checker=checker).is_valid(value)


def refused(schema: dict[str, Any], seed: int = 1) -> str:
    with pytest.raises(GroundfogError) as caught:
        generate(schema, seed, TEXT)
    assert caught.value.kind is NO_JSON_SCHEMA
    return caught.value.description


SCHEMAS: dict[str, dict[str, Any]] = {
    "nested": {
        "type": "object",
        "properties": {
            "people": {
                "type": "array",
                "minItems": 2,
                "maxItems": 3,
                "items": {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
                    "required": ["name", "age"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["people"],
    },
    "anyOf": {"anyOf": [{"type": "string", "maxLength": 5}, {"type": "number", "minimum": 5}]},
    "oneOf": {"oneOf": [{"type": "number", "multipleOf": 5}, {"type": "number", "multipleOf": 3}]},
    "oneOf tagged": {
        "oneOf": [
            {"type": "object", "properties": {"kind": {"const": "a"}, "x": {"type": "integer"}}, "required": ["kind"]},
            {"type": "object", "properties": {"kind": {"const": "b"}}, "required": ["kind", "y"]},
        ]
    },
    "allOf": {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "integer", "minimum": 3}}, "required": ["a"]},
            {"properties": {"a": {"maximum": 4}, "b": {"type": "string", "minLength": 30}}, "required": ["b"]},
        ]
    },
    "two anyOf": {
        "allOf": [
            {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
            {"anyOf": [{"required": ["c"]}, {"required": ["d"]}]},
        ],
        "type": "object",
    },
    "ref": {
        "$defs": {"point": {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}},
        "type": "array",
        "items": {"$ref": "#/$defs/point"},
        "minItems": 1,
    },
    "recursive ref": {
        "$defs": {
            "node": {
                "type": "object",
                "properties": {"value": {}, "children": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
                "required": ["value", "children"],
            }
        },
        "$ref": "#/$defs/node",
    },
    "recursive anyOf": {
        "$defs": {"list": {"anyOf": [{"type": "object", "properties": {"next": {"$ref": "#/$defs/list"}},
                                      "required": ["next"]}, {"type": "null"}]}},
        "$ref": "#/$defs/list",
    },
    "ref to root": {"type": "object", "properties": {"next": {"$ref": "#"}, "v": {"const": 1}}, "required": ["v"]},
    "ref with siblings": {"$defs": {"n": {"type": "integer"}}, "$ref": "#/$defs/n", "minimum": 7, "maximum": 7},
    "anchor": {"$defs": {"n": {"$anchor": "here", "type": "boolean"}}, "$ref": "#here"},
    "escaped pointer": {"$defs": {"a/b": {"type": "null"}}, "$ref": "#/$defs/a~1b"},
    "enum": {"enum": ["red", 1, None, {"a": [True]}]},
    "enum bounded": {"enum": [1, 2, 30], "minimum": 10},
    "const": {"const": {"deep": [1, "x"]}},
    "type list": {"type": ["null", "string"], "minLength": 3},
    "unique enum": {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True, "minItems": 3},
    "unique booleans": {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 2},
    "unique strings": {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "minItems": 12},
    "tuple": {"prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False, "minItems": 2},
    "contains": {"type": "array", "items": {"type": "integer"}, "contains": {"minimum": 50}, "minContains": 2},
    "exclusive": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
    "exclusive integer": {"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 5},
    "negative": {"type": "integer", "maximum": -10},
    "multiple": {"type": "number", "multipleOf": 0.25, "minimum": 1, "maximum": 2},
    "multiple integer": {"type": "integer", "multipleOf": 7, "minimum": 50, "maximum": 60},
    "multiple tenth": {"type": "number", "multipleOf": 0.1, "minimum": 0.3},
    "integer of tenth": {"type": "integer", "multipleOf": 0.1, "maximum": 50},
    "integer of half": {"type": "integer", "multipleOf": 0.5, "minimum": 3},
    "pattern": {"type": "string", "pattern": "^[A-Z]{2,3}-\\d{4}(-[a-f0-9]+)?$"},
    "pattern loose": {"type": "string", "pattern": "[0-9]x", "minLength": 20, "maxLength": 22},
    "pattern long": {"type": "string", "pattern": "^[a-z]*$", "minLength": 40},
    "pattern short": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 1},
    "pattern look-ahead": {"type": "string", "pattern": "^(?=.*\\d)[a-z\\d]{8,12}$"},
    "pattern negated": {"type": "string", "pattern": "^[^a-z\\d]+$"},
    "pattern group": {"type": "string", "pattern": "^(?P<q>['\"])\\w+['\"]$"},
    "lengths": {"type": "string", "minLength": 5, "maxLength": 5},
    "empty string": {"type": "string", "maxLength": 0},
    "pattern properties": {
        "type": "object",
        "patternProperties": {"^x-[a-z]{3}$": {"type": "integer"}},
        "additionalProperties": False,
        "minProperties": 3,
    },
    "additional": {"type": "object", "additionalProperties": {"type": "boolean"}, "minProperties": 2},
    "required undeclared": {"type": "object", "required": ["a"], "additionalProperties": {"type": "integer"}},
    "property names": {"type": "object", "propertyNames": {"pattern": "^[a-z]{4}$"}, "minProperties": 2},
    "max properties": {
        "type": "object",
        "properties": {"a": {}, "b": {}, "c": {}},
        "required": ["b"],
        "maxProperties": 1,
    },
    "impossible optional": {"type": "object", "properties": {"a": False, "b": {"type": "null"}}, "required": ["b"]},
    "dependent": {
        "type": "object",
        "properties": {"card": {"type": "string"}},
        "dependentRequired": {"card": ["address"]},
        "dependentSchemas": {"card": {"properties": {"zip": {"type": "integer"}}, "required": ["zip"]}},
    },
    "conditional": {
        "type": "object",
        "properties": {"country": {"enum": ["NO", "US"]}},
        "required": ["country"],
        "if": {"properties": {"country": {"const": "US"}}},
        "then": {"properties": {"zip": {"type": "string", "pattern": "^\\d{5}$"}}, "required": ["zip"]},
        "else": {"properties": {"code": {"type": "integer"}}, "required": ["code"]},
    },
    "not": {"type": "integer", "minimum": 0, "maximum": 9, "not": {"multipleOf": 2}},
    "not a type": {"not": {"type": ["string", "object"]}},
    "unevaluated": {
        "allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}],
        "properties": {"b": {"type": "integer"}},
        "unevaluatedProperties": False,
    },
    "no type": {"properties": {"a": {"items": {"minimum": 4}, "minItems": 1}}, "required": ["a"]},
    "anything": {},
    **{f"format {name}": {"type": "string", "format": name} for name in (
        "date", "time", "date-time", "duration", "uuid", "email", "hostname", "ipv4", "ipv6", "uri", "uri-reference",
        "json-pointer", "relative-json-pointer", "regex", "iri", "idn-email", "unheard-of")},
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("seed", [0, 1, 77, 4_000_000_000])
def test_a_value_is_valid_for_its_schema(name: str, seed: int) -> None:
    value = generate(SCHEMAS[name], seed, TEXT)
    assert valid(SCHEMAS[name], value), value
    assert generate(SCHEMAS[name], seed, TEXT) == value


def test_flags_of_draft_4_are_read_with_and_without_their_bounds() -> None:
    flags = {"type": "integer", "exclusiveMinimum": True, "exclusiveMaximum": True}
    assert isinstance(generate(flags, 1, TEXT), int)
    assert generate({**flags, "minimum": 6, "maximum": 8}, 1, TEXT) == 7


def test_another_seed_makes_another_value() -> None:
    schema = {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}}}
    assert generate(schema, 1) != generate(schema, 2)


def test_free_places_are_filled_from_the_text() -> None:
    schema = {
        "type": "object",
        "properties": {"passenger": {"type": "string"}, "seats": {"type": "integer"}, "price": {"type": "number"}},
    }
    assert generate(schema, 1, TEXT) == {"passenger": "Ada Lovelace", "seats": 3, "price": 99.5}


def test_an_enum_value_that_the_text_names_is_chosen() -> None:
    schema = {"enum": ["sunny", "rainy", "foggy"]}
    assert {generate(schema, seed, "It was rainy in Bergen") for seed in range(20)} == {"rainy"}


@pytest.mark.parametrize(
    ("schema", "named"),
    [
        ({"$ref": "https://example.com/other.json"}, "https://example.com/other.json"),
        ({"$ref": "#/$defs/missing"}, "#/$defs/missing"),
        ({"$dynamicRef": "#node"}, "$dynamicRef"),
        ({"type": "string", "pattern": "(unclosed"}, "unclosed"),
        ({"type": "integer", "minimum": 5, "maximum": 4}, "bounds"),
        ({"type": "array", "items": {"const": 1}, "uniqueItems": True, "minItems": 2}, "uniqueItems"),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "string and integer"),
        ({"type": "object", "required": ["a"], "additionalProperties": False}, "a"),
        ({"$defs": {"n": {"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}}, "required": ["n"]}},
          "$ref": "#/$defs/n"}, "without end"),
        ({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}, "without end"),
        ({"type": "decimal"}, "decimal"),
        ({"type": "string", "minLength": 3, "maxLength": 2}, "lengths"),
        ({"not": {}}, "not"),
        ({"type": "string", "minLength": 10**9}, "20000 characters"),
        ({"type": "string", "pattern": "^((a{999}){999}){999}$"}, "take too long"),
        ({"type": "array", "minItems": 10**9}, "1000 items"),
        ({"type": "number", "multipleOf": 5e-324, "minimum": 3}, "double"),
        ({"type": "integer", "multipleOf": 1e308, "minimum": 1}, "double"),
        ({"type": "array", "minItems": 900, "items": {"type": "array", "minItems": 900}}, "too large"),
    ],
)  # fmt: skip
def test_what_cannot_be_met_is_refused_by_name(schema: dict[str, Any], named: str) -> None:
    assert named in refused(schema)


def _chain(keyword: str, leaf: dict[str, Any]) -> dict[str, Any]:
    """25 definitions, each made of the next one twice: 2^25 ways in a kilobyte."""
    steps = {f"d{i}": {keyword: [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(25)}
    return {"$defs": {**steps, "d25": leaf}, "$ref": "#/$defs/d0"}


@pytest.mark.parametrize(
    ("schema", "text", "much"),
    [
        (_chain("allOf", {"type": "string"}), "", MERGING),
        (_chain("anyOf", {"const": "a", "pattern": "^b"}), "", MERGING),
        ({"enum": ["x" * 1000] * 5000, "pattern": "^y"}, "", MATCHING),
        ({"enum": ["ab" * 500] * 3000, "pattern": "(?=.*c)(.*)*x"}, "", MATCHING),
        ({"enum": ["a"] * 100_000, "pattern": "^y"}, "a" * 4000, CHECKING),
        ({"type": "array", "minItems": 1000, "items": {"const": "x" * 1_000_000}}, "", MAKING),
        ({"type": "array", "minItems": 1000, "items": {"type": "string", "minLength": 20_000}}, "", MAKING),
        ({"allOf": [{"enum": list(range(i, i + 1000))} for i in range(500)]}, "", MERGING),
        ({"not": {"anyOf": [{"type": "string"}] * 20_000}}, "", CHECKING),
    ],
)
def test_a_schema_that_takes_too_much_work_is_refused_soon(schema: dict[str, Any], text: str, much: str) -> None:
    began = time.process_time()
    with pytest.raises(GroundfogError) as caught:
        generate(schema, 1, text)
    # A fifth of a second at most where nothing else runs; without the bound these take minutes.
    assert time.process_time() - began < 2
    assert caught.value.kind is NO_JSON_SCHEMA
    assert much in caught.value.description


def test_a_long_list_of_choices_is_no_hard_work() -> None:
    choices = [f"city {number}" for number in range(20_000)]
    schema = {"type": "object", "properties": {"city": {"enum": choices, "pattern": "^city"}}, "required": ["city"]}
    assert generate(schema, 1, "I live in City 19999 now") == {"city": "city 19999"}
    assert generate(schema, 1, "City 19999x")["city"] in choices


def test_a_large_number_is_a_multiple_only_of_what_divides_it() -> None:
    assert not fits({"multipleOf": 3}, 4.08504149184064e16, Budget())
    assert fits({"multipleOf": 4}, 4.08504149184064e16, Budget())


def test_a_budget_is_shared_by_what_is_made_with_it() -> None:
    budget = Budget(steps=200)
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    generate(schema, 1, TEXT, budget)
    many = {"type": "array", "items": schema, "minItems": 20}
    with pytest.raises(GroundfogError, match="too large"):
        generate(many, 1, TEXT, budget)


names = st.sampled_from(["a", "b", "c", "deep"])


def _bounded(low: str, high: str, numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(numbers, numbers).map(lambda pair: {low: min(pair), high: max(pair)})


small = st.integers(0, 4)
leaves: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}),
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    _bounded("minimum", "maximum", st.integers(-1000, 1000)).map(lambda b: {"type": "integer", **b}),
    _bounded("minimum", "maximum", st.floats(-1e6, 1e6)).map(lambda b: {"type": "number", **b}),
    st.integers(1, 50).map(lambda step: {"type": "integer", "multipleOf": step}),
    _bounded("minLength", "maxLength", st.integers(0, 60)).map(lambda b: {"type": "string", **b}),
    st.sampled_from(["date", "uuid", "email", "ipv4"]).map(lambda f: {"type": "string", "format": f}),
    st.sampled_from(["^a+b?$", "\\d{2,}", "^(yes|no)$", "^[^,]{3}$"]).map(lambda p: {"type": "string", "pattern": p}),
    st.lists(st.one_of(st.integers(), st.text(max_size=3), st.none()), min_size=1).map(lambda e: {"enum": e}),
    st.one_of(st.integers(), st.text(), st.booleans(), st.none()).map(lambda c: {"const": c}),
    st.just({"$ref": "#/$defs/shared"}),
)


def _containers(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    objects = st.builds(
        lambda properties, some, closed: {
            "type": "object",
            "properties": properties,
            "required": sorted(set(some) & set(properties)),
            **({"additionalProperties": False} if closed else {}),
        },
        st.dictionaries(names, inner, max_size=4),
        st.sets(names),
        st.booleans(),
    )
    arrays = st.builds(
        lambda items, bounds: {"type": "array", "items": items, **bounds},
        inner,
        _bounded("minItems", "maxItems", small),
    )
    branches = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(objects, arrays, branches.map(lambda b: {"anyOf": b}))


schemas = st.recursive(leaves, _containers, max_leaves=8).map(
    lambda schema: {**schema, "$defs": {"shared": {"type": "string", "minLength": 2}}}
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schemas, st.integers(0, 2**32), st.text(max_size=40))
def test_values_of_generated_schemas_are_valid(schema: dict[str, Any], seed: int, text: str) -> None:
    value = generate(schema, seed, text)
    assert valid(schema, value)


def _harder(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Combinations that may have no value at all."""
    two = st.lists(inner, min_size=1, max_size=2)
    return st.one_of(
        _containers(inner),
        two.map(lambda b: {"allOf": b}),
        two.map(lambda b: {"oneOf": b}),
        st.builds(lambda a, b: {**a, "not": b}, inner, inner),
        st.builds(lambda a, b, c: {"if": a, "then": b, "else": c}, inner, inner, inner),
        st.builds(lambda i, c: {"type": "array", "items": i, "contains": c, "uniqueItems": True}, inner, inner),
        st.builds(
            lambda p, d: {"type": "object", "properties": p, "dependentSchemas": {"a": d}, "minProperties": 1},
            st.dictionaries(names, inner, max_size=3),
            inner,
        ),
    )


hard_schemas = st.recursive(leaves, _harder, max_leaves=8).map(
    lambda schema: {**schema, "$defs": {"shared": {"type": "string", "minLength": 2}}}
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hard_schemas, st.integers(0, 2**32))
def test_a_hard_schema_is_met_or_refused(schema: dict[str, Any], seed: int) -> None:
    try:
        value = generate(schema, seed, TEXT)
    except GroundfogError:
        assert refused(schema, seed)
        return
    # A const may contradict a format, which is an annotation only.
    assert jsonschema.Draft202012Validator(schema).is_valid(value)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schemas, st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)), max_leaves=6,
))  # fmt: skip
def test_the_checker_agrees_with_jsonschema(schema: dict[str, Any], value: Any) -> None:
    assert fits(schema, value, Budget()) == jsonschema.Draft202012Validator(schema).is_valid(value)


@settings(max_examples=200, deadline=None)
@given(st.from_regex(r"\A(?:\[[a-z]-?[a-z]?\d\]|\\d|\\w|x|y|\(a\|b\))(?:[*+?]|\{1,3\})?\Z"), st.integers(0, 2**32))
def test_a_text_for_a_pattern_is_found_by_it(pattern: str, seed: int) -> None:
    try:
        re.compile(pattern)
    except re.error:
        assert "pattern" in refused({"type": "string", "pattern": pattern})
        return
    assert re.search(pattern, generate({"type": "string", "pattern": pattern}, seed))


@pytest.mark.parametrize(
    "pattern", ["^(a+)+b$", "^(a|a)*b$", "^(a|ab?)*$x", "^a*a*a*a*a*a*a*b$", "^(?=(a+)+b)a", "(.*.*.*)*=$"]
)
def test_a_pattern_that_would_take_forever_elsewhere_is_answered_at_once(pattern: str) -> None:
    """Were it tried one way after the other, this test would not end."""
    assert refused({"type": "string", "const": "a" * 400, "pattern": pattern})


@pytest.mark.parametrize("pattern", [r"^(a)\1$", "(?i)a", "^(?>a+)b$", "^a++b$", "^(a{1000}){1000}$"])
def test_a_pattern_beyond_the_search_is_refused(pattern: str) -> None:
    assert "pattern" in refused({"type": "string", "pattern": pattern})


@settings(max_examples=300, deadline=None)
@given(
    st.from_regex(
        r"\A(?:\^|\\b)?(?:(?:a|b|\.|\\w|\\D|\\s|\[ab\]|\[\^a-c\]|\((?:a|b\||\?=a|\?!b|\?<=a)c?\))(?:[*+?]|\{1,2\})?){1,5}(?:\$)?\Z"
    ),
    st.text("abc 1\n", max_size=8),
)
def test_the_search_agrees_with_python(pattern: str, text: str) -> None:
    try:
        wanted = re.search(pattern, text) is not None
    except re.error:
        return
    assert found(pattern, text, Budget()) == wanted, (pattern, text)
