"""Fake engines, installed as a third party's would be: this folder on `sys.path` is a distribution with entry points.

Text generation does what its prompt says: ``count N`` emits N deltas, ``hold`` emits one and then waits until somebody
sends ``release`` or cancels, ``deaf`` waits for `release` only, ``crash`` dies, ``fail`` and ``refuse`` raise,
``unsendable`` answers with what no message can carry, ``strange`` emits what is no delta and then holds,
``environment`` answers with the names of the process's environment. A model file's text says how loading goes:
``crash``, ``kill``, ``import``, ``bad``, ``wait``, ``stuck``; anything else loads.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from groundfog import errors
from groundfog.engines.base import Capabilities, Description, Job, LoadOptions, Prepared
from groundfog.tasks.text_embeddings import Output as Vectors
from groundfog.tasks.text_generation.types import Choice, Delta, Output, Usage
from groundfog.weights.files import ModelFiles


def act_on(files: ModelFiles) -> None:
    """Load as the file says."""
    wish = Path(files.main).read_text().strip() if files.main else ""
    if wish == "crash":
        print("fake engine: tensor 'blk.0' has a wrong shape", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGSEGV)
    if wish == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if wish == "import":
        raise ImportError("No module named 'fakelib'", name="fakelib")
    if wish == "bad":
        raise errors.BAD_MODEL_FILE(file=files.main, what="the fake engine does not like it")
    if wish == "wait":
        threading.Event().wait()
    if wish == "stuck":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        ctypes.PyDLL(None).pause()  # with the interpreter's lock held, as native code does while it loads


def described(engine: str, options: LoadOptions) -> Description:
    return Description(engine=engine, slots=options.slots or 2, memory_bytes=options.facts.get("memory_bytes"))


class Strange(msgspec.Struct):
    index: str


class FakeStream:
    """Text generation with slots, as llama.cpp has it."""

    name: ClassVar[str] = "fake-stream"
    capabilities: ClassVar[Capabilities] = Capabilities(frozenset({"text-generation"}), batching="continuous")

    def __init__(self) -> None:
        self.busy = 0
        self.cancelled = 0
        self.served: list[str] = []
        self.released = asyncio.Event()

    @classmethod
    def describe(cls, files: ModelFiles, options: LoadOptions) -> Description:
        return described(cls.name, options)

    def load(self, files: ModelFiles, options: LoadOptions) -> Description:
        act_on(files)
        return described(self.name, options)

    async def infer(self, batch: Sequence[Job[Any]]) -> None:
        (job,) = batch
        self.busy += 1
        try:
            await self._answer(job)
        finally:
            self.busy -= 1

    async def _answer(self, job: Job[Any]) -> None:
        word, _, argument = (job.inputs.prompt or "").partition(" ")
        self.served.append(job.inputs.prompt or "")
        if word == "fail":
            raise ValueError("the fake engine was told to fail")
        if word == "refuse":
            raise errors.CONTEXT_EXCEEDED(tokens=10, limit=5)
        if word == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if word == "unsendable":
            job.finish(Output([Choice(object(), "stop")], Usage(1, 1)))  # type: ignore[arg-type]
            return
        text = " ".join(sorted(os.environ)) if word == "environment" else argument
        if word == "release":
            self.released.set()
            self.released = asyncio.Event()
        if word == "strange":
            job.emit(Strange("one"))
        count = int(argument) if word == "count" else 1
        if job.stream:
            for number in range(count):
                job.emit(Delta(text=f"{number} "))
        if word in ("hold", "strange", "deaf"):
            await self._wait(job, word != "deaf")
        usage = Usage(prompt_tokens=3, completion_tokens=count)
        if job.stream:
            job.emit(Delta(finish_reason="stop", usage=usage))
            job.finish()
        else:
            job.finish(Output([Choice(text, "stop")], usage))

    async def _wait(self, job: Job[Any], listens: bool) -> None:
        stop = asyncio.ensure_future(self.released.wait())
        if listens:
            job.on_cancel(stop.cancel)
        try:
            await stop
        except asyncio.CancelledError:
            self.cancelled += 1

    def unload(self) -> None: ...

    def stats(self) -> Mapping[str, Any]:
        return {"busy": self.busy, "cancelled": self.cancelled, "served": self.served}


class FakeSingle(FakeStream):
    """The same, one job at a time."""

    name: ClassVar[str] = "fake-single"
    capabilities: ClassVar[Capabilities] = Capabilities(frozenset({"text-generation"}), batching="none")


class FakeMicro:
    """Embeddings in three stages: a text's vector is its length. `hold` is computed only once a file is there."""

    name: ClassVar[str] = "fake-micro"
    capabilities: ClassVar[Capabilities] = Capabilities(frozenset({"text-embeddings"}), batching="micro")

    def __init__(self) -> None:
        self.max_batch_tokens = 100
        self.batches: list[list[int]] = []
        self.gate = ""

    @classmethod
    def describe(cls, files: ModelFiles, options: LoadOptions) -> Description:
        return Description(engine=cls.name, slots=options.slots or 64)

    def load(self, files: ModelFiles, options: LoadOptions) -> Description:
        self.gate = options.facts.get("gate", "")
        return self.describe(files, options)

    async def infer(self, batch: Sequence[Job[Any]]) -> None:
        raise AssertionError("a `micro` engine is driven by its stages")

    def prepare(self, job: Job[Any]) -> Sequence[Prepared]:
        for text in job.inputs.texts:
            if text == "refuse":
                raise errors.BAD_INPUT(what="the fake engine refuses this text")
        return [Prepared(len(text), text) for text in job.inputs.texts]

    def compute(self, rows: Sequence[Prepared]) -> Sequence[Any]:
        if any(row.data == "hold" for row in rows):
            Path(self.gate).read_bytes()  # a named pipe: returns when the test opens and closes its other end
        if any(row.data == "fail" for row in rows):
            raise ValueError("the fake engine was told to fail")
        self.batches.append([row.length for row in rows])
        return [row.length for row in rows]

    def complete(self, job: Job[Any], results: Sequence[Any]) -> Vectors:
        return Vectors(len(results), 1, bytes(results), sum(results))

    def unload(self) -> None: ...

    def stats(self) -> Mapping[str, Any]:
        return {"lengths": self.batches}
