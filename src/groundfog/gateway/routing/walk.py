"""Walking through a dynamic route: from the start, element by element, to an answer (spec ai-gateway §3.15)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from groundfog import errors
from groundfog.errors import GroundfogError, Kind
from groundfog.gateway.request import Request, Step
from groundfog.gateway.response import Response
from groundfog.gateway.routing.elements import Conditional, Element, End, Model, Percentage, Rate, Start
from groundfog.gateway.routing.facts import Facts
from groundfog.gateway.routing.made import for_model
from groundfog.gateway.routing.route import Route
from groundfog.gateway.routing.shares import caller, share_of
from groundfog.metering.claims import Claim
from groundfog.metering.ledger import Ledger, LimitReached

RunStep = Callable[[Request, Step], Awaitable[Response]]
MAX_MODELS = 20
"""Models that one request may ask, since a route may come back to a model that failed."""
FINAL: frozenset[Kind] = frozenset(
    {
        errors.RATE_LIMITED,
        errors.PROMPT_BLOCKED,
        errors.PROMPT_BLOCKED_RUN,
        errors.RESPONSE_BLOCKED,
        errors.RESPONSE_BLOCKED_RUN,
        errors.DLP_REQUEST_BLOCKED,
        errors.DLP_RESPONSE_BLOCKED,
        errors.POLICY_DENIED,
        errors.SCANNER_DOWN,
        errors.SPILL_FULL,
    }
)
"""Refusals that are about the request: no other model may undo them."""
_LIMITS = frozenset({errors.RATE_LIMITED, errors.SPEND_LIMITED, errors.POLICY_LIMITED})


async def discard(response: Response) -> None:
    """An answer that nobody gets is recorded all the same."""
    if response.chunks is None:
        await response.whole()
    else:
        await response.aclose()


class Walk:
    """One request's way through a route. `step` is what the caller sent, with the model `dynamic/{name}`."""

    def __init__(self, route: Route, request: Request, step: Step, run_step: RunStep, ledger: Ledger) -> None:
        self._route = route
        self._request = request
        self._step = step
        self._run_step = run_step
        self._ledger = ledger
        self._facts = Facts(request, step)
        self._asked = 0
        self._budgets: dict[str, tuple[Claim, Rate]] = {}
        self._answer: Response | None = None
        self._failure: GroundfogError | None = None
        self._status = 0

    async def run(self) -> Response:
        """The last answer that succeeded. Raises PROVIDER_FAILED when there is none, or the limit that ended it, and
        CHAT_BAD_FORMAT for a body that is no JSON object.
        """
        if self._step.data() is None:
            raise errors.CHAT_BAD_FORMAT(what="the body is no JSON object")
        elements = self._route.elements
        at: str | None = self._route.start
        try:
            while at is not None:
                at = await self._pass(elements[at])
        except BaseException:
            if self._answer is not None:
                await discard(self._answer)
            raise
        if self._answer is not None:
            return self._answer
        raise self._no_answer()

    async def _pass(self, element: Element) -> str | None:
        """Go through one element; gives the next one, None at the end."""
        match element:
            case Start():
                return element.next
            case Conditional():
                return element.yes if element.test(self._facts) else element.no
            case Percentage():
                return share_of(self._route.id, element, caller(self._request, self._facts, element.key))
            case Rate():
                return await self._limit(element)
            case Model():
                return await self._ask(element)
            case End():
                return None

    async def _limit(self, element: Rate) -> str | None:
        claim = self._claim(element)
        if element.cost:
            # What the answer may cost is known at the model: it reserves from this budget, or comes back to here.
            self._budgets[claim.bucket] = (claim, element)
            return element.success
        try:
            reservation = await self._ledger.reserve((claim,), 1)
        except LimitReached as reached:
            if element.fallback is None:
                self._failure = errors.RATE_LIMITED(retry_after=reached.retry_after)
            return element.fallback
        self._request.counted.append(reservation)
        return element.success

    def _claim(self, element: Rate) -> Claim:
        request, route = self._request, self._route
        value = self._facts.text(element.key) if element.key is not None else None
        kind = "cost" if element.cost else "count"
        form = f"{element.window}:{element.technique}"
        bucket = f"route:{request.account}/{request.gateway}/{route.id}/{element.id}:{kind}:{form}:{value or ''}"
        return Claim(bucket, element.limit, element.window, element.technique)

    async def _ask(self, element: Model) -> str | None:
        if self._asked >= MAX_MODELS:
            self._failure = errors.PROVIDER_FAILED(what=f"the route asked {MAX_MODELS} models without an end")
            return None
        self._asked += 1
        try:
            step = self._made(element)
            response = await self._run_step(self._request, step)
        except GroundfogError as error:
            if error.kind in FINAL:
                raise
            self._failure = error
            spent = self._spent_budget(error)
            return element.fallback if spent is None else spent.fallback
        if response.status >= 400:
            self._status = response.status
            await discard(response)
            return element.fallback
        if self._answer is not None:
            await discard(self._answer)
        response.headers.append((b"cf-aig-model", element.model.encode("utf-8", "replace")))
        response.headers.append((b"cf-aig-provider", step.provider.encode("utf-8", "replace")))
        self._answer = response
        return element.success

    def _made(self, element: Model) -> Step:
        step = for_model(self._step, element.provider, element.model, self._asked - 1)
        step.wait_forever = element.fallback is None
        step.claims = (*step.claims, *(claim for claim, _ in self._budgets.values()))
        step.options = msgspec.structs.replace(
            step.options,
            request_timeout_ms=element.timeout_ms or step.options.request_timeout_ms,
            max_attempts=element.attempts or step.options.max_attempts,
        )
        return step

    def _spent_budget(self, error: GroundfogError) -> Rate | None:
        """The element whose budget was too small for the model's worst case; it limits nothing further on."""
        reached = error.__cause__
        if error.kind is errors.SPEND_LIMITED and isinstance(reached, LimitReached):
            found = self._budgets.pop(reached.claim.bucket, None)
            if found is not None:
                return found[1]
        return None

    def _no_answer(self) -> GroundfogError:
        name = self._route.name
        failure = self._failure
        if failure is not None and failure.kind in _LIMITS:
            return failure
        if failure is not None:
            return errors.PROVIDER_FAILED(what=f"no model of the route {name} answered; the last: {failure}")
        if self._status:
            return errors.PROVIDER_FAILED(
                what=f"no model of the route {name} answered; the last with status {self._status}"
            )
        return errors.PROVIDER_FAILED(what=f"the route {name} came to its end without a model")
