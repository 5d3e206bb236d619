"""What docs/translations.md says a provider takes is what it takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from groundfog.errors import GroundfogError
from tests.gateway.translate.steps import step

PAGE = Path(__file__).parents[2] / "docs" / "translations.md"
MODELS = (
    "anthropic/claude-sonnet-4-5",
    "google-ai-studio/gemini-2.5-flash",
    "aws-bedrock/us.anthropic.claude-sonnet-4-5-v1:0",
)
TOOL = {"type": "function", "function": {"name": "f"}}
SCHEMA = {"name": "n", "schema": {"type": "object"}}


def user(part: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [part]}]


SAMPLES: dict[str, list[dict[str, Any]]] = {
    "`temperature`": [{"temperature": 0.5}],
    "`top_p`": [{"top_p": 0.5}],
    "`top_k`": [{"top_k": 5}],
    "`max_completion_tokens`, `max_tokens`": [{"max_tokens": 5}, {"max_completion_tokens": 5}],
    "`stop`": [{"stop": "x"}, {"stop": ["x"]}],
    "`n`": [{"n": 2}],
    "`seed`": [{"seed": 1}],
    "`presence_penalty`, `frequency_penalty`": [{"presence_penalty": 0.5}, {"frequency_penalty": 0.5}],
    "`logprobs`": [{"logprobs": True}],
    "`logit_bias`": [{"logit_bias": {"1": 1}}],
    "`tools`, `tool_choice`": [{"tools": [TOOL], "tool_choice": "required"}],
    "`parallel_tool_calls: false`": [{"tools": [TOOL], "parallel_tool_calls": False}],
    "`response_format: json_schema`": [{"response_format": {"type": "json_schema", "json_schema": SCHEMA}}],
    "`response_format: json_object`": [{"response_format": {"type": "json_object"}}],
    "`reasoning_effort`": [{"reasoning_effort": "low"}],
    "`stream_options.include_usage`": [{"stream": True, "stream_options": {"include_usage": True}}],
    "`modalities`, `audio`, `prediction`, `web_search_options`, `functions`": [
        {"modalities": ["audio"]},
        {"audio": {"voice": "ash"}},
        {"prediction": {"type": "content"}},
        {"web_search_options": {}},
        {"functions": []},
    ],
    "pictures as data": [{"messages": user({"type": "image_url", "image_url": {"url": "data:image/png;base64,aQ=="}})}],
    "pictures by address": [{"messages": user({"type": "image_url", "image_url": {"url": "https://a.example/b.png"}})}],
    "files as data": [{"messages": user({"type": "file", "file": {"file_data": "data:application/pdf;base64,aQ=="}})}],
    "sound": [{"messages": user({"type": "input_audio", "input_audio": {"data": "aQ==", "format": "wav"}})}],
}


def rows() -> dict[str, list[str]]:
    table = PAGE.read_text().partition("| Field |")[2].partition("\n\n")[0]
    found = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()[2:]]
    return {re.sub(r"\s+", " ", name): cells for name, *cells in found}


def test_every_row_has_a_sample() -> None:
    assert set(rows()) == set(SAMPLES)


@pytest.mark.parametrize("row", SAMPLES)
@pytest.mark.parametrize("column", range(3), ids=["anthropic", "google", "bedrock"])
def test_a_cell_says_what_happens(row: str, column: int) -> None:
    taken = rows()[row][column].startswith("yes")
    for body in SAMPLES[row]:
        if taken:
            step(MODELS[column], **body)
        else:
            with pytest.raises(GroundfogError, match="2019"):
                step(MODELS[column], **body)
