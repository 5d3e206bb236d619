"""Local models as a provider: the server's own handlers, called in the same process (spec ai-gateway §1.6).

What the gateway's last stage sends here is answered as the direct path would answer it, byte for byte. No key is asked
for: the gateway has done that.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.gateway.request import Headers
from groundfog.gateway.upstream.base import UpstreamRequest, UpstreamResponse
from groundfog.gateway.waiting import in_task
from groundfog.metering.local import usage_of
from groundfog.metering.usage import Usage
from groundfog.wire import rest
from groundfog.wire.exchange import Answer, ClientGone, Dialect, Exchange, Watch, Whole
from groundfog.wire.http import error_response
from groundfog.wire.openai import chat, completions, embeddings, models, responses
from groundfog.wire.route import Handler

if TYPE_CHECKING:
    from starlette.types import Message

    from groundfog.platform import Platform
    from groundfog.wire.auth import Auth
    from groundfog.wire.request_ids import RequestIds

T = TypeVar("T")
log = logging.getLogger("groundfog.wire")
_ENDPOINTS: Mapping[tuple[str, str], tuple[Handler, Dialect]] = {
    ("POST", "run"): (rest.run_unified, "rest"),
    ("GET", "models/search"): (rest.search_models, "rest"),
    ("POST", "v1/chat/completions"): (chat.create, "openai"),
    ("POST", "v1/completions"): (completions.create, "openai"),
    ("POST", "v1/embeddings"): (embeddings.create, "openai"),
    ("POST", "v1/responses"): (responses.create, "openai"),
    ("GET", "v1/models"): (models.every, "openai"),
}
AHEAD = 16
"""Pieces of a stream that may wait for whoever reads it."""


class LocalUpstream:
    """The provider `workers-ai`. `url` is `local:///{endpoint}?{query}`."""

    def __init__(self, platform: Platform, auth: Auth, next_id: RequestIds) -> None:
        self._platform = platform
        self._auth = auth
        self._next_id = next_id

    async def send(self, request: UpstreamRequest) -> UpstreamResponse:
        """Run the handler of the endpoint. Raises TimeoutError past `first_byte_s`; errors of models are answers."""
        await in_task()
        exchange = Inner(self._platform, self._auth, request, self._next_id())
        try:
            if request.first_byte_s is None:
                answer = await _handle(exchange)
            else:
                async with asyncio.timeout(request.first_byte_s):
                    answer = await _handle(exchange)
        except GroundfogError as error:
            answer = error_response(error, exchange.dialect, exchange.request_id)
        if isinstance(answer, Whole):
            headers = [*answer.headers, (b"content-type", answer.content_type)]
            return exchange.response(answer.status, headers, body=answer.content)
        stream = Pull(exchange, answer)
        return exchange.response(answer.status, await stream.head(), chunks=stream)


async def _handle(exchange: Inner) -> Answer:
    handler, exchange.dialect = _find(exchange)
    return await handler(exchange)


def _find(exchange: Inner) -> tuple[Handler, Dialect]:
    """`@cf/…` and `run/@cf/…` are models; the rest is a short table. Raises NOT_ROUTABLE, METHOD_NOT_ALLOWED."""
    path = exchange.path.strip("/")
    model = path.removeprefix("run/")
    if model.startswith("@"):
        if exchange.method != "POST":
            raise errors.METHOD_NOT_ALLOWED(method=exchange.method)
        exchange.parameters["model"] = model
        return rest.run_model, "rest"
    found = _ENDPOINTS.get((exchange.method, path))
    if found is None:
        exchange.dialect = "openai" if path.startswith("v1/") else "rest"
        raise errors.NOT_ROUTABLE(uri=path)
    return found


class Inner(Exchange):
    """An exchange without a network: the request is at hand, and nobody can hang up but by cancelling."""

    __slots__ = ("sent",)

    def __init__(self, platform: Platform, auth: Auth, request: UpstreamRequest, request_id: str) -> None:
        url = urlsplit(request.url)
        scope = {
            "type": "http",
            "method": request.method,
            "path": unquote(url.path),
            "query_string": url.query.encode("latin-1"),
            "headers": request.headers,
        }
        self.sent = request.body
        super().__init__(platform, auth, scope, self._take, _nowhere, request_id)
        self.parameters = {"account": request.account}

    @property
    def inside(self) -> bool:
        return True

    async def _take(self) -> Message:
        return {"type": "http.request", "body": self.sent, "more_body": False}

    async def unless_gone(self, work: Awaitable[T]) -> T:
        return await work

    def watch(self) -> Watch:
        return Unwatched(self, self._take)

    def response(
        self,
        status: int,
        headers: Headers,
        *,
        body: bytes | None = None,
        chunks: AsyncIterator[bytes] | None = None,
    ) -> UpstreamResponse:
        reply = self.reply
        return UpstreamResponse(
            status,
            headers,
            body=body,
            chunks=chunks,
            usage=self.usage,
            source=reply.source if reply is not None else "",
            engine=reply.engine if reply is not None else "",
        )

    def usage(self) -> Usage | None:
        """What was used, once the answer is over; None where no model was asked."""
        call, reply = self.call, self.reply
        if call is None or reply is None:
            return None
        outputs = self.used or (() if reply.output is None else (reply.output,))
        return functools.reduce(_sum, [usage_of(call, output) for output in outputs]) if outputs else None


def _sum(one: Usage, other: Usage) -> Usage:
    """What two calls used together; what one of them does not say, nobody knows."""
    return Usage(
        model=one.model,
        tokens_in=_plus(one.tokens_in, other.tokens_in),
        tokens_out=_plus(one.tokens_out, other.tokens_out),
        cache_read=one.cache_read + other.cache_read,
        cache_write=one.cache_write + other.cache_write,
        neurons=_plus(one.neurons, other.neurons),
    )


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


class Unwatched(Watch):
    """Nobody is there to hang up."""

    __slots__ = ()

    async def start(self) -> None:
        pass


async def _nowhere(message: Any) -> None:
    raise AssertionError("an inner answer is read, not sent")


class Pull:
    """Turns an answer that sends itself into pieces that are asked for; closing it cancels the work."""

    def __init__(self, exchange: Inner, answer: Answer) -> None:
        self._exchange = exchange
        self._messages: asyncio.Queue[Message | None] = asyncio.Queue(AHEAD)
        exchange.send_raw = self._messages.put
        self._task = asyncio.create_task(self._run(answer))

    async def _run(self, answer: Answer) -> None:
        try:
            await answer.send(self._exchange)
        except ClientGone:
            return
        except Exception:
            log.exception("local stream %s failed", self._exchange.request_id)
            self._exchange.error = errors.EXECUTION_FAILED(what="internal error")
        await self._messages.put(None)

    async def head(self) -> Headers:
        """The headers, which are sent before anything is waited for. Raises what is wrong when nothing is sent."""
        message = await self._messages.get()
        if message is None:
            raise self._exchange.error or errors.EXECUTION_FAILED(what="internal error")
        return list(message["headers"])

    def __aiter__(self) -> Pull:
        return self

    async def __anext__(self) -> bytes:
        """The next piece. Raises what is wrong when the work fails in the middle, after the frame that says so."""
        while (message := await self._messages.get()) is not None:
            if message["body"]:
                return bytes(message["body"])
        if self._exchange.error is not None:
            raise self._exchange.error
        raise StopAsyncIteration

    async def aclose(self) -> None:
        if not self._task.done():
            self._exchange.disconnected = True
            self._task.cancel()
            await asyncio.wait((self._task,))
