from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from groundfog.engines.base import LoadOptions
from groundfog.engines.llama_cpp import LlamaCppEngine
from groundfog.tasks.text_generation.types import Message
from groundfog.weights.files import ModelFiles
from tests.support import tiny_gguf

Load = Callable[..., LlamaCppEngine]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gguf")


@pytest.fixture(scope="session")
def model(folder: Path) -> Path:
    return tiny_gguf.build(folder / "tiny.gguf")


@pytest.fixture(scope="session")
def files(folder: Path, model: Path) -> ModelFiles:
    """The model with a projector and two adapters."""
    return tiny_gguf.files(
        model,
        mmproj=tiny_gguf.build_mmproj(folder / "mmproj.gguf"),
        lora={
            "terse": tiny_gguf.build_lora(folder / "terse.gguf", seed=1),
            "kind": tiny_gguf.build_lora(folder / "kind.gguf", seed=2),
        },
    )


@pytest.fixture(scope="session")
def engine(files: ModelFiles) -> Iterator[LlamaCppEngine]:
    """A loaded engine with four slots of 2,048 tokens."""
    engine = LlamaCppEngine()
    engine.load(files, LoadOptions(model_id="@cf/test/tiny", context_size=2048, slots=4))
    yield engine
    engine.unload()


@pytest.fixture
def load(folder: Path) -> Iterator[Load]:
    """Loads engines of a test's own: `load(path, slots=…, facts=…, mmproj=…)`."""
    engines: list[LlamaCppEngine] = []

    def start(main: Path, *, slots: int = 2, context: int | None = 1024, facts: Any = None, **extra: Any):  # type: ignore[no-untyped-def]
        engine = LlamaCppEngine()
        options = LoadOptions(model_id="@cf/test/own", context_size=context, slots=slots, facts=facts or {})
        engine.load(tiny_gguf.files(main, **extra), options)
        engines.append(engine)
        return engine

    yield start
    for engine in engines:
        engine.unload()


@pytest.fixture
def hello() -> list[Message]:
    return [Message("user", "Tell me about the river.")]
