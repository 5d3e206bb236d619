from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import openai
import pytest

from tests.support.wire import ACCOUNT, Local, serving

SCRIPT = """
[[answer]]
contains = "think about it"
reasoning = "Let me see."
text = "Done."

[[answer]]
contains = "fall over"
chunks = ["one ", "two "]
error = "HOST_DIED"

[[answer]]
contains = "be busy"
error = "OUT_OF_CAPACITY"

[[answer]]
contains = "take your time"
chunks = ["a ", "b ", "c "]
chunk_delay = 60.0

[[answer]]
contains = "two calls"
tools = [{name = "weather", arguments = {city = "Oslo"}}, {name = "time", arguments = {zone = "CET"}}]
"""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """An open server that answers by echo, with a few scripted answers."""
    folder = tmp_path_factory.mktemp("openai")
    script = folder / "script.toml"
    script.write_text(SCRIPT)
    with serving(folder / "state", echo_script=script) as local:
        yield local


@pytest.fixture
def base_url(server: Local) -> str:
    return f"{server.url}{ACCOUNT}/ai/v1"


@pytest.fixture
def client(base_url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=base_url, api_key="none", max_retries=0) as made:
        yield made


@pytest.fixture
async def async_client(base_url: str) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0) as made:
        yield made
