"""JSON mode: bare and wrapped schemas, and no stream unless the policy says so (spec §8.1)."""

from __future__ import annotations

from typing import Any

import pytest

from groundfog.tasks import Policy
from groundfog.tasks.text_generation.types import JsonFormat
from tests.support.text_generation import CHAT, CLASSIC, read, refusal, user

SCHEMA: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "integer", "default": None}}}


@pytest.mark.parametrize("model", [CLASSIC, CHAT])
@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"type": "json_object"}, JsonFormat()),
        ({"type": "json_schema", "json_schema": SCHEMA}, JsonFormat(SCHEMA)),
        (
            {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA, "strict": True}},
            JsonFormat(SCHEMA, "n", True),
        ),
        ({"type": "json_object", "schema": SCHEMA}, JsonFormat(SCHEMA)),
        ({"type": "text"}, None),
        (
            {"type": "json_schema", "json_schema": {"type": "object", "properties": {"schema": {}}, "schema": {}}},
            JsonFormat({"type": "object", "properties": {"schema": {}}, "schema": {}}),
        ),
    ],
)
def test_schemas_come_bare_or_wrapped(model: str, given: dict[str, Any], meant: JsonFormat | None) -> None:
    assert read(model, messages=user(), response_format=given).json_format == meant


def test_guided_json_is_a_schema() -> None:
    assert read(CLASSIC, prompt="hi", guided_json=SCHEMA).json_format == JsonFormat(SCHEMA)
    both = refusal(CLASSIC, prompt="hi", guided_json=SCHEMA, response_format={"type": "json_object"})
    assert both[1] == "response_format and guided_json are mutually exclusive"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"type": "json"}, "enum json not in json_object,json_schema,text at '/response_format/type'"),
        ({"type": "json_schema"}, "required properties at '/response_format' are 'type,json_schema'"),
        (
            {"type": "json_schema", "json_schema": {"name": "n", "strict": True}},
            "required properties at '/response_format/json_schema' are 'schema'",
        ),
        ("json_object", "Type mismatch of '/response_format', 'string' not in 'object'"),
    ],
)
def test_ill_formed_formats_are_refused(given: Any, text: str) -> None:
    assert refusal(CLASSIC, prompt="hi", response_format=given) == (5006, text)


@pytest.mark.parametrize("model", [CLASSIC, CHAT])
def test_json_mode_does_not_stream(model: str) -> None:
    body = {"messages": user(), "stream": True, "response_format": {"type": "json_object"}}
    assert refusal(model, **body)[0] == 5023
    assert read(model, Policy(allow_json_stream=True), **body).json_format == JsonFormat()


def wrapped(**keywords: Any) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"type": "object", **keywords}}


@pytest.mark.parametrize(
    ("keywords", "text"),
    [
        ({"properties": [1]}, "Type mismatch of '/properties', 'array' not in 'object'"),
        ({"properties": {"a": 1}}, "Type mismatch of '/properties/a', 'integer' not in 'object'"),
        ({"properties": {"a": {"items": None}}}, "Type mismatch of '/properties/a/items', 'null' not in 'object'"),
        ({"anyOf": {"type": "object"}}, "Type mismatch of '/anyOf', 'object' not in 'array'"),
        ({"anyOf": []}, "Length of '/anyOf' must be >= 1"),
        ({"anyOf": [{"not": 3}]}, "Type mismatch of '/anyOf/0/not', 'integer' not in 'object'"),
        ({"required": [{"a": 1}]}, "Type mismatch of '/required/0', 'object' not in 'string'"),
        ({"minProperties": "2"}, "Type mismatch of '/minProperties', 'string' not in 'integer'"),
        ({"maxProperties": -1}, "'/maxProperties' must be >= 0"),
        ({"$ref": {}}, "Type mismatch of '/$ref', 'object' not in 'string'"),
        ({"enum": []}, "Length of '/enum' must be >= 1"),
        ({"additionalProperties": "no"}, "Type mismatch of '/additionalProperties', 'string' not in 'object'"),
        ({"patternProperties": {"x": {"multipleOf": 0}}}, "'/patternProperties/x/multipleOf' must be > 0"),
        ({"dependentRequired": "a"}, "Type mismatch of '/dependentRequired', 'string' not in 'object'"),
    ],
)
def test_a_schema_that_is_none_is_refused_before_an_engine_sees_it(keywords: dict[str, Any], text: str) -> None:
    code, given = refusal(CLASSIC, prompt="hi", response_format=wrapped(**keywords))
    where = "/response_format/json_schema"
    assert (code, given.replace(where, "")) == (5006, text)
    tool = {"name": "f", "parameters": {"type": "object", **keywords}}
    code, given = refusal(CHAT, messages=user(), tools=[tool])
    assert (code, given.replace("/tools/0/parameters", "")) == (5006, text)


def test_what_schemas_may_be_is_left_to_the_engine() -> None:
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": ["odd", "but", "a remark"],
        "type": ["object", "null"],
        "properties": {"any": True, "none": False, "old": {"type": "integer", "minimum": 1, "exclusiveMinimum": True}},
        "additionalProperties": False,
        "items": [{"type": "string"}],
        "prefixItems": [],
        "x-vendor": {"type": 1},
    }
    given = {"type": "json_schema", "json_schema": schema}
    assert read(CLASSIC, prompt="hi", response_format=given).json_format == JsonFormat(schema)
