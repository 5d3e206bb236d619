"""The other side of the SDK: a platform in the same process. It answers what a server would, byte for byte."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from groundfog import errors, tasks
from groundfog.call import Call, Reply, checked_tags
from groundfog.catalog import search
from groundfog.client.errors import overdue, typed
from groundfog.client.request import Request
from groundfog.client.transport import Answer
from groundfog.errors import GroundfogError

if TYPE_CHECKING:
    from groundfog.platform import Platform


class LocalTransport:
    """`platform` None: one is made of the settings at the first call, started, and stopped by `aclose`.

    `owned` says whether a given platform is started and stopped here too.
    """

    def __init__(self, platform: Platform | None, account: str | None, timeout: float, *, owned: bool = False) -> None:
        self._platform = platform
        self._account = account
        self._timeout = timeout
        self._owned = owned or platform is None
        self._started = False
        self._closed = False
        self._starting = asyncio.Lock()

    async def run(self, request: Request) -> Answer:
        platform = await self._ready()
        request_id = str(uuid.uuid4())
        async with _typed(request_id):
            call = platform.call(request.model, request.body, account=self._account, dialect="sdk")
            call.request_id = request_id
            call.reject_if_busy = request.options.get("rejectIfBusy", False)
            call.tags = checked_tags(request.options.get("tags"))
            if request.options.get("gateway"):
                raise errors.NOT_IMPLEMENTED(what="Gateways need a server: `groundfog serve`, and AI(url=…)")
            async with asyncio.timeout(self._timeout):
                reply = await platform.run(call)
                if reply.deltas is not None:
                    frames = LocalFrames(reply, await _first(reply), self._timeout)
                    return Answer(request_id, reply.source, reply.engine, frames=frames)
            assert reply.output is not None
            rendered = call.task.render(call.model, call.inputs, reply.output, request_id)
        return Answer(request_id, reply.source, reply.engine, rendered.content, rendered.is_json)

    async def models(self, query: Mapping[str, str], page: int, per_page: int) -> list[dict[str, Any]]:
        platform = await self._ready()
        rows = search.models(
            platform.catalog,
            search=query.get("search"),
            task=query.get("task"),
            author=query.get("author"),
            source=int(query["source"]) if "source" in query else None,
            hide_experimental=query.get("hide_experimental") == "true",
            include_deprecated=query.get("include_deprecated") == "true",
        )
        return [dict(row) for row in rows[(page - 1) * per_page : page * per_page]]

    async def schema(self, model: str) -> dict[str, Any]:
        platform = await self._ready()
        async with _typed(None):
            found = platform.catalog.find(model)
            task = tasks.for_model(found)
            # As it would come over the wire: a caller may change what they got.
            schema = {"input": task.input_schema(found), "output": task.output_schema(found)}
            copied: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(schema))
            return copied

    async def aclose(self) -> None:
        self._closed = True
        if self._started and self._platform is not None:
            self._started = False
            await self._platform.stop()

    async def _ready(self) -> Platform:
        if self._closed:
            raise RuntimeError("this AI is closed")
        if self._owned and not self._started:
            async with self._starting:
                if not self._started:
                    await self._start()
        assert self._platform is not None
        return self._platform

    async def _start(self) -> None:
        if self._platform is None:
            from groundfog.platform import Platform

            self._platform = Platform()
        await self._platform.start()
        self._started = True


class LocalFrames:
    """The frames of one reply, as the native surfaces write them (spec §3.2)."""

    def __init__(self, reply: Reply, first: msgspec.Struct | None, timeout: float) -> None:
        call: Call = reply.call
        self._reply = reply
        self._first = first
        self._timeout = timeout
        self._streamer = call.task.streamer(call.model, call.inputs, call.request_id)
        self._ended = False

    async def batch(self) -> list[bytes] | None:
        while not self._ended:
            delta, self._first = self._first, None
            if delta is None:
                delta = await self._next()
            if delta is None:
                self._ended = True
                return [*_framed(self._streamer.finish()), b"data: [DONE]"]
            frames = _framed(self._streamer.feed(delta))
            if frames:
                return frames
        return None

    async def _next(self) -> msgspec.Struct | None:
        deltas, request_id = self._reply.deltas, self._reply.call.request_id
        assert deltas is not None
        try:
            async with asyncio.timeout(self._timeout):
                return await anext(deltas, None)
        except TimeoutError:
            raise overdue(request_id) from None
        except GroundfogError as error:
            raise typed(errors.STREAM_BROKEN(), request_id) from error

    async def aclose(self) -> None:
        await self._reply.aclose()


def _framed(events: Iterable[bytes]) -> list[bytes]:
    return [b"data: " + event for event in events]


async def _first(reply: Reply) -> msgspec.Struct | None:
    """The first delta: what fails before it is an error of the call."""
    assert reply.deltas is not None
    try:
        return await anext(reply.deltas, None)
    except BaseException:
        await reply.aclose()
        raise


@asynccontextmanager
async def _typed(request_id: str | None) -> AsyncIterator[None]:
    try:
        yield
    except TimeoutError:
        raise overdue(request_id) from None
    except GroundfogError as error:
        raise typed(error, request_id) from error.__cause__
