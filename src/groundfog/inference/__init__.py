"""Where and when a call is computed: sources, host processes, queues, batching, cancellation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundfog.call import Call, Reply
from groundfog.clock import Clock
from groundfog.settings import Settings


class Inference:
    """Finds the source of a call, the host of its model, and hands it over."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def run(self, call: Call) -> Reply:
        raise NotImplementedError

    def processes(self) -> list[Mapping[str, Any]]:
        """What `groundfog ps` shows: model, source, engine, pid, state, memory, busy slots, queue, idle seconds."""
        raise NotImplementedError
