"""The binding protocol without workerd: the three ways in, and the form of every answer (spec workers-ai §2)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.support.wire import ACCOUNT, CHAT, EMBED, Local

RUN = "https://workers-binding.ai/run?version=3"
BODY = {"inputs": {"prompt": "hello", "seed": 1}, "options": {}}


def remote(
    server: Local,
    url: str = RUN,
    *,
    method: str = "POST",
    headers: dict[str, str] | None = None,
    model: str | None = CHAT,
    **request: Any,
) -> httpx.Response:
    """A request as workerd's tunnel sends it."""
    inner = {"content-type": "application/json", "cf-consn-sdk-version": "2.0.0", **(headers or {})}
    if model is not None:
        inner["cf-consn-model-id"] = model
    outer = {"MF-URL": url, "MF-Binding": "AI"} | {f"MF-Header-{name}": value for name, value in inner.items()}
    return server.client.request(method, "/_remote", params={"account": "acct"}, headers=outer, **request)


def proxied(server: Local, url: str = RUN, *, method: str = "POST", **request: Any) -> httpx.Response:
    """A request as older wrangler re-posts it."""
    headers = {"X-Forwarded": url, "cf-consn-model-id": CHAT}
    return server.client.request(method, ACCOUNT + "/ai/run/proxy", headers=headers, **request)


def direct(server: Local, url: str = RUN, *, method: str = "POST", **request: Any) -> httpx.Response:
    """A request of workerd to this server as an external service."""
    headers = {"host": "workers-binding.ai", "cf-consn-model-id": CHAT}
    path = url.removeprefix("https://workers-binding.ai")
    return server.client.request(method, path, headers=headers, **request)


WAYS = [remote, proxied, direct]


@pytest.mark.parametrize("way", WAYS)
def test_a_run_answers_the_bare_output_with_the_exact_content_type(server: Local, way: Any) -> None:
    response = way(server, json=BODY)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert len(response.headers["cf-ai-req-id"]) == 36
    assert response.json() == server.run(CHAT, BODY["inputs"]).json()["result"]


@pytest.mark.parametrize("way", WAYS)
def test_an_error_has_the_binding_s_form(server: Local, way: Any) -> None:
    response = way(server, json={"inputs": {"prompt": 5}, "options": {}})
    body = response.json()
    assert response.status_code == 400
    assert set(body) == {"internalCode", "name", "message", "description"}
    assert (body["internalCode"], body["name"]) == (5006, "AiError")
    assert body["message"] == f"AiError: {body['description']}"
    assert body["description"].startswith("Bad input: Error: ")
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize("way", WAYS)
def test_models_pages_and_ends(server: Local, way: Any) -> None:
    url = "https://workers-binding.ai/ai-api/models/search?per_page=3&task=Text%20Embeddings"
    first = way(server, url, method="GET").json()["result"]
    assert len(first) == 3
    assert {row["task"]["name"] for row in first} == {"Text Embeddings"}
    assert way(server, url + "&page=99", method="GET").json()["result"] == []


@pytest.mark.parametrize("way", WAYS)
def test_an_unknown_path_has_the_list_form(server: Local, way: Any) -> None:
    response = way(server, "https://workers-binding.ai/nothing/here", method="GET")
    assert response.status_code == 404
    assert "/nothing/here" in response.json()["errors"][0]["message"]


@pytest.mark.parametrize("version", ["version=2", "version=3", ""])
def test_both_versions_are_spoken(server: Local, version: str) -> None:
    assert remote(server, f"https://workers-binding.ai/run?{version}", json=BODY).status_code == 200


def test_an_older_version_is_5019(server: Local) -> None:
    response = remote(server, "https://workers-binding.ai/run?version=1", json=BODY)
    assert (response.status_code, response.json()["internalCode"]) == (405, 5019)


def test_a_stream_is_passed_as_events(server: Local) -> None:
    response = remote(server, json={"inputs": {"prompt": "hello", "stream": True}, "options": {}})
    assert response.headers["content-type"] == "text/event-stream"
    assert response.text.endswith("data: [DONE]\n\n")


def test_a_prefixed_model_id_is_understood(server: Local) -> None:
    assert remote(server, json=BODY, model=f"some-prefix:{CHAT}").status_code == 200


def test_a_run_without_a_model_names_the_header(server: Local) -> None:
    response = remote(server, json=BODY, model=None)
    assert (response.status_code, response.json()["internalCode"]) == (400, 3003)
    assert "cf-consn-model-id" in response.json()["description"]


def test_a_tunnel_request_without_a_url_is_refused(server: Local) -> None:
    assert server.client.post("/_remote", json=BODY).json()["internalCode"] == 3003
    assert server.client.post(ACCOUNT + "/ai/run/proxy", json=BODY).json()["internalCode"] == 3003


@pytest.mark.parametrize("way", [remote, proxied])
def test_a_meant_url_that_is_none_is_refused(server: Local, way: Any) -> None:
    response = way(server, "http://[")
    assert (response.status_code, response.json()["internalCode"]) == (400, 3003)


def test_the_session_probe_gets_a_404(server: Local) -> None:
    headers = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    assert server.client.get("/_remote", params={"MF-Binding": "AI"}, headers=headers).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/to-everything/markdown/supported",
        "/autorag/rags",
    ],
)
def test_what_is_not_here_yet_says_so(server: Local, path: str) -> None:
    response = remote(server, "https://workers-binding.ai" + path, method="GET")
    assert response.status_code == 501
    assert "not available on this server" in response.json()["errors"][0]["message"]


def test_another_binding_s_host_is_named(server: Local) -> None:
    response = remote(server, "http://vector-search/query", json={})
    assert response.status_code == 501
    assert "vector-search" in response.json()["errors"][0]["message"]


def test_websockets_are_refused_in_words(server: Local) -> None:
    response = remote(server, "https://workers-binding.ai/run?version=3&body=%7B%7D", method="GET")
    assert response.status_code == 501
    assert "websocket" in response.json()["description"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"inputs": []}', b'{"inputs": {}, "options": 1}'])
def test_a_body_that_is_none_is_an_error_of_the_table(server: Local, body: bytes) -> None:
    response = remote(server, content=body)
    assert response.status_code == 400
    assert response.json()["internalCode"] in (3003, 5006)


def test_reject_if_busy_counts_in_the_options_only(server: Local) -> None:
    assert remote(server, json={**BODY, "options": {"rejectIfBusy": True}}).status_code == 200
    response = remote(server, json={"inputs": {"prompt": "x", "rejectIfBusy": True}, "options": {}})
    assert (response.status_code, response.json()["internalCode"]) == (400, 5006)


PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(32)


def stream_url(inputs: dict[str, Any], **options: str) -> str:
    return str(httpx.URL(RUN, params={"version": "3", "userInputs": json.dumps(inputs), **options}))


def test_a_streamed_input_is_the_model_s_binary_input(server: Local) -> None:
    response = remote(
        server,
        stream_url({}, gateway="[object Object]"),
        model="@cf/microsoft/resnet-50",
        headers={"content-type": "image/png"},
        content=PICTURE,
    )
    assert response.status_code == 200
    assert {"label", "score"} <= set(response.json()[0])


def test_the_other_inputs_of_a_streamed_one_are_checked(server: Local) -> None:
    response = remote(
        server,
        stream_url({"prompt": "what is it?", "max_tokens": "many"}),
        model="@cf/llava-hf/llava-1.5-7b-hf",
        headers={"content-type": "image/png"},
        content=PICTURE,
    )
    assert (response.status_code, response.json()["internalCode"]) == (400, 5006)
    assert "max_tokens" in response.json()["description"]


def test_a_streamed_form_needs_no_boundary_in_the_header(server: Local) -> None:
    form = b'--x1\r\ncontent-disposition: form-data; name="prompt"\r\n\r\na tree\r\n--x1--\r\n'
    response = remote(
        server,
        stream_url({}),
        model="@cf/black-forest-labs/flux-2-dev",
        headers={"content-type": "multipart/form-data"},
        content=form,
    )
    assert response.status_code == 200
    assert isinstance(response.json()["image"], str)


def test_embeddings_are_bare_too(server: Local) -> None:
    response = remote(server, json={"inputs": {"text": "a"}, "options": {}}, model=EMBED)
    assert response.json()["shape"] == [1, 768]
