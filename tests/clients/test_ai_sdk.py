"""The AI SDK with workers-ai-provider, unmodified: with credentials in Node.js, and over `env.AI` in real workerd."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import running_server
from tests.support.worker import CLIENTS, node, running_worker

pytestmark = pytest.mark.clients

SCRIPT = Path(__file__).parent / "echo.toml"
SHAPES = ["classic", "chat", "reasoning"]


@pytest.fixture(scope="module", params=["credentials", "binding"])
def results(request: pytest.FixtureRequest) -> Any:
    """What every call of ai-sdk-calls.mjs gave."""
    with running_server("--sources", "echo", environ={"GROUNDFOG_ECHO_SCRIPT": str(SCRIPT)}) as server:
        if request.param == "binding":
            with running_worker(server.url, entry="ai-sdk-worker.mjs") as worker:
                return worker.get("/").json()
        command = [node(), str(CLIENTS / "ai-sdk.mjs"), server.url]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)


@pytest.mark.parametrize("shape", SHAPES)
def test_text(results: Any, shape: str) -> None:
    assert '"Hello"' in results[f"text {shape}"]["text"]
    assert results[f"text {shape}"]["tokens"] > 0


@pytest.mark.parametrize("shape", SHAPES)
def test_a_stream_comes_in_pieces_and_ends_well(results: Any, shape: str) -> None:
    seen = results[f"stream {shape}"]
    assert (seen["pieces"], seen["finish"]) == (["one ", "two ", "three "], "stop")
    assert seen["tokens"] > 0


@pytest.mark.parametrize("kind", ["tools", "streamed tools"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_tool_is_called_and_its_result_read(results: Any, shape: str, kind: str) -> None:
    seen = results[f"{kind} {shape}"]
    assert seen["calls"] == [[{"city": "Oslo"}], []]
    assert '"degrees":7' in seen["text"]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_tool_can_be_forced(results: Any, shape: str) -> None:
    assert results[f"forced tool {shape}"] == ["getWeather"]


@pytest.mark.parametrize("shape", SHAPES)
def test_an_object_fits_its_schema(results: Any, shape: str) -> None:
    seen = results[f"object {shape}"]
    assert (type(seen["name"]), type(seen["count"])) == (str, int)


def test_other_tasks(results: Any) -> None:
    assert results["embeddings"] == [1024, 1024]
    assert results["image"] == {"type": "image/jpeg", "start": [0xFF, 0xD8]}
    assert "recording" in results["transcription"]
    assert results["speech"] == {"type": "audio/mpeg", "some": True}
    assert results["reranking"] == [1]


def test_a_refusal_is_shown_with_its_code(results: Any) -> None:
    assert "5007" in results["unknownModel"]["error"]
    assert "No such model @cf/no/such or task" in results["unknownModel"]["error"]


def test_a_rate_limit_is_tried_again(results: Any) -> None:
    assert results["retry"] == "At the second try."
