"""A fake hub, an empty state directory, and the settings that use both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from groundfog import catalog
from groundfog.catalog import Model
from groundfog.settings import Settings
from groundfog.weights import Weights
from groundfog.weights.hub import Hub
from tests.support.fake_hub import FakeHub, fake_hub

CHAT = "@cf/meta/llama-3.2-1b-instruct"
REPO = "bartowski/Llama-3.2-1B-Instruct-GGUF"
MAIN = "Llama-3.2-1B-Instruct-Q4_K_M.gguf"


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with fake_hub() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_hub_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_ENDPOINT", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path / "state")


@pytest.fixture
def weights(settings: Settings) -> Weights:
    return Weights(settings)


@pytest.fixture
def waits() -> list[float]:
    """The pauses between two attempts, which nobody sleeps in the tests."""
    return []


@pytest.fixture
def client(hub: FakeHub, waits: list[float]) -> Hub:
    return Hub(hub.url, wait=waits.append)


@pytest.fixture
def chat() -> Model:
    return catalog.default().find(CHAT)


@pytest.fixture
def content() -> bytes:
    """A GGUF by its first bytes, long enough for several reads."""
    return b"GGUF" + bytes(range(256)) * 4000
