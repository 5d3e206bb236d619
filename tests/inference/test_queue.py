"""Slots are given first come, first served, and always come back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.inference.queue import SlotQueue
from groundfog.inference.service import Inference
from tests.inference.conftest import CHAT, FakeSource, chat, until


async def waiting(queue: SlotQueue, count: int) -> list[asyncio.Task[None]]:
    """`count` callers in line behind a taken slot."""
    tasks = [asyncio.create_task(queue.acquire()) for _ in range(count)]
    await until(lambda: queue.waiting == count)
    return tasks


async def test_callers_are_served_in_order() -> None:
    queue = SlotQueue(1, 10)
    await queue.acquire()
    tasks = await waiting(queue, 3)
    for position, task in enumerate(tasks):
        queue.release()
        await task
        assert [other.done() for other in tasks] == [index <= position for index in range(3)]
    assert (queue.busy, queue.waiting) == (1, 0)


async def test_a_caller_who_rejects_waiting_is_told_at_once() -> None:
    queue = SlotQueue(1, 10)
    await queue.acquire(reject_if_busy=True)
    with pytest.raises(GroundfogError) as caught:
        await queue.acquire(reject_if_busy=True)
    assert caught.value.kind is errors.OUT_OF_CAPACITY


async def test_a_full_line_takes_nobody_more() -> None:
    queue = SlotQueue(1, 1)
    await queue.acquire()
    (first,) = await waiting(queue, 1)
    with pytest.raises(GroundfogError) as caught:
        await queue.acquire()
    assert caught.value.kind is errors.OUT_OF_CAPACITY
    queue.release()
    await first


async def test_whoever_waits_past_the_deadline_leaves_the_line() -> None:
    queue = SlotQueue(1, 10)
    await queue.acquire()
    with pytest.raises(GroundfogError) as caught:
        await queue.acquire(deadline=asyncio.get_running_loop().time() + 0.01)
    assert caught.value.kind is errors.TIMEOUT
    assert queue.waiting == 0


async def test_a_cancelled_caller_leaves_the_line() -> None:
    queue = SlotQueue(1, 10)
    await queue.acquire()
    first, second = await waiting(queue, 2)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert queue.waiting == 1
    queue.release()
    await second


async def test_a_caller_cancelled_in_the_moment_of_its_turn_hands_the_slot_on() -> None:
    queue = SlotQueue(1, 10)
    await queue.acquire()
    first, second = await waiting(queue, 2)
    queue.release()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await second
    queue.release()
    assert (queue.busy, queue.waiting) == (0, 0)


async def test_more_slots_let_the_line_in() -> None:
    queue = SlotQueue(0, 10)
    tasks = await waiting(queue, 3)
    queue.resize(2)
    await asyncio.gather(*tasks[:2])
    assert (queue.busy, queue.waiting) == (2, 1)
    queue.fail(errors.ABORTED)
    with pytest.raises(GroundfogError):
        await tasks[2]


async def test_the_line_is_as_long_while_the_model_loads(
    make: Callable[..., Inference], source: FakeSource, tmp_path: Path
) -> None:
    source.file[CHAT] = tmp_path / "model"
    source.file[CHAT].write_text("wait")
    inference = make(queue_limit=1, load_timeout_s=60)
    first, second, third = (asyncio.create_task(inference.run(chat("say hello"))) for _ in range(3))
    await asyncio.wait({first, second, third}, return_when=asyncio.FIRST_COMPLETED)
    assert (first.done(), second.done()) == (False, False)
    with pytest.raises(GroundfogError) as caught:
        await third
    assert caught.value.kind is errors.OUT_OF_CAPACITY
    await inference.stop()
    ended = await asyncio.gather(first, second, return_exceptions=True)
    assert [error.kind for error in ended if isinstance(error, GroundfogError)] == [errors.ABORTED] * 2
