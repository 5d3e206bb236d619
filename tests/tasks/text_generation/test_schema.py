"""JSON Schemas that `models/schema` serves: they agree with what decoding accepts, for every model of the catalogue."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from groundfog import catalog, tasks
from groundfog.catalog import Model
from groundfog.tasks.text_generation import TASK
from groundfog.tasks.text_generation.types import Choice, Output, Usage
from tests.support.text_generation import CHAT, CLASSIC, GPT_OSS, GUARD, SCOUT, VISION, model, read, shown, user

MODELS = [one for one in catalog.default().models if tasks.name_for(one) == "text-generation"]
ANSWER = Output([Choice("Hello", "stop")], Usage(1, 1))


def fits(schema: Any, value: Any) -> bool:
    return jsonschema.Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize("one", MODELS, ids=lambda one: one.id)
def test_every_model_has_schemas_that_its_calls_fit(one: Model) -> None:
    schema = TASK.input_schema(one)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator.check_schema(TASK.output_schema(one))
    body = {"messages": user(), "max_tokens": 5, "temperature": 0.5}
    assert fits(schema, body)
    assert not fits(schema, {"temperature": 0.5})
    assert fits(TASK.output_schema(one), shown(one.id, read(one.id, **body), ANSWER))


@pytest.mark.parametrize(
    ("model_id", "body"),
    [(CLASSIC, {"prompt": "hi"}), (CHAT, {"prompt": "hi"}), (GPT_OSS, {"input": "hi"}), (SCOUT, {"prompt": "hi"})],
)
def test_every_form_has_an_answer_in_the_schema(model_id: str, body: dict[str, Any]) -> None:
    one = model(model_id)
    assert fits(TASK.input_schema(one), body)
    assert fits(TASK.output_schema(one), shown(model_id, read(model_id, **body), ANSWER))


def test_the_schema_says_what_belongs_to_the_model() -> None:
    classic = TASK.input_schema(model(CLASSIC))["oneOf"]
    assert [branch["title"] for branch in classic] == ["Prompt", "Messages"]
    assert classic[0]["properties"]["max_tokens"]["default"] == 256
    assert "image" not in classic[0]["properties"]
    assert "image" in TASK.input_schema(model(VISION))["oneOf"][0]["properties"]
    assert TASK.input_schema(model(GUARD))["required"] == ["messages"]
    effort = TASK.input_schema(model(GPT_OSS))["oneOf"][0]["properties"]["reasoning_effort"]
    assert (effort["enum"], effort["default"]) == (["low", "medium", "high"], "medium")


def test_no_schema_has_references() -> None:
    assert "$ref" not in str(TASK.input_schema(model(GPT_OSS)))
