"""The guards as stages: one looks at what goes to a provider, the other at what comes back."""

from __future__ import annotations

from functools import partial

from groundfog import errors
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.guards import whole, windows
from groundfog.gateway.guards.dlp import Dlp
from groundfog.gateway.guards.guardrails import Evaluation, Guardrails, Phase, Scanners, unreadable
from groundfog.gateway.guards.journal import Journal
from groundfog.gateway.guards.streams import Afterwards, Windowed
from groundfog.gateway.guards.text import Piece, of_request, of_response
from groundfog.gateway.packed import Unreadable
from groundfog.gateway.parts import Parts
from groundfog.gateway.request import Request, Step
from groundfog.gateway.response import Response
from groundfog.gateway.stages.base import Next, Stage
from groundfog.gateway.waiting import in_task

API_HOST = frozenset({"rest"})
"""Surfaces whose blocks are 422 / 2017 (spec §3.17)."""
STREAMS_ON = frozenset({"rest", "binding"})
"""Surfaces whose streams are checked afterwards, and only logged."""


class RequestGuards:
    """Refuses a request for what it says, or puts down that it said so."""

    def __init__(self, dlp: Dlp | None, rails: Guardrails | None, journal: Journal) -> None:
        self._dlp = dlp
        self._rails = rails
        self._journal = journal

    @classmethod
    def for_gateway(cls, config: GatewayConfig, parts: Parts) -> Stage | None:
        """None where nothing is to be checked. Raises GATEWAY_INVALID for settings that cannot be meant."""
        dlp = Dlp.of(config.dlp, config.groundfog.dlp_profiles, "REQUEST")
        rails = _rails(config, parts, "prompt")
        if dlp is None and rails is None:
            return None
        return cls(dlp, rails, Journal(parts.records, parts.ids, parts.clock))

    async def __call__(self, request: Request, step: Step, next: Next) -> Response:
        await in_task()
        if self._dlp is not None:
            await self._prevent(self._dlp, request, step)
        if self._rails is not None:
            await self._guard(self._rails, request, step)
        return await next(request, step)

    async def _prevent(self, dlp: Dlp, request: Request, step: Step) -> None:
        try:
            pieces = of_request(step, everything=True)
        except Unreadable as error:
            if dlp.blocks:
                raise errors.DLP_REQUEST_BLOCKED() from error
            return
        if step.query:
            pieces.append(Piece("user", step.query))
        findings = await dlp.find(pieces)
        if findings is not None:
            self._journal.found(request, step, findings)
            if findings.action == "BLOCK":
                raise errors.DLP_REQUEST_BLOCKED()

    async def _guard(self, rails: Guardrails, request: Request, step: Step) -> None:
        pieces: list[Piece] = []
        try:
            pieces = of_request(step)
            if not pieces:
                return
            evaluation = await rails.evaluate(request.account, pieces)
        except Unreadable as error:
            evaluation = unreadable("prompt", str(error))
        await self._journal.evaluated(request, step, evaluation, pieces)
        _refuse(request, rails, evaluation)


class ResponseGuards:
    """Holds an answer until it was checked. On the gateway's own surfaces a guarded stream becomes a whole answer."""

    def __init__(self, dlp: Dlp | None, rails: Guardrails | None, journal: Journal, window: int) -> None:
        self._dlp = dlp
        self._rails = rails
        self._journal = journal
        self._window = window

    @classmethod
    def for_gateway(cls, config: GatewayConfig, parts: Parts) -> Stage | None:
        """None where nothing is to be checked."""
        dlp = Dlp.of(config.dlp, config.groundfog.dlp_profiles, "RESPONSE")
        rails = _rails(config, parts, "response")
        if dlp is None and rails is None:
            return None
        return cls(dlp, rails, Journal(parts.records, parts.ids, parts.clock), config.groundfog.guard_window)

    async def __call__(self, request: Request, step: Step, next: Next) -> Response:
        afterwards = request.surface in STREAMS_ON
        if self._rails is not None and step.stream and not afterwards and not (self._window and whole.is_sse(step)):
            whole.ask_whole(step)
        step.headers[:] = [(b"accept-encoding", b"identity"), *(p for p in step.headers if p[0] != b"accept-encoding")]
        response = await next(request, step)
        if response.status >= 400 or not whole.is_text(response):
            return response
        streamed = whole.is_event_stream(response)
        if self._dlp is None and streamed and (afterwards or self._window):
            self._watch(request, step, response, afterwards=afterwards)
            return response
        body = await whole.collect(response)
        try:
            await self._check(request, step, response, body, judge_only=streamed and afterwards)
        except BaseException as refusal:
            # The provider has answered and is to be paid: its observers are told before the answer goes.
            if body is None:
                await response.aclose(refusal)
            else:
                await response.whole()
            raise
        return response

    def _watch(self, request: Request, step: Step, response: Response, *, afterwards: bool) -> None:
        """Let a stream pass, checked at its end or window by window."""
        rails = self._rails
        assert rails is not None
        assert response.chunks is not None
        if afterwards:

            async def judge(body: bytes | None) -> None:
                await self._judge(request, step, response, body, judge_only=True)

            response.observers.append(Afterwards(judge))
            return
        windowed = Windowed(rails, self._journal, request, step, partial(_refuse, request, rails))
        response.chunks = windows.checked(response.chunks, self._window, windowed.judge)
        response.observers.append(windowed)

    async def _check(
        self, request: Request, step: Step, response: Response, body: bytes | None, *, judge_only: bool
    ) -> None:
        """Raises why the answer may not go out. `judge_only`: guardrails log, and let it go."""
        if self._dlp is not None:
            try:
                if body is None:
                    raise Unreadable("the answer is too long to be checked")
                findings = await self._dlp.find(of_response(body, response.headers, everything=True))
            except Unreadable:
                if self._dlp.blocks:
                    raise errors.DLP_RESPONSE_BLOCKED() from None
                findings = None
            if findings is not None:
                self._journal.found(request, step, findings)
                if findings.action == "BLOCK":
                    raise errors.DLP_RESPONSE_BLOCKED()
        await self._judge(request, step, response, body, judge_only=judge_only)

    async def _judge(
        self, request: Request, step: Step, response: Response, body: bytes | None, *, judge_only: bool
    ) -> None:
        """Guardrails of an answer. Raises the refusal, unless `judge_only`."""
        rails = self._rails
        if rails is None:
            return
        pieces: list[Piece] = []
        try:
            if body is None:
                raise Unreadable("the answer is too long to be checked")
            pieces = of_response(body, response.headers)
            if not pieces:
                return
            evaluation = await rails.evaluate(request.account, pieces)
        except Unreadable as error:
            evaluation = unreadable("response", str(error))
        await self._journal.evaluated(request, step, evaluation, pieces)
        if not judge_only:
            _refuse(request, rails, evaluation)


def _rails(config: GatewayConfig, parts: Parts, phase: Phase) -> Guardrails | None:
    if not config.guardrails:
        return None
    return Guardrails.of(config.guardrails, phase, Scanners(parts.ask_model, parts.has_weights))


def _refuse(request: Request, rails: Guardrails, evaluation: Evaluation) -> None:
    """Raises what follows from an evaluation, on the surface that asked."""
    if evaluation.outcome == "UNAVAILABLE":
        if rails.blocks:
            raise errors.SCANNER_DOWN(what=evaluation.reason)
        return
    if evaluation.outcome != "BLOCK":
        return
    prompt, api = evaluation.phase == "prompt", request.surface in API_HOST
    if prompt:
        raise errors.PROMPT_BLOCKED_RUN() if api else errors.PROMPT_BLOCKED()
    raise errors.RESPONSE_BLOCKED_RUN() if api else errors.RESPONSE_BLOCKED()
