"""OpenAI's npm SDK, unmodified, on Node.js (tests/clients/openai.mjs)."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.support.worker import CLIENTS, node

pytestmark = pytest.mark.clients


@pytest.fixture(scope="module")
def results(server: Any) -> Any:
    """What every call of the script gave."""
    command = [node(), str(CLIENTS / "openai.mjs"), f"{server.url}/client/v4/accounts/acct/ai/v1"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_a_completion_and_its_stream_agree(results: Any) -> None:
    assert "Hello" in results["chat"]["text"]
    assert results["stream"] == {
        "text": results["chat"]["text"],
        "usage": results["chat"]["usage"],
        "finish": "stop",
    }
    assert len(results["chat"]["id"]) == 36


def test_a_stream_can_be_aborted(results: Any) -> None:
    assert results["abort"] == {"chunks": 2}


def test_forced_calls(results: Any) -> None:
    assert results["tools"]["name"] == "weather"
    assert isinstance(results["tools"]["arguments"]["city"], str)


def test_structured_output_parses(results: Any) -> None:
    assert set(results["structured"]) == {"title", "minutes", "steps"}


def test_legacy_completions_of_several_prompts(results: Any) -> None:
    assert results["completion"] == ["one", "two"]


def test_embeddings_by_default_are_base64_of_the_floats(results: Any) -> None:
    assert results["embeddings"]["length"] == 768
    assert results["embeddings"]["distance"] < 1e-6


def test_responses_and_their_stream_agree(results: Any) -> None:
    assert results["responses"]["status"] == "completed"
    assert results["responsesStream"] == {
        "first": "response.created",
        "last": "response.completed",
        "text": results["responses"]["text"],
    }


def test_models(results: Any) -> None:
    assert results["models"] == {"listed": True, "one": "@cf/meta/llama-3.1-8b-instruct"}


def test_errors_are_readable(results: Any) -> None:
    refused = results["refused"]
    assert (refused["name"], refused["status"]) == ("BadRequestError", 400)
    assert "Type mismatch of '/max_tokens', 'string' not in 'integer'" in refused["message"]
    assert results["busy"] == {"name": "RateLimitError", "status": 429, "code": "3040"}
    assert results["broken"]["text"] == "one two "
    assert "ended while it answered" in results["broken"]["message"]
