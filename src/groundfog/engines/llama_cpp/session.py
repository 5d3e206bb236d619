"""What the requests to one loaded model share: its connection, its limits, the state of its slots."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from typing import Any

from groundfog.engines.llama_cpp.connection import Connection
from groundfog.engines.llama_cpp.events import Reader
from groundfog.engines.llama_cpp.request import Media

_SHORTEST_LOOK_S = 0.002
_LONGEST_LOOK_S = 0.1


@dataclasses.dataclass(slots=True)
class Model:
    """A loaded model. `limit` is the context window that a request may use, `cells` what a slot really has (tokens)."""

    id: str
    connection: Connection
    slots: Slots
    limit: int
    cells: int
    template: str | None
    adapters: Mapping[str, int]
    """LoRA adapters: name → number in llama.cpp."""
    media: Media
    temperature: float | None = None
    """For requests that give none; None leaves it to llama.cpp."""
    stand_in: bool = False
    """Whether it answers in place of the model `id`, whose own context window is `window`."""
    window: int | None = None
    compiled: dict[str, bool] = dataclasses.field(default_factory=dict)
    """Grammars that were tried, and whether llama.cpp could compile them."""


class Slots:
    """How many of the model's slots are busy, and what was computed in them."""

    def __init__(self, connection: Connection, total: int) -> None:
        self.total = total
        self._tokens = {"prompt_tokens": 0, "completion_tokens": 0, "draft_tokens": 0, "draft_accepted": 0}
        self._connection = connection
        self._running = 0
        self._releasing = 0
        self._watcher: asyncio.Task[None] | None = None

    def take(self, count: int) -> None:
        self._running += count

    def release(self, count: int, *, aborted: bool) -> None:
        """The request has ended; when it was aborted, llama.cpp still has to notice."""
        self._running -= count
        if aborted:
            self._releasing += count
            if self._watcher is None or self._watcher.done():
                self._watcher = asyncio.get_running_loop().create_task(self._watch())

    def stats(self) -> Mapping[str, Any]:
        return {
            "slots": self.total,
            "busy_slots": min(self._running + self._releasing, self.total),
            **self._tokens,
        }

    def count(self, reader: Reader) -> None:
        """Add what one stream has used."""
        self._tokens["prompt_tokens"] += reader.prompt.total if reader.prompt is not None else 0
        self._tokens["completion_tokens"] += reader.completion_tokens
        self._tokens["draft_tokens"] += reader.draft_tokens
        self._tokens["draft_accepted"] += reader.draft_accepted

    async def _watch(self) -> None:
        """Ask llama.cpp until the aborted requests have left their slots."""
        pause = _SHORTEST_LOOK_S
        while self._releasing:
            try:
                slots = await self._connection.ask("GET", "/slots")
            except (OSError, ValueError):
                self._releasing = 0
                return
            busy = sum(1 for slot in slots if slot.get("is_processing"))
            self._releasing = min(self._releasing, max(0, busy - self._running))
            if self._releasing:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_LOOK_S)
