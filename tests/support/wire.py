"""The server inside the test's process: a real socket and a real HTTP server, with the platform at hand."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from groundfog.platform import Platform
from groundfog.settings import Settings
from groundfog.wire.app import LONGEST_FRAME, App, create_app
from groundfog.wire.network import bind
from groundfog.wire.protocol import Protocol

ACCOUNT = "/client/v4/accounts/acct"
RUN = ACCOUNT + "/ai/run/"
CHAT = "@cf/meta/llama-3.1-8b-instruct"
EMBED = "@cf/baai/bge-base-en-v1.5"


@dataclasses.dataclass
class Local:
    """A running server: its application, its event loop (in another thread) and a client for it."""

    url: str
    app: App
    platform: Platform
    loop: asyncio.AbstractEventLoop
    client: httpx.Client

    def run(self, model: str, inputs: dict[str, Any], **request: Any) -> httpx.Response:
        return self.client.post(RUN + model, json=inputs, **request)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: Any = None) -> None:
        try:
            await super().startup(sockets=sockets)
        finally:
            self.loop = asyncio.get_running_loop()
            self.ready.set()


@contextlib.contextmanager
def serving(state: Path, **settings: Any) -> Iterator[Local]:
    """Serve with the echo source (or other `settings`) until the block ends."""
    chosen = {"sources": ("echo",), "log_level": "error", "state": state, "port": 0, **settings}
    platform = Platform(Settings(**chosen))
    app = create_app(platform)
    listener = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="websockets-sansio",
        ws_max_size=LONGEST_FRAME,
        lifespan="on",
        log_config=None,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    assert server.ready.wait(20)
    assert server.started
    assert server.loop is not None
    try:
        with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
            yield Local(url, app, platform, server.loop, client)
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
    assert not thread.is_alive()
