"""Prompts: template, raw, template arguments, cached tokens, and the context window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groundfog import errors
from groundfog.engines.llama_cpp import LlamaCppEngine
from groundfog.tasks.text_generation.types import ImagePart, Inputs, Message, TextPart
from tests.support import tiny_gguf
from tests.support.jobs import answer, stream


async def size(engine: LlamaCppEngine, **fields: Any) -> int:
    return (await answer(engine, Inputs(max_tokens=1, **fields))).usage.prompt_tokens  # type: ignore[no-any-return]


async def test_the_template_is_filled_in_and_raw_leaves_it_out(engine: LlamaCppEngine) -> None:
    text = "The river opens the window."
    bare = await size(engine, prompt=text, raw=True)
    chat = await size(engine, messages=[Message("user", text)])
    assert await size(engine, prompt=text) == chat
    rendered = f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n"
    assert await size(engine, prompt=rendered, raw=True) == chat > bare


async def test_prompt_and_message_answer_alike(engine: LlamaCppEngine) -> None:
    by_prompt = await answer(engine, Inputs(prompt="hello", max_tokens=12, seed=3))
    by_message = await answer(engine, Inputs(messages=[Message("user", "hello")], max_tokens=12, seed=3))
    assert by_prompt.choices == by_message.choices


async def test_system_and_developer_turns_reach_the_model(engine: LlamaCppEngine) -> None:
    user = Message("user", "hello")
    plain = await size(engine, messages=[user])
    system = await size(engine, messages=[Message("system", "Be kind."), user])
    assert await size(engine, messages=[Message("developer", "Be kind."), user]) == system > plain


async def test_a_last_turn_of_the_assistant_is_answered_not_continued(engine: LlamaCppEngine) -> None:
    turns = [Message("user", "hello"), Message("assistant", "the river")]
    rendered = "<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\nthe river<|im_end|>\n<|im_start|>assistant\n"
    assert await size(engine, messages=turns) == await size(engine, prompt=rendered, raw=True)


async def test_text_parts_are_joined_by_line_breaks(engine: LlamaCppEngine) -> None:
    parts = await size(engine, messages=[Message("user", [TextPart("the river"), TextPart("the stone")])])
    assert parts == await size(engine, messages=[Message("user", "the river\nthe stone")])


async def test_template_arguments_reach_the_template(engine: LlamaCppEngine, hello: list[Message]) -> None:
    plain = await size(engine, messages=hello)
    for fields in (
        {"template_arguments": {"enable_thinking": False}},
        {"template_arguments": {"thinking": False}},
        {"reasoning_effort": "none"},
    ):
        assert await size(engine, messages=hello, **fields) > plain
    assert await size(engine, messages=hello, reasoning_effort="high") == plain


async def test_a_model_without_a_template_goes_on_from_the_prompt(folder: Path, load: Any) -> None:
    base = load(tiny_gguf.build(folder / "base.gguf", template=None))
    assert await size(base, prompt="the river") == await size(base, prompt="the river", raw=True)


async def test_a_known_prefix_is_not_computed_again(engine: LlamaCppEngine) -> None:
    turns = [Message("user", "the mountain " * 40)]
    first = await answer(engine, Inputs(messages=turns, max_tokens=8, seed=1, ignore_eos=True))
    turns += [Message("assistant", first.choices[0].text), Message("user", "and then?")]
    second = await answer(engine, Inputs(messages=turns, max_tokens=8))
    assert first.usage.cached_tokens < 20
    assert second.usage.cached_tokens > 80
    assert second.usage.prompt_tokens > second.usage.cached_tokens


async def test_prompt_and_max_tokens_must_fit_into_the_window(engine: LlamaCppEngine) -> None:
    inputs = {"prompt": "the river " * 100, "raw": True}
    tokens = await size(engine, **inputs)
    fits = Inputs(**inputs, max_tokens=2048 - tokens, stop=["the"])
    assert (await answer(engine, fits)).usage.prompt_tokens == tokens
    with pytest.raises(
        errors.GroundfogError, match=r"\(2049\) exceeded this model context window limit \(2048\)"
    ) as error:
        await answer(engine, Inputs(**inputs, max_tokens=2048 - tokens + 1))
    assert error.value.kind is errors.CONTEXT_EXCEEDED


async def test_a_prompt_longer_than_the_window_is_refused_with_both_numbers(engine: LlamaCppEngine) -> None:
    with pytest.raises(errors.GroundfogError) as error:
        await stream(engine, Inputs(prompt="river " * 5000, raw=True, max_tokens=10))
    assert error.value.kind is errors.CONTEXT_EXCEEDED
    assert "(2048)" in error.value.description
    tokens = int(error.value.description.split("(")[1].split(")")[0])
    assert tokens > 5000


async def test_the_refusal_costs_no_generation(engine: LlamaCppEngine) -> None:
    before = engine.stats()["completion_tokens"]
    with pytest.raises(errors.GroundfogError):
        await answer(engine, Inputs(prompt="the", raw=True, max_tokens=5000))
    assert engine.stats()["completion_tokens"] == before


async def test_images_count_for_the_window(engine: LlamaCppEngine) -> None:
    turns = [Message("user", [TextPart("see"), ImagePart(tiny_gguf.png())])]
    tokens = await size(engine, messages=turns)
    with pytest.raises(errors.GroundfogError, match=r"\(2049\)"):
        await answer(engine, Inputs(messages=turns, max_tokens=2049 - tokens))


@pytest.mark.parametrize("window", [512, 700], ids=["as the slots", "smaller than the slots"])
async def test_without_max_tokens_the_window_is_the_limit(load: Any, model: Path, window: int) -> None:
    engine = load(model, context=None, facts={"context_window": window})
    output = await answer(engine, Inputs(prompt="the river", raw=True, ignore_eos=True))
    assert output.usage.prompt_tokens + output.usage.completion_tokens == window
    assert output.choices[0].finish_reason == "length"
    with pytest.raises(errors.GroundfogError, match=rf"limit \({window}\)"):
        await answer(engine, Inputs(prompt="the river", raw=True, max_tokens=window))
