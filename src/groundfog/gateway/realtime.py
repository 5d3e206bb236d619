"""A provider's own WebSocket behind a gateway (spec ai-gateway §1.10): the same door, policies, rate limit and log row.

Frames are the provider's own and pass unread, so that there is no price: budgets do not count realtime connections.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from groundfog import errors
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.parts import Parts
from groundfog.gateway.policies.stage import PolicyStage
from groundfog.gateway.request import Request, Step
from groundfog.gateway.response import Response
from groundfog.gateway.stages.rate import RateStage
from groundfog.gateway.stages.record import RecordStage
from groundfog.gateway.upstream.base import UpstreamRequest
from groundfog.gateway.upstream.websocket import Socket, connect

if TYPE_CHECKING:
    from groundfog.gateway.pipeline import StepRun

SWITCHED = 101
STAGES = (RecordStage, PolicyStage.for_gateway, RateStage.for_gateway)


class Realtime:
    """An open connection. `counted` takes what passes; `end` writes the row and closes the provider's side."""

    def __init__(self, socket: Socket, response: Response) -> None:
        self.socket = socket
        self._response = response

    def counted(self, frame: str | bytes) -> None:
        """Bytes that go to the caller."""
        data = frame.encode() if isinstance(frame, str) else frame
        for observer in self._response.observers:
            observer.feed(data)

    async def end(self, error: BaseException | None = None) -> None:
        await self.socket.close()
        await self._response.end(error)


async def open_realtime(
    config: GatewayConfig, parts: Parts, request: Request, step: Step, protocols: Sequence[str], limit: int
) -> Realtime:
    """Connect to the provider of a step. `limit`: bytes of the longest frame.

    Raises INVALID_PROVIDER, PROVIDER_FAILED, PROVIDER_TIMEOUT, and what the stages refuse.
    """
    opened: list[Socket] = []

    async def connected(request: Request, step: Step) -> Response:
        opened.append(await _connect(config, parts, step, request, protocols, limit))
        if step.draft is not None:
            # Frames are sound and partial messages; a body of them would help nobody.
            step.draft.keep_bodies = False
        return Response(SWITCHED, [], body=b"")

    run: StepRun = connected
    for make in reversed(STAGES):
        stage = make(config, parts)
        if stage is not None:
            run = partial(stage, next=run)
    response = await run(request, step)
    return Realtime(opened[0], response)


async def _connect(
    config: GatewayConfig, parts: Parts, step: Step, request: Request, protocols: Sequence[str], limit: int
) -> Socket:
    custom = parts.custom_providers.find(request.account, step.provider)
    target = parts.providers.resolve(config, custom, step, websocket=True)
    if target.url.startswith("local:"):
        raise errors.NOT_IMPLEMENTED(what="realtime models are not available on this server")
    sent = UpstreamRequest(
        request.account, "GET", target.url, list(target.headers), b"", public_only=target.public_only
    )
    known = request.identity.authenticated
    await parts.credentials.apply(config, target, step, sent, step.draft, known=known)
    try:
        return await connect(sent, protocols, limit)
    except TimeoutError:
        raise errors.PROVIDER_FAILED(what="no answer to the WebSocket's handshake") from None
    except OSError as error:
        raise errors.PROVIDER_FAILED(what=str(error) or type(error).__name__) from error
