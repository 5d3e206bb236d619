"""`AI`: the SDK for plain code, on an event loop of its own. `AsyncAI` has the same methods (a test compares them)."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from groundfog.client.asynchronous import AsyncAI
from groundfog.client.background import BackgroundLoop
from groundfog.client.configuration import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT_S
from groundfog.client.deltas import AnyDelta
from groundfog.client.local import LocalTransport
from groundfog.client.request import Inputs, RunOptions
from groundfog.client.streams import AsyncStream, Stream

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from groundfog.platform import Platform


class AI:
    """Workers AI for plain code; may be used from several threads.

    With `url` (or GROUNDFOG_URL) it talks to a server; without one it holds a whole platform in this process. A
    `platform` that is given must not be running: it is run on the SDK's own loop and stopped by `close`.

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
        self._loop = BackgroundLoop()
        self._inner = AsyncAI(url, account, api_key, platform, timeout, max_retries)
        if platform is not None:
            self._inner._transport = LocalTransport(platform, account, timeout, owned=True)
        # Also when nobody closes it: host processes and sockets must not outlive it.
        self._close = weakref.finalize(self, _close, self._inner, self._loop)

    @property
    def last_request_id(self) -> str | None:
        """Id of the last call that was answered or refused; the server's log has it too."""
        return self._inner.last_request_id

    @property
    def last_source(self) -> str | None:
        """Who answered the last call: `weights`, `stand-in` or `echo`."""
        return self._inner.last_source

    @property
    def last_engine(self) -> str | None:
        """The engine of the last answer: `llama.cpp`, `onnx-embeddings`, `echo`, …"""
        return self._inner.last_engine

    def run(self, model: str, inputs: Inputs, options: RunOptions | None = None, *, raw: bool = False) -> Any:
        """Run a model with its native inputs.

        `inputs` is an object as in Cloudflare's documentation, the bytes of a recording or an image, or a `Form`. Bytes
        within an object are encoded as the model takes them. The answer is the model's output: JSON values, `bytes` for
        binary outputs, a stream for streamed ones (see `stream`). Raises `AIError`.
        """
        found = self._loop.run(self._inner.run(model, inputs, options, raw=raw))
        return Stream(found, self._loop) if isinstance(found, AsyncStream) else found

    @overload
    def stream(
        self, model: str, inputs: Inputs, options: RunOptions | None = None, *, raw: Literal[False] = False
    ) -> Stream[AnyDelta]: ...

    @overload
    def stream(
        self, model: str, inputs: Inputs, options: RunOptions | None = None, *, raw: Literal[True]
    ) -> Stream[bytes]: ...

    def stream(
        self, model: str, inputs: Inputs, options: RunOptions | None = None, *, raw: bool = False
    ) -> Stream[AnyDelta] | Stream[bytes]:
        """Run a model with `stream: true` among its inputs.

        The stream gives typed deltas (`text`, `reasoning`, `tool_calls`, `finish_reason`, `usage`), or with `raw` the
        server-sent events as bytes, `data: [DONE]` included. Raises `AIError`.
        """
        if raw:
            return Stream(self._loop.run(self._inner.stream(model, inputs, options, raw=True)), self._loop)
        return Stream(self._loop.run(self._inner.stream(model, inputs, options)), self._loop)

    def embed(self, model: str, texts: str | Sequence[str], **inputs: Any) -> npt.NDArray[np.float32]:
        """Vectors of texts as a NumPy array: of shape (dimensions,) for one text, (texts, dimensions) for several.

        `inputs` are further inputs of the model, such as `pooling`. Raises `AIError`.
        """
        return self._loop.run(self._inner.embed(model, texts, **inputs))

    def models(
        self,
        search: str | None = None,
        task: str | None = None,
        author: str | None = None,
        source: int | None = None,
        hide_experimental: bool = False,
        include_deprecated: bool = False,
    ) -> Iterator[dict[str, Any]]:
        """Models of the catalogue, page after page, as they are needed.

        `search` looks into names and descriptions, `task` is a name like `Text Generation`, `source` is 1 for @cf and 2
        for @hf. Raises `AIError`.
        """
        found = self._inner.models(search, task, author, source, hide_experimental, include_deprecated)
        try:
            while (row := self._loop.run(_next(found))) is not None:
                yield row
        finally:
            self._loop.run(_end(found))

    def schema(self, model: str) -> dict[str, Any]:
        """JSON Schemas of a model's native inputs and outputs: `{"input": …, "output": …}`. Raises `AIError`."""
        return self._loop.run(self._inner.schema(model))

    def close(self) -> None:
        """Stop the streams that are still open, and the connection or the platform."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _close(inner: AsyncAI, loop: BackgroundLoop) -> None:
    if loop.here:
        # The garbage collector may run on any thread, and this one must not wait for itself.
        threading.Thread(target=_close, args=(inner, loop)).start()
        return
    if loop.started:
        loop.run(inner.close())
    loop.stop()


async def _next(rows: Any) -> dict[str, Any] | None:
    row: dict[str, Any] | None = await anext(rows, None)
    return row


async def _end(rows: Any) -> None:
    await rows.aclose()
