"""The cache look-up, and keeping what came back (spec ai-gateway §3.4)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from groundfog.gateway.cache import Entry
from groundfog.gateway.cache.key import cache_key, caller
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.parts import Parts
from groundfog.gateway.request import Headers, Request, Step
from groundfog.gateway.response import Response
from groundfog.gateway.stages.base import Next
from groundfog.gateway.waiting import in_task

if TYPE_CHECKING:
    from groundfog.gateway.cache.semantic import SemanticIndex

CUSTOM_KEY_TTL_S = 300
LARGEST_REQUEST = 25 * 1024 * 1024
STATUS = b"cf-aig-cache-status"
MISS: tuple[bytes, bytes] = (STATUS, b"MISS")
HIT: tuple[bytes, bytes] = (STATUS, b"HIT")
SEMANTIC: tuple[bytes, bytes] = (STATUS, b"SEMANTIC")
OF_ONE_ANSWER = (
    b"cf-aig-",
    b"cf-ai-",
    b"cf-ray",
    b"content-length",
    b"groundfog-overhead",
    b"date",
    b"set-cookie",
    b"x-request-id",
    b"request-id",
    b"x-ratelimit",
    b"anthropic-ratelimit",
)
"""Headers that begin so belong to the answer that was kept, and not to the next caller's."""


class CacheStage:
    """Answers what was answered before. A hit is neither counted, charged nor guarded again."""

    def __init__(self, config: GatewayConfig, parts: Parts) -> None:
        self._config = config
        self._parts = parts
        self._clock = parts.clock
        self._streams = config.groundfog.cache_streams
        self._flights: dict[bytes, asyncio.Future[Entry | None]] | None = {} if config.groundfog.single_flight else None
        semantic = config.groundfog.semantic_cache
        self._semantic: SemanticIndex | None = None
        if semantic and semantic.enabled:
            # It needs NumPy, which nobody else does before the first rows are written.
            from groundfog.gateway.cache.semantic import SemanticIndex

            self._semantic = SemanticIndex(semantic, parts.ask_model)

    async def __call__(self, request: Request, step: Step, next: Next) -> Response:
        # What is asked for again and again until it changes (a prediction, a batch), or changes something, is no answer
        # to keep.
        ttl = self._ttl(step) if step.method == "POST" else 0
        if not ttl or step.options.skip_cache or len(step.body) > LARGEST_REQUEST or not self._parts.cache.enabled:
            response = await next(request, step)
            response.headers.append(MISS)
            return response
        custom = self._parts.custom_providers.find(request.account, step.provider)
        key = cache_key(self._config, request, step, "" if custom is None else custom.modified_at)
        entry = self._parts.cache.get(key)
        if entry is not None and self._may_replay(entry):
            return self._replay(step, entry, HIT)
        if self._flights is not None and (flight := self._flights.get(key)) is not None:
            shared = await asyncio.shield(flight)
            if shared is not None:
                return self._replay(step, shared, HIT)
        if self._semantic is not None:
            await in_task()
            known = b"\1" if request.identity.authenticated else b"\0"
            similar = await self._semantic.find(request.account, step, known + caller(self._config, step))
            entry = self._parts.cache.get(similar) if similar is not None else None
            if entry is not None and self._may_replay(entry):
                return self._replay(step, entry, SEMANTIC)
        return await self._fetch(request, step, next, key, ttl)

    def _ttl(self, step: Step) -> int:
        """Seconds; 0 is off. A request's own wins over the gateway's; a key alone switches it on."""
        asked = step.options.cache_ttl
        if asked is not None:
            return asked
        return self._config.cache_ttl or (CUSTOM_KEY_TTL_S if step.options.cache_key is not None else 0)

    def _may_replay(self, entry: Entry) -> bool:
        return self._streams or not entry.pieces

    async def _fetch(self, request: Request, step: Step, next: Next, key: bytes, ttl: int) -> Response:
        flight: asyncio.Future[Entry | None] | None = None
        if self._flights is not None and key not in self._flights:
            flight = self._flights[key] = asyncio.get_running_loop().create_future()
        try:
            response = await next(request, step)
        except BaseException:
            self._land(key, flight, None)
            raise
        response.headers.append(MISS)
        if 200 <= response.status < 300 and (self._streams or not _is_stream(response)):
            response.observers.append(Keeper(self, request, step, response, key, ttl, flight))
        else:
            self._land(key, flight, None)
        return response

    def _land(self, key: bytes, flight: asyncio.Future[Entry | None] | None, entry: Entry | None) -> None:
        """Give those who waited what there is."""
        if flight is not None and self._flights is not None:
            self._flights.pop(key, None)
            if not flight.done():
                flight.set_result(entry)

    def keep(self, step: Step, key: bytes, entry: Entry | None, flight: asyncio.Future[Entry | None] | None) -> None:
        if entry is not None:
            self._parts.cache.put(key, entry)
            if self._semantic is not None:
                self._semantic.add(step, key)
        self._land(key, flight, entry)

    def _replay(self, step: Step, entry: Entry, status: tuple[bytes, bytes]) -> Response:
        draft = step.draft
        assert draft is not None
        record, usage = draft.record, entry.usage
        record.cached, record.cost, record.neurons = True, 0, 0
        record.source, record.engine = entry.source, entry.engine
        record.model = record.model or entry.model
        if usage is not None:
            record.tokens_in, record.tokens_out = usage.tokens_in, usage.tokens_out
        headers: Headers = [*entry.headers, status]
        if entry.pieces:
            return Response(entry.status, headers, chunks=_pieces(entry))
        return Response(entry.status, headers, body=entry.body)


class Keeper:
    """Collects an answer as it goes by, and keeps it when it came whole."""

    __slots__ = ("_chunks", "_flight", "_key", "_request", "_response", "_size", "_stage", "_step", "_ttl")

    def __init__(
        self,
        stage: CacheStage,
        request: Request,
        step: Step,
        response: Response,
        key: bytes,
        ttl: int,
        flight: asyncio.Future[Entry | None] | None,
    ) -> None:
        self._stage = stage
        self._request = request
        self._step = step
        self._response = response
        self._key = key
        self._ttl = ttl
        self._flight = flight
        self._chunks: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size <= LARGEST_REQUEST:
            self._chunks.append(chunk)
        else:
            self._chunks.clear()

    async def finish(self, error: BaseException | None) -> None:
        self._stage.keep(self._step, self._key, self._entry() if error is None else None, self._flight)

    def _entry(self) -> Entry | None:
        response, draft = self._response, self._step.draft
        if self._size > LARGEST_REQUEST or draft is None:
            return None
        return Entry(
            account=self._request.account,
            gateway=self._request.gateway,
            status=response.status,
            headers=[pair for pair in response.headers if not pair[0].startswith(OF_ONE_ANSWER)],
            body=b"".join(self._chunks),
            expires_at=self._stage._clock.time() + self._ttl,
            pieces=[len(chunk) for chunk in self._chunks] if response.body is None and _is_stream(response) else [],
            model=draft.record.model,
            usage=draft.usage,
            source=draft.record.source,
            engine=draft.record.engine,
        )


def _is_stream(response: Response) -> bool:
    return any(
        name == b"content-type" and value.startswith((b"text/event-stream", b"application/vnd.amazon.eventstream"))
        for name, value in response.headers
    )


async def _pieces(entry: Entry) -> AsyncIterator[bytes]:
    """A kept stream in the pieces in which it came."""
    at = 0
    for length in entry.pieces:
        yield entry.body[at : at + length]
        at += length
