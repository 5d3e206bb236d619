"""JSON mode: a value that is valid for the schema, from the request or from the prompt's own words."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from groundfog.engines.echo.json_values import generate
from groundfog.engines.echo.json_values.budget import Budget
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.text_generation import words
from groundfog.engines.echo.text_generation.prompt import Prompt
from groundfog.tasks.text_generation.types import Inputs, TextPart

_MOST_LETTERS = 1_000_000
"""Letters of broken JSON that are read in search of a schema: what is nested is read again from each brace."""


def answer(model: EchoModel, inputs: Inputs, prompt: Prompt, seed: int, budget: Budget) -> str:
    """JSON text. `json_object` without a schema obeys one that is written in the messages. Raises NO_JSON_SCHEMA."""
    assert inputs.json_format is not None
    schema = inputs.json_format.schema
    if schema is None:
        schema = _written_schema(inputs)
    if schema is None:
        return _encode({"echo": words.answer(model, inputs, prompt, seed)[0]})
    return _encode(generate(schema, seed, prompt.text, budget))


def _encode(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _written_schema(inputs: Inputs) -> dict[str, Any] | None:
    """The first JSON Schema of an object that stands in a message as text (clients without json_schema do that)."""
    decoder = json.JSONDecoder()
    left = _MOST_LETTERS
    for text in _texts(inputs):
        place = text.find("{")
        while place >= 0 and left > 0:
            try:
                value, end = decoder.raw_decode(text, place)
            except json.JSONDecodeError as error:
                left -= error.pos - place
                place = text.find("{", place + 1)
                continue
            except RecursionError:
                break
            if isinstance(value, dict) and isinstance(value.get("properties"), dict):
                return value
            place = text.find("{", end)
    return None


def _texts(inputs: Inputs) -> list[str]:
    if inputs.prompt is not None:
        return [inputs.prompt]
    texts = []
    for message in inputs.messages:
        if isinstance(message.content, str):
            texts.append(message.content)
        elif message.content:
            texts += [part.text for part in message.content if isinstance(part, TextPart)]
    return texts
