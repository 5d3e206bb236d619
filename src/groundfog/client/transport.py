"""What `AsyncAI` needs of the side that answers: a server, or a platform in this process."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Protocol

from groundfog.client.request import Request


class Frames(Protocol):
    """A stream of server-sent events that has begun."""

    async def batch(self) -> list[bytes] | None:
        """All frames that are there, at least one; without their blank line. None at the end.

        Raises STREAM_BROKEN, TIMEOUT.
        """
        ...

    async def aclose(self) -> None:
        """Stop the work, if it is not done yet."""
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """Either `frames`, or `content`: the encoded result when it is JSON (no envelope), else the bytes themselves."""

    request_id: str | None
    source: str | None
    engine: str | None
    content: bytes = b""
    is_json: bool = True
    frames: Frames | None = None


class Transport(Protocol):
    """Every method raises `AIError`."""

    async def run(self, request: Request) -> Answer: ...

    async def models(self, query: Mapping[str, str], page: int, per_page: int) -> list[dict[str, Any]]:
        """One page of the catalogue; empty past its end."""
        ...

    async def schema(self, model: str) -> dict[str, Any]: ...

    async def aclose(self) -> None: ...
