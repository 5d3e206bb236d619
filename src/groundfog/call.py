"""What travels between the rooms: a `Call` on its way down, a `Reply` on its way up."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from groundfog import errors

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
    tags: tuple[str, ...] = ()
    """Labels of the caller's, for the log; see `checked_tags`."""
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


MAX_TAGS = 5
_TAG = re.compile(r"[A-Za-z0-9:\-./@]{1,50}\Z")


def checked_tags(given: Any) -> tuple[str, ...]:
    """Tags as a caller gave them (a list, or None), without duplicates. Raises BAD_INPUT (spec workers-ai §2.3)."""
    names = [] if given is None else given
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) and _TAG.match(name) for name in names):
        raise errors.BAD_INPUT(what="tags are up to 50 letters, digits and : - . / @ each")
    unique = tuple(dict.fromkeys(names))
    if len(unique) > MAX_TAGS:
        raise errors.BAD_INPUT(what=f"at most {MAX_TAGS} tags are allowed, {len(unique)} were given")
    return unique
