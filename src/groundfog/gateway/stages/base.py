"""What a stage is: it gets a request, may call the next stage, and gives back the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from groundfog.gateway.request import Request, Step
from groundfog.gateway.response import Response

Next = Callable[[Request, Step], Awaitable[Response]]


class Stage(Protocol):
    """Around one step. Raises `GroundfogError` to refuse; what an inner stage raises passes through."""

    async def __call__(self, request: Request, step: Step, next: Next) -> Response: ...
