"""An event loop on a thread of its own, for callers who have none."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError, Future, wait
from typing import Any, TypeVar

T = TypeVar("T")

WAKE_S = 0.2
"""How long Ctrl+C may go unnoticed."""


class BackgroundLoop:
    """Started at its first use. A KeyboardInterrupt of the caller cancels what it waits for, and waits for its end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stopped = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for `work` on the loop. Must not be called from the loop itself."""
        try:
            loop = self._started()
            if self.here:
                raise RuntimeError("AI cannot wait inside its own event loop; use AsyncAI there")
        except BaseException:
            work.close()
            raise
        outcome: Future[T] = Future()
        begun: list[asyncio.Task[T]] = []

        def begin() -> None:
            task = loop.create_task(work)
            begun.append(task)
            task.add_done_callback(lambda done: _copy(done, outcome))

        def cancel() -> None:
            if begun:
                begun[0].cancel()
            else:
                work.close()
                outcome.set_exception(CancelledError())

        try:
            loop.call_soon_threadsafe(begin)
            # A signal that comes just before the thread falls asleep is noticed only when it wakes.
            while not wait([outcome], WAKE_S).done:
                pass
            return outcome.result()
        except BaseException:
            if not outcome.done():
                loop.call_soon_threadsafe(cancel)
                # What it was using (a stream's generator) may be used again only when it has let go of it.
                wait([outcome])
            raise

    @property
    def started(self) -> bool:
        return self._loop is not None

    @property
    def here(self) -> bool:
        """Whether the caller is on the loop's own thread."""
        return threading.current_thread() is self._thread

    def stop(self) -> None:
        """End the loop and its thread; what still runs on it is cancelled."""
        with self._lock:
            self._stopped = True
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._stopped:
                raise RuntimeError("this AI is closed")
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=_serve, args=(self._loop,), name="groundfog-sdk", daemon=True)
                self._thread.start()
            return self._loop


def _copy(done: asyncio.Task[T], outcome: Future[T]) -> None:
    if done.cancelled():
        outcome.set_exception(CancelledError())
    elif (error := done.exception()) is not None:
        outcome.set_exception(error)
    else:
        outcome.set_result(done.result())


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        asyncio.set_event_loop(None)
        loop.close()
