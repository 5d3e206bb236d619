"""The files beside the model: adapters, projector, draft model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groundfog import errors
from groundfog.engines.llama_cpp import LlamaCppEngine
from groundfog.tasks.text_generation.types import (
    AudioPart,
    ImagePart,
    Inputs,
    JsonFormat,
    Message,
    TextPart,
    Tool,
    ToolChoice,
)
from tests.support import tiny_gguf
from tests.support.jobs import answer


def seen(image: bytes) -> list[Message]:
    return [Message("user", [TextPart("What is in"), ImagePart(image), TextPart("this picture?")])]


async def test_an_adapter_changes_the_answer_of_its_request_only(engine: LlamaCppEngine, hello: list[Message]) -> None:
    async def text(lora: str | None) -> str:
        inputs = Inputs(messages=hello, max_tokens=20, seed=1, ignore_eos=True, lora=lora)
        return (await answer(engine, inputs)).choices[0].text  # type: ignore[no-any-return]

    plain = await text(None)
    terse, kind = await text("terse"), await text("kind")
    assert len({plain, terse, kind}) == 3
    assert await text(None) == plain
    assert await text("terse") == terse


async def test_an_adapter_works_for_raw_prompts_and_json(engine: LlamaCppEngine) -> None:
    async def text(lora: str | None) -> str:
        inputs = Inputs(
            prompt="x",
            raw=True,
            max_tokens=200,
            seed=1,
            lora=lora,
            json_format=JsonFormat({"type": "array", "items": {"enum": [1, 2, 3, 4]}, "minItems": 20, "maxItems": 20}),
        )
        return (await answer(engine, inputs)).choices[0].text  # type: ignore[no-any-return]

    assert await text("terse") != await text(None)


async def test_an_adapter_that_was_not_given_is_refused(engine: LlamaCppEngine, hello: list[Message]) -> None:
    with pytest.raises(errors.GroundfogError) as error:
        await answer(engine, Inputs(messages=hello, max_tokens=5, lora="loud"))
    assert error.value.kind is errors.FINETUNE_INCOMPLETE


async def test_a_model_without_adapters_has_no_lora(load: Any, model: Path, hello: list[Message]) -> None:
    with pytest.raises(errors.GroundfogError, match="@cf/test/own") as error:
        await answer(load(model), Inputs(messages=hello, max_tokens=5, lora="terse"))
    assert error.value.kind is errors.LORA_UNSUPPORTED


async def test_an_adapter_of_another_model_is_refused_at_load(folder: Path, load: Any, model: Path) -> None:
    other = tiny_gguf.build_lora(folder / "other.gguf", dim=96)
    with pytest.raises(errors.GroundfogError) as error:
        load(model, lora={"other": other})
    assert error.value.kind is errors.BAD_MODEL_FILE


async def test_an_image_reaches_the_model(engine: LlamaCppEngine) -> None:
    async def text(image: bytes) -> tuple[str, int]:
        output = await answer(engine, Inputs(messages=seen(image), max_tokens=16, seed=1, ignore_eos=True))
        return output.choices[0].text, output.usage.prompt_tokens

    red, tokens = await text(tiny_gguf.png(colour=(250, 10, 10)))
    blue, _ = await text(tiny_gguf.png(colour=(10, 10, 250)))
    assert red != blue
    assert (await text(tiny_gguf.png(colour=(250, 10, 10))))[0] == red
    without = await answer(engine, Inputs(messages=[Message("user", "What is in this picture?")], max_tokens=1))
    assert tokens > without.usage.prompt_tokens + 10


async def test_images_can_be_answered_in_json_and_by_tools(engine: LlamaCppEngine) -> None:
    schema = {"enum": ["cat", "dog"]}
    turns = seen(tiny_gguf.png())
    inputs = Inputs(messages=turns, max_tokens=50, json_format=JsonFormat(schema))
    output = await answer(engine, inputs)
    assert output.choices[0].text in ('"cat"', '"dog"')
    parameters = {"type": "object", "properties": {"it": schema}, "required": ["it"], "additionalProperties": False}
    tool = Tool("label", "", parameters)
    forced = Inputs(messages=turns, max_tokens=300, seed=1, tools=[tool], tool_choice=ToolChoice("function", "label"))
    assert (await answer(engine, forced)).choices[0].tool_calls[0].name == "label"


async def test_bytes_that_are_no_image_are_refused(engine: LlamaCppEngine) -> None:
    with pytest.raises(errors.GroundfogError, match="Invalid input image") as error:
        await answer(engine, Inputs(messages=seen(b"no image at all"), max_tokens=5))
    assert error.value.kind is errors.UPSTREAM_REFUSED


async def test_a_raw_prompt_drops_no_image_silently(engine: LlamaCppEngine) -> None:
    with pytest.raises(errors.GroundfogError, match="raw") as error:
        await answer(engine, Inputs(messages=seen(tiny_gguf.png()), raw=True, max_tokens=5))
    assert error.value.kind is errors.UPSTREAM_VALIDATION


async def test_without_a_projector_images_and_sounds_are_refused(
    load: Any, model: Path, engine: LlamaCppEngine
) -> None:
    with pytest.raises(errors.GroundfogError, match="vision projector") as error:
        await answer(load(model), Inputs(messages=seen(tiny_gguf.png()), max_tokens=5))
    assert error.value.kind is errors.UPSTREAM_VALIDATION
    with pytest.raises(errors.GroundfogError, match="audio projector"):
        await answer(engine, Inputs(messages=[Message("user", [AudioPart(b"RIFF", "wav")])], max_tokens=5))


async def test_a_draft_model_proposes_tokens_and_changes_nothing(
    folder: Path, load: Any, model: Path, hello: list[Message]
) -> None:
    plain, helped = load(model), load(model, draft=tiny_gguf.build(folder / "draft.gguf"))
    inputs = Inputs(messages=hello, max_tokens=30, temperature=0, ignore_eos=True)
    assert (await answer(helped, inputs)).choices[0].text == (await answer(plain, inputs)).choices[0].text
    stats = helped.stats()
    assert stats["draft_tokens"] > 0
    assert stats["draft_accepted"] > 0
    assert plain.stats()["draft_tokens"] == 0
