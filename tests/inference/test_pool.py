"""Models stay loaded while they are used, within the memory limit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.inference.service import Inference
from tests.inference.conftest import CHAT, OTHER_CHAT, FakeSource, chat, until
from tests.support.processes import hosts

THIRD_CHAT = "@cf/meta/llama-3.2-3b-instruct"


def loaded(inference: Inference) -> list[str]:
    return sorted(process["model"] for process in inference.processes())


@pytest.fixture
def small(make: Callable[..., Inference], source: FakeSource) -> Inference:
    """Room for two models of 40 bytes."""
    for model in (CHAT, OTHER_CHAT, THIRD_CHAT):
        source.options[model] = {"facts": {"memory_bytes": 40}}
    return make(memory_limit_bytes=100)


async def test_the_model_that_was_idle_longest_makes_room(small: Inference) -> None:
    await small.run(chat("say 1", model=CHAT))
    await small.run(chat("say 2", model=OTHER_CHAT))
    await small.run(chat("say 3", model=CHAT))
    await small.run(chat("say 4", model=THIRD_CHAT))
    assert loaded(small) == sorted([CHAT, THIRD_CHAT])
    assert len(hosts()) == 2
    assert {process["memory_bytes"] for process in small.processes()} == {40}


async def test_a_busy_model_is_not_unloaded_others_wait_for_it(small: Inference) -> None:
    first = await small.run(chat("hold", stream=True, model=CHAT))
    second = await small.run(chat("hold", stream=True, model=OTHER_CHAT))
    third = asyncio.create_task(small.run(chat("say hello", model=THIRD_CHAT)))
    await until(lambda: any(process["state"] == "waiting for memory" for process in small.processes()))
    await second.aclose()
    assert (await third).output.choices[0].text == "hello"
    assert loaded(small) == sorted([CHAT, THIRD_CHAT])
    await first.aclose()


async def test_when_all_models_are_busy_for_too_long_there_is_no_capacity(
    make: Callable[..., Inference], source: FakeSource
) -> None:
    for model in (CHAT, OTHER_CHAT):
        source.options[model] = {"facts": {"memory_bytes": 60}}
    inference = make(memory_limit_bytes=100)
    held = await inference.run(chat("hold", stream=True))
    inference.settings.load_timeout_s = 2.0
    with pytest.raises(GroundfogError) as caught:
        await inference.run(chat("say hello", model=OTHER_CHAT))
    assert caught.value.kind is errors.OUT_OF_CAPACITY
    await held.aclose()


async def test_a_model_that_can_never_fit_says_so_with_both_numbers(
    make: Callable[..., Inference], source: FakeSource
) -> None:
    source.options[CHAT] = {"facts": {"memory_bytes": 3 * 1024**3}}
    inference = make(memory_limit_bytes=2 * 1024**3)
    with pytest.raises(GroundfogError) as caught:
        await inference.run(chat("say hello"))
    assert caught.value.kind is errors.NOT_AVAILABLE
    assert "3.0 GiB" in caught.value.description
    assert "2.0 GiB" in caught.value.description
    assert hosts() == []


async def test_a_model_that_nobody_asks_for_is_unloaded(make: Callable[..., Inference]) -> None:
    inference = make(idle_unload_s=0.2)
    await inference.run(chat("say hello"))
    await until(lambda: not inference.processes())
    await until(lambda: not hosts())
    assert (await inference.run(chat("say again"))).output.choices[0].text == "again"


async def test_a_model_that_works_is_not_idle(make: Callable[..., Inference]) -> None:
    inference = make(idle_unload_s=0.05)
    reply = await inference.run(chat("hold", stream=True))
    pid = inference.processes()[0]["pid"]
    for _ in range(4):
        await inference.run(chat("say hello"))
        with pytest.raises(GroundfogError):
            await inference.run(chat("hold", deadline=inference.clock.monotonic() + 0.05))
    assert inference.processes()[0]["pid"] == pid
    await reply.aclose()


async def test_tokens_and_requests_are_counted(inference: Inference) -> None:
    await inference.run(chat("say hello"))
    reply = await inference.run(chat("count 7", stream=True))
    assert reply.deltas is not None
    async for _ in reply.deltas:
        pass
    counters = inference.counters[CHAT]
    assert (counters.requests, counters.input_tokens, counters.output_tokens) == (2, 6, 8)
    assert counters.load_seconds > 0
