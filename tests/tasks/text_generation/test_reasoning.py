"""`reasoning_effort` and `chat_template_kwargs` by model (spec §3.4)."""

from __future__ import annotations

from typing import Any

import pytest

from groundfog import catalog
from groundfog.tasks.text_generation import facts
from tests.support.text_generation import CLASSIC, GPT_OSS, KIMI, read, refusal, user

GLM_5_2 = "@cf/zai-org/glm-5.2"
GLM_5_3 = "@cf/zai-org/glm-5.3"
DEEPSEEK = "@cf/deepseek-ai/deepseek-v4-pro-0813"
QWEN = "@cf/qwen/qwen3.8-27b"
GEMMA = "@cf/google/gemma-4-26b-a4b-it"


@pytest.mark.parametrize(
    ("model", "given", "meant"),
    [
        (GPT_OSS, "low", "low"),
        (KIMI, "max", "high"),
        (KIMI, "none", "none"),
        (GLM_5_2, "xhigh", "max"),
        (GLM_5_2, "minimal", "none"),
        (GLM_5_3, "none", "max"),
        (DEEPSEEK, "minimal", "low"),
        (DEEPSEEK, "medium", "high"),
        (QWEN, "medium", "medium"),
        (GEMMA, "high", "high"),
        (CLASSIC, "low", "low"),
    ],
)
def test_levels_and_their_other_names(model: str, given: str, meant: str) -> None:
    assert read(model, messages=user(), reasoning_effort=given).reasoning_effort == meant


@pytest.mark.parametrize(
    ("model", "default"), [(GPT_OSS, "medium"), (GLM_5_2, "max"), (DEEPSEEK, "high"), (QWEN, "xhigh"), (CLASSIC, None)]
)
def test_defaults(model: str, default: str | None) -> None:
    assert read(model, messages=user()).reasoning_effort == default


def test_an_unknown_level_names_those_of_the_model() -> None:
    text = refusal(GPT_OSS, messages=user(), reasoning_effort="max")[1]
    assert text == "enum max not in low,medium,high at '/reasoning_effort'"


@pytest.mark.parametrize(("model", "meant"), [(KIMI, "none"), (GEMMA, "none"), (GPT_OSS, "medium"), (CLASSIC, None)])
def test_null_is_off_where_that_is_possible(model: str, meant: str | None) -> None:
    assert read(model, messages=user(), reasoning_effort=None).reasoning_effort == meant


@pytest.mark.parametrize("arguments", [{"enable_thinking": False}, {"thinking": False}])
def test_thinking_is_switched_off_under_either_name(arguments: dict[str, Any]) -> None:
    inputs = read(KIMI, messages=user(), chat_template_kwargs=arguments)
    assert inputs.reasoning_effort == "none"
    assert inputs.template_arguments == {"enable_thinking": False, "thinking": False}


def test_no_effort_tells_the_template() -> None:
    inputs = read(KIMI, messages=user(), reasoning_effort="none", chat_template_kwargs={"clear_thinking": False})
    assert inputs.template_arguments == {"clear_thinking": False, "enable_thinking": False, "thinking": False}


def test_the_levels_are_those_that_the_catalogue_publishes() -> None:
    for model in catalog.default().models:
        rows = catalog.default().rows[model.id]["properties"]
        shown = next((row["value"] for row in rows if row["property_id"] == "reasoning_effort"), {})
        known = facts.effort(model)
        if "supported_efforts" in shown:
            assert known is not None, model.id
            assert (list(known.levels), known.default) == (shown["supported_efforts"], shown["default_effort"])
