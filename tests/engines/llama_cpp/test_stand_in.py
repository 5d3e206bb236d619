"""What a stand-in keeps of the model that it answers for, and how it says what it cannot do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groundfog import errors
from groundfog.engines.llama_cpp import LlamaCppEngine
from groundfog.errors import GroundfogError
from groundfog.tasks.text_generation.types import AudioPart, ImagePart, Inputs, JsonFormat, Message, TextPart
from tests.engines.llama_cpp.conftest import Load
from tests.support import tiny_gguf
from tests.support.jobs import answer

WINDOW = 6000
"""Of the model that is asked for; the file has room for 1,000 tokens."""


@pytest.fixture
def stand_in(load: Load, model: Path) -> LlamaCppEngine:
    return load(model, context=1000, facts={"stand_in": True, "temperature": 0.0, "context_window": WINDOW})


async def refusal(engine: LlamaCppEngine, inputs: Inputs) -> GroundfogError:
    with pytest.raises(GroundfogError) as caught:
        await answer(engine, inputs)
    return caught.value


async def test_max_tokens_may_be_what_the_asked_model_allows(stand_in: LlamaCppEngine, hello: list[Message]) -> None:
    inputs = Inputs(messages=hello, max_tokens=4096, ignore_eos=True)
    output = await answer(stand_in, inputs)
    assert output.choices[0].finish_reason == "length"
    assert output.usage.prompt_tokens + output.usage.completion_tokens == 1000


async def test_a_prompt_beyond_its_own_window_is_refused_by_its_own_words(stand_in: LlamaCppEngine) -> None:
    for count in (1100, 4000):
        error = await refusal(stand_in, Inputs(prompt="river " * count, raw=True, max_tokens=10))
        assert error.kind is errors.STAND_IN_CONTEXT
        assert "context window limit (1000)" in error.description
        assert "in place of @cf/test/own" in error.description


async def test_the_asked_models_window_is_kept(stand_in: LlamaCppEngine, hello: list[Message]) -> None:
    for inputs in (
        Inputs(messages=hello, max_tokens=WINDOW),
        Inputs(prompt="river " * 1100, raw=True, max_tokens=WINDOW),
    ):
        error = await refusal(stand_in, inputs)
        assert error.kind is errors.CONTEXT_EXCEEDED
        assert f"({WINDOW})" in error.description


@pytest.mark.parametrize("json_format", [None, JsonFormat()])
@pytest.mark.parametrize(
    ("part", "what"), [(ImagePart(tiny_gguf.png()), "read images"), (AudioPart(b"RIFF", "wav"), "hear sounds")]
)
async def test_images_and_sounds_are_refused(
    stand_in: LlamaCppEngine, part: Any, what: str, json_format: JsonFormat | None
) -> None:
    turns = [Message("user", [TextPart("What is this?"), part])]
    error = await refusal(stand_in, Inputs(messages=turns, json_format=json_format))
    assert (error.kind, error.status) == (errors.STAND_IN_UNABLE, 422)
    assert f"in place of @cf/test/own here, cannot {what}" in error.description


async def test_adapters_are_refused(stand_in: LlamaCppEngine, hello: list[Message]) -> None:
    assert (await refusal(stand_in, Inputs(messages=hello, lora="terse"))).kind is errors.STAND_IN_UNABLE


async def test_its_temperature_holds_for_requests_without_one(stand_in: LlamaCppEngine, hello: list[Message]) -> None:
    async def said(**fields: Any) -> list[str]:
        inputs = [Inputs(messages=hello, max_tokens=12, ignore_eos=True, seed=seed, **fields) for seed in range(3)]
        return [(await answer(stand_in, one)).choices[0].text for one in inputs]

    likeliest = await said(temperature=0.0)
    assert len(set(likeliest)) == 1
    assert await said() == likeliest
    assert len(set(await said(temperature=1.5))) > 1
