"""The outermost stage of a step: whatever becomes of it, one record says so, before the caller has the last byte."""

from __future__ import annotations

import asyncio

from groundfog.errors import GroundfogError
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.model_types import model_type
from groundfog.gateway.parts import Parts
from groundfog.gateway.record import Draft, Record
from groundfog.gateway.request import Headers, Request, Step
from groundfog.gateway.response import Response
from groundfog.gateway.stages.base import Next

CLIENT_CLOSED = 499
"""Status of a request whose caller hung up before there was an answer."""


class RecordStage:
    """Makes the step's draft, and journals it at the end of the answer."""

    def __init__(self, config: GatewayConfig, parts: Parts) -> None:
        self._collect = config.collect_logs
        self._longest = config.groundfog.max_body_log_bytes
        self._authentication = config.authentication
        self._clock = parts.clock
        self._ids = parts.ids
        self._records = parts.records

    async def __call__(self, request: Request, step: Step, next: Next) -> Response:
        draft = step.draft = self._draft(request, step)
        try:
            response = await next(request, step)
        except (GroundfogError, asyncio.CancelledError) as error:
            await self._refused(request, draft, error)
            raise
        response.observers.append(Recorder(self, request, draft, response))
        return response

    async def note(self, request: Request, step: Step, error: GroundfogError) -> None:
        """The row of a step that got no further than its name."""
        await self._refused(request, self._draft(request, step), error)

    def _draft(self, request: Request, step: Step) -> Draft:
        options = step.options
        logged = self._collect if options.collect_log is None else options.collect_log
        # The first record of a request has the request's own id (spec §2.2).
        step.log_id = request.request_id if not request.recorded else self._ids()
        request.recorded = True
        request.step = step.index
        request.log_id = step.log_id if logged else ""
        keep = logged and options.collect_log_payload
        record = Record(
            id=step.log_id,
            account=request.account,
            gateway=request.gateway,
            created_at=self._clock.time(),
            provider=step.provider,
            model=step.model or "",
            model_type=model_type(step.provider, step.endpoint, step.model),
            path=step.endpoint,
            step=step.index,
            metadata=request.options.metadata,
            request_type=request.surface,
            request_content_type=_content_type(step.headers),
            request_size=len(step.body),
            event_id=request.event_id,
            request_id=request.request_id,
            user_agent=request.user_agent,
            authentication=self._authentication,
            compatibility_mode=step.translation is not None or request.surface == "compat",
            route=request.route,
            key_id=request.identity.key_id,
            trace_id=options.otel_trace_id,
            parent_span_id=options.otel_parent_span_id,
            request_body=step.body if keep and len(step.body) <= self._longest else None,
            logged=logged,
        )
        if request.counted:
            record.settlements = [one for counted in request.counted for one in counted.settle(1)]
            request.counted.clear()
        return Draft(record, keep_bodies=keep)

    async def _refused(self, request: Request, draft: Draft, error: BaseException) -> None:
        """No answer of a provider: an error of ours, or a caller who did not wait."""
        record = draft.record
        record.success = False
        if isinstance(error, GroundfogError):
            record.status_code, record.error_code = error.status, error.code
            request.refused = error
        else:
            record.status_code = CLIENT_CLOSED
        record.duration_ms = self._milliseconds(request)
        await self._records.append(record)

    def _milliseconds(self, request: Request) -> int:
        return max(0, round((self._clock.time() - request.started) * 1000))


class Recorder:
    """Watches the answer of one step, and journals its record when it ends."""

    __slots__ = ("_chunks", "_draft", "_request", "_response", "_size", "_stage")

    def __init__(self, stage: RecordStage, request: Request, draft: Draft, response: Response) -> None:
        self._stage = stage
        self._request = request
        self._draft = draft
        self._response = response
        self._size = 0
        self._chunks: list[bytes] = []

    def feed(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._draft.keep_bodies:
            if self._size <= self._stage._longest:
                self._chunks.append(chunk)
            else:
                self._draft.keep_bodies = False
                self._chunks.clear()

    async def finish(self, error: BaseException | None) -> None:
        draft, response = self._draft, self._response
        record = draft.record
        record.status_code = response.status
        record.success = response.status < 400 and error is None
        if error is not None and isinstance(error, GroundfogError):
            record.error_code = error.code
        record.response_size = self._size
        record.response_content_type = _content_type(response.headers)
        record.duration_ms = self._stage._milliseconds(self._request)
        if draft.keep_bodies:
            record.response_body = b"".join(self._chunks)
        await self._stage._records.append(record)


def _content_type(headers: Headers) -> str:
    for name, value in headers:
        if name == b"content-type":
            return value.decode("latin-1")
    return ""
