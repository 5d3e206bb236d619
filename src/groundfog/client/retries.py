"""When a failed call is made again, and how long is waited before (exponential backoff with jitter)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from groundfog.client.errors import AIError, OverdueError, QuotaError

T = TypeVar("T")

FIRST_S = 0.5
LONGEST_S = 8.0
LONGEST_ASKED_S = 60.0
"""A server that asks for a longer pause than this is not waited for."""

_STATUS = frozenset((408, 409, 429))
_NEVER = frozenset((501,))


class Retries:
    """`most` times at most. `pause` and `jitter` are replaced by tests."""

    def __init__(
        self,
        most: int,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.most = most
        self._pause = pause
        self._jitter = jitter

    async def call(self, once: Callable[[], Awaitable[T]]) -> T:
        """The result of `once`, called again while its errors may pass. A stream that has begun is a result."""
        attempt = 0
        while True:
            try:
                return await once()
            except AIError as error:
                if attempt >= self.most or not may_pass(error):
                    raise
                pause = self._before(attempt, error.retry_after)
                if pause is None:
                    raise
            await self._pause(pause)
            attempt += 1

    def _before(self, attempt: int, asked: float | None) -> float | None:
        if asked is not None:
            return asked if 0 <= asked <= LONGEST_ASKED_S else None
        return float(min(LONGEST_S, FIRST_S * 2**attempt) * (1 - self._jitter() / 4))


def may_pass(error: AIError) -> bool:
    """Whether the same call may succeed a moment later: 408, 409, 429 (but no used-up quota), 5xx, no connection."""
    if isinstance(error, QuotaError | OverdueError):
        return False
    return error.status in _STATUS or (error.status >= 500 and error.status not in _NEVER)
