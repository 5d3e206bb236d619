"""At most so many requests in so many seconds, for a whole gateway (spec ai-gateway §3.5)."""

from __future__ import annotations

from groundfog import errors
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.parts import Parts
from groundfog.gateway.request import Request, Step
from groundfog.gateway.response import Response
from groundfog.gateway.stages.base import Next
from groundfog.metering.ledger import Claim, Ledger, LimitReached


class RateStage:
    """Counts a request once, whatever it becomes further in; steps and retries of it are not counted again.

    It stands inside the cache: answers from there are not counted.
    """

    def __init__(self, claim: Claim, ledger: Ledger) -> None:
        self._claims = (claim,)
        self._ledger = ledger

    @classmethod
    def for_gateway(cls, config: GatewayConfig, parts: Parts) -> RateStage | None:
        claim = claim_of(config)
        return None if claim is None else cls(claim, parts.ledger)

    async def __call__(self, request: Request, step: Step, next: Next) -> Response:
        if not request.limited:
            reservation = self._ledger.try_reserve(self._claims, 1)
            if reservation is None:
                try:
                    reservation = await self._ledger.reserve(self._claims, 1)
                except LimitReached as reached:
                    raise errors.RATE_LIMITED(retry_after=reached.retry_after) from reached
            request.limited = True
            draft = step.draft
            assert draft is not None, "the record stage is further out"
            draft.record.settlements += reservation.settle(1)
        return await next(request, step)


def claim_of(config: GatewayConfig) -> Claim | None:
    """The limit that a gateway's settings ask for; None when it is off."""
    limit, interval = config.rate_limiting_limit, config.rate_limiting_interval
    if not limit or not interval:
        return None
    technique = config.rate_limiting_technique or "fixed"
    bucket = f"rate:{config.account}/{config.id}:{technique}:{interval}"
    return Claim(bucket, limit, interval, technique)
