"""What travels between the rooms: a `Call` on its way down, a `Reply` on its way up."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import msgspec

    from groundfog.catalog import Model
    from groundfog.tasks import Task


@dataclasses.dataclass(slots=True)
class Call:
    """One inference request, whatever dialect it came in.

    `inputs` is an instance of `task.inputs`. `deadline` is in seconds of the platform's monotonic clock.
    """

    account: str
    model: Model
    task: Task
    inputs: msgspec.Struct
    stream: bool = False
    request_id: str = ""
    """Set by the dialect; the platform gives one to a call that has none."""
    deadline: float | None = None
    reject_if_busy: bool = False
    session: str | None = None
    """Value of `x-session-affinity`."""
    gateway: Mapping[str, Any] | None = None
    """Gateway options as the dialect gave them (id, cacheTtl, …)."""
    tags: tuple[str, ...] = ()
    dialect: str = "sdk"


@dataclasses.dataclass(slots=True)
class Reply:
    """The answer. Exactly one of `output` (an instance of `task.output`) and `deltas` (of `task.delta`) is set.

    Whoever takes `deltas` must exhaust it or call `aclose()`: closing it cancels the work and frees the slot.
    """

    call: Call
    source: str
    """weights, stand-in or echo."""
    engine: str
    output: msgspec.Struct | None = None
    deltas: AsyncIterator[msgspec.Struct] | None = None

    async def aclose(self) -> None:
        close = getattr(self.deltas, "aclose", None)
        if close is not None:
            await close()
