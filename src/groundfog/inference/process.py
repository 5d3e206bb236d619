"""The server's side of a host process: start it, speak to it, notice its death, end it."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from groundfog import errors
from groundfog.engines.base import Description
from groundfog.inference.child import Child
from groundfog.inference.framing import Connection
from groundfog.inference.jobs import HostJob
from groundfog.inference.messages import (
    LOADING,
    AskStats,
    Cancel,
    Delta,
    Described,
    Done,
    Ended,
    Failed,
    FromHost,
    Load,
    Loaded,
    Open,
    Stats,
    Submit,
)
from groundfog.inference.sources.base import Found

if TYPE_CHECKING:
    from groundfog.tasks import Task

S = TypeVar("S", bound=msgspec.Struct)


class HostProcess:
    """One process with one model: `open` starts it. `died` is called once, when the process is of no more use."""

    def __init__(self, found: Found, died: Callable[[HostProcess], None]) -> None:
        self.model_id = found.options.model_id
        self.pid: int | None = None
        self.alive = False
        self._found = found
        self._died = died
        self._loop = asyncio.get_running_loop()
        self._jobs: dict[int, tuple[HostJob, Callable[[], None]]] = {}
        self._next_id = LOADING
        self._decoders: dict[type[msgspec.Struct], msgspec.msgpack.Decoder[Any]] = {}
        self._answer: asyncio.Future[Description] | None = None
        self._asked: deque[asyncio.Future[dict[str, Any]]] = deque()
        self._closing = False
        self._loaded = False
        self._explaining: asyncio.Task[None] | None = None
        self._child = Child(self.model_id)
        self._connection: Connection[FromHost] = Connection(FromHost, self._receive, self._lost, self._unsendable)

    async def open(self, reference: str) -> Description:
        """Start the process and have it read the headers of the files. Raises what `load` raises."""
        ours, theirs = socket.socketpair()
        try:
            ours.setblocking(False)
            with theirs:
                await self._child.start(theirs.fileno())
            self.pid = self._child.pid
            self.alive = True
            await self._loop.create_connection(lambda: self._connection, sock=ours)
        except BaseException:
            ours.close()
            raise
        return await self._ask(Open(self._found.engine, reference, self._found.files, self._found.options))

    async def load(self) -> Description:
        """Have the model loaded. Raises BAD_MODEL_FILE, ENGINE_MISSING, NOT_AVAILABLE, EXECUTION_FAILED."""
        description = await self._ask(Load())
        self._loaded = True
        return description

    def submit(
        self, task: Task, inputs: msgspec.Struct, stream: bool, deadline: float | None, ended: Callable[[], None]
    ) -> HostJob:
        """Hand a job over. `ended` is called once, when the engine has let go of it: its slot is free then."""
        self._next_id += 1
        job = HostJob(self, self._next_id, task, deadline)
        self._jobs[job.id] = (job, ended)
        timeout = None if deadline is None else deadline - self._loop.time()
        self._connection.post(Submit(job.id, task.name, stream, timeout, inputs))
        return job

    def cancel(self, job: HostJob) -> None:
        if job.id in self._jobs:
            self._connection.post(Cancel(job.id))

    def decode(self, kind: type[S], body: msgspec.Raw) -> S:
        """The struct in a message. Raises EXECUTION_FAILED when the engine answered with another type."""
        decoder = self._decoders.get(kind)
        if decoder is None:
            decoder = self._decoders[kind] = msgspec.msgpack.Decoder(kind)
        try:
            value: S = decoder.decode(body)
        except msgspec.MsgspecError as error:
            raise errors.EXECUTION_FAILED(what=f"the engine's answer is not a {kind.__qualname__}: {error}") from error
        return value

    async def stats(self) -> dict[str, Any]:
        """The engine's own numbers, asked now. Raises HOST_DIED."""
        if not self.alive:
            raise errors.HOST_DIED(model=self.model_id)
        answer: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        self._asked.append(answer)
        self._connection.post(AskStats())
        return await answer

    async def close(self) -> None:
        """End the process, by force if it does not go by itself. Its jobs end with ABORTED."""
        self._closing = True
        self._connection.close()
        self._let_go(errors.ABORTED)
        if not self._loaded:
            self._child.kill()  # it has nothing to lose, and while native code loads a model it hears no wish
        await self._child.end()

    async def _ask(self, message: msgspec.Struct) -> Description:
        self._answer = self._loop.create_future()
        if not self.alive:
            self._answer.set_exception(await self._cause_of_death())
        self._connection.post(message)
        try:
            return await self._answer
        finally:
            self._answer = None

    def _receive(self, message: FromHost) -> None:
        if isinstance(message, Delta):
            found = self._jobs.get(message.job)
            if found is not None:
                found[0].feed(message.body)
        elif isinstance(message, Done):
            self._end(message.job, message.body)
        elif isinstance(message, Ended):
            self._end(message.job)
        elif isinstance(message, Failed):
            error = errors.from_key(message.key, message.description, message.retry_after)
            if message.job != LOADING:
                self._end(message.job, error=error)
            elif self._answer is not None and not self._answer.done():
                self._answer.set_exception(error)
        elif isinstance(message, Described | Loaded):
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(message.description)
        elif isinstance(message, Stats):
            answer = self._asked.popleft()
            if not answer.done():
                answer.set_result(message.numbers)

    def _unsendable(self, message: msgspec.Struct, error: Exception) -> None:
        if isinstance(message, Submit):
            self._end(message.job, error=errors.EXECUTION_FAILED(what=f"the inputs cannot be sent: {error}"))

    def _end(self, job_id: int, output: msgspec.Raw | None = None, error: errors.GroundfogError | None = None) -> None:
        found = self._jobs.pop(job_id, None)
        if found is not None:
            job, ended = found
            job.finish(output, error)
            ended()

    def _lost(self) -> None:
        """The socket's other end is closed: whatever the process does now, it is of no more use."""
        self.alive = False
        if not self._closing:
            self._let_go(lambda: errors.HOST_DIED(model=self.model_id))
        self._died(self)
        if self._answer is not None:
            self._explaining = self._loop.create_task(self._explain(self._answer))

    async def _explain(self, answer: asyncio.Future[Description]) -> None:
        error = await self._cause_of_death()
        if not answer.done():
            answer.set_exception(error)

    def _let_go(self, error: Callable[[], errors.GroundfogError]) -> None:
        for job_id in list(self._jobs):
            self._end(job_id, error=error())
        while self._asked:
            answer = self._asked.popleft()
            if not answer.done():
                answer.set_exception(error())

    def last_words(self) -> str:
        """How the process ended, and what it said last."""
        return self._child.last_words()

    async def _cause_of_death(self) -> errors.GroundfogError:
        """The error of a process that ended while it loaded."""
        await self._child.ended()
        if self._closing:
            return errors.ABORTED()
        what = self.last_words()
        if self._child.returncode == -signal.SIGKILL:
            what = "its process was killed while it loaded; perhaps there was not enough memory"
            return errors.NOT_AVAILABLE(model=self.model_id, what=what)
        if self._found.files.main:
            return errors.BAD_MODEL_FILE(file=self._found.files.main, what=what)
        return errors.NOT_AVAILABLE(model=self.model_id, what=what)
