"""Act at the moment when a coroutine is about to wait.

Most answers of a busy server are ready at once; a task or a timer for each would cost more than the answer itself.
`before_waiting` and `within` step a coroutine by hand: what is ready comes back directly, and only when the coroutine
really waits is something else done first (send what was collected, start to watch the client, start a timer). A ticket
(see `gateway.waiting`) ends too soon for that.
"""

from __future__ import annotations

import asyncio
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, TypeVar

from groundfog.gateway.waiting import Ticket, in_task

T = TypeVar("T")
Steps = Generator[Any, Any, T] | Coroutine[Any, Any, T]


@types.coroutine
def before_waiting(work: Awaitable[T], prepare: Callable[[], Awaitable[None]]) -> Generator[Any, Any, T]:
    """Await `work`; if it has to wait, await `prepare()` first, once, in a task. Returns what `work` returns.

    Raises what `work` raises, and what `prepare` raises (the work is then closed).
    """
    steps = work.__await__()
    try:
        waiting_for = next(steps)
        while type(waiting_for) is Ticket:
            try:
                received = yield waiting_for
            except BaseException as error:
                waiting_for = steps.throw(error)
            else:
                waiting_for = steps.send(received)
        if waiting_for is None and asyncio.current_task() is None:
            # It asks for a task.
            yield
            waiting_for = steps.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    try:
        yield from in_task()
        yield from prepare().__await__()
    except BaseException:
        steps.close()
        raise
    return (yield from rest(steps, waiting_for))


@types.coroutine
def within(work: Awaitable[T], seconds: float) -> Generator[Any, Any, T]:
    """Await `work`, from when it has to wait for `seconds` at most. Raises TimeoutError, and what `work` raises."""
    steps = work.__await__()
    try:
        waiting_for = next(steps)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    try:
        yield from in_task()
    except BaseException:
        steps.close()
        raise
    return (yield from _limited(rest(steps, waiting_for), seconds).__await__())


async def _limited(work: Awaitable[T], seconds: float) -> T:
    async with asyncio.timeout(seconds):
        return await work


@types.coroutine
def rest(steps: Steps[T], waiting_for: Any) -> Generator[Any, Any, T]:
    """What is left of a coroutine that was stepped and yielded `waiting_for`."""
    while True:
        try:
            received = yield waiting_for
        except BaseException as error:
            try:
                waiting_for = steps.throw(error)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]
        else:
            try:
                waiting_for = steps.send(received)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]
