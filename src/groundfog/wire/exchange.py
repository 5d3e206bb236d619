"""One HTTP request and its answer: what a dialect's handler gets, and what it gives back."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar
from urllib.parse import parse_qsl

from groundfog import errors
from groundfog.call import Call, Reply
from groundfog.gateway.waiting import in_task
from groundfog.wire.waiting import before_waiting, within

if TYPE_CHECKING:
    import msgspec
    from starlette.types import Message, Receive, Scope, Send

    from groundfog.gateway.request import Request
    from groundfog.platform import Platform
    from groundfog.wire.auth import Auth, Principal
    from groundfog.wire.route import Scope as KeyScope

T = TypeVar("T")
Dialect = Literal["rest", "openai", "anthropic", "binding", "binding-list", "gateway", "management"]
Headers = list[tuple[bytes, bytes]]
WHOLE = "groundfog.whole"
"""Extension of the scope: a coroutine function `(status, headers, body)` that sends a whole answer in one go; the
`content-length` is among the headers."""
BODY = "groundfog.body"
"""Extension of the scope: a function that gives the request's whole body where it is there, else None."""
GONE = "groundfog.gone"
"""Extension of the scope: a function that takes what is to be called when the caller hangs up, or None."""
DRAIN_S = 5
"""How long the rest of a refused body is awaited."""
UNWATCHED_S = 0.02
"""Work that ends sooner is not watched for a caller that hangs up: a task for each request would cost too much."""


class ClientGone(Exception):
    """The caller closed the connection; there is nobody to answer."""


class Answer(Protocol):
    """What a handler returns. `status` is known before anything is sent."""

    status: int

    async def send(self, exchange: Exchange) -> None: ...


@dataclasses.dataclass(slots=True)
class Whole:
    """An answer whose bytes are all there. The content type is sent exactly as given."""

    content: bytes
    content_type: bytes = b"application/json"
    status: int = 200
    headers: Headers = dataclasses.field(default_factory=list)

    async def send(self, exchange: Exchange) -> None:
        headers = [*self.headers, *exchange.extra_headers]
        if self.status != 204:
            headers += [(b"content-type", self.content_type), (b"content-length", b"%d" % len(self.content))]
        await exchange.send_whole(self.status, headers, self.content)


class Exchange:
    """The request is read through `header`, `query`, `parameters` and `body()`; nothing is parsed unasked.

    `call` and `reply` are remembered by `run` for the log and the metrics.
    """

    __slots__ = (
        "_auth",
        "_headers",
        "_query",
        "_receive",
        "call",
        "dialect",
        "disconnected",
        "error",
        "extra_headers",
        "max_body_bytes",
        "parameters",
        "platform",
        "principal",
        "quiet",
        "reply",
        "request_id",
        "scope",
        "send_raw",
        "tokens",
        "used",
        "via",
    )

    def __init__(
        self, platform: Platform, auth: Auth, scope: Scope, receive: Receive, send: Send, request_id: str
    ) -> None:
        self.platform = platform
        self._auth = auth
        self.scope = scope
        self._receive = receive
        self.send_raw = send
        self.max_body_bytes = platform.settings.max_body_bytes
        self.parameters: dict[str, Any] = {}
        """Values of the route's path parameters."""
        self.request_id = request_id
        self.dialect: Dialect = "rest"
        """How errors look."""
        self.extra_headers: Headers = []
        """Sent with whatever answer comes (CORS)."""
        self.principal: Principal | None = None
        self.call: Call | None = None
        self.reply: Reply | None = None
        self.error: errors.GroundfogError | None = None
        self.disconnected = False
        """The caller hung up while it was answered."""
        self.quiet = False
        """Nothing worth a log line."""
        self.tokens: tuple[int, int] = (0, 0)
        """Prompt and completion tokens, for the log."""
        self.used: Sequence[msgspec.Struct] = ()
        """Outputs of several calls, or the delta of a stream that says what was used; the gateway prices by it."""
        self.via: Request | None = None
        """The request to a gateway that this one became."""
        self._query: dict[str, str] | None = None
        self._headers: dict[bytes, bytes] | None = None

    @property
    def inside(self) -> bool:
        """Whether a gateway asks, which it does in this process; nothing then leads to a gateway again."""
        return False

    @property
    def method(self) -> str:
        return self.scope["method"]  # type: ignore[no-any-return]

    @property
    def path(self) -> str:
        return self.scope["path"]  # type: ignore[no-any-return]

    @property
    def account(self) -> str:
        """The account of the path, or the server's own where a path has none."""
        return self.parameters.get("account") or self.platform.settings.account

    def header(self, name: bytes) -> str | None:
        """The first header of that lower-case name."""
        if self._headers is None:
            # Of a header that comes twice the first counts.
            self._headers = dict(reversed(self.scope["headers"]))
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def query(self) -> dict[str, str]:
        """Query parameters; of one that is given twice the last counts."""
        if self._query is None:
            text = self.scope["query_string"].decode("latin-1")
            self._query = dict(parse_qsl(text, keep_blank_values=True)) if text else {}
        return self._query

    def authorise(self, scope: KeyScope, *, any_account: bool = False) -> None:
        """Find out who calls, before anything else is read. Raises AUTHENTICATION, FORBIDDEN, STORE_DOWN."""
        self.principal = self._auth.check(self, scope, any_account=any_account)

    def identify(self, secrets: Sequence[str]) -> Principal | None:
        """Who calls a gateway; None for nobody known (see `Auth.identify`). Raises STORE_DOWN."""
        self.principal = self._auth.identify(self.account, secrets)
        return self.principal

    async def body(self) -> bytes:
        """The whole body, read once. Raises TOO_LARGE past the limit, TIMEOUT when no more of it comes, and
        ClientGone when the caller hung up.
        """
        declared = self.header(b"content-length")
        if declared is not None and declared.isdigit() and int(declared) > self.max_body_bytes:
            await self._refuse_body(more=True)
        take = self.extension(BODY)
        if take is not None:
            whole: bytes | None = take()
            if whole is not None and len(whole) <= self.max_body_bytes:
                return whole
        chunks: list[bytes] = []
        size, more = 0, True
        while more:
            try:
                chunk, more = await within(self._receive_chunk(), self.platform.settings.body_timeout_s)
            except TimeoutError:
                self.extra_headers.append((b"connection", b"close"))
                raise errors.TIMEOUT() from None
            size += len(chunk)
            if size > self.max_body_bytes:
                await self._refuse_body(more)
            chunks.append(chunk)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    async def _receive_chunk(self) -> tuple[bytes, bool]:
        """A piece of the body, and whether there is more."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        return message.get("body", b""), message.get("more_body", False)

    async def _refuse_body(self, more: bool) -> None:
        """Take a little more of the body, so that a client that writes before it reads can see the refusal."""
        self.extra_headers.append((b"connection", b"close"))
        # A client that asks with `Expect: 100-continue` has sent nothing yet, and must not be told to go on.
        spare = self.max_body_bytes if self.header(b"expect") is None else 0
        await in_task()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                while more and spare > 0:
                    chunk, more = await self._receive_chunk()
                    spare -= len(chunk)
        raise errors.TOO_LARGE()

    async def send_whole(self, status: int, headers: Headers, body: bytes) -> None:
        """Send an answer that is all there; its `content-length` is among its headers."""
        whole = self.extension(WHOLE)
        if whole is not None:
            await whole(status, headers, body)
            return
        await self.send_raw({"type": "http.response.start", "status": status, "headers": headers})
        await self.send_raw({"type": "http.response.body", "body": body})

    def extension(self, name: str) -> Any:
        """What the server can do beyond ASGI; None where it cannot."""
        extensions = self.scope.get("extensions")
        return None if extensions is None else extensions.get(name)

    async def run(self, call: Call) -> Reply:
        """Answer a call through the platform. A caller that hangs up meanwhile cancels the work."""
        call.request_id = self.request_id
        self.call = call
        self.reply = await self.unless_gone(self.platform.run(call))
        return self.reply

    async def unless_gone(self, work: Awaitable[T]) -> T:
        """Await `work`; a caller that hangs up cancels it. The client is watched only if the work has to wait."""
        watch = Watch(self, self._receive)
        try:
            return await before_waiting(work, watch.start)
        finally:
            watch.stop()

    def end_of_cancellation(self) -> None:
        """Call it where CancelledError was caught, before answering: there are two reasons for it. Raises ClientGone
        when the caller hung up; otherwise the server is stopping.
        """
        task = asyncio.current_task()
        while task is not None and task.uncancel():
            pass
        if self.disconnected:
            raise ClientGone

    def watch(self) -> Watch:
        """A watch over the client, not started."""
        return Watch(self, self._receive)


def no_body() -> Receive:
    """What gives a request without a body, of a caller who stays."""
    begun = False

    async def receive() -> Message:
        nonlocal begun
        if begun:
            await asyncio.get_running_loop().create_future()
        begun = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive


class Watch:
    """Cancels the task that starts it when the client hangs up, and notes so in the exchange."""

    __slots__ = ("_exchange", "_owner", "_receive", "_task", "_tell", "_timer")

    def __init__(self, exchange: Exchange, receive: Receive) -> None:
        self._exchange = exchange
        self._receive = receive
        self._tell: Callable[[Callable[[], object] | None], object] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._owner: asyncio.Task[Any] | None = None

    async def start(self) -> None:
        if self._owner is None:
            self._owner = asyncio.current_task()
            self._tell = self._exchange.extension(GONE)
            if self._tell is not None:
                self._tell(self._gone)
            else:
                self._timer = asyncio.get_running_loop().call_later(UNWATCHED_S, self._begin)

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._wait())

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone()

    def _gone(self) -> None:
        if self._owner is not None:
            self._exchange.disconnected = True
            self._owner.cancel()

    def stop(self) -> None:
        if self._tell is not None:
            self._tell(None)
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
        self._owner = None
