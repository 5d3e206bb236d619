"""Opening a realtime connection: the same door, policies, limits and log row as a request's (spec ai-gateway §1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from groundfog import errors
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.model_types import model_type
from groundfog.gateway.parts import Parts
from groundfog.gateway.policies.stage import PolicyStage
from groundfog.gateway.providers.realtime import realtime_model
from groundfog.gateway.realtime.connection import Realtime
from groundfog.gateway.realtime.frames import frames_of
from groundfog.gateway.realtime.turns import Turns
from groundfog.gateway.request import Request, Step
from groundfog.gateway.response import Response
from groundfog.gateway.stages.rate import RateStage, claim_of
from groundfog.gateway.stages.record import RecordStage
from groundfog.gateway.stages.spend_rules import rules_of
from groundfog.gateway.upstream.base import UpstreamRequest
from groundfog.gateway.upstream.websocket import Socket, connect

if TYPE_CHECKING:
    from groundfog.gateway.pipeline import StepRun

SWITCHED = 101


class Opening:
    """One connection on its way to be open."""

    def __init__(self, config: GatewayConfig, parts: Parts, request: Request, step: Step) -> None:
        self._config = config
        self._parts = parts
        self._request = request
        self._step = step
        self._rules = rules_of(config)
        step.model = realtime_model(step)
        self.frames = frames_of(parts.providers.find(step.provider))
        self.turns = Turns(
            parts.ledger, parts.clock, self.frames, step.provider, step.options.custom_cost, claim_of(config)
        )

    async def run(self, protocols: Sequence[str], limit: int) -> Realtime:
        """Through the stages to the provider. Raises what they refuse, and what `connect` does."""
        later = self.frames.named_later and self._step.model is None
        opened: list[Socket] = []

        async def connected(request: Request, step: Step) -> Response:
            if step.draft is not None:
                # Frames are sound and partial messages; a body of them would help nobody.
                step.draft.keep_bodies = False
            if not later:
                await self._budgets(request, step)
            try:
                opened.append(await self._connect(protocols, limit))
            except BaseException:
                self.turns.drop()
                raise
            return Response(SWITCHED, [], body=b"")

        stages = (RecordStage, None if later else PolicyStage.for_gateway, RateStage.for_gateway)
        run: StepRun = connected
        for make in reversed(stages):
            stage = make(self._config, self._parts) if make is not None else None
            if stage is not None:
                run = partial(stage, next=run)
        response = await run(self._request, self._step)
        draft = self._step.draft
        assert draft is not None, "the record stage is the outermost"
        admit = self._admit if self.frames.named_later else None
        return Realtime(opened[0], response, self._parts, draft, self.frames, self.turns, admit)

    async def _admit(self, model: str | None) -> None:
        """Policies and budgets for a model that the first frame names."""
        request, step = self._request, self._step
        step.model, step.claims = model or step.model, ()
        if step.draft is not None:
            record = step.draft.record
            record.model = step.model or ""
            record.model_type = model_type(step.provider, step.endpoint, step.model)
        policies = PolicyStage.for_gateway(self._config, self._parts)
        if policies is not None:
            await policies(request, step, self._budgets)
        else:
            await self._budgets(request, step)

    async def _budgets(self, request: Request, step: Step) -> Response:
        found = list(step.claims)
        for rule in self._rules:
            claim = rule.claim(step, request.options.metadata)
            if claim is not None:
                found.append(claim)
        await self.turns.open(found, step.model)
        return Response(SWITCHED, [], body=b"")

    async def _connect(self, protocols: Sequence[str], limit: int) -> Socket:
        parts, request, step = self._parts, self._request, self._step
        custom = parts.custom_providers.find(request.account, step.provider)
        target = parts.providers.resolve(self._config, custom, step, websocket=True)
        if target.url.startswith("local:"):
            raise errors.NOT_IMPLEMENTED(what="realtime models are not available on this server")
        sent = UpstreamRequest(
            request.account, "GET", target.url, list(target.headers), b"", public_only=target.public_only
        )
        known = request.identity.authenticated
        await parts.credentials.apply(self._config, target, step, sent, step.draft, known=known)
        try:
            return await connect(sent, protocols, limit)
        except TimeoutError:
            raise errors.PROVIDER_FAILED(what="no answer to the WebSocket's handshake") from None
        except OSError as error:
            raise errors.PROVIDER_FAILED(what=str(error) or type(error).__name__) from error


async def open_realtime(
    config: GatewayConfig, parts: Parts, request: Request, step: Step, protocols: Sequence[str], limit: int
) -> Realtime:
    """Connect to the provider of a step. `limit`: bytes of the longest frame.

    Raises INVALID_PROVIDER, PROVIDER_FAILED, PROVIDER_TIMEOUT, and what the stages refuse.
    """
    return await Opening(config, parts, request, step).run(protocols, limit)
