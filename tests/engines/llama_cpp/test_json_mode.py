"""JSON mode: whatever the model's weights, the answer validates."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from groundfog import errors
from groundfog.engines.llama_cpp import LlamaCppEngine, grammar
from groundfog.tasks.text_generation.types import Inputs, JsonFormat, Message
from tests.support import tiny_gguf
from tests.support.jobs import answer, job, stream

NAME = {"type": "string", "maxLength": 12}
SCHEMAS: dict[str, dict[str, Any]] = {
    "nested": {
        "type": "object",
        "properties": {
            "person": {
                "type": "object",
                "properties": {"name": NAME, "age": {"type": "integer", "minimum": 0, "maximum": 120}},
                "required": ["name", "age"],
                "additionalProperties": False,
            },
            "ok": {"type": "boolean"},
        },
        "required": ["person", "ok"],
        "additionalProperties": False,
    },
    "array with bounds": {
        "type": "object",
        "properties": {"tags": {"type": "array", "items": NAME, "minItems": 2, "maxItems": 4}},
        "required": ["tags"],
        "additionalProperties": False,
    },
    "tuple": {
        "type": "array",
        "prefixItems": [{"type": "integer"}, {"enum": ["a", "b"]}],
        "items": False,
        "minItems": 2,
    },
    "enum and const": {
        "type": "object",
        "properties": {"colour": {"enum": ["red", "green", 3, None]}, "version": {"const": 2}},
        "required": ["colour", "version"],
        "additionalProperties": False,
    },
    "anyOf": {
        "type": "object",
        "properties": {"value": {"anyOf": [{"type": "integer"}, {"type": "null"}, {"enum": ["none"]}]}},
        "required": ["value"],
        "additionalProperties": False,
    },
    "allOf": {
        "type": "object",
        "properties": {"count": {"allOf": [{"type": "integer", "minimum": 3}, {"maximum": 9}]}},
        "required": ["count"],
        "additionalProperties": False,
    },
    "oneOf with a discriminator": {
        "oneOf": [
            {
                "type": "object",
                "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer", "minimum": 1, "maximum": 9}},
                "required": ["kind", "lives"],
                "additionalProperties": False,
            },
            {
                "type": "object",
                "properties": {"kind": {"const": "dog"}, "good": {"const": True}},
                "required": ["kind", "good"],
                "additionalProperties": False,
            },
        ]
    },
    "references": {
        "$defs": {
            "node": {
                "type": "object",
                "properties": {
                    "value": {"type": "integer"},
                    "next": {"anyOf": [{"$ref": "#/$defs/leaf"}, {"type": "null"}]},
                },
                "required": ["value", "next"],
                "additionalProperties": False,
            },
            "leaf": {"enum": ["end"]},
        },
        "$ref": "#/$defs/node",
    },
    "formats": {
        "type": "object",
        "properties": {
            "day": {"type": "string", "format": "date"},
            "id": {"type": "string", "format": "uuid"},
            "host": {"type": "string", "format": "ipv4"},
        },
        "required": ["day", "id", "host"],
        "additionalProperties": False,
    },
    "pattern": {
        "type": "object",
        "properties": {"plate": {"type": "string", "pattern": "^[A-Z]{1,3}-[0-9]{2,4}$"}},
        "required": ["plate"],
        "additionalProperties": False,
    },
    "numbers": {
        "type": "object",
        "properties": {
            "part": {"type": "number", "minimum": 0, "maximum": 1},
            "even": {"type": "integer", "multipleOf": 2, "exclusiveMinimum": 0, "maximum": 1000},
        },
        "required": ["part", "even"],
        "additionalProperties": False,
    },
    "several types": {"type": ["boolean", "null"]},
    "remarks": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Answer",
        "description": "what is asked",
        "type": "object",
        "properties": {
            "count": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 9, "default": 1, "examples": [2]},
            "set": {"type": "array", "items": {"type": "boolean"}, "maxItems": 2, "uniqueItems": False},
        },
        "required": ["count", "set"],
        "additionalProperties": False,
    },
}


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS.keys())
async def test_the_answer_validates_whatever_the_seed(
    engine: LlamaCppEngine, hello: list[Message], schema: dict[str, Any]
) -> None:
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    for seed in range(1, 5):
        inputs = Inputs(messages=hello, max_tokens=900, seed=seed, temperature=1.0, json_format=JsonFormat(schema))
        choice = (await answer(engine, inputs)).choices[0]
        checker.validate(json.loads(choice.text))
        assert choice.finish_reason == "stop"


async def test_json_object_is_any_object(folder: Path, load: Any, hello: list[Message]) -> None:
    path = tiny_gguf.build(folder / "object.gguf", says=['{"deep": [', '{"er": 1}, ', "null]", "}"])
    output = await answer(load(path), Inputs(messages=hello, max_tokens=50, temperature=0, json_format=JsonFormat()))
    assert json.loads(output.choices[0].text) == {"deep": [{"er": 1}, None]}


async def test_json_object_lets_nothing_else_through(folder: Path, load: Any, hello: list[Message]) -> None:
    path = tiny_gguf.build(folder / "prose.gguf", says=["Here is ", "the object: ", "[1]"])
    engine = load(path)
    plain = await answer(engine, Inputs(messages=hello, max_tokens=50, temperature=0))
    assert plain.choices[0].text == "Here is the object: [1]"
    work, sink = job(Inputs(messages=hello, max_tokens=50, temperature=0, json_format=JsonFormat()), stream=True)
    await engine.infer([work])
    assert "".join(delta.text for delta in sink.deltas).startswith("{")
    assert sink.done.done()
    sink.done.exception()


async def test_a_raw_prompt_can_be_answered_in_json(engine: LlamaCppEngine) -> None:
    inputs = Inputs(prompt="the answer: ", raw=True, max_tokens=40, json_format=JsonFormat({"enum": ["yes", "no"]}))
    assert json.loads((await answer(engine, inputs)).choices[0].text) in ("yes", "no")


async def test_ignore_eos_does_not_spoil_the_json(engine: LlamaCppEngine, hello: list[Message]) -> None:
    inputs = Inputs(messages=hello, max_tokens=40, ignore_eos=True, json_format=JsonFormat({"enum": ["yes", "no"]}))
    assert json.loads((await answer(engine, inputs)).choices[0].text) in ("yes", "no")


async def test_a_stream_carries_the_text_of_the_json(engine: LlamaCppEngine, hello: list[Message]) -> None:
    schema = SCHEMAS["array with bounds"]
    deltas = await stream(engine, Inputs(messages=hello, max_tokens=900, seed=1, json_format=JsonFormat(schema)))
    jsonschema.validate(json.loads("".join(delta.text for delta in deltas)), schema)
    assert deltas[-1].finish_reason == "stop"
    assert deltas[-1].usage is not None


@pytest.mark.parametrize("streamed", [False, True], ids=["unary", "stream"])
async def test_an_object_that_does_not_fit_is_an_error(
    engine: LlamaCppEngine, hello: list[Message], streamed: bool
) -> None:
    inputs = Inputs(messages=hello, max_tokens=3, json_format=JsonFormat(SCHEMAS["nested"]))
    with pytest.raises(errors.GroundfogError) as error:
        await (stream if streamed else answer)(engine, inputs)
    assert error.value.kind is errors.JSON_MODE_FAILED


@pytest.mark.parametrize(
    ("schema", "named"),
    [
        ({"type": "array", "uniqueItems": True}, "'uniqueItems' at '/'"),
        ({"properties": {"a": {"not": {"type": "string"}}}}, "'not' at '/properties/a'"),
        ({"items": {"type": "string", "format": "iri"}}, "format 'iri' at '/items'"),
        ({"anyOf": [{"if": {}, "then": {}}]}, "'if' at '/anyOf/0'"),
        ({"$defs": {"x": {"propertyNames": {"maxLength": 3}}}}, "'propertyNames' at '/$defs/x'"),
        ({"type": "string", "pattern": "(?=a)b"}, "cannot be compiled"),
        ({"type": "integer", "minimum": 5, "maximum": 3}, "cannot be compiled"),
        ({"type": "fruit"}, "cannot be compiled"),
        ({"type": "array", "minItems": 10**18}, "'minItems' beyond 20000 at '/'"),
        ({"$ref": "https://example.com/schema.json"}, "cannot be compiled"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_no_grammar_can_hold_is_refused_by_name(
    engine: LlamaCppEngine, hello: list[Message], schema: dict[str, Any], named: str
) -> None:
    for _ in range(2):
        with pytest.raises(errors.GroundfogError) as error:
            await answer(engine, Inputs(messages=hello, max_tokens=50, json_format=JsonFormat(schema)))
        assert error.value.kind is errors.NO_JSON_SCHEMA
        assert named in error.value.description


async def test_a_bound_beyond_any_answer_does_not_hold_up_the_engine(
    engine: LlamaCppEngine, hello: list[Message]
) -> None:
    """Compiling a grammar that counts to 10^18 would take for ever, and every other request with it."""
    schema = {"type": "array", "items": {"const": 1}, "maxItems": 10**18}
    assert grammar.prepared(schema) == {**schema, "maxItems": 20_000}
    work, sink = job(Inputs(messages=hello, max_tokens=20, json_format=JsonFormat(schema)))
    async with asyncio.timeout(20):
        await engine.infer([work])
        await asyncio.wait([sink.done])
    failure = sink.done.exception()
    assert failure is None or (isinstance(failure, errors.GroundfogError) and failure.kind is errors.JSON_MODE_FAILED)
