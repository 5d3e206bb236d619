"""`AsyncAI`: the SDK for asynchronous code. `AI` has the same methods (a test compares them)."""

from __future__ import annotations

import functools
import weakref
from collections.abc import AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, overload

import msgspec

from groundfog import errors
from groundfog.client.configuration import (
    DEFAULT_ACCOUNT,
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT_S,
    configured,
)
from groundfog.client.deltas import AnyDelta, from_event
from groundfog.client.errors import AIError, typed
from groundfog.client.http import HttpTransport
from groundfog.client.local import LocalTransport
from groundfog.client.request import Inputs, Request, RunOptions, build
from groundfog.client.retries import Retries
from groundfog.client.streams import AsyncStream
from groundfog.client.transport import Answer, Transport
from groundfog.errors import GroundfogError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from groundfog.platform import Platform

PER_PAGE = 100


class AsyncAI:
    """Workers AI for asynchronous code.

    With `url` (or GROUNDFOG_URL) it talks to a server; without one it holds a whole platform in this process. A
    `platform` that is given is the caller's: it is running already, and is not stopped here.

    `timeout` is in seconds, for a whole answer or a stream's next piece. Calls that failed in passing are made again
    up to `max_retries` times; a stream is never asked for twice once it has begun.
    """

    def __init__(
        self,
        url: str | None = None,
        account: str | None = None,
        api_key: str | None = None,
        platform: Platform | None = None,
        timeout: float = DEFAULT_TIMEOUT_S,
        max_retries: int = DEFAULT_MAX_RETRIES,
    ) -> None:
        if url is not None and platform is not None:
            raise ValueError("give a url or a platform, not both")
        self._transport = _transport(url, account, api_key, platform, timeout)
        self._retries = Retries(max_retries)
        self._streams: weakref.WeakSet[AsyncStream[Any]] = weakref.WeakSet()
        self._last_request_id: str | None = None
        self._last_source: str | None = None
        self._last_engine: str | None = None

    @property
    def last_request_id(self) -> str | None:
        """Id of the last call that was answered or refused; the server's log has it too."""
        return self._last_request_id

    @property
    def last_source(self) -> str | None:
        """Who answered the last call: `weights`, `stand-in` or `echo`."""
        return self._last_source

    @property
    def last_engine(self) -> str | None:
        """The engine of the last answer: `llama.cpp`, `onnx-embeddings`, `echo`, …"""
        return self._last_engine

    async def run(self, model: str, inputs: Inputs, options: RunOptions | None = None, *, raw: bool = False) -> Any:
        """Run a model with its native inputs.

        `inputs` is an object as in Cloudflare's documentation, the bytes of a recording or an image, or a `Form`. Bytes
        within an object are encoded as the model takes them. The answer is the model's output: JSON values, `bytes` for
        binary outputs, a stream for streamed ones (see `stream`). Raises `AIError`.
        """
        request = _built(model, inputs, options)
        answer = await self._answered(request)
        if answer.frames is not None:
            return self._opened(answer, raw)
        return msgspec.json.decode(answer.content) if answer.is_json else answer.content

    @overload
    async def stream(
        self, model: str, inputs: Inputs, options: RunOptions | None = None, *, raw: Literal[False] = False
    ) -> AsyncStream[AnyDelta]: ...

    @overload
    async def stream(
        self, model: str, inputs: Inputs, options: RunOptions | None = None, *, raw: Literal[True]
    ) -> AsyncStream[bytes]: ...

    async def stream(
        self, model: str, inputs: Inputs, options: RunOptions | None = None, *, raw: bool = False
    ) -> AsyncStream[AnyDelta] | AsyncStream[bytes]:
        """Run a model with `stream: true` among its inputs.

        The stream gives typed deltas (`text`, `reasoning`, `tool_calls`, `finish_reason`, `usage`), or with `raw` the
        server-sent events as bytes, `data: [DONE]` included. Raises `AIError`.
        """
        if isinstance(inputs, Mapping):
            inputs = {**inputs, "stream": True}
        found = await self.run(model, inputs, options, raw=raw)
        if not isinstance(found, AsyncStream):
            raise typed(errors.BAD_INPUT(what=f"{model} does not stream"), self._last_request_id)
        return found

    async def embed(self, model: str, texts: str | Sequence[str], **inputs: Any) -> npt.NDArray[np.float32]:
        """Vectors of texts as a NumPy array: of shape (dimensions,) for one text, (texts, dimensions) for several.

        `inputs` are further inputs of the model, such as `pooling`. Raises `AIError`.
        """
        import numpy as np

        given = texts if isinstance(texts, str) else list(texts)
        answer = await self.run(model, {"text": given, **inputs})
        vectors = np.asarray(answer["data"], np.float32)
        return vectors[0] if isinstance(texts, str) else vectors

    async def models(
        self,
        search: str | None = None,
        task: str | None = None,
        author: str | None = None,
        source: int | None = None,
        hide_experimental: bool = False,
        include_deprecated: bool = False,
    ) -> AsyncIterator[dict[str, Any]]:
        """Models of the catalogue, page after page, as they are needed.

        `search` looks into names and descriptions, `task` is a name like `Text Generation`, `source` is 1 for @cf and 2
        for @hf. Raises `AIError`.
        """
        query = _query(search, task, author, source, hide_experimental, include_deprecated)
        page = 1
        while True:
            rows = await self._retries.call(functools.partial(self._transport.models, query, page, PER_PAGE))
            for row in rows:
                yield row
            if len(rows) < PER_PAGE:
                return
            page += 1

    async def schema(self, model: str) -> dict[str, Any]:
        """JSON Schemas of a model's native inputs and outputs: `{"input": …, "output": …}`. Raises `AIError`."""
        return await self._retries.call(lambda: self._transport.schema(model))

    async def close(self) -> None:
        """Stop the streams that are still open, and the connection or the platform."""
        for stream in list(self._streams):
            await stream.aclose()
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _answered(self, request: Request) -> Answer:
        try:
            answer = await self._retries.call(lambda: self._transport.run(request))
        except AIError as error:
            self._last_request_id, self._last_source, self._last_engine = error.request_id, None, None
            raise
        self._last_request_id, self._last_source, self._last_engine = answer.request_id, answer.source, answer.engine
        return answer

    def _opened(self, answer: Answer, raw: bool) -> AsyncStream[Any]:
        assert answer.frames is not None
        read = None if raw else from_event
        stream: AsyncStream[Any] = AsyncStream(answer.frames, read, answer.request_id, self._streams.discard)
        self._streams.add(stream)
        return stream


def _transport(
    url: str | None, account: str | None, api_key: str | None, platform: Platform | None, timeout: float
) -> Transport:
    if platform is not None:
        return LocalTransport(platform, account, timeout)
    chosen = configured(url, account, api_key)
    if chosen.url is None:
        return LocalTransport(None, chosen.account, timeout)
    return HttpTransport(chosen.url, chosen.account or DEFAULT_ACCOUNT, chosen.api_key, timeout)


def _built(model: str, inputs: Inputs, options: RunOptions | None) -> Request:
    try:
        return build(model, inputs, options)
    except GroundfogError as error:
        raise typed(error) from None


def _query(
    search: str | None,
    task: str | None,
    author: str | None,
    source: int | None,
    hide_experimental: bool,
    include_deprecated: bool,
) -> dict[str, str]:
    given = {"search": search, "task": task, "author": author, "source": source}
    query = {name: str(value) for name, value in given.items() if value is not None}
    flags = {"hide_experimental": hide_experimental, "include_deprecated": include_deprecated}
    return query | {name: "true" for name, value in flags.items() if value}
