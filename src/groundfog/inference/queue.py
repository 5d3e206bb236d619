"""Who may work and who waits: the slots of one model, first come, first served."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from groundfog import errors


class SlotQueue:
    """`slots` callers at once; up to `limit` more wait in order."""

    def __init__(self, slots: int, limit: int) -> None:
        self.slots = slots
        self.limit = limit
        self.busy = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    async def acquire(self, deadline: float | None = None, reject_if_busy: bool = False) -> None:
        """Take a slot; give it back with `release`. `deadline` is in the event loop's time.

        Raises OUT_OF_CAPACITY when the queue is full (`reject_if_busy`: when no slot is free), TIMEOUT at the deadline.
        """
        if self.busy < self.slots and not self._waiting:
            self.busy += 1
            return
        if reject_if_busy or len(self._waiting) >= self.limit:
            raise errors.OUT_OF_CAPACITY()
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        timer = loop.call_at(deadline, self._give_up, turn) if deadline is not None else None
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.release()  # the slot was handed over in the same moment
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise
        finally:
            if timer is not None:
                timer.cancel()

    def release(self) -> None:
        """Give a slot back: the next in line gets it."""
        self.busy -= 1
        self._admit()

    def resize(self, slots: int) -> None:
        """A model was loaded, perhaps with other options than before."""
        self.slots = slots
        self._admit()

    def _admit(self) -> None:
        while self._waiting and self.busy < self.slots:
            turn = self._waiting.popleft()
            if not turn.done():
                self.busy += 1
                turn.set_result(None)

    def fail(self, error: Callable[[], errors.GroundfogError]) -> None:
        """Send everybody who waits away, each with an error of their own."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(error())

    def _give_up(self, turn: asyncio.Future[None]) -> None:
        if not turn.done():
            self._waiting.remove(turn)
            turn.set_exception(errors.TIMEOUT())
