"""Drives an engine without a host: jobs with a sink that keeps what it is given."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from groundfog.engines.base import Engine, Job


class Sink:
    """Keeps the deltas of one job; `done` is its output, or its error."""

    def __init__(self) -> None:
        self.deltas: list[Any] = []
        self.first = asyncio.Event()
        self.done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def emit(self, delta: msgspec.Struct) -> None:
        self.deltas.append(delta)
        self.first.set()

    def finish(self, output: msgspec.Struct | None) -> None:
        self.done.set_result(output)

    def fail(self, error: Exception) -> None:
        self.done.set_exception(error)


def job(inputs: msgspec.Struct, *, stream: bool = False, task: str = "text-generation") -> tuple[Job[Any], Sink]:
    sink = Sink()
    return Job(task, inputs, stream, sink), sink


async def answer(engine: Engine, inputs: msgspec.Struct) -> Any:
    """The output of one unary job. Raises what the job failed with."""
    work, sink = job(inputs)
    await engine.infer([work])
    return await sink.done


async def stream(engine: Engine, inputs: msgspec.Struct) -> list[Any]:
    """The deltas of one streamed job. Raises what the job failed with."""
    work, sink = job(inputs, stream=True)
    await engine.infer([work])
    await sink.done
    return sink.deltas
