"""A server and a platform with the same settings, and an SDK for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from groundfog import AI, AsyncAI
from groundfog.platform import Platform
from groundfog.settings import Settings
from tests.support.wire import Local, serving

SCRIPT = """
[[answer]]
contains = "fail before"
error = 3040

[[answer]]
contains = "break off"
chunks = ["This will ", "not "]
error = "HOST_DIED"

[[answer]]
contains = "count on and on"
chunks = ["one ", "two ", "three ", "four ", "five "]
chunk_delay = 0.05

[[answer]]
contains = "take your time"
text = "At last."
delay = 30.0

[[answer]]
contains = "refuse"
error = 3030
message = "Input prompt contains NSFW content"
"""


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("echo") / "script.toml"
    path.write_text(SCRIPT)
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, script: Path) -> Iterator[Local]:
    with serving(tmp_path_factory.mktemp("state"), echo_script=script) as local:
        yield local


@pytest.fixture(autouse=True)
def _no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "ACCOUNT", "API_KEY"):
        monkeypatch.delenv(f"GROUNDFOG_{name}", raising=False)
    for name in ("API_BASE_URL", "ACCOUNT_ID", "API_TOKEN"):
        monkeypatch.delenv(f"CLOUDFLARE_{name}", raising=False)


@pytest.fixture
def settings(tmp_path: Path, script: Path) -> Settings:
    return Settings(sources=("echo",), state=tmp_path / "state", echo_script=script)


@pytest.fixture
async def remote(server: Local) -> AsyncIterator[AsyncAI]:
    """Over HTTP, without retries."""
    async with AsyncAI(url=server.url, max_retries=0) as ai:
        yield ai


@pytest.fixture
async def here(settings: Settings) -> AsyncIterator[AsyncAI]:
    """With a platform in this process, without retries."""
    async with Platform(settings) as platform, AsyncAI(platform=platform, max_retries=0) as ai:
        yield ai


@pytest.fixture(params=["server", "process"])
def way(request: pytest.FixtureRequest) -> AsyncAI:
    ai: AsyncAI = request.getfixturevalue("remote" if request.param == "server" else "here")
    return ai


@pytest.fixture(params=["server", "process"])
def plain(request: pytest.FixtureRequest, settings: Settings) -> Iterator[AI]:
    """The plain SDK both ways, without retries."""
    if request.param == "server":
        ai = AI(url=request.getfixturevalue("server").url, max_retries=0)
    else:
        ai = AI(platform=Platform(settings), max_retries=0)
    with ai:
        yield ai
