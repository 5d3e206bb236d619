"""Which objects of a schema are closed, and that a model then keeps to the fields that it names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groundfog.engines.llama_cpp.closing import closed
from groundfog.tasks.text_generation.types import Inputs, JsonFormat, Message
from tests.engines.llama_cpp.conftest import Load
from tests.support import tiny_gguf
from tests.support.jobs import answer

NAME: dict[str, Any] = {"type": "object", "properties": {"name": {"type": "string"}}}
CLOSED = {**NAME, "additionalProperties": False}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (NAME, CLOSED),
        ({"type": "array", "items": NAME}, {"type": "array", "items": CLOSED}),
        ({"anyOf": [NAME, {"type": "null"}]}, {"anyOf": [CLOSED, {"type": "null"}]}),
        ({"$ref": "#/$defs/a", "$defs": {"a": NAME}}, {"$ref": "#/$defs/a", "$defs": {"a": CLOSED}}),
        (
            {"type": "object", "properties": {"allOf": NAME}},
            {"type": "object", "properties": {"allOf": CLOSED}, "additionalProperties": False},
        ),
        (
            {"type": "object", "additionalProperties": NAME},
            {"type": "object", "additionalProperties": CLOSED},
        ),
    ],
)
def test_objects_are_closed_wherever_they_stand(schema: Any, expected: Any) -> None:
    assert closed(schema) == expected


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {"type": "object"},
        {**NAME, "additionalProperties": True},
        {**NAME, "patternProperties": {"^x": {"type": "string"}}},
        {**NAME, "required": ["name", "age"]},
        {**NAME, "minProperties": 2},
        {**NAME, "enum": [{"name": "Ada", "age": 36}]},
        {"allOf": [NAME, {"properties": {"age": {"type": "integer"}}}]},
        {**NAME, "anyOf": [{"properties": {"age": {"type": "integer"}}}]},
        {"required": ["age"], "anyOf": [NAME]},
        {"type": "array", "items": {"$ref": "#/$defs/a", "properties": {"b": True}}, "$defs": {"a": NAME}},
    ],
)
def test_what_may_need_other_fields_stays_open(schema: Any) -> None:
    assert closed(schema) == schema


async def test_a_model_that_goes_on_writing_fields_is_stopped(folder: Path, load: Load, hello: list[Message]) -> None:
    says = ['{"name": "', "Ada", '", "age": "', "36", '"}']
    path = tiny_gguf.build(folder / "eager.gguf", says=says)
    engine = load(path)

    async def said(schema: dict[str, Any]) -> Any:
        inputs = Inputs(messages=hello, max_tokens=60, temperature=0, json_format=JsonFormat(schema))
        return json.loads((await answer(engine, inputs)).choices[0].text)

    schema = {**NAME, "required": ["name"]}
    assert (await said(schema)).keys() == {"name"}
    assert (await said({**schema, "additionalProperties": {"type": "string"}})).keys() > {"name"}
