"""AI Gateway from a Worker in real workerd (Miniflare): the pages' snippets, unchanged, and `env.AI.gateway`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.server import Server, running_server
from tests.support.worker import Worker, running_worker

pytestmark = pytest.mark.clients

CHAT = "@cf/meta/llama-3.1-8b-instruct"
SCRIPT = Path(__file__).parent / "echo.toml"
GATEWAYS = "/client/v4/accounts/acct/ai-gateway/gateways"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """With the gateway `my-gateway`, which keeps answers for five minutes."""
    with running_server("--sources", "echo", environ={"GROUNDFOG_ECHO_SCRIPT": str(SCRIPT)}) as server:
        settings = {
            "id": "my-gateway",
            "cache_invalidate_on_update": True,
            "cache_ttl": 300,
            "collect_logs": True,
            "rate_limiting_interval": 0,
            "rate_limiting_limit": 0,
        }
        assert httpx.post(server.url + GATEWAYS, json=settings).status_code == 200
        yield server


@pytest.fixture(scope="module")
def worker(server: Server) -> Iterator[Worker]:
    with running_worker(server.url) as worker:
        yield worker


def run(worker: Worker, prompt: str, **gateway: Any) -> Any:
    """A raw answer through the gateway."""
    options = {"gateway": {"id": "my-gateway", **gateway}}
    return worker.post("/raw", model=CHAT, inputs={"prompt": prompt}, options=options)


def test_the_snippet_is_answered_and_its_feedback_kept(worker: Worker) -> None:
    seen = worker.post("/gateway/feedback")
    assert "Hello" in seen["response"]["response"]
    log = seen["log"]
    assert log["id"] == seen["logId"]
    assert (log["provider"], log["model"], log["success"], log["feedback"]) == ("workers-ai", CHAT, True, 1)
    assert "Great response" in json.dumps(log["metadata"])


def test_the_fetch_snippet_misses_and_then_hits(worker: Worker) -> None:
    given = {"accountId": "acct", "gatewayId": "my-gateway", "prompt": "What is fog?", "key": "any"}
    first, second = (worker.post("/snippet/gateway-fetch", **given) for _ in range(2))
    assert (first["cacheStatus"], second["cacheStatus"]) == ("MISS", "HIT")
    assert first["answer"] == second["answer"]
    assert first["answer"]["success"]


def test_runs_miss_hit_and_skip(worker: Worker) -> None:
    first, second, skipped = run(worker, "again"), run(worker, "again"), run(worker, "again", skipCache=True)
    statuses = [answer["headers"]["cf-aig-cache-status"] for answer in (first, second, skipped)]
    assert statuses == ["MISS", "HIT", "MISS"]
    assert first["body"] == second["body"]
    assert second["headers"]["content-type"] == "application/json"


def test_the_binding_notes_the_log_s_id(worker: Worker) -> None:
    options = {"gateway": {"id": "my-gateway", "metadata": {"user": "u", "paid": True}, "eventId": "e-1"}}
    seen = worker.post("/run", model=CHAT, inputs={"prompt": "x"}, options=options)
    log = worker.post("/gateway/log", id=seen["aiGatewayLogId"])["value"]
    assert (log["id"], log["event_id"]) == (seen["aiGatewayLogId"], "e-1")
    assert json.loads(log["metadata"]) == {"user": "u", "paid": True}
    assert log["tokens_out"] > 0


def test_a_stream_has_its_log_id_before_its_text(worker: Worker) -> None:
    inputs = {"prompt": "Count slowly.", "stream": True}
    seen = worker.post("/run", model=CHAT, inputs=inputs, options={"gateway": {"id": "my-gateway"}})
    assert seen["kind"] == "stream"
    assert seen["value"].endswith("data: [DONE]\n\n")
    assert worker.post("/gateway/log", id=seen["aiGatewayLogId"])["value"]["success"]


def test_an_error_of_the_model_is_that_of_a_direct_run(worker: Worker) -> None:
    direct = worker.post("/run", model=CHAT, inputs={})
    through = worker.post("/run", model=CHAT, inputs={}, options={"gateway": {"id": "my-gateway"}})
    assert through["error"] == direct["error"]
    assert through["lastRequestInternalStatusCode"] == 5006


def test_an_error_of_the_gateway_carries_its_code(server: Server, worker: Worker) -> None:
    settings = {"id": "tight", "rate_limiting_limit": 1, "rate_limiting_interval": 3600}
    settings |= {"cache_invalidate_on_update": True, "cache_ttl": 0, "collect_logs": True}
    assert httpx.post(server.url + GATEWAYS, json=settings).status_code == 200
    asked = {"model": CHAT, "inputs": {"prompt": "x"}, "options": {"gateway": {"id": "tight"}}}
    worker.post("/run", **asked)
    error = worker.post("/run", **asked)["error"]
    assert error["message"].startswith("2003: ")
    assert "rate limit" in error["message"]
    assert error["name"] == "AiGatewayError"


def test_feedback_can_be_changed_and_a_wrong_id_is_not_found(worker: Worker) -> None:
    log_id = worker.post("/run", model=CHAT, inputs={"prompt": "x"}, options={"gateway": {"id": "my-gateway"}})[
        "aiGatewayLogId"
    ]
    assert "error" not in worker.post("/gateway/patch", id=log_id, data={"feedback": -1, "score": 40})
    log = worker.post("/gateway/log", id=log_id)["value"]
    assert (log["feedback"], log["score"]) == (-1, 40)
    for page in ("/gateway/log", "/gateway/patch"):
        assert worker.post(page, id="none", data={"score": 1})["error"]["constructor"] == "AiGatewayLogNotFound"


@pytest.mark.parametrize(
    ("provider", "path"),
    [(None, "/v1/acct/my-gateway/"), ("workers-ai", "/v1/acct/my-gateway/workers-ai")],
)
def test_get_url_leads_to_this_server(server: Server, worker: Worker, provider: str | None, path: str) -> None:
    asked = {} if provider is None else {"provider": provider}
    assert worker.post("/gateway/url", **asked)["value"] == server.url + path


def test_universal_run(worker: Worker) -> None:
    bad = {"provider": "workers-ai", "endpoint": "@cf/no/such", "headers": {}, "query": {"prompt": "x"}}
    good = {
        "provider": "workers-ai",
        "endpoint": CHAT,
        "headers": {"content-type": "application/json", "cf-aig-metadata": {"n": 1}},
        "query": {"prompt": "universal"},
    }
    seen = worker.post("/gateway/run", steps=[bad, good], options={"gateway": {"skipCache": True}})
    assert (seen["status"], seen["headers"]["cf-aig-step"]) == (200, "1")
    assert json.loads(seen["body"])["success"]


def test_universal_run_of_one_streamed_step(worker: Worker) -> None:
    step = {"provider": "compat", "endpoint": "chat/completions", "headers": {}}
    step["query"] = {"model": f"workers-ai/{CHAT}", "messages": [{"role": "user", "content": "x"}], "stream": True}
    seen = worker.post("/gateway/run", steps=step)
    assert seen["headers"]["content-type"].startswith("text/event-stream")
    assert seen["body"].endswith("data: [DONE]\n\n")
