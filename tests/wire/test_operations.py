"""What an operator needs: health, metrics, the OpenAPI document, loaded models, logs."""

from __future__ import annotations

import io
import json
import re

import pytest
from jsonschema import Draft202012Validator

from groundfog.wire.logs import RequestLog
from tests.support.wire import CHAT, EMBED, RUN, Local


def metric(server: Local, name: str, **labels: str) -> float:
    text = server.client.get("/metrics").text
    total = 0.0
    for line in text.splitlines():
        found = re.fullmatch(rf"{name}(?:{{(.*)}})? (\S+)", line)
        if found and all(f'{key}="{value}"' in (found[1] or "") for key, value in labels.items()):
            total += float(found[2])
    return total


def test_alive_and_ready(server: Local) -> None:
    assert server.client.get("/livez").json() == {"status": "ok"}
    assert server.client.get("/readyz").json() == {"status": "ok"}


def test_requests_are_counted_by_dialect_model_and_status(server: Local) -> None:
    labels = {"dialect": "rest", "model": EMBED, "status": "200"}
    before = metric(server, "groundfog_requests_total", **labels)
    server.run(EMBED, {"text": "one"})
    server.run(EMBED, {"text": "two"})
    server.run(EMBED, {"text": 3})
    assert metric(server, "groundfog_requests_total", **labels) == before + 2
    assert metric(server, "groundfog_request_seconds_count", dialect="rest", model=EMBED) >= 2


def test_tokens_are_counted_streamed_or_not(server: Local) -> None:
    usages = [server.run(CHAT, {"prompt": "hello"}).json()["result"]["usage"]]
    before = metric(server, "groundfog_tokens_total", model=CHAT, kind="output")
    for stream in (False, True):
        response = server.run(CHAT, {"prompt": "hello", "seed": 3, "stream": stream})
        if stream:
            last = response.text.strip().split("\n\n")[-2].removeprefix("data: ")
            usages.append(json.loads(last)["usage"])
        else:
            usages.append(response.json()["result"]["usage"])
    counted = metric(server, "groundfog_tokens_total", model=CHAT, kind="output") - before
    assert counted == usages[1]["completion_tokens"] + usages[2]["completion_tokens"]


def test_unknown_models_make_no_labels(server: Local) -> None:
    server.run("@cf/somebody/random-name-1234", {"prompt": "x"})
    assert "random-name-1234" not in server.client.get("/metrics").text


def test_the_metrics_are_in_prometheus_text_format(server: Local) -> None:
    response = server.client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "# TYPE groundfog_requests_total counter" in response.text
    assert "# TYPE groundfog_request_seconds histogram" in response.text


def test_the_openapi_document_has_every_route_and_valid_schemas(server: Local) -> None:
    document = server.client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for row in server.app.table.routes:
        if row.path not in ("/metrics", "/openapi.json"):
            assert row.path.replace(":path", "") in document["paths"], row.path
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    body = document["paths"][RUN.replace("acct", "{account}") + CHAT]["post"]["requestBody"]
    reference = body["content"]["application/json"]["schema"]["$ref"]
    assert reference.startswith("#/components/schemas/text-generation-input")
    assert reference.rpartition("/")[2] in document["components"]["schemas"]


def test_nothing_is_loaded_for_echo_and_unloading_says_so(server: Local) -> None:
    server.run(CHAT, {"prompt": "x"})
    assert server.client.get("/groundfog/v1/processes").json()["result"] == []
    response = server.client.delete("/groundfog/v1/processes/" + CHAT)
    assert response.json()["result"] == {"model": CHAT, "unloaded": False}


@pytest.fixture
def log(server: Local, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    monkeypatch.setattr(server.app, "request_log", RequestLog("json", "info", stream))
    return stream


def lines(log: io.StringIO, server: Local) -> list[dict[str, object]]:
    server.client.get("/livez")  # its turn of the event loop comes after the lines of the request before it
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_request_is_one_json_line_without_contents_or_keys(server: Local, log: io.StringIO) -> None:
    response = server.client.post(
        RUN + CHAT + "?token=in-the-query",
        json={"prompt": "my secret prompt"},
        headers={"authorization": "Bearer my-secret-key"},
    )
    entry = lines(log, server)[0]
    assert entry["request_id"] == response.headers["cf-ai-req-id"]
    assert (entry["model"], entry["source"], entry["status"]) == (CHAT, "echo", 200)
    assert isinstance(entry["ms"], float)
    assert entry["completion_tokens"] == response.json()["result"]["usage"]["completion_tokens"]
    for secret in ("my secret prompt", "my-secret-key", "in-the-query", "echo of"):
        assert secret not in log.getvalue()


def test_the_tags_of_a_caller_are_in_the_line(server: Local, log: io.StringIO) -> None:
    server.run(CHAT, {"prompt": "x", "options": {"tags": ["team:a", "nightly", "team:a"]}})
    server.run(CHAT, {"prompt": "x"})
    assert [entry.get("tags") for entry in lines(log, server)[:2]] == ["team:a,nightly", None]


def test_an_error_s_line_has_its_code(server: Local, log: io.StringIO) -> None:
    server.run("@cf/no/such", {"prompt": "x"})
    entry = lines(log, server)[0]
    assert (entry["status"], entry["code"]) == (400, 5007)


def test_a_caller_cannot_forge_a_line(server: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(server.app, "request_log", RequestLog("text", "info", stream))
    server.client.get("/a%0Aforged%20status=200")
    server.client.get("/livez")
    assert "\nforged" not in stream.getvalue()
    assert '"/a\\nforged status=200"' in stream.getvalue()


def test_an_internal_error_is_logged_and_not_shown(
    server: Local, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a detail of the inside")

    monkeypatch.setattr(server.platform, "call", broken)
    response = server.run(CHAT, {"prompt": "x"})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (500, 5001)
    assert "inside" not in response.text
    assert "a detail of the inside" in caplog.text
