"""Nothing is prepared, and no timer is started, for what is ready; and once for what waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from groundfog.wire.waiting import before_waiting, within


class Prepare:
    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self) -> None:
        self.calls += 1
        await asyncio.sleep(0)


async def ready() -> str:
    return "ready"


async def twice_waiting() -> str:
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return "waited"


async def test_what_is_ready_comes_at_once() -> None:
    prepare = Prepare()
    assert await before_waiting(ready(), prepare) == "ready"
    assert prepare.calls == 0


async def test_what_waits_is_prepared_for_once() -> None:
    prepare = Prepare()
    assert await before_waiting(twice_waiting(), prepare) == "waited"
    assert prepare.calls == 1


async def test_a_future_that_is_set_while_preparing_is_not_lost() -> None:
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def prepare() -> None:
        future.set_result(7)
        await asyncio.sleep(0)

    async def wait() -> int:
        return await future

    assert await asyncio.wait_for(before_waiting(wait(), prepare), 5) == 7


async def test_errors_come_through() -> None:
    async def fails() -> None:
        await asyncio.sleep(0)
        raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        await before_waiting(fails(), Prepare())


async def test_a_failing_preparation_closes_the_work() -> None:
    closed = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            closed.set()

    async def prepare() -> None:
        raise ValueError("cannot")

    with pytest.raises(ValueError, match="cannot"):
        await before_waiting(work(), prepare)
    assert closed.is_set()


async def test_cancellation_reaches_the_work() -> None:
    started, cleaned = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        try:
            started.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.set()

    async def outer() -> None:
        await before_waiting(work(), Prepare())

    task = asyncio.create_task(outer())
    await started.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleaned.is_set()


async def test_the_items_of_an_async_iterator_come_in_order() -> None:
    prepare = Prepare()

    async def numbers() -> AsyncIterator[int]:
        yield 1
        yield 2
        await asyncio.sleep(0)
        yield 3

    iterator, seen = numbers(), []
    while (item := await before_waiting(anext(iterator, None), prepare)) is not None:
        seen.append(item)
    assert seen == [1, 2, 3]
    assert prepare.calls == 1


class TestWithin:
    async def test_what_is_ready_needs_no_timer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(asyncio, "timeout")
        assert await within(ready(), 0) == "ready"

    async def test_what_waits_is_awaited(self) -> None:
        assert await within(twice_waiting(), 20) == "waited"

    async def test_what_never_comes_is_given_up_and_closed(self) -> None:
        closed = asyncio.Event()

        async def never() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                closed.set()

        with pytest.raises(TimeoutError):
            await within(never(), 0.01)
        assert closed.is_set()

    async def test_a_cancellation_from_outside_stays_one(self) -> None:
        task = asyncio.ensure_future(within(asyncio.Event().wait(), 20))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
