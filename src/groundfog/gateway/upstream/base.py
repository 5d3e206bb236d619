"""What every way to a provider has in common."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from groundfog.gateway.request import Headers
from groundfog.metering.usage import Usage


@dataclasses.dataclass(slots=True)
class UpstreamRequest:
    """What is sent. `url` is absolute; for the local provider `local:///{endpoint}`."""

    account: str
    method: str
    url: str
    headers: Headers
    body: bytes
    first_byte_s: float | None = None
    """Time to the first byte of the answer; past it TimeoutError is raised. None: no limit."""
    stream: bool = False
    secrets: tuple[bytes, ...] = ()
    """Names of headers that go to this host only, and across no redirect."""
    public_only: bool = False
    """The host was named by a caller: it must not have a private address."""


@dataclasses.dataclass(slots=True)
class UpstreamResponse:
    """What came back. Exactly one of `body` and `chunks` is set; `chunks` must be exhausted or closed."""

    status: int
    headers: Headers
    body: bytes | None = None
    chunks: AsyncIterator[bytes] | None = None
    usage: Callable[[], Usage | None] | None = None
    """What was used, once the body is over; only the local provider knows it without reading the answer."""
    source: str = ""
    engine: str = ""


class Upstream(Protocol):
    async def send(self, request: UpstreamRequest) -> UpstreamResponse:
        """Send, and wait for the head of the answer. Raises TimeoutError, and OSError where nobody answers."""
        ...
