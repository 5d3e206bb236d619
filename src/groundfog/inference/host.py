"""A host process: one model, loaded by one engine, spoken to over one socket.

Started by `process.py` as ``python -m groundfog.inference.host FD``. It ends when the server's end of the socket
closes, and on Linux also when the server is killed: there are no orphans.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from groundfog import errors, tasks
from groundfog.engines import registry
from groundfog.engines.base import Engine, Job, MicroBatchEngine
from groundfog.inference.batching import MicroBatcher
from groundfog.inference.framing import Connection
from groundfog.inference.messages import (
    LOADING,
    AskStats,
    Cancel,
    Delta,
    Described,
    Done,
    Ended,
    Failed,
    Load,
    Loaded,
    Open,
    Stats,
    Submit,
    ToHost,
)

UNLOAD_LIMIT_S = 2.0
"""How long an engine may take to unload before the process ends anyway."""


class Reporter:
    """A job's sink: turns what the engine says into messages. Thread-safe; only the first ending counts."""

    __slots__ = ("_host", "_id", "_lock", "ended")

    def __init__(self, host: Host, job_id: int) -> None:
        self._host = host
        self._id = job_id
        self.ended = False
        self._lock = threading.Lock()

    def emit(self, delta: msgspec.Struct) -> None:
        if not self.ended:
            self._host.post(Delta(self._id, delta))

    def finish(self, output: msgspec.Struct | None) -> None:
        self._end(Ended(self._id) if output is None else Done(self._id, output))

    def fail(self, error: Exception) -> None:
        if not self.ended:
            self._end(failure(self._id, error))

    def _end(self, message: msgspec.Struct) -> None:
        with self._lock:
            if self.ended:
                return
            self.ended = True
        self._host.end(self._id, message)


class Host:
    """The process's one object: the connection, the engine and the jobs in it."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.connection: Connection[ToHost] = Connection(ToHost, self._receive, self.gone.set, self._unsendable)
        self.post = self.connection.post
        self._open: Open | None = None
        self._engine: Engine | None = None
        self._accept: Callable[[Job[Any]], None] | None = None
        self._batcher: MicroBatcher | None = None
        self._jobs: dict[int, Job[Any]] = {}
        self._decoders: dict[str, msgspec.msgpack.Decoder[msgspec.Struct]] = {}
        self._background: set[asyncio.Task[None]] = set()

    def end(self, job_id: int, message: msgspec.Struct) -> None:
        """The last message of a job; from any thread."""
        self._jobs.pop(job_id, None)
        self.post(message)

    def _unsendable(self, message: msgspec.Struct, error: Exception) -> None:
        """An engine answered with what msgpack does not know, such as a NumPy number."""
        job_id: int = getattr(message, "job", LOADING)
        if (job := self._jobs.pop(job_id, None)) is not None:
            job.cancel()
        self.post(failure(job_id, error))

    async def close(self) -> None:
        """Cancel the jobs and unload, within a bound."""
        for job in list(self._jobs.values()):
            job.cancel()
        if self._batcher is not None:
            self._batcher.stop()
        if self._engine is not None:
            unloading = threading.Thread(target=self._engine.unload, daemon=True)
            unloading.start()
            await self._loop.run_in_executor(None, unloading.join, UNLOAD_LIMIT_S)

    def _receive(self, message: ToHost) -> None:
        if isinstance(message, Submit):
            self._submit(message)
        elif isinstance(message, Cancel):
            job = self._jobs.get(message.job)
            if job is not None:
                job.cancel()
        elif isinstance(message, AskStats):
            self.post(Stats(self._stats()))
        elif isinstance(message, Open):
            self._open = message
            self._spawn(self._guarded(self._describe(message)))
        elif isinstance(message, Load):
            self._spawn(self._guarded(self._load()))

    def _submit(self, message: Submit[msgspec.Raw]) -> None:
        deadline = None if message.timeout is None else time.monotonic() + message.timeout
        reporter = Reporter(self, message.job)
        try:
            decoder = self._decoders.get(message.task)
            if decoder is None:
                inputs = tasks.by_name(message.task).inputs
                decoder = self._decoders[message.task] = msgspec.msgpack.Decoder(inputs)
            job = Job(message.task, decoder.decode(message.body), message.stream, reporter, deadline)
            self._jobs[message.job] = job
            assert self._accept is not None, "a job came before the model was loaded"
            self._accept(job)
        except Exception as error:
            reporter.fail(error)

    async def _describe(self, message: Open) -> None:
        engine = registry.load(message.reference, message.engine)
        with _missing_library(message.engine, engine):
            description = await self._loop.run_in_executor(None, engine.describe, message.files, message.options)
        self._engine = engine()
        self.post(Described(description))

    async def _load(self) -> None:
        engine, opened = self._engine, self._open
        assert engine is not None
        assert opened is not None
        with _missing_library(opened.engine, type(engine)):
            description = await self._loop.run_in_executor(None, engine.load, opened.files, opened.options)
        batching = engine.capabilities.batching
        if batching == "micro":
            assert isinstance(engine, MicroBatchEngine), f"{engine.name} says `micro`, but has not the three stages"
            self._batcher = MicroBatcher(engine)
            self._batcher.start()
            self._accept = self._batcher.submit
        elif batching == "continuous":
            self._accept = lambda job: self._spawn(self._infer(job))
        else:
            line: asyncio.Queue[Job[Any]] = asyncio.Queue()
            self._accept = line.put_nowait
            self._spawn(self._one_by_one(line))
        self.post(Loaded(description))

    async def _one_by_one(self, line: asyncio.Queue[Job[Any]]) -> None:
        while True:
            job = await line.get()
            if job.cancelled:
                job.finish()
            else:
                await self._infer(job)

    async def _infer(self, job: Job[Any]) -> None:
        assert self._engine is not None
        try:
            await self._engine.infer([job])
        except Exception as error:
            job.fail(error)
        else:
            # Only counts when the engine has not ended the job: a mistake of the engine's, or the job was cancelled.
            job.fail(errors.ABORTED() if job.cancelled else RuntimeError("the engine ended without an answer"))

    def _stats(self) -> dict[str, Any]:
        numbers = dict(self._engine.stats()) if self._engine is not None and self._accept is not None else {}
        numbers["jobs"] = len(self._jobs)
        if self._batcher is not None:
            numbers["batches"] = self._batcher.batches
            numbers["batched_rows"] = self._batcher.rows
            numbers["dropped_rows"] = self._batcher.dropped
        return numbers

    async def _guarded(self, loading: Coroutine[Any, Any, None]) -> None:
        try:
            await loading
        except Exception as error:
            self.post(failure(LOADING, error))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


class _missing_library:
    """An ImportError inside becomes ENGINE_MISSING with the engine's own install line."""

    def __init__(self, name: str, engine: type[Engine]) -> None:
        self._name = name
        self._install = engine.capabilities.install

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ImportError):
            install = self._install or error.name or "its library"
            raise errors.ENGINE_MISSING(engine=self._name, install=install) from error


def failure(job_id: int, error: Exception) -> Failed:
    """An error as a message. Anything that is not of the table is a failed execution; its trace goes to the log."""
    if not isinstance(error, errors.GroundfogError) or errors.KINDS.get(error.kind.key) is not error.kind:
        sys.excepthook(type(error), error, error.__traceback__)
        error = errors.EXECUTION_FAILED(what=f"{type(error).__name__}: {error}")
    return Failed(job_id, error.kind.key, error.description, error.retry_after)


def die_with_the_server() -> None:
    """Ask the kernel to kill this process when its parent ends; where that is not to be had, the socket's end does."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


async def serve(fd: int) -> None:
    host = Host()
    sock = socket.socket(fileno=fd)
    sock.setblocking(False)
    await asyncio.get_running_loop().create_connection(lambda: host.connection, sock=sock)
    await host.gone.wait()
    await host.close()
    os._exit(0)  # a thread of the engine's that would not end must not keep the process


def main() -> None:
    die_with_the_server()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends its hosts
    os.dup2(2, 1)
    try:
        import uvloop
    except ImportError:
        asyncio.run(serve(int(sys.argv[1])))
    else:
        uvloop.run(serve(int(sys.argv[1])))


if __name__ == "__main__":
    main()
