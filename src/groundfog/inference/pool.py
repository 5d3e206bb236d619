"""All models that run in host processes, within one memory limit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from groundfog import errors
from groundfog.engines.registry import Registry
from groundfog.inference.counters import Counters
from groundfog.inference.loaded import LoadedModel
from groundfog.inference.process import HostProcess
from groundfog.inference.sources.base import Found

if TYPE_CHECKING:
    from groundfog.settings import Settings

logger = logging.getLogger("groundfog.inference")

GIB = 1024**3


class Pool:
    """All models that run in host processes."""

    def __init__(self, settings: Settings, registry: Registry, memory_limit: int) -> None:
        self.settings = settings
        self.registry = registry
        self.memory_limit = memory_limit
        self._models: dict[bytes, LoadedModel] = {}
        self._memory: dict[HostProcess, int] = {}
        self._reserving = asyncio.Lock()
        self._change = asyncio.Event()

    def __iter__(self) -> Iterator[LoadedModel]:
        return iter(self._models.values())

    @property
    def memory_used(self) -> int:
        return sum(self._memory.values())

    def model(self, found: Found, source: str, counters: Counters) -> LoadedModel:
        """The one model for what a source found; equal finds share it."""
        key = msgspec.msgpack.encode(found, order="deterministic")
        model = self._models.get(key)
        if model is None:
            model = self._models[key] = LoadedModel(self, found, source, counters)
        return model

    async def stop(self) -> None:
        await asyncio.gather(*(model.stop() for model in self))
        self._models.clear()

    async def reserve(self, process: HostProcess, needed: int) -> None:
        """Make room for a model, unloading idle ones, the longest idle first; wait when all are busy.

        Raises NOT_AVAILABLE when it could never fit.
        """
        if needed > self.memory_limit:
            what = (
                f"it needs {needed / GIB:.1f} GiB of memory and all models together may take "
                f"{self.memory_limit / GIB:.1f} GiB (GROUNDFOG_MEMORY_LIMIT_BYTES)"
            )
            raise errors.NOT_AVAILABLE(model=process.model_id, what=what)
        async with self._reserving:
            while self.memory_used + needed > self.memory_limit:
                idle = [other for other in self if other.idle]
                if idle:
                    longest = min(idle, key=lambda other: other.idle_since)
                    logger.info("%s: unloaded to make room", longest.found.options.model_id)
                    await longest.unload()
                else:
                    self._change.clear()
                    await self._change.wait()
            self._memory[process] = needed

    def memory_of(self, process: HostProcess | None) -> int:
        """Bytes that were set aside for a process."""
        return self._memory.get(process, 0) if process is not None else 0

    def freed(self, process: HostProcess) -> None:
        """A process has ended."""
        self._memory.pop(process, None)
        self.changed()

    def changed(self) -> None:
        """Wake whoever waits for memory."""
        self._change.set()
