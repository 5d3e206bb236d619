"""The server's side of a host process: start it, speak to it, notice its death, end it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from groundfog import errors
from groundfog.engines.base import Description
from groundfog.inference import scratch
from groundfog.inference.environment import scrubbed
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

logger = logging.getLogger("groundfog.host")

LEAVE_S = 3.0
"""How long a host may take to end by itself before it is terminated, and after that before it is killed."""
LAST_LINES = 20
SHOWN_LINES = 6

S = TypeVar("S", bound=msgspec.Struct)


class HostProcess:
    """One process with one model. Made by `start`; `died` is called once when the process is of no more use."""

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
        self._explaining: asyncio.Task[None] | None = None
        self._process = _Process(self.model_id)
        self._connection: Connection[FromHost] = Connection(FromHost, self._receive, self._lost)

    async def open(self, reference: str) -> Description:
        """Start the process and have it read the headers of the files. Raises what `load` raises."""
        ours, theirs = socket.socketpair()
        try:
            ours.setblocking(False)
            with theirs:
                await self._process.start(theirs.fileno())
            self.pid = self._process.pid
            self.alive = True
            await self._loop.create_connection(lambda: self._connection, sock=ours)
        except BaseException:
            ours.close()
            raise
        return await self._ask(Open(self._found.engine, reference, self._found.files, self._found.options))

    async def load(self) -> Description:
        """Have the model loaded. Raises BAD_MODEL_FILE, ENGINE_MISSING, NOT_AVAILABLE, EXECUTION_FAILED."""
        return await self._ask(Load())

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
        await self._process.end()

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
        """How the process ended, and what it said last on its standard error."""
        code = self._process.returncode
        how = "its process ended" if code is None or code >= 0 else f"its process crashed ({_signal_name(-code)})"
        lines = list(self._process.last_lines)[-SHOWN_LINES:]
        return ": ".join([how, " | ".join(lines)]) if lines else how

    async def _cause_of_death(self) -> errors.GroundfogError:
        """The error of a process that ended while it loaded."""
        await self._process.ended()
        if self._closing:
            return errors.ABORTED()
        what = self.last_words()
        if self._process.returncode == -signal.SIGKILL:
            what = "its process was killed while it loaded; perhaps there was not enough memory"
            return errors.NOT_AVAILABLE(model=self.model_id, what=what)
        if self._found.files.main:
            return errors.BAD_MODEL_FILE(file=self._found.files.main, what=what)
        return errors.NOT_AVAILABLE(model=self.model_id, what=what)


class _Process(asyncio.SubprocessProtocol):
    """The operating system's view: what it printed, how it ended."""

    def __init__(self, model_id: str) -> None:
        self.pid: int | None = None
        self.last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._model_id = model_id
        self._transport: asyncio.SubprocessTransport | None = None
        self._exited = asyncio.Event()
        self._drained = asyncio.Event()
        self._rest = b""
        self._scratch: Path | None = None

    @property
    def returncode(self) -> int | None:
        return self._transport.get_returncode() if self._transport is not None else None

    async def start(self, fd: int) -> None:
        command = (sys.executable, "-P", "-m", "groundfog.inference.host", str(fd))
        self._scratch = scratch.make()
        devnull = asyncio.subprocess.DEVNULL
        transport, _ = await asyncio.get_running_loop().subprocess_exec(
            lambda: self,
            *command,
            stdin=devnull,
            stdout=devnull,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=(fd,),
            env=scrubbed() | {"TMPDIR": str(self._scratch)},
        )
        self._transport = transport
        self.pid = transport.get_pid()

    async def end(self) -> None:
        """Wait for the end, and hurry it. Afterwards nothing is left: no process, no pipe."""
        if self._transport is None:
            self._clean()
            return
        for force in (self._transport.terminate, self._transport.kill):
            try:
                await asyncio.wait_for(self._exited.wait(), LEAVE_S)
            except TimeoutError:
                if self._transport.get_returncode() is None:
                    force()
        await self.ended()

    async def ended(self) -> None:
        """Wait until the process has ended and its last words are read."""
        await self._exited.wait()
        with contextlib.suppress(TimeoutError):  # a child of the engine's may hold the pipe open
            await asyncio.wait_for(self._drained.wait(), 1.0)
        if self._transport is not None:
            self._transport.close()
        self._clean()

    def _clean(self) -> None:
        if self._scratch is not None:
            scratch.remove(self._scratch)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._log(line)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if self._rest:
            self._log(self._rest)
        self._drained.set()

    def process_exited(self) -> None:
        self._exited.set()

    def _log(self, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip()
        if text:
            self.last_lines.append(text)
            logger.debug("%s: %s", self._model_id, text)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
