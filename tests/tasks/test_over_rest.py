"""The documented examples of every task, sent to a real server, come back in the documented shape."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import jsonschema
import pytest

from groundfog import catalog, tasks
from tests.support.examples import png, wav
from tests.support.server import Server, running_server
from tests.tasks.test_schemas import DOCUMENTED

JSON = "application/json"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server(environ={"GROUNDFOG_SOURCES": '["echo"]'}) as server:
        yield server


def post(server: Server, model_id: str, content: bytes, content_type: str, query: str = "") -> tuple[int, str, bytes]:
    url = f"{server.rest}/accounts/local/ai/run/{model_id}{query}"
    try:
        with urlopen(Request(url, content, {"Content-Type": content_type}), timeout=60) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read()


def valid_result(model_id: str, content: bytes) -> Any:
    model = catalog.default().find(model_id)
    result = json.loads(content)["result"]
    jsonschema.validate(result, tasks.for_model(model).output_schema(model))
    return result


@pytest.mark.parametrize("model_id", DOCUMENTED)
def test_a_documented_example_answers_in_the_models_shape(server: Server, model_id: str) -> None:
    status, content_type, content = post(server, model_id, json.dumps(DOCUMENTED[model_id]).encode(), JSON)
    assert status == 200
    if content_type == JSON:
        valid_result(model_id, content)
    else:
        assert content_type in ("image/png", "image/jpeg", "audio/wav")
        assert content.startswith((b"\x89PNG", b"\xff\xd8\xff", b"RIFF"))


@pytest.mark.parametrize(
    ("model_id", "content", "content_type", "query"),
    [
        ("@cf/openai/whisper", wav(), "application/octet-stream", ""),
        ("@cf/openai/whisper-large-v3-turbo", wav(), "audio/wav", "?language=de"),
        ("@cf/deepgram/nova-3", wav(), "audio/wav", "?keyterm=a&keyterm=b&punctuate=true&tag=ignored"),
        ("@cf/microsoft/resnet-50", png(), "image/png", ""),
        ("@cf/facebook/detr-resnet-50", png(), "image/png", ""),
        ("@cf/unum/uform-gen2-qwen-500m", png(), "image/png", "?max_tokens=20"),
        ("@cf/pipecat-ai/smart-turn-v2", wav(), "audio/wav", ""),
    ],
)
def test_raw_bytes_are_the_models_binary_input(
    server: Server, model_id: str, content: bytes, content_type: str, query: str
) -> None:
    status, _, answer = post(server, model_id, content, content_type, query)
    assert status == 200
    assert valid_result(model_id, answer)


@pytest.mark.parametrize("header", ["multipart/form-data; boundary=b", "multipart/form-data"])
def test_flux_2_takes_a_form_even_without_a_boundary_in_the_header(server: Server, header: str) -> None:
    fields = b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na harbour\r\n'
    size = b'--b\r\nContent-Disposition: form-data; name="width"\r\n\r\n256\r\n'
    file = b'--b\r\nContent-Disposition: form-data; name="input_image_0"; filename="a.png"\r\n\r\n' + png() + b"\r\n"
    status, _, answer = post(server, "@cf/black-forest-labs/flux-2-dev", fields + size + file + b"--b--\r\n", header)
    assert status == 200
    image = base64.b64decode(valid_result("@cf/black-forest-labs/flux-2-dev", answer)["image"])
    assert image.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("model_id", "content", "content_type", "text"),
    [
        ("@cf/black-forest-labs/flux-2-dev", b'{"prompt":"a"}', JSON, "required properties at '/' are 'multipart'"),
        ("@cf/openai/whisper", b'{"audio":"QUJD"}', JSON, "'/audio', 'string' not in 'array','binary'"),
        ("@cf/deepgram/aura-1", b'{"text":"a","speaker":"nobody"}', JSON, "enum nobody not in angus,asteria"),
        ("@cf/facebook/bart-large-cnn", b"\x00\x01", "audio/wav", "'binary' not in 'object'"),
        ("@cf/meta/m2m100-1.2b", b'{"text":"a","target_lang":"fr","tone":"x"}', JSON, "properties '/tone' at '/'"),
    ],
)
def test_a_violation_is_a_5006_with_the_field_in_it(
    server: Server, model_id: str, content: bytes, content_type: str, text: str
) -> None:
    status, kind, answer = post(server, model_id, content, content_type)
    assert (status, kind) == (400, JSON)
    (error,) = json.loads(answer)["errors"]
    assert error["code"] == 5006
    assert error["message"].startswith("AiError: Bad input: Error: ")
    assert text in error["message"]


def test_moondream_streams_unless_told_otherwise(server: Server) -> None:
    status, kind, answer = post(server, "@cf/moondream/moondream3.1-9B-A2B", b'{"question":"Why?"}', JSON)
    assert (status, kind) == (200, "text/event-stream")
    events = [line.removeprefix(b"data: ") for line in answer.split(b"\n\n") if line]
    assert events[-1] == b"[DONE]"
    parts = [json.loads(event) for event in events[:-1]]
    assert "".join(part.get("answer", "") for part in parts)
    assert parts[-1]["finish_reason"] == "stop"
