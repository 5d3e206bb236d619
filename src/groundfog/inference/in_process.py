"""Engines that need no process: called directly, with next to no work of our own around them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import msgspec

from groundfog import errors

TURN = 32
"""Deltas in a row before the event loop gets its turn: others must not wait for a long answer."""


Deltas = Iterator[msgspec.Struct] | AsyncIterator[msgspec.Struct]


async def first_of(deltas: Deltas, deadline: float | None) -> msgspec.Struct | None:
    """The first delta, or None when there is none. Raises what the engine raises; TIMEOUT."""
    if isinstance(deltas, AsyncIterator):
        return await _next(deltas, deadline)
    return next(deltas, None)


async def stream(
    first: msgspec.Struct | None,
    deltas: Deltas,
    count: Callable[[msgspec.Struct], None],
    deadline: float | None,
) -> AsyncIterator[msgspec.Struct]:
    """`first` and the rest. `deadline` is in the event loop's time."""
    if first is None:
        return
    count(first)
    yield first
    if isinstance(deltas, AsyncIterator):
        try:
            while (delta := await _next(deltas, deadline)) is not None:
                count(delta)
                yield delta
        finally:
            close = getattr(deltas, "aclose", None)
            if close is not None:
                await close()
        return
    for number, delta in enumerate(deltas):
        if number % TURN == TURN - 1:
            await asyncio.sleep(0)
        count(delta)
        yield delta


async def _next(deltas: AsyncIterator[msgspec.Struct], deadline: float | None) -> msgspec.Struct | None:
    try:
        async with asyncio.timeout_at(deadline):
            return await anext(deltas, None)
    except TimeoutError:
        raise errors.TIMEOUT() from None
