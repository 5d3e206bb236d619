"""Run the server: bind, check, print the URL as the first line of standard output, serve until a signal."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator

import uvicorn

from groundfog import errors
from groundfog.platform import Platform
from groundfog.settings import Settings
from groundfog.wire.app import App, create_app
from groundfog.wire.logs import configure

Greet = Callable[[str, Platform], Awaitable[None]]
"""Called once the server answers, with its URL."""

GRACE_S = 10
"""How long answers under way may take after the signal to stop."""
BACKLOG = 2048
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
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # Behind a proxy nothing of the request's origin is used, so nothing of it is believed.
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = Server(config, url, app, greet)
    server.run(sockets=[listener])
    return 0 if server.started else 1


def check(settings: Settings, app: App) -> None:
    """Raises ValueError for a server without keys that others could reach, STORE_DOWN when the keys cannot be read."""
    if app.auth.is_open and not is_loopback(settings.host):
        raise ValueError(
            f"without keys groundfog serves this machine only, and {settings.host} can be reached from others. "
            "Make a key with `groundfog keys create`, or use --host 127.0.0.1."
        )


def is_loopback(host: str) -> bool:
    """Whether every address of a host name is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return all(ipaddress.ip_address(str(address[4][0]).partition("%")[0]).is_loopback for address in found)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError in words."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OSError(f"cannot listen on {host} port {port}: {error.strerror}. Choose another with --port.") from error
    listener.setblocking(False)
    return listener


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
        print(self._url, flush=True)
        print("\n".join(introduction(self._app)), flush=True)
        if self._greet is not None:
            self._greeting = asyncio.ensure_future(self._greet(self._url, self._app.platform))

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


SOURCE_WORDS = {
    "weights": "a model's real open weights, where they were pulled or given as files",
    "stand-in": "small embedded models that keep a model's contract; they are not the model",
    "echo": "no model at all: deterministic answers of the right shape",
}


def introduction(app: App) -> list[str]:
    """What the start-up text says: who answers, and who may call."""
    settings = app.platform.settings
    lines = ["Answers come from the first of these that has the model (header `groundfog-source` names it):"]
    lines += [f"  {name}: {SOURCE_WORDS[name]}" for name in settings.sources]
    if app.auth.is_open:
        lines.append("No keys yet: whoever can log in to this machine may call. `groundfog keys create` makes one.")
    return lines
