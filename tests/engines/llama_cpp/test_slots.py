"""Slots: requests run side by side, and a cancelled one leaves its slot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundfog import errors
from groundfog.engines.llama_cpp import LlamaCppEngine
from groundfog.tasks.text_generation.types import Inputs, Message
from tests.support import tiny_gguf
from tests.support.jobs import answer, job, stream


async def until(true: Callable[[], bool]) -> None:
    """Let the loop run until something is true; fails after ten seconds."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - llama.cpp sends no event when a slot is free
            await asyncio.sleep(0.001)


async def test_a_stream_comes_in_pieces_with_usage_at_the_end(engine: LlamaCppEngine, hello: list[Message]) -> None:
    inputs = Inputs(messages=hello, max_tokens=200, seed=1, ignore_eos=True)
    deltas = await stream(engine, inputs)
    whole = await answer(engine, inputs)
    assert len(deltas) > 2  # on a busy machine, many tokens come at once
    assert "".join(delta.text for delta in deltas) == whole.choices[0].text
    assert [delta.finish_reason for delta in deltas if delta.finish_reason] == ["length"]
    assert all(delta.usage is None for delta in deltas[:-1])
    assert deltas[-1].usage.completion_tokens == 200
    assert deltas[-1].usage.prompt_tokens == whole.usage.prompt_tokens


async def test_a_stream_of_several_choices_finishes_each(engine: LlamaCppEngine, hello: list[Message]) -> None:
    deltas = await stream(engine, Inputs(messages=hello, max_tokens=10, seed=1, n=3, ignore_eos=True))
    assert sorted(delta.index for delta in deltas if delta.finish_reason) == [0, 1, 2]
    assert {delta.index for delta in deltas if delta.text} == {0, 1, 2}
    assert [delta.usage is not None for delta in deltas].count(True) == 1
    assert deltas[-1].usage.completion_tokens == 30


async def test_requests_run_side_by_side(engine: LlamaCppEngine, hello: list[Message]) -> None:
    works = [job(Inputs(messages=hello, max_tokens=1500, ignore_eos=True), stream=True) for _ in range(4)]
    running = [asyncio.create_task(engine.infer([work])) for work, _ in works]
    await asyncio.gather(*(sink.first.wait() for _, sink in works))
    assert not any(sink.done.done() for _, sink in works)
    assert engine.stats()["busy_slots"] == 4
    for work, _ in works:
        work.cancel()
    await asyncio.gather(*running)
    assert all(sink.done.exception() for _, sink in works)
    await until(lambda: engine.stats()["busy_slots"] == 0)


async def test_more_requests_than_slots_all_get_their_answer(engine: LlamaCppEngine, hello: list[Message]) -> None:
    inputs = [Inputs(messages=hello, max_tokens=20, seed=seed, ignore_eos=True) for seed in range(10)]
    alone = [(await answer(engine, one)).usage.completion_tokens for one in inputs]
    together = await asyncio.gather(*(answer(engine, one) for one in inputs))
    assert [output.usage.completion_tokens for output in together] == alone


async def test_a_cancelled_stream_leaves_its_slot(engine: LlamaCppEngine, hello: list[Message]) -> None:
    work, sink = job(Inputs(messages=hello, max_tokens=1900, ignore_eos=True), stream=True)
    running = asyncio.create_task(engine.infer([work]))
    await sink.first.wait()
    work.cancel()
    assert engine.stats()["busy_slots"] == 1
    await running
    with pytest.raises(errors.GroundfogError) as error:
        await sink.done
    assert error.value.kind is errors.ABORTED
    await until(lambda: engine.stats()["busy_slots"] == 0)
    slots = await engine._model.connection.ask("GET", "/slots")  # type: ignore[union-attr]
    assert not any(slot["is_processing"] for slot in slots)


async def test_a_unary_job_and_one_of_several_choices_are_cancelled_too(
    engine: LlamaCppEngine, hello: list[Message]
) -> None:
    for n in (1, 3):
        work, sink = job(Inputs(messages=hello, max_tokens=1900, ignore_eos=True, n=n))
        running = asyncio.create_task(engine.infer([work]))
        await until(lambda: engine.stats()["busy_slots"] == n)  # noqa: B023
        work.cancel()
        await running
        assert isinstance(sink.done.exception(), errors.GroundfogError)
        await until(lambda: engine.stats()["busy_slots"] == 0)


async def test_a_job_that_is_cancelled_before_it_starts_computes_nothing(
    engine: LlamaCppEngine, hello: list[Message]
) -> None:
    before = engine.stats()["completion_tokens"]
    work, sink = job(Inputs(messages=hello, max_tokens=1900, ignore_eos=True), stream=True)
    work.cancel()
    await engine.infer([work])
    assert isinstance(sink.done.exception(), errors.GroundfogError)
    assert sink.deltas == []
    assert engine.stats()["completion_tokens"] == before
    await until(lambda: engine.stats()["busy_slots"] == 0)


async def test_a_long_prompt_is_cancelled_while_it_is_read(folder: Path, load: Any) -> None:
    """The prompt would take minutes; the slot is free within seconds."""
    path = tiny_gguf.build(folder / "slow.gguf", layers=4, dim=256, heads=4, kv_heads=4, ff=1024, context=32768)
    engine = load(path, slots=1, context=32768)
    work, sink = job(Inputs(prompt="the river " * 15_000, raw=True, max_tokens=5), stream=True)
    running = asyncio.create_task(engine.infer([work]))
    await until(lambda: engine.stats()["busy_slots"] == 1)
    slots: list[Any] = []
    while not any(slot["is_processing"] for slot in slots):
        slots = await engine._model.connection.ask("GET", "/slots")
    work.cancel()
    await running
    assert sink.deltas == []
    assert isinstance(sink.done.exception(), errors.GroundfogError)
    await until(lambda: engine.stats()["busy_slots"] == 0)


async def test_unloading_does_not_wait_for_open_streams(load: Any, model: Path, hello: list[Message]) -> None:
    engine = load(model, context=4096)
    work, sink = job(Inputs(messages=hello, max_tokens=4000, ignore_eos=True), stream=True)
    running = asyncio.create_task(engine.infer([work]))
    await sink.first.wait()
    engine.unload()
    await running
    assert isinstance(sink.done.exception(), errors.GroundfogError)
