"""Act at the moment when a coroutine is about to wait.

Most answers of a busy server are ready at once; a task or a timer for each would cost more than the answer itself.
`before_waiting` steps a coroutine by hand: what is ready comes back directly, and only when the coroutine really waits
is something else done first (send what was collected, start to watch the client).
"""

from __future__ import annotations

import types
from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeVar

T = TypeVar("T")


@types.coroutine
def before_waiting(work: Awaitable[T], prepare: Callable[[], Awaitable[None]]) -> Generator[Any, Any, T]:
    """Await `work`; if it has to wait, await `prepare()` first, once. Returns what `work` returns.

    Raises what `work` raises, and what `prepare` raises (the work is then closed).
    """
    steps = work.__await__()
    try:
        waiting_for = next(steps)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    try:
        yield from prepare().__await__()
    except BaseException:
        steps.close()
        raise
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
