"""`env.AI` in real workerd (Miniflare): the reference pages' snippets, unchanged, and a closer look at the binding."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from groundfog.store import Keys, Store
from tests.support.server import Server, running_server
from tests.support.worker import Worker, running_worker

pytestmark = pytest.mark.clients

CHAT = "@cf/meta/llama-3.1-8b-instruct"
SCRIPT = Path(__file__).parent / "echo.toml"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server("--sources", "echo", environ={"GROUNDFOG_ECHO_SCRIPT": str(SCRIPT)}) as server:
        yield server


@pytest.fixture(scope="module")
def worker(server: Server) -> Iterator[Worker]:
    with running_worker(server.url) as worker:
        yield worker


def native(server: Server, model: str, inputs: dict[str, object]) -> httpx.Response:
    return httpx.post(f"{server.rest}/accounts/acct/ai/run/{model}", json=inputs)


def events(text: str) -> list[str]:
    return [line.removeprefix("data: ") for line in text.split("\n\n") if line]


def text_of(streamed: str) -> str:
    return "".join(json.loads(event).get("response") or "" for event in events(streamed)[:-1])


def test_the_first_worker_of_the_page(server: Server, worker: Worker) -> None:
    answer = worker.get("/snippet/quick-start").json()
    assert answer == native(server, CHAT, {"prompt": "What is Cloudflare?"}).json()["result"]
    assert isinstance(answer["response"], str)


def test_the_streaming_snippet(worker: Worker) -> None:
    response = worker.get("/snippet/streaming")
    assert response.headers["content-type"] == "text/event-stream"
    assert events(response.text)[-1] == "[DONE]"
    assert "Tell me a story" in text_of(response.text)
    assert json.loads(events(response.text)[-2])["usage"]["completion_tokens"] > 0


def test_the_messages_snippet(worker: Worker) -> None:
    assert "What is TypeScript?" in worker.get("/snippet/completion").json()["response"]


def test_the_chat_with_history_snippet(worker: Worker) -> None:
    messages = [
        {"role": "system", "content": "You are brief."},
        {"role": "user", "content": "My name is Ada."},
        {"role": "assistant", "content": "Hello Ada."},
        {"role": "user", "content": "What is my name?"},
    ]
    response = worker.client.post("/chat", json={"messages": messages})
    assert response.headers["content-type"] == "text/event-stream"
    assert response.text.endswith("data: [DONE]\n\n")
    assert "What is my name?" in text_of(response.text)


def test_a_stream_reaches_the_page_piece_by_piece(worker: Worker) -> None:
    body = {"messages": [{"role": "user", "content": "Count slowly."}]}
    with worker.client.stream("POST", "/chat", json=body) as response:
        pieces = list(response.iter_raw())
    assert len(pieces) > 1
    assert text_of(b"".join(pieces).decode()) == "one two three "


def test_the_embeddings_snippet(worker: Worker) -> None:
    answer = worker.get("/snippet/embeddings").json()
    assert answer["shape"] == [2, 768]
    assert [len(vector) for vector in answer["data"]] == [768, 768]


def test_the_structured_output_snippets_pass_zod(worker: Worker) -> None:
    recipe = worker.client.post("/recipe", json={"dish": "soup"})
    assert recipe.status_code == 200
    assert recipe.json()["ingredients"] == ["fog", "salt"]
    assert worker.get("/snippet/structured").json() == {"name": "fog", "items": ["a", "b"]}


def test_json_mode_gives_an_object(worker: Worker) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "people": {"type": "integer", "minimum": 0}},
        "required": ["city", "people"],
        "additionalProperties": False,
    }
    inputs = {"prompt": "Where?", "response_format": {"type": "json_schema", "json_schema": schema}}
    answer = worker.post("/run", model=CHAT, inputs=inputs)["value"]["response"]
    assert isinstance(answer["city"], str)
    assert isinstance(answer["people"], int)
    assert set(answer) == {"city", "people"}


def test_the_retry_snippet_tries_again_after_a_rate_limit(worker: Worker) -> None:
    seen = worker.post("/snippet/retry", model=CHAT, inputs={"prompt": "I ask too often."})
    assert seen["value"]["response"] == "At the second try."


def test_the_retry_snippet_throws_other_errors_at_once(worker: Worker) -> None:
    seen = worker.post("/snippet/retry", model="@cf/no/such", inputs={"prompt": "x"})
    assert seen["error"]["message"] == "5007: No such model @cf/no/such or task"


def test_last_request_id_is_the_answer_s(worker: Worker) -> None:
    first = worker.post("/run", model=CHAT, inputs={"prompt": "a"})
    second = worker.post("/run", model=CHAT, inputs={"prompt": "a"})
    assert len(first["lastRequestId"]) == 36
    assert first["lastRequestId"] != second["lastRequestId"]
    assert first["lastRequestHttpStatusCode"] == 200


def test_return_raw_response_shows_the_wire(worker: Worker) -> None:
    good = worker.post("/raw", model=CHAT, inputs={"prompt": "a"})
    assert good["status"] == 200
    assert good["headers"]["content-type"] == "application/json"
    assert good["headers"]["groundfog-source"] == "echo"
    assert "response" in json.loads(good["body"])
    bad = worker.post("/raw", model=CHAT, inputs={})
    assert bad["status"] == 400
    assert json.loads(bad["body"])["internalCode"] == 5006


@pytest.mark.parametrize(
    ("model", "inputs", "status", "code"),
    [
        ("@cf/no/such", {"prompt": "x"}, 400, 5007),
        (CHAT, {}, 400, 5006),
        (CHAT, {"prompt": "x", "max_tokens": 1_000_000}, 413, 5021),
        (CHAT, {"prompt": "x", "max_tokens": 1_000_000, "stream": True}, 413, 5021),
    ],
)
def test_errors_have_the_class_name_and_text_that_applications_match(
    worker: Worker, model: str, inputs: dict[str, object], status: int, code: int
) -> None:
    seen = worker.post("/run", model=model, inputs=inputs)
    assert seen["error"]["constructor"] == "InferenceUpstreamError"
    assert seen["error"]["name"] == "AiError"
    assert seen["error"]["message"].startswith(f"{code}: ")
    assert (seen["lastRequestHttpStatusCode"], seen["lastRequestInternalStatusCode"]) == (status, code)


def test_models_lists_the_catalogue_and_ends(worker: Worker) -> None:
    rows = worker.post("/models", task="Text Embeddings", per_page=50)["value"]
    assert "@cf/baai/bge-base-en-v1.5" in [row["name"] for row in rows]
    assert worker.post("/models", page=99)["value"] == []


def test_a_wrong_list_parameter_is_an_error_of_the_binding(worker: Worker) -> None:
    seen = worker.post("/models", page="two")
    assert seen["error"]["constructor"] == "AiInternalError"
    assert "page" in seen["error"]["message"]


def test_an_image_model_with_base64_is_an_object(worker: Worker) -> None:
    image = worker.post("/run", model="@cf/black-forest-labs/flux-1-schnell", inputs={"prompt": "a tree"})["value"]
    assert base64.b64decode(image["image"]).startswith(b"\xff\xd8")


def test_an_image_model_with_bytes_is_a_stream(worker: Worker) -> None:
    body = {"model": "@cf/stabilityai/stable-diffusion-xl-base-1.0", "inputs": {"prompt": "a tree"}}
    assert worker.client.post("/bytes", json=body).content.startswith(b"\x89PNG")


def test_the_image_snippet_of_the_older_page_gets_what_the_service_gives(worker: Worker) -> None:
    """That page took the answer for a stream of bytes; flux-1-schnell answers an object (spec workers-ai §10)."""
    response = worker.get("/snippet/image")
    assert response.headers["content-type"] == "image/png"
    assert response.text == "[object Object]"


def test_a_streamed_input_is_bound_to_the_model_s_binary_input(worker: Worker) -> None:
    content = base64.b64encode(PICTURE).decode()
    seen = worker.post(
        "/stream-input",
        model="@cf/microsoft/resnet-50",
        key="image",
        base64=content,
        contentType="image/png",
        inputs={},
    )
    assert {"label", "score"} <= set(seen["value"][0])


@pytest.mark.parametrize("content_type", [None, "multipart/form-data"])
def test_a_form_is_read_with_and_without_its_boundary(worker: Worker, content_type: str | None) -> None:
    seen = worker.post(
        "/form-input",
        model="@cf/black-forest-labs/flux-2-dev",
        key="multipart",
        fields={"prompt": "a tree", "width": "512", "height": "512"},
        contentType=content_type,
    )
    assert base64.b64decode(seen["value"]["image"])


def test_a_reader_that_cancels_ends_the_work_on_the_server(server: Server, worker: Worker) -> None:
    body = {"model": CHAT, "inputs": {"prompt": "Take your time.", "stream": True}}
    assert text_of(worker.client.post("/abandon", json=body).text + "data: [DONE]\n\n").startswith("one ")
    until = time.monotonic() + 10
    while not any("status=499" in line and f"model={CHAT}" in line for line in server.log):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_what_is_not_here_yet_is_an_error_in_words(worker: Worker) -> None:
    seen = worker.post("/markdown")
    assert "not available on this server" in seen["error"]["message"]


def test_a_key_in_the_connection_string_is_asked_for() -> None:
    with running_server("--sources", "echo") as closed:
        store = Store(closed.state)
        _, secret = Keys(store).create()
        store.close()
        with running_worker(closed.url, token=secret) as allowed:
            assert allowed.post("/run", model=CHAT, inputs={"prompt": "x"})["value"]["response"]
        with running_worker(closed.url, token="gf_wrong") as refused:
            seen = refused.post("/run", model=CHAT, inputs={"prompt": "x"})
            assert seen["error"]["message"] == "10000: Authentication error"
            assert seen["error"]["constructor"] == "InferenceUpstreamError"
            assert seen["lastRequestHttpStatusCode"] == 401
