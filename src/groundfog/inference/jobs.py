"""The server's end of a job that runs in a host process."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from groundfog import errors

if TYPE_CHECKING:
    from groundfog.inference.process import HostProcess
    from groundfog.tasks import Task


class HostJob:
    """Deltas and the ending, as they arrive. One reader at a time.

    `finished` means that nothing more will come for the reader; the host may still hold the job's slot after that
    (cancelled, deadline passed) until it says that the job has ended.
    """

    __slots__ = ("_deltas", "_loop", "_output", "_process", "_reader", "_task", "_timer", "error", "finished", "id")

    def __init__(self, process: HostProcess, job_id: int, task: Task, deadline: float | None) -> None:
        self.id = job_id
        self.finished = False
        self.error: errors.GroundfogError | None = None
        self._process = process
        self._task = task
        self._loop = asyncio.get_running_loop()
        self._deltas: deque[msgspec.Raw] = deque()
        self._output: msgspec.Raw | None = None
        self._reader: asyncio.Future[None] | None = None
        self._timer = None if deadline is None else self._loop.call_at(deadline, self._expire)

    def feed(self, delta: msgspec.Raw) -> None:
        if not self.finished:
            self._deltas.append(delta)
            self._wake()

    def finish(self, output: msgspec.Raw | None = None, error: errors.GroundfogError | None = None) -> None:
        """The ending, once; later ones do not count."""
        if self.finished:
            return
        self.finished = True
        self._output = output
        self.error = error
        if self._timer is not None:
            self._timer.cancel()
        self._wake()

    def cancel(self) -> None:
        """Nobody waits any more: the host is told to stop."""
        if not self.finished:
            self._deltas.clear()
            self.finish(error=errors.ABORTED())
            self._process.cancel(self)

    def forget(self) -> None:
        """Cancel from wherever the garbage is collected."""
        if not self.finished and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.cancel)

    async def output(self) -> msgspec.Struct:
        """Wait for the answer of a unary job. Being cancelled cancels the job."""
        while not self.finished:
            await self._wait()
        if self.error is not None:
            raise self.error
        if self._output is None:
            raise errors.EXECUTION_FAILED(what="the engine gave no output")
        return self._process.decode(self._task.output, self._output)

    async def delta(self) -> msgspec.Struct | None:
        """Wait for the next delta; None: the stream has ended. Being cancelled cancels the job."""
        while not self._deltas:
            if self.finished:
                if self.error is not None:
                    raise self.error
                return None
            await self._wait()
        assert self._task.delta is not None
        try:
            return self._process.decode(self._task.delta, self._deltas.popleft())
        except errors.GroundfogError:
            self.cancel()
            raise

    async def _wait(self) -> None:
        self._reader = self._loop.create_future()
        try:
            await self._reader
        except asyncio.CancelledError:
            self.cancel()
            raise
        finally:
            self._reader = None

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def _expire(self) -> None:
        if not self.finished:
            self.finish(error=errors.TIMEOUT())
            self._process.cancel(self)


class HostStream:
    """The deltas of a job as an asynchronous iterator, the first of them already there.

    `aclose()`, or cancelling whoever waits in it, cancels the job; so does forgetting it.
    """

    __slots__ = ("_count", "_first", "_job")

    def __init__(self, job: HostJob, first: msgspec.Struct | None, count: Callable[[msgspec.Struct], None]) -> None:
        self._job = job
        self._first = first
        self._count = count

    def __aiter__(self) -> HostStream:
        return self

    async def __anext__(self) -> msgspec.Struct:
        delta = self._first
        if delta is not None:
            self._first = None
        else:
            delta = await self._job.delta()
            if delta is None:
                raise StopAsyncIteration
        self._count(delta)
        return delta

    async def aclose(self) -> None:
        self._first = None
        self._job.cancel()

    def __del__(self) -> None:
        self._job.forget()
