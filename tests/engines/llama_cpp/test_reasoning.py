"""Thoughts come apart from the text; the classic shape puts them back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from groundfog import catalog
from groundfog.tasks.text_generation.shapes import classic
from groundfog.tasks.text_generation.types import Inputs, Message
from tests.support import tiny_gguf
from tests.support.jobs import answer, stream

SAYS = ("<think>\n", "The river is long.", "\n</think>\n\n", "It flows.")


@pytest.fixture(scope="module")
def thinker(folder: Path) -> Path:
    return tiny_gguf.build(folder / "thinker.gguf", says=SAYS)


async def test_thoughts_are_apart_from_the_text(load: Any, thinker: Path, hello: list[Message]) -> None:
    engine = load(thinker, facts={"reasoning": True})
    output = await answer(engine, Inputs(messages=hello, max_tokens=20, temperature=0))
    choice = output.choices[0]
    assert choice.reasoning is not None
    assert choice.reasoning.strip() == "The river is long."
    assert choice.text == "It flows."
    assert 0 < output.usage.reasoning_tokens < output.usage.completion_tokens

    deltas = await stream(engine, Inputs(messages=hello, max_tokens=20, temperature=0))
    assert "".join(delta.reasoning for delta in deltas) == choice.reasoning
    assert "".join(delta.text for delta in deltas) == "It flows."
    assert deltas[-1].usage is not None
    assert deltas[-1].usage.reasoning_tokens == output.usage.reasoning_tokens


async def test_the_classic_shape_has_them_inline_as_the_model_wrote_them(
    load: Any, thinker: Path, hello: list[Message]
) -> None:
    engine = load(thinker)
    model = catalog.default().find("@cf/deepseek-ai/deepseek-r1-distill-qwen-32b")
    inputs = Inputs(messages=hello, max_tokens=20, temperature=0)
    whole = msgspec.json.decode(classic.render(model, inputs, await answer(engine, inputs), "id"))
    assert whole["response"] == "".join(SAYS)
    streamer = classic.ClassicStreamer(model, inputs, "id")
    events = [event for delta in await stream(engine, inputs) for event in streamer.feed(delta)]
    assert "".join(msgspec.json.decode(event)["response"] for event in events) == "".join(SAYS)


async def test_thoughts_that_the_template_opens_are_apart_too(folder: Path, load: Any, hello: list[Message]) -> None:
    start = "{{- '<|im_start|>assistant\\n' }}"
    template = tiny_gguf.HERMES.replace(
        f"{start}\n    {{%- if enable", f"{start}{{{{- '<think>\\n' }}}}\n    {{%- if enable"
    )
    assert template != tiny_gguf.HERMES
    path = tiny_gguf.build(folder / "opened.gguf", template=template, says=SAYS[1:])
    inputs = Inputs(messages=hello, max_tokens=20, temperature=0)
    apart = (await answer(load(path), inputs)).choices[0]
    assert apart.reasoning is not None
    assert apart.reasoning.strip() == "The river is long."
    assert apart.text == "It flows."


async def test_thinking_can_be_switched_off(load: Any, thinker: Path, hello: list[Message]) -> None:
    engine = load(thinker)
    on = (await answer(engine, Inputs(messages=hello, max_tokens=1))).usage.prompt_tokens
    off = (await answer(engine, Inputs(messages=hello, max_tokens=1, reasoning_effort="none"))).usage.prompt_tokens
    assert off > on


async def test_earlier_thoughts_reach_the_template(load: Any, thinker: Path, hello: list[Message]) -> None:
    engine = load(thinker)

    async def size(thought: str | None) -> int:
        turns = [*hello, Message("assistant", "It flows.", reasoning=thought), *hello]
        return (await answer(engine, Inputs(messages=turns, max_tokens=1))).usage.prompt_tokens  # type: ignore[no-any-return]

    assert await size("The river is long.") > await size(None)
