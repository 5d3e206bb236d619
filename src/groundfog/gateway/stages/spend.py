"""Spending limits: the worst case is reserved before the provider is asked, the cost is settled with the record.

Covers a gateway's own rules (spec ai-gateway §3.6) and the budgets that routes and policies put on a step. Where no
price is known only a budget that is used up refuses; what an answer turns out to cost is charged all the same.
"""

from __future__ import annotations

import asyncio

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.parts import Parts
from groundfog.gateway.record import Draft
from groundfog.gateway.request import Request, Step
from groundfog.gateway.response import Response
from groundfog.gateway.stages.base import Next
from groundfog.gateway.stages.spend_rules import REMEMBERED, Rule, rules_of
from groundfog.metering.bounds import Bound, bound
from groundfog.metering.ledger import Ledger, LimitReached, Reservation
from groundfog.metering.money import dollars


class SpendStage:
    """Always composed: a step may bring budgets of its own. Does nothing where there is no limit."""

    def __init__(self, rules: tuple[Rule, ...], ledger: Ledger) -> None:
        self._rules = rules
        self._ledger = ledger
        self._called: dict[tuple[str, str | None], str] = {}
        """What answers called a model whose name has no price: a deployment, an alias."""

    @classmethod
    def for_gateway(cls, config: GatewayConfig, parts: Parts) -> SpendStage | None:
        return cls(rules_of(config), parts.ledger)

    async def __call__(self, request: Request, step: Step, next: Next) -> Response:
        rules, claims = self._rules, step.claims
        if not rules and not claims:
            return await next(request, step)
        found = list(dict.fromkeys(claims)) if claims else []
        for rule in rules:
            claim = rule.claim(step, request.options.metadata)
            if claim is not None:
                found.append(claim)
        if not found:
            return await next(request, step)
        limit = self._bound(step)
        # What is free, or has no price that is known, still asks whether the budget is used up.
        worst = 1 if limit is None else limit.worst or 1
        reservation = self._ledger.try_reserve(found, worst)
        if reservation is None:
            try:
                reservation = await self._ledger.reserve(found, worst)
            except LimitReached as reached:
                raise refusal(reached) from reached
        draft = step.draft
        assert draft is not None, "the record stage is further out"
        try:
            response = await next(request, step)
        except BaseException as error:
            spent = draft.record.cost or 0
            # The caller hung up, or the time was up, before an answer: what was sent has been read. Otherwise nothing
            # was spent, unless a guard took a paid answer back.
            if limit is not None and (isinstance(error, asyncio.CancelledError) or _timed_out(error)):
                spent = max(limit.input, spent)
            draft.record.settlements += reservation.settle(spent)
            raise
        if limit is None:
            response.observers.append(LateCharge(self, step, draft, reservation))
        else:
            response.observers.append(Charge(response, draft, reservation, limit))
        return response

    def _bound(self, step: Step) -> Bound | None:
        data, size, custom = step.data(), step.size, step.options.custom_cost
        if size is None:
            return None
        found = bound(step.provider, step.model, data, size, step.endpoint, custom)
        if found is None and (called := self._called.get((step.provider, step.model))) is not None:
            found = bound(step.provider, called, data, size, step.endpoint, custom)
        return found

    def learned(self, step: Step, called: str | None) -> None:
        """The next request for this model is priced as what the answer called it."""
        if called is not None and called != step.model and len(self._called) < REMEMBERED:
            self._called[step.provider, step.model] = called


class LateCharge:
    """Charges an answer whose price was not known before it came."""

    __slots__ = ("_draft", "_reservation", "_stage", "_step")

    def __init__(self, stage: SpendStage, step: Step, draft: Draft, reservation: Reservation) -> None:
        self._stage = stage
        self._step = step
        self._draft = draft
        self._reservation = reservation

    def feed(self, chunk: bytes) -> None:
        pass

    async def finish(self, error: BaseException | None) -> None:
        record, usage = self._draft.record, self._draft.usage
        record.settlements += self._reservation.settle(record.cost or 0)
        if record.cost:
            self._stage.learned(self._step, usage.model if usage is not None else None)


class Charge:
    """Settles a reservation when the answer ends, with the cost that the attempt found out before."""

    __slots__ = ("_draft", "_limit", "_reservation", "_response", "_size")

    def __init__(self, response: Response, draft: Draft, reservation: Reservation, limit: Bound) -> None:
        self._response = response
        self._draft = draft
        self._reservation = reservation
        self._limit = limit
        self._size = 0

    def feed(self, chunk: bytes) -> None:
        self._size += len(chunk)

    async def finish(self, error: BaseException | None) -> None:
        record = self._draft.record
        record.settlements += self._reservation.settle(self._cost(record.cost, error))

    def _cost(self, known: int | None, error: BaseException | None) -> int:
        """What is charged. Of an answer that broke off, or that did not say what it used: the most that what came of
        it can have cost.
        """
        if self._response.status >= 400:
            return known or 0
        # A guard may have held back what the provider is to be paid for.
        size = max(self._size, self._draft.received)
        if error is not None:
            return max(known or 0, self._limit.passed(size))
        return self._limit.passed(size) if known is None else known


def _timed_out(error: BaseException) -> bool:
    return isinstance(error, GroundfogError) and error.kind is errors.PROVIDER_TIMEOUT


def refusal(reached: LimitReached) -> GroundfogError:
    """The error for a caller whose request does not fit into a budget."""
    return errors.SPEND_LIMITED(what=_text(reached), retry_after=reached.retry_after)


def _text(reached: LimitReached) -> str:
    """What of which limit is gone, for the caller."""
    claim = reached.claim
    if reached.retry_after is None:
        return f"this request may cost more than the whole limit of {_usd(claim.limit)}"
    return f"{_usd(reached.spent)} of {_usd(claim.limit)} are spent or reserved"


def _usd(pico: int) -> str:
    return f"${dollars(pico).normalize():f}"
