"""The auto router, model `cloudflare/auto`: an ordered pool, a look at the request, and fallbacks (spec §3.16).

The pool stands from the cheapest model to the strongest: the gateway's `groundfog.auto_router`, or a default. The
difficulty of a request picks the place in it; when a model fails, the stronger ones follow, then the weaker ones.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from typing import Literal, Protocol

from groundfog import errors
from groundfog.clock import Clock
from groundfog.errors import GroundfogError
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.request import Headers, Request, Step
from groundfog.gateway.response import Response
from groundfog.gateway.routing.difficulty import Look, look_at
from groundfog.gateway.routing.made import for_model
from groundfog.gateway.routing.pool import Candidate, HasKey, HasWeights, allowed, candidate, default_pool
from groundfog.gateway.routing.walk import FINAL, RunStep, discard

MAX_PINS = 10_000
PIN_S = 3600.0
MAX_TRIES = 5
Reason = Literal[
    "cost_optimal_within_pool",
    "forced_by_candidate_pool",
    "pinned_by_turn",
    "fallback_candidate_unavailable",
    "fallback_key_not_in_candidates",
    "fallback_unsupported_input",
]
_Pin = tuple[str, str, str, str]
"""Account, gateway, session, turn."""


class FindsConfig(Protocol):
    def get(self, account: str, gateway_id: str) -> GatewayConfig | None: ...


class AutoRouter:
    """Remembers which model a session's turn was given, for an hour at most and for 10,000 turns."""

    def __init__(self, clock: Clock, configs: FindsConfig, has_key: HasKey, has_weights: HasWeights) -> None:
        self._clock = clock
        self._configs = configs
        self._has_key = has_key
        self._has_weights = has_weights
        self._pins: OrderedDict[_Pin, tuple[Candidate, float]] = OrderedDict()

    async def run(self, request: Request, step: Step, run_step: RunStep) -> Response:
        """Answer with the first model that can. Raises GATEWAY_INVALID (nothing allowed), CHAT_BAD_FORMAT, and what
        the last model failed with.
        """
        data = step.data()
        if data is None:
            raise errors.CHAT_BAD_FORMAT(what="the body is no JSON object")
        pool = self._pool(request, step)
        look = look_at(data)
        pin = self._pin(request, step, look)
        ranking, reason = self._ranking(pool, look, pin)
        tried = ranking[:MAX_TRIES]
        for index, each in enumerate(tried):
            last = index + 1 == len(tried)
            try:
                made = for_model(step, each.provider, each.model, index)
                made.wait_forever = last
                response = await run_step(request, made)
            except GroundfogError as error:
                if last or error.kind in FINAL:
                    raise
                failure = error.kind
            else:
                failure = errors.PROVIDER_FAILED
                if response.status < 400 or last:
                    if response.status < 400 and pin is not None:
                        self._remember(pin, each)
                    response.headers.extend(_headers(each, reason))
                    return response
                await discard(response)
            unsupported = failure is errors.CHAT_BAD_FORMAT
            reason = "fallback_unsupported_input" if unsupported else "fallback_candidate_unavailable"
        raise AssertionError("the pool is never empty")

    def _pool(self, request: Request, step: Step) -> list[Candidate]:
        config = self._configs.get(request.account, request.gateway)
        own = config.groundfog.auto_router if config is not None else ()
        if own:
            return allowed([candidate(name) for name in own], step.options, replaceable=False)
        pool = default_pool(request.account, request.gateway, self._has_key, self._has_weights)
        return allowed(pool, step.options, replaceable=True)

    def _ranking(self, pool: list[Candidate], look: Look, pin: _Pin | None) -> tuple[list[Candidate], Reason]:
        """The pool in the order in which it is tried, and why the first stands there."""
        able = [
            each for each in pool if (not look.images or each.sees()) and (not look.tools or each.calls_tools())
        ] or pool
        place = min(len(able) - 1, int(look.difficulty * len(able)))
        ranking = able[place:] + able[:place][::-1]
        pinned = self._pinned(pin) if pin is not None else None
        if pinned is not None and pinned in able:
            return [pinned, *(each for each in ranking if each != pinned)], "pinned_by_turn"
        if pinned is not None:
            return ranking, "fallback_key_not_in_candidates"
        if len(pool) == 1:
            return ranking, "forced_by_candidate_pool"
        if pool[min(len(pool) - 1, int(look.difficulty * len(pool)))] not in able:
            return ranking, "fallback_unsupported_input"
        return ranking, "cost_optimal_within_pool"

    def _pin(self, request: Request, step: Step, look: Look) -> _Pin | None:
        options = step.options
        if options.session_id is None or options.no_session_affinity:
            return None
        return (request.account, request.gateway, options.session_id[:256], (options.turn_id or look.turn)[:256])

    def _pinned(self, pin: _Pin) -> Candidate | None:
        found = self._pins.get(pin)
        if found is None:
            return None
        if found[1] < self._clock.monotonic():
            del self._pins[pin]
            return None
        return found[0]

    def _remember(self, pin: _Pin, chosen: Candidate) -> None:
        self._pins[pin] = (chosen, self._clock.monotonic() + PIN_S)
        self._pins.move_to_end(pin)
        while len(self._pins) > MAX_PINS:
            self._pins.popitem(last=False)


def _headers(chosen: Candidate, reason: Reason) -> Headers:
    return [
        (b"cf-aig-routed-model", chosen.name.encode("utf-8", "replace")),
        (b"cf-aig-routing-reason", reason.encode()),
        (b"cf-aig-routing-decision-id", str(uuid.uuid4()).encode()),
    ]
