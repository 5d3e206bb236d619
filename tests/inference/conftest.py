"""An `Inference` whose only source answers with one of the fake engines."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from groundfog import catalog, tasks
from groundfog.call import Call
from groundfog.catalog import Model
from groundfog.clock import SystemClock
from groundfog.engines.base import LoadOptions
from groundfog.engines.registry import GROUP, Registry
from groundfog.inference.service import Inference
from groundfog.inference.sources import Found
from groundfog.settings import Settings
from groundfog.tasks import Task
from groundfog.tasks import text_embeddings as embeddings
from groundfog.tasks.text_generation.types import Inputs
from groundfog.weights.files import ModelFiles

CHAT = "@cf/meta/llama-3.1-8b-instruct"
OTHER_CHAT = "@cf/meta/llama-3.2-1b-instruct"
EMBED = "@cf/baai/bge-small-en-v1.5"


class FakeSource:
    """Answers for every model with the fake engine of its task; `options` and `file` by model id."""

    name = "weights"

    def __init__(self) -> None:
        self.engine = {"text-generation": "fake-stream", "text-embeddings": "fake-micro"}
        self.options: dict[str, dict[str, Any]] = {}
        self.file: dict[str, Path] = {}

    def find(self, model: Model, task: Task) -> Found | None:
        file = self.file.get(model.id)
        return Found(
            engine=self.engine[task.name],
            files=ModelFiles("fake", str(file), str(file.parent)) if file else ModelFiles("", "", ""),
            options=LoadOptions(model_id=model.id, **self.options.get(model.id, {})),
        )


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent / "support" / "fake_engines"))
    assert "fake-stream" in metadata.entry_points(group=GROUP).names, sys.path
    return Registry()


@pytest.fixture
def source() -> FakeSource:
    return FakeSource()


@pytest.fixture
async def make(registry: Registry, source: FakeSource, tmp_path: Path) -> AsyncIterator[Callable[..., Inference]]:
    made: list[Inference] = []

    def build(**settings: Any) -> Inference:
        found = Inference(
            Settings(state=tmp_path, **{"load_timeout_s": 5, **settings}),
            SystemClock(),
            registry=registry,
            asked=[source],
        )
        made.append(found)
        return found

    yield build
    for inference in made:
        await inference.stop()


@pytest.fixture
async def inference(make: Callable[..., Inference]) -> Inference:
    return make()


def chat(prompt: str, *, stream: bool = False, model: str = CHAT, **fields: Any) -> Call:
    found = catalog.default().find(model)
    return Call("acc", found, tasks.by_name("text-generation"), Inputs(prompt=prompt), stream=stream, **fields)


def embed(*texts: str, **fields: Any) -> Call:
    found = catalog.default().find(EMBED)
    return Call("acc", found, tasks.by_name("text-embeddings"), embeddings.Inputs(texts=list(texts)), **fields)


async def until_stats(inference: Inference, model_id: str, wished: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Ask the engine for its numbers until they are as wished; the test's own time limit ends it otherwise."""
    async with asyncio.timeout(10):
        while True:
            numbers = (await inference.stats()).get(model_id)
            if numbers is not None and wished(numbers):
                return numbers
            await asyncio.sleep(0)


async def until(condition: Callable[[], bool]) -> None:
    """Give the event loop turns until something has happened on this side that has no event of its own."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)
