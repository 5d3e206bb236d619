"""The policies of a gateway as a stage: who may use what, and for how much (spec ai-gateway §3.7)."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.parts import Parts
from groundfog.gateway.policies.decision import Bucket, Decision, decide, facts_of
from groundfog.gateway.policies.policy import Policy
from groundfog.gateway.request import Request, Step
from groundfog.gateway.response import Response
from groundfog.gateway.stages.base import Next, Stage
from groundfog.metering.ledger import LimitReached
from groundfog.metering.money import dollars_float

log = logging.getLogger("groundfog.gateway")


class PolicyStage:
    """Refuses, or puts the limits on the step that the spend stage reserves."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self._policies = tuple(policies)

    @classmethod
    def for_gateway(cls, config: GatewayConfig, parts: Parts) -> Stage | None:
        """None for a gateway without policies: it allows all."""
        policies = parts.policies.in_force(config.account, config.id)
        return cls(policies) if policies else None

    async def __call__(self, request: Request, step: Step, next: Next) -> Response:
        decision = self._decide(request, step)
        if not decision.allowed:
            raise errors.POLICY_DENIED()
        if not decision.buckets:
            return await next(request, step)
        buckets: dict[str, Bucket] = {}
        for bucket in decision.buckets:
            claim = bucket.claim(request.account, request.gateway)
            buckets[claim.bucket] = bucket
            step.claims = (*step.claims, claim)
        try:
            return await next(request, step)
        except GroundfogError as error:
            reached = error.__cause__
            if error.kind is errors.SPEND_LIMITED and isinstance(reached, LimitReached):
                spent = buckets.get(reached.claim.bucket)
                if spent is not None:
                    raise _limited(spent, reached) from reached
            raise

    def _decide(self, request: Request, step: Step) -> Decision:
        try:
            return decide(self._policies, facts_of(request), step.provider, step.model)
        except Exception:
            # Spec §3.7: if evaluation itself fails, allow.
            log.exception("the policies of the gateway %s could not be evaluated; the request passes", request.gateway)
            return Decision(True)


def _limited(bucket: Bucket, reached: LimitReached) -> GroundfogError:
    error = errors.POLICY_LIMITED(retry_after=reached.retry_after)
    error.detail = {
        "bucket": bucket.actor,
        "spent": dollars_float(reached.spent),
        "limit": dollars_float(bucket.amount),
    }
    return error
