"""For each model id that the reference pages name, a documented example call answers in the documented shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.request import Request, urlopen

import jsonschema
import pytest

from groundfog import catalog
from tests.support.examples import SEED_MODELS, Example
from tests.support.server import Server, running_server

RAW_BYTES = ("image/png", "image/jpeg", "audio/mpeg")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server("--sources", "echo") as server:
        yield server


def ask(server: Server, model_id: str, example: Example) -> tuple[str, bytes]:
    content = json.dumps(example.json).encode() if example.json is not None else example.content
    url = f"{server.url}/client/v4/accounts/local/ai/run/{model_id}{example.query}"
    with urlopen(Request(url, content, {"Content-Type": example.content_type}), timeout=60) as answer:
        assert answer.status == 200
        assert answer.headers["groundfog-source"] == "echo"
        assert answer.headers["cf-ai-req-id"]
        return answer.headers["Content-Type"], answer.read()


def schema(server: Server, model_id: str) -> dict[str, object]:
    with urlopen(f"{server.url}/client/v4/accounts/local/ai/models/schema?model={model_id}") as answer:
        return dict(json.load(answer)["result"])


def test_the_examples_cover_every_model_that_the_pages_name() -> None:
    named = {model.id for model in catalog.default().models if model.named_in_seeds}
    assert len(named) == 33
    assert set(SEED_MODELS) == named


@pytest.mark.parametrize("model_id", SEED_MODELS)
def test_a_documented_call_answers_in_the_documented_shape(server: Server, model_id: str) -> None:
    content_type, body = ask(server, model_id, SEED_MODELS[model_id])
    output = schema(server, model_id)["output"]
    assert isinstance(output, dict)
    if content_type != "application/json":
        assert content_type in RAW_BYTES
        assert content_type in json.dumps(output)
        assert body[:3] in (b"\x89PN", b"\xff\xd8\xff", b"ID3") or body[:1] == b"\xff"
        return
    envelope = json.loads(body)
    assert envelope["success"] is True
    assert envelope["errors"] == []
    jsonschema.validate(envelope["result"], output)
    assert envelope["result"]


def test_the_example_input_of_a_json_call_meets_the_models_schema(server: Server) -> None:
    for model_id, example in SEED_MODELS.items():
        if example.json is not None:
            jsonschema.validate(example.json, schema(server, model_id)["input"])
