"""The stages of a gateway in their order, composed once for its settings.

Record is outermost, so that whatever happens further in leaves a row. The prompt is checked before the cache is asked;
a hit skips policies and limits (spec ai-gateway §3.1); answers are checked before they are kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.guards.stage import RequestGuards, ResponseGuards
from groundfog.gateway.parts import Parts
from groundfog.gateway.policies.stage import PolicyStage
from groundfog.gateway.request import Request, Step
from groundfog.gateway.response import Response
from groundfog.gateway.stages.attempt import Attempt
from groundfog.gateway.stages.base import Stage
from groundfog.gateway.stages.cache import CacheStage
from groundfog.gateway.stages.rate import RateStage
from groundfog.gateway.stages.record import RecordStage
from groundfog.gateway.stages.spend import SpendStage

StepRun = Callable[[Request, Step], Awaitable[Response]]
Make = Callable[[GatewayConfig, Parts], Stage | None]

STAGES: tuple[Make, ...] = (
    RecordStage,
    RequestGuards.for_gateway,
    CacheStage,
    PolicyStage.for_gateway,
    RateStage.for_gateway,
    SpendStage.for_gateway,
    ResponseGuards.for_gateway,
)
"""Outermost first. One that a gateway does not need gives None, and costs nothing."""


def compose(config: GatewayConfig, parts: Parts) -> StepRun:
    """What runs one step through every stage of this gateway."""
    run: StepRun = Attempt(config, parts)
    for make in reversed(STAGES):
        stage = make(config, parts)
        if stage is not None:
            run = partial(stage, next=run)
    return run
