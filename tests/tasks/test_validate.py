"""The validator agrees with JSON Schema, and says what is wrong in the words that clients match on (spec §5.3)."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog.errors import GroundfogError
from groundfog.tasks import validate

CHAT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "prompt": {"type": "string", "minLength": 1, "maxLength": 5},
        "content": {"type": "string"},
        "audio": {"type": "array", "format": "binary", "items": {"type": "number", "minimum": 0, "maximum": 255}},
        "text": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "maxItems": 2}]},
        "steps": {"type": "integer", "minimum": 1, "maximum": 8},
        "strength": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "speaker": {"type": "string", "enum": ["angus", "asteria"]},
        "id": {"type": "string", "pattern": "^[a-z]+$"},
        "kind": {"const": "a"},
        "turns": {"type": "array", "items": {"type": "object", "required": ["role", "content"]}},
    },
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"width": 1, "height": 2}, "Additional or unevaluated properties '/width, /height' at '/' not allowed"),
        ({"content": ["a"]}, "Type mismatch of '/content', 'array' not in 'string'"),
        ({"content": None}, "Type mismatch of '/content', 'null' not in 'string'"),
        ({"audio": "UklGRg=="}, "Type mismatch of '/audio', 'string' not in 'array','binary'"),
        ({"audio": [1, 256]}, "'/audio/1' must be <= 255"),
        ({"text": 7}, "Type mismatch of '/text', 'integer' not in 'string','array'"),
        ({"text": ["a", "b", "c"]}, "Length of '/text' must be <= 2"),
        ({"text": ["a", 3]}, "Type mismatch of '/text/1', 'integer' not in 'string'"),
        ({"prompt": ""}, "Length of '/prompt' must be >= 1"),
        ({"prompt": "abcdef"}, "Length of '/prompt' must be <= 5"),
        ({"steps": 9}, "'/steps' must be <= 8"),
        ({"steps": 0}, "'/steps' must be >= 1"),
        ({"steps": 1.5}, "Type mismatch of '/steps', 'number' not in 'integer'"),
        ({"steps": True}, "Type mismatch of '/steps', 'boolean' not in 'integer'"),
        ({"strength": 0}, "'/strength' must be > 0"),
        ({"strength": 1}, "'/strength' must be < 1"),
        ({"strength": float("nan")}, "'/strength' must be > 0"),
        ({"speaker": "nobody"}, "enum nobody not in angus,asteria at '/speaker'"),
        ({"id": "A1"}, "'/id' failed test ^[a-z]+$ pattern"),
        ({"kind": "b"}, "const b doesn't match a at '/kind'"),
        ({"turns": [{"role": "user"}]}, "required properties at '/turns/0' are 'role,content'"),
        ([], "Type mismatch of '/', 'array' not in 'object'"),
    ],
)
def test_a_violation_is_told_in_the_services_words(value: Any, text: str) -> None:
    with pytest.raises(GroundfogError) as caught:
        validate.check(CHAT, value)
    assert caught.value.code == 5006
    assert caught.value.description == f"Bad input: Error: {text}"


def test_branches_of_the_root_are_told_together() -> None:
    schema = {
        "oneOf": [
            {"type": "object", "required": ["prompt"]},
            {
                "type": "object",
                "properties": {"messages": {"type": "array", "items": {"properties": {"content": {"type": "string"}}}}},
                "required": ["messages"],
            },
        ]
    }
    with pytest.raises(GroundfogError) as caught:
        validate.check(schema, {"messages": [{"content": []}]})
    assert caught.value.description == (
        "Bad input: Error: oneOf at '/' not met, 0 matches: required properties at '/' are 'prompt', "
        "Type mismatch of '/messages/0/content', 'array' not in 'string'"
    )
    with pytest.raises(GroundfogError, match="oneOf at '/' not met, 2 matches"):
        validate.check(schema, {"prompt": "a", "messages": []})


def test_bytes_fit_only_where_the_schema_says_binary() -> None:
    audio = {"oneOf": [{"type": "string", "format": "binary"}, {"type": "object"}]}
    assert validate.find_problem(audio, b"RIFF", "/audio") is None
    assert (
        validate.find_problem({"type": "string"}, b"RIFF", "/prompt")
        == "Type mismatch of '/prompt', 'binary' not in 'string'"
    )


def test_a_long_value_is_not_repeated_whole() -> None:
    problem = validate.find_problem({"enum": ["a"]}, "x" * 10_000, "/speaker")
    assert problem is not None
    assert len(problem) < 200


SCHEMAS: list[dict[str, Any]] = [
    CHAT,
    {"type": ["string", "null"]},
    {"anyOf": [{"type": "integer", "minimum": 3}, {"type": "array", "minItems": 1}]},
    {"oneOf": [{"type": "integer"}, {"type": "number", "maximum": 2}]},
    {"allOf": [{"type": "number"}, {"minimum": 2}, {"multipleOf": 2}]},
    {"type": "object", "minProperties": 1, "maxProperties": 2, "additionalProperties": {"type": "integer"}},
    {"type": "object", "propertyNames": {"pattern": "^[a-c]"}},
]
SCALARS = st.none() | st.booleans() | st.integers(-3, 300) | st.floats(-2, 2) | st.text("abxyz", max_size=6)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner))
NAMED = st.dictionaries(st.sampled_from([*CHAT["properties"], "width"]), VALUES, max_size=4)


@given(schema=st.sampled_from(SCHEMAS), value=VALUES | NAMED)
def test_it_accepts_exactly_what_json_schema_accepts(schema: dict[str, Any], value: Any) -> None:
    accepted = validate.find_problem(schema, value, "") is None
    assert accepted == jsonschema.Draft202012Validator(schema).is_valid(value)
