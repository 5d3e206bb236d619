"""One model that runs in a host process: started once, kept while it is used, started again when it died."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import os
import time
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from groundfog import errors
from groundfog.engines.base import Description
from groundfog.inference.counters import Counters
from groundfog.inference.jobs import HostJob
from groundfog.inference.process import HostProcess
from groundfog.inference.queue import SlotQueue
from groundfog.inference.sources.base import Found

if TYPE_CHECKING:
    from groundfog.call import Call
    from groundfog.inference.pool import Pool

logger = logging.getLogger("groundfog.inference")

LONGEST_REST_S = 30.0
NOT_THE_MODELS_FAULT = frozenset({errors.OUT_OF_CAPACITY, errors.ABORTED})


@dataclasses.dataclass(frozen=True, slots=True)
class _Failure:
    """Why a model was not loaded. Until `until`, in the loop's time, callers get that answer without another try."""

    error: errors.GroundfogError
    until: float
    file: tuple[int, int] | None
    """State of the main file: a file that was changed is tried at once."""


class LoadedModel:
    """One model: its queue, and its process when there is one. `users` are callers and jobs that need it now."""

    def __init__(self, pool: Pool, found: Found, source: str, counters: Counters) -> None:
        self.found = found
        self.source = source
        self.counters = counters
        self.queue = SlotQueue(0, pool.settings.queue_limit)
        self.process: HostProcess | None = None
        self.state = "stopped"
        self.users = 0
        self.idle_since = 0.0
        self._pool = pool
        self._stopped = False
        self._loop = asyncio.get_running_loop()
        self._starting: asyncio.Task[None] | None = None
        self._failure: _Failure | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._reaping: set[asyncio.Task[None]] = set()

    @property
    def idle(self) -> bool:
        return not self.users and self.process is not None and self._starting is None

    async def submit(self, call: Call, deadline: float | None) -> HostJob:
        """Start the model if need be, wait for a slot and hand the call over. `deadline` is in the loop's time."""
        if self.process is None and self.users > self.queue.limit:
            raise errors.OUT_OF_CAPACITY()  # they all wait for the model; the line for its slots comes after that
        self.users += 1
        try:
            await self._ready(deadline)
            await self.queue.acquire(deadline, call.reject_if_busy)
        except BaseException:
            self._leave()
            raise
        try:
            process = await self._ready(deadline)
            return process.submit(call.task, call.inputs, call.stream, deadline, self._job_ended)
        except BaseException:
            self._job_ended()
            raise

    async def unload(self) -> None:
        """End the process, also while it loads; the next caller starts another."""
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        process, self.process = self.process, None
        self.state = "stopped"
        if self._timer is not None:
            self._timer.cancel()
        if process is not None:
            # Whoever asked for it may leave: a process that is ended halfway would be waited for by nobody.
            await asyncio.shield(self._reap(self._end(process)))

    async def stop(self) -> None:
        """Send everybody away, running or waiting, and end the process."""
        self._stopped = True
        self.queue.fail(errors.ABORTED)
        await self.unload()
        await asyncio.gather(*self._reaping)

    async def _ready(self, deadline: float | None) -> HostProcess:
        while self.process is None or not self.process.alive:
            if self._stopped:
                raise errors.ABORTED()
            if self._starting is None:
                self._refuse_after_failure()
                self._starting = self._loop.create_task(self._start())
                self._starting.add_done_callback(self._started)
            # Only waited for, not awaited: one caller who leaves does not stop what the others wait for.
            left = None if deadline is None else max(0.0, deadline - self._loop.time())
            done, _ = await asyncio.wait({self._starting}, timeout=left)
            if not done:
                raise errors.TIMEOUT()
            (task,) = done
            if task.cancelled():
                raise errors.ABORTED()
            task.result()
        return self.process

    async def _start(self) -> None:
        self.state = "starting"
        began = self._loop.time()
        process = HostProcess(self.found, self._died)
        limit = self._pool.settings.load_timeout_s
        try:
            async with asyncio.timeout(limit):
                description = await process.open(self._pool.registry.reference(self.found.engine))
                self.state = "waiting for memory"
                await self._pool.reserve(process, description.memory_bytes or _size(self.found))
                self.state = "loading"
                description = await process.load()
                if not process.alive:
                    raise errors.HOST_DIED(model=process.model_id)
        except BaseException as error:
            waited, self.state = self.state == "waiting for memory", "stopped"
            await asyncio.shield(self._reap(self._end(process)))
            logger.warning("%s: not loaded: %s", process.model_id, error or type(error).__name__)
            if isinstance(error, TimeoutError) and waited:
                raise errors.OUT_OF_CAPACITY() from error
            if isinstance(error, TimeoutError):
                what = f"loading took longer than {limit:g} s (GROUNDFOG_LOAD_TIMEOUT_S)"
                raise self._failed(errors.NOT_AVAILABLE(model=process.model_id, what=what), began) from error
            if isinstance(error, errors.GroundfogError):
                self._failed(error, began)
            raise
        self._failure = None
        self._up(process, description, self._loop.time() - began)

    def _failed(self, error: errors.GroundfogError, began: float) -> errors.GroundfogError:
        """Rest for as long as the attempt took: at most half of the machine's time goes into a model that is broken."""
        if error.kind not in NOT_THE_MODELS_FAULT:
            now = self._loop.time()
            self._failure = _Failure(error, now + min(now - began, LONGEST_REST_S), _state(self.found))
        return error

    def _refuse_after_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None and self._loop.time() < failure.until and failure.file == _state(self.found):
            self._failure = failure
            raise errors.GroundfogError(failure.error.kind, failure.error.description)

    def _up(self, process: HostProcess, description: Description, seconds: float) -> None:
        self.process = process
        self.state = "ready"
        self.counters.loads += 1
        self.counters.load_seconds = seconds
        self.queue.resize(description.slots)
        said = "%s: loaded by %s in %.1f s, %d slots, process %s"
        logger.info(said, process.model_id, self.found.engine, seconds, description.slots, process.pid)

    def _started(self, task: asyncio.Task[None]) -> None:
        self._starting = None
        if not task.cancelled():
            task.exception()  # also when nobody waits any more: it is not "never retrieved"
        self._rest()

    def _died(self, process: HostProcess) -> None:
        if self.process is process:
            self.process = None
            self.state = "stopped"
            self._reap(self._bury(process))

    async def _bury(self, process: HostProcess) -> None:
        await self._end(process)
        logger.warning("%s: process %s ended: %s", process.model_id, process.pid, process.last_words())

    async def _end(self, process: HostProcess) -> None:
        await process.close()
        self._pool.freed(process)

    def _reap(self, ending: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Work that `stop` waits for, whoever else does."""
        task = self._loop.create_task(ending)
        self._reaping.add(task)
        task.add_done_callback(self._reaping.discard)
        return task

    def _job_ended(self) -> None:
        self.queue.release()
        self._leave()

    def _leave(self) -> None:
        self.users -= 1
        self._rest()

    def _rest(self) -> None:
        """Nobody needs the model at present: count its idle time from now."""
        if not self.idle:
            return
        self.idle_since = time.monotonic()  # finer than uvloop's clock, which counts milliseconds
        self._pool.changed()
        if self._timer is None or self._timer.cancelled():
            self._timer = self._loop.call_later(self._pool.settings.idle_unload_s, self._unload_if_idle)

    def _unload_if_idle(self) -> None:
        self._timer = None
        if not self.idle:
            return
        left = self.idle_since + self._pool.settings.idle_unload_s - time.monotonic()
        if left <= 0:
            logger.info("%s: unloaded, nobody asked for it", self.found.options.model_id)
            self._reap(self.unload())
        else:
            self._timer = self._loop.call_later(left, self._unload_if_idle)


def _size(found: Found) -> int:
    """An estimate for engines that make none: the size of the main file."""
    state = _state(found)
    return state[0] if state is not None else 0


def _state(found: Found) -> tuple[int, int] | None:
    """Size and time of change of the main file; None where there is none."""
    try:
        status = os.stat(found.files.main)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
