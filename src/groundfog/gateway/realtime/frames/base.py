"""What the frames of a realtime session say that money depends on; each provider's protocol says it in its own way."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, Protocol

from groundfog.metering.usage import Usage

LONG = 1 << 20
"""Bytes of a frame that is not taken apart any more."""


@dataclasses.dataclass(slots=True)
class Sent:
    """A frame of the caller's: tokens that it may add to the context, and responses that it asks for."""

    text: int = 0
    audio: int = 0
    image: int = 0
    whole: bool = False
    """It refers to more than it holds."""
    tools: bool = False
    """It gives the provider tools that the provider runs."""
    starts: bool = False
    """A response is asked for."""
    most: int | None = None
    """Tokens that this response may have."""
    model: str | None = None
    """The session's model, where the first frame names it."""


@dataclasses.dataclass(slots=True)
class Came:
    """A frame of the provider's. `response` is the id of what begins or ends, empty where it has none."""

    response: str = ""
    begins: bool = False
    ends: bool = False
    refused: bool = False
    """What was asked for last will not come."""
    usage: Usage | None = None
    aside: bool = False
    """The usage is of a model beside the session's own: a transcription."""
    model: str | None = None
    """The session's model, as the provider calls it."""


class Frames(Protocol):
    """One session. Frames go on whatever is read in them."""

    named_later: bool
    """The model is in the first frame, and not in the address."""

    @property
    def auto(self) -> bool:
        """The provider may begin responses that nobody asks for: it listens."""
        ...

    @property
    def most(self) -> int | None:
        """Tokens that a response of the session may have, where that is sure."""
        ...

    def sent(self, frame: str | bytes) -> Sent: ...

    def came(self, data: bytes) -> Came | None:
        """None: nothing that matters."""
        ...

    def tokens(self, data: bytes) -> int:
        """So many tokens of an answer may be in a frame."""
        ...


class Unread:
    """Frames of a protocol that says nothing of what it uses."""

    named_later = False
    auto = False
    most: int | None = None

    def sent(self, frame: str | bytes) -> Sent:
        return Sent()

    def came(self, data: bytes) -> Came | None:
        return None

    def tokens(self, data: bytes) -> int:
        return 0


def careful(frame: str | bytes) -> tuple[Any, bool]:
    """JSON, and whether a name stands twice in an object: then nobody knows which one the provider takes.

    None for what is no JSON.
    """
    doubtful = False

    def pairs(given: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal doubtful
        made = dict(given)
        doubtful = doubtful or len(made) < len(given)
        return made

    try:
        return json.loads(frame, object_pairs_hook=pairs), doubtful
    except (ValueError, RecursionError):
        return None, True


def count_of(value: Any) -> int | None:
    """A limit that a caller gives; None where it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
