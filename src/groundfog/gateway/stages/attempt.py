"""The innermost stage: credentials, the provider, retries. What comes back is read for its usage, and translated."""

from __future__ import annotations

import asyncio
import email.utils
import random
import time
from collections.abc import AsyncIterator

import msgspec

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.gateway.config import Backoff, GatewayConfig
from groundfog.gateway.parts import Parts
from groundfog.gateway.record import Draft
from groundfog.gateway.request import Headers, Request, Step
from groundfog.gateway.response import Response
from groundfog.gateway.translate.usage import UsageReader, reader
from groundfog.gateway.upstream.base import UpstreamRequest, UpstreamResponse
from groundfog.metering import cost

RETRIED = frozenset({408, 409, 429})
"""Statuses below 500 that a second attempt may mend (spec §3.8)."""
OURS = (b"cf-aig-", b"groundfog-")
DEFAULT_DELAY_MS = 1000
LONGEST_DELAY_S = 60.0
JITTER = 0.1
"""Share of a delay that is random, so that callers who failed together do not come back together."""


class Attempt:
    """Asks the provider, as often as the options say; gives the last answer, or raises why there is none.

    A stream whose first byte has come is never asked for again.
    """

    def __init__(self, config: GatewayConfig, parts: Parts) -> None:
        self._config = config
        self._parts = parts

    async def __call__(self, request: Request, step: Step) -> Response:
        options, config = step.options, self._config
        attempts = options.max_attempts or config.retry_max_attempts or 1
        number = 0
        while True:
            number += 1
            last = number >= attempts
            try:
                upstream = await self._send(request, step, limited=not last or attempts == 1 or not step.wait_forever)
            except GroundfogError as error:
                if last or error.kind not in (errors.PROVIDER_FAILED, errors.PROVIDER_TIMEOUT):
                    raise
                wait = await self._failed(request, step, number, error=error)
            else:
                if last or not (upstream.status >= 500 or upstream.status in RETRIED):
                    return self._answer(request, step, upstream)
                wait = await self._failed(request, step, number, upstream=upstream)
            if not await self._rest(request, step, wait):
                last_error = errors.PROVIDER_TIMEOUT(ms=round(self._parts.settings.gateway_total_timeout_s * 1000))
                raise last_error

    async def _send(self, request: Request, step: Step, *, limited: bool) -> UpstreamResponse:
        """One attempt. Raises PROVIDER_TIMEOUT, PROVIDER_FAILED, and what is wrong with provider or credentials."""
        parts, options = self._parts, step.options
        sent = await self._addressed(request, step)
        first_byte_s = options.request_timeout_ms / 1000 if limited and options.request_timeout_ms else None
        assert step.deadline is not None
        left = step.deadline - parts.clock.monotonic()
        if first_byte_s is None or first_byte_s > left:
            first_byte_s = max(left, 0.001)
        sent.first_byte_s = first_byte_s
        upstream = parts.local if sent.url.startswith("local:") else parts.http
        if upstream is None:
            raise errors.INVALID_PROVIDER(provider=step.provider)
        started = time.perf_counter()
        try:
            return await upstream.send(sent)
        except TimeoutError:
            raise errors.PROVIDER_TIMEOUT(ms=round(first_byte_s * 1000)) from None
        except OSError as error:
            raise errors.PROVIDER_FAILED(what=str(error) or type(error).__name__) from error
        finally:
            request.waited_s += time.perf_counter() - started

    async def _addressed(self, request: Request, step: Step) -> UpstreamRequest:
        """Where the step goes, with which headers."""
        parts, config = self._parts, self._config
        target = parts.providers.resolve(config, parts.custom_providers.find(request.account, step.provider), step)
        sent = UpstreamRequest(
            request.account,
            step.method,
            target.url,
            target.headers,
            step.body,
            stream=step.stream,
            public_only=target.public_only,
        )
        known = request.identity.authenticated
        await parts.credentials.apply(config, target, step, sent, step.draft, known=known)
        request.unified = step.draft is not None and step.draft.record.wholesale
        return sent

    async def _failed(
        self,
        request: Request,
        step: Step,
        number: int,
        *,
        upstream: UpstreamResponse | None = None,
        error: GroundfogError | None = None,
    ) -> float:
        """Record an attempt that will be repeated (each is a row, spec §3.8); seconds to wait before the next."""
        wait = self._delay(step, number)
        draft = step.draft
        assert draft is not None
        if upstream is not None:
            wait = max(wait, _retry_after(upstream.headers, self._parts.clock.time()))
            close = getattr(upstream.chunks, "aclose", None)
            if close is not None:
                await close()
        record = msgspec.structs.replace(draft.record, success=False)
        record.status_code = error.status if error is not None else upstream.status if upstream is not None else 0
        record.error_code = error.code if error is not None else None
        record.duration_ms = round((self._parts.clock.time() - request.started) * 1000)
        await self._parts.records.append(record)
        draft.record.id = step.log_id = self._parts.ids()
        draft.record.settlements = []
        if draft.record.logged:
            request.log_id = step.log_id
        return wait

    def _delay(self, step: Step, number: int) -> float:
        """Seconds before the attempt after `number` (spec §3.8), with jitter."""
        options, config = step.options, self._config
        delay_ms = options.retry_delay_ms if options.retry_delay_ms is not None else config.retry_delay
        backoff: Backoff = options.backoff or config.retry_backoff or "exponential"
        base = (DEFAULT_DELAY_MS if delay_ms is None else delay_ms) / 1000
        factor = {"constant": 1, "linear": number, "exponential": 1 << (number - 1)}[backoff]
        return min(LONGEST_DELAY_S, base * factor) * (1 + JITTER * random.random())

    async def _rest(self, request: Request, step: Step, seconds: float) -> bool:
        """Wait before the next attempt; False when the total deadline comes first."""
        assert step.deadline is not None
        if self._parts.clock.monotonic() + seconds >= step.deadline:
            return False
        started = time.perf_counter()
        await asyncio.sleep(seconds)
        request.waited_s += time.perf_counter() - started
        return True

    def _answer(self, request: Request, step: Step, upstream: UpstreamResponse) -> Response:
        draft = step.draft
        assert draft is not None
        record = draft.record
        record.first_byte_ms = max(0, round((self._parts.clock.time() - request.started) * 1000))
        record.source, record.engine = upstream.source, upstream.engine
        translation = step.translation
        headers, content_type, streamed = _kept(upstream, changed=translation is not None)
        provider = self._parts.providers.find(step.provider)
        counted = provider.usage if provider is not None else "openai"
        usage = reader(counted, content_type, upstream.status, upstream.headers)
        meter = Meter(step, draft, usage, upstream)
        if upstream.body is not None and not streamed and step.method != "HEAD":
            body = upstream.body
            usage.feed(body)
            meter.settle()
            if translation is not None:
                body = translation.whole(upstream.status, body)
                headers.append((b"content-type", translation.content_type))
            return Response(upstream.status, headers, body=body)
        chunks = upstream.chunks or _once(upstream.body or b"")
        if translation is not None and not streamed:
            return Response(
                upstream.status,
                [*headers, (b"content-type", translation.content_type)],
                chunks=_translated_whole(chunks, usage, step, upstream.status),
                observers=[meter],
            )
        if translation is not None:
            headers.append((b"content-type", b"text/event-stream"))
        return Response(upstream.status, headers, chunks=_read(chunks, usage, step, draft), observers=[meter])


class Meter:
    """What an answer used and cost, written into the draft when the answer ends."""

    __slots__ = ("_draft", "_reader", "_step", "_upstream")

    def __init__(self, step: Step, draft: Draft, usage: UsageReader, upstream: UpstreamResponse) -> None:
        self._step = step
        self._draft = draft
        self._reader = usage
        self._upstream = upstream

    def feed(self, chunk: bytes) -> None:
        """The provider's own bytes were read before they were translated."""

    async def finish(self, error: BaseException | None) -> None:
        self.settle()

    def settle(self) -> None:
        step, draft = self._step, self._draft
        counted = self._upstream.usage() if self._upstream.usage is not None else None
        usage = draft.usage = counted or self._reader.result()
        record = draft.record
        record.tokens_in, record.tokens_out = usage.tokens_in, usage.tokens_out
        if usage.cache_read or usage.cache_write:
            record.tokens_cached = usage.cache_read
            record.tokens_in = (usage.tokens_in or 0) + usage.cache_read + usage.cache_write
        if not record.model and usage.model:
            record.model = usage.model
        # A caller's own total is not charged for a failure.
        custom = step.options.custom_cost if self._upstream.status < 400 else None
        priced = cost.price(step.provider, step.model or usage.model, usage, custom)
        record.cost, record.neurons, record.custom_cost = priced.cost, priced.neurons, priced.custom


async def _read(chunks: AsyncIterator[bytes], usage: UsageReader, step: Step, draft: Draft) -> AsyncIterator[bytes]:
    translation = step.translation
    try:
        async for chunk in chunks:
            draft.received += len(chunk)
            usage.feed(chunk)
            if translation is not None:
                chunk = translation.feed(chunk)
            if chunk:
                yield chunk
        if translation is not None:
            rest = translation.finish()
            if rest:
                yield rest
    finally:
        close = getattr(chunks, "aclose", None)
        if close is not None:
            await close()


async def _translated_whole(
    chunks: AsyncIterator[bytes], usage: UsageReader, step: Step, status: int
) -> AsyncIterator[bytes]:
    """An answer that is no stream but came in pieces."""
    assert step.translation is not None
    assert step.draft is not None
    held: list[bytes] = []
    async for chunk in chunks:
        step.draft.received += len(chunk)
        held.append(chunk)
    body = b"".join(held)
    usage.feed(body)
    yield step.translation.whole(status, body)


async def _once(body: bytes) -> AsyncIterator[bytes]:
    if body:
        yield body


def _kept(upstream: UpstreamResponse, *, changed: bool) -> tuple[Headers, str, bool]:
    """The headers that go on, the content type, and whether it is an event stream."""
    kept: Headers = []
    content_type = b""
    for pair in upstream.headers:
        name = pair[0]
        if name == b"content-type":
            content_type = pair[1]
            if changed:
                continue
        elif name == b"content-length" and (changed or upstream.body):
            continue
        elif name.startswith(OURS) and (upstream.usage is None or name.startswith(b"cf-aig-")):
            # Of another gateway behind this one: its ids are not those of this log.
            continue
        kept.append(pair)
    text = content_type.decode("latin-1")
    streamed = text.startswith(("text/event-stream", "application/vnd.amazon.eventstream"))
    return kept, text, streamed


def _retry_after(headers: Headers, now: float) -> float:
    """Seconds that the provider asks to wait: a number, or a date (RFC 9110)."""
    for name, value in headers:
        if name == b"retry-after":
            text = value.decode("latin-1").strip()
            if text.isdigit():
                return min(float(text), LONGEST_DELAY_S)
            try:
                return min(max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now), LONGEST_DELAY_S)
            except ValueError:
                return 0.0
    return 0.0
