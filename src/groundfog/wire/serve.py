"""Run the server: bind, check, print the URL as the first line of standard output, serve until a signal."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator

import uvicorn

from groundfog import errors
from groundfog.platform import Platform
from groundfog.settings import Settings
from groundfog.wire.app import LONGEST_FRAME, App, create_app
from groundfog.wire.introduction import introduction
from groundfog.wire.logs import configure, held
from groundfog.wire.network import bind, is_loopback
from groundfog.wire.protocol import Protocol

Greet = Callable[[str, Platform], Awaitable[None]]
"""Called once the server answers, with its URL."""

GRACE_S = 10
"""How long answers under way may take after the signal to stop."""
BACKLOG = 2048
ACCEPTORS = 16
"""Handles on the listening socket: uvloop accepts one connection per handle and turn of the loop. With one handle a
burst of new connections would wait behind all requests of the old ones, turn by turn."""
KEEP_ALIVE_S = 75
"""Longer than clients keep idle connections, so that none is closed while a request is on its way."""
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(settings: Settings, greet: Greet | None = None) -> int:
    """Serve until SIGINT or SIGTERM; the process's exit status. What is wrong is said on standard error."""
    configure(settings.log_format, settings.log_level)
    platform = Platform(settings)
    app = create_app(platform)
    try:
        check(settings, app)
        listener = bind(settings.host, settings.port)
    except (errors.GroundfogError, ValueError, OSError) as error:
        text = f"{error.description} ({error.kind.next})" if isinstance(error, errors.GroundfogError) else str(error)
        print(f"groundfog: {text}", file=sys.stderr)
        platform.store.close()
        return 1
    host, port = listener.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="websockets-sansio",
        ws_max_size=LONGEST_FRAME,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # Behind a proxy nothing of the request's origin is used, so nothing of it is believed.
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = Server(config, url, app, greet)
    server.run(sockets=[listener, *(listener.dup() for _ in range(ACCEPTORS - 1))])
    return 0 if server.started else 1


def check(settings: Settings, app: App) -> None:
    """Raises ValueError for a server without keys that others could reach, STORE_DOWN when the keys cannot be read."""
    if not app.auth.has_keys and not is_loopback(settings.host):
        raise ValueError(
            f"without keys groundfog serves this machine only, and {settings.host} can be reached from others. "
            "Make a key with `groundfog keys create`, or use --host 127.0.0.1."
        )


class Server(uvicorn.Server):
    """uvicorn's server, which says where it listens as soon as it does."""

    def __init__(self, config: uvicorn.Config, url: str, app: App, greet: Greet | None) -> None:
        super().__init__(config)
        self._url = url
        self._app = app
        self._greet = greet
        self._greeting: asyncio.Future[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if not self.started:
            return
        # What was made until now stays: a collection that walked over all of it would stop every stream for 50 ms.
        gc.freeze()
        gc.enable()
        print(self._url, flush=True)
        print("\n".join(introduction(self._app.platform, is_open=self._app.auth.is_open)), flush=True)
        if self._greet is not None:
            self._greeting = asyncio.ensure_future(self._greeted(self._greet))

    async def _greeted(self, greet: Greet) -> None:
        """Log lines wait meanwhile: they would stand in the middle of the greeting, wherever both are read."""
        with self._app.request_log.hold(), held():
            await greet(self._url, self._app.platform)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A signal to stop is obeyed, and then done with: uvicorn would raise it again at the end."""
        before = {number: signal.signal(number, self.handle_exit) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._greeting is not None:
            self._greeting.cancel()
        await super().shutdown(sockets=sockets)
