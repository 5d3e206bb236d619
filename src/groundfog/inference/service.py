"""Finds who answers for a call, and has it answered."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import time
from collections.abc import Awaitable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from groundfog import errors
from groundfog.call import Call, Reply
from groundfog.clock import Clock
from groundfog.engines.base import InProcessEngine
from groundfog.engines.registry import Registry
from groundfog.inference import in_process, scratch, sources
from groundfog.inference.counters import Counters
from groundfog.inference.jobs import HostStream
from groundfog.inference.loaded import LoadedModel
from groundfog.inference.pool import Pool
from groundfog.inference.sources import Found, Source
from groundfog.weights import memory

if TYPE_CHECKING:
    from groundfog.catalog import Model
    from groundfog.settings import Settings
    from groundfog.tasks import Task

logger = logging.getLogger("groundfog.inference")

LOOK_AGAIN_S = 2.0
"""How long it is remembered who answers for a model: weights that were pulled meanwhile are seen after that."""


@dataclasses.dataclass(slots=True)
class Answerer:
    """Who answers for a model: an `engine` in this process, or a model `hosted` in another."""

    source: str
    found: Found
    counters: Counters
    engine: InProcessEngine | None
    until: float
    hosted: LoadedModel | None = None


class Inference:
    """The door of the room. `registry` and `asked` default to the installed engines and the configured sources."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        registry: Registry | None = None,
        asked: Sequence[Source] | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.registry = registry or Registry()
        self.counters: dict[str, Counters] = {}
        """By model id, since the start."""
        self._sources = sources.configured(settings, self.registry) if asked is None else sources.Order(asked)
        self._answerers: dict[tuple[str, str], Answerer] = {}
        self._stopped = False
        self._pool = self._new_pool()

    async def start(self) -> None:
        """Models are loaded when they are asked for, so there is little to do. May be called again after `stop`."""
        self._stopped = False
        scratch.sweep()

    async def stop(self) -> None:
        """End every stream and every host process: by force, where they do not end within seconds."""
        self._stopped = True
        pool, self._pool = self._pool, self._new_pool()
        await pool.stop()
        for answerer in self._answerers.values():
            if answerer.engine is not None:
                answerer.engine.unload()
        self._answerers.clear()

    async def run(self, call: Call) -> Reply:
        """Answer a call. An error that comes before the first delta is raised here, a later one by the stream."""
        if self._stopped:
            raise errors.ABORTED()
        answerer = self._answerers.get((call.model.id, call.task.name))
        if answerer is None or answerer.until < self.clock.monotonic():
            answerer = self._find(call.model, call.task)
        answerer.counters.requests += 1
        try:
            if answerer.engine is None:
                return await self._run_in_host(call, answerer)
            if call.stream:
                return await self._stream_here(call, answerer, answerer.engine)
            output = answerer.engine.answer(call.task.name, call.inputs)
            if not isinstance(output, msgspec.Struct):
                output = await self._in_time(call, output)
            answerer.counters.count(output)
            return Reply(call, answerer.source, answerer.found.engine, output)
        except errors.GroundfogError:
            answerer.counters.errors += 1
            raise
        except Exception as error:
            answerer.counters.errors += 1
            logger.exception("%s: %s failed", call.model.id, answerer.found.engine)
            raise errors.EXECUTION_FAILED(what=f"{type(error).__name__}: {error}") from error

    def who(self, model: Model, task: Task) -> tuple[str, str]:
        """(source, engine) that would answer for a model now. Raises what `run` would raise."""
        answerer = self._find(model, task)
        return answerer.source, answerer.found.engine

    def processes(self) -> list[Mapping[str, Any]]:
        """What `groundfog ps` shows: model, source, engine, pid, state, memory, busy slots, queue, idle seconds."""
        now = time.monotonic()
        return [
            {
                "model": model.found.options.model_id,
                "source": model.source,
                "engine": model.found.engine,
                "pid": model.process.pid if model.process is not None else None,
                "state": model.state,
                "memory_bytes": self._pool.memory_of(model.process),
                "busy": model.queue.busy,
                "slots": model.queue.slots,
                "queue": model.queue.waiting,
                "idle_s": round(now - model.idle_since, 3) if model.idle else 0.0,
            }
            for model in self._pool
            if model.state != "stopped"
        ]

    async def unload(self, model_id: str) -> bool:
        """End a model's processes; its streams end with ABORTED. False: it was not loaded. The next call loads it."""
        models = [
            model for model in self._pool if model.found.options.model_id == model_id and model.state != "stopped"
        ]
        for model in models:
            await model.unload()
        return bool(models)

    async def stats(self) -> dict[str, dict[str, Any]]:
        """The engines' own numbers, by model id, asked from the host processes now."""
        processes = [model.process for model in self._pool if model.process is not None]
        answers = await asyncio.gather(*(process.stats() for process in processes), return_exceptions=True)
        return {
            process.model_id: answer
            for process, answer in zip(processes, answers, strict=True)
            if isinstance(answer, dict)
        }

    def _new_pool(self) -> Pool:
        return Pool(self.settings, self.registry, memory.limit(self.settings.memory_limit_bytes))

    def _find(self, model: Model, task: Task) -> Answerer:
        known = self._answerers.get((model.id, task.name))
        until = self.clock.monotonic() + LOOK_AGAIN_S
        asked = self._sources.of(model)
        for source in asked:
            found = source.find(model, task)
            if found is None:
                continue
            if known is not None and known.found == found:
                known.until = until
                return known
            counters = self.counters.setdefault(model.id, Counters())
            answerer = Answerer(source.name, found, counters, self._engine_here(found), until)
            self._answerers[(model.id, task.name)] = answerer
            return answerer
        names = ", ".join(source.name for source in asked)
        raise errors.NOT_AVAILABLE(model=model.id, what=f"none of {names} has the model")

    def _engine_here(self, found: Found) -> InProcessEngine | None:
        engine = self.registry.get(found.engine)
        if not engine.capabilities.in_process:
            return None
        made = engine()
        assert isinstance(made, InProcessEngine), f"{engine.name} says `in_process`, but cannot answer"
        made.load(found.files, found.options)
        return made

    async def _run_in_host(self, call: Call, answerer: Answerer) -> Reply:
        model = answerer.hosted
        if model is None:
            model = answerer.hosted = self._pool.model(answerer.found, answerer.source, answerer.counters)
        job = await model.submit(call, self._deadline(call))
        if not call.stream:
            output = await job.output()
            answerer.counters.count(output)
            return Reply(call, answerer.source, answerer.found.engine, output)
        stream = HostStream(job, await job.delta(), answerer.counters.count)
        return Reply(call, answerer.source, answerer.found.engine, deltas=stream)

    async def _stream_here(self, call: Call, answerer: Answerer, engine: InProcessEngine) -> Reply:
        deadline = self._deadline(call)
        deltas = engine.stream(call.task.name, call.inputs)
        first = await in_process.first_of(deltas, deadline)
        stream = in_process.stream(first, deltas, answerer.counters.count, deadline)
        return Reply(call, answerer.source, answerer.found.engine, deltas=stream)

    async def _in_time(self, call: Call, output: Awaitable[msgspec.Struct]) -> msgspec.Struct:
        try:
            async with asyncio.timeout_at(self._deadline(call)):
                return await output
        except TimeoutError:
            raise errors.TIMEOUT() from None

    def _deadline(self, call: Call) -> float | None:
        """The call's deadline in the event loop's time."""
        if call.deadline is None:
            return None
        return asyncio.get_running_loop().time() + call.deadline - self.clock.monotonic()
