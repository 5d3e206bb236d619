"""`env.AI` and gateways, as workerd's tunnel sends it (spec ai-gateway §1.11, §2.4)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.fake_upstream import json_answer
from tests.support.gateway_server import Served
from tests.support.wire import ACCOUNT, CHAT
from tests.wire.gateway.test_universal import ANSWER, LOCAL, MESSAGES, OPENAI

HOST = "https://workers-binding.ai"
RUN = HOST + "/ai-gateway/run?version=3"


async def remote(
    served: Served, url: str, *, method: str = "POST", inner: dict[str, str] | None = None, **request: Any
) -> httpx.Response:
    meant = {"content-type": "application/json", "cf-consn-sdk-version": "2.0.0", **(inner or {})}
    headers = {"MF-URL": url, "MF-Binding": "AI"} | {f"MF-Header-{name}": value for name, value in meant.items()}
    return await served.client.request(method, "/_remote", params={"account": "acct"}, headers=headers, **request)


async def run(served: Served, inputs: dict[str, Any], model: str = CHAT, **gateway: Any) -> httpx.Response:
    body = {"inputs": inputs, "options": {"gateway": {"id": "g", **gateway}}}
    return await remote(served, RUN, inner={"cf-consn-model-id": model}, json=body)


async def test_a_run_through_a_gateway_answers_the_bare_output(served: Served) -> None:
    response = await run(served, {"prompt": "hello", "seed": 1}, metadata={"user": "u", "big": "123", "none": None})
    direct = await served.post(f"{ACCOUNT}/ai/run/{CHAT}", json={"prompt": "hello", "seed": 1})
    assert response.headers["content-type"] == "application/json"
    assert response.json() == direct.json()["result"]
    record = served.records[0]
    assert response.headers["cf-aig-log-id"] == record.id
    assert (record.request_type, record.metadata) == ("binding", {"user": "u", "big": "123"})


async def test_a_second_run_is_a_hit_and_skipping_is_none(served: Served) -> None:
    statuses = [
        (await run(served, {"prompt": "hello"}, cacheTtl=60, **more)).headers["cf-aig-cache-status"]
        for more in ({}, {}, {"skipCache": True})
    ]
    assert statuses == ["MISS", "HIT", "MISS"]


async def test_what_the_binding_kept_a_native_call_gets_in_its_own_form(served: Served) -> None:
    bare = await remote(
        served,
        RUN,
        inner={"cf-consn-model-id": CHAT},
        content=b'{"inputs":{"prompt":"hello"},"options":{"gateway":{"id":"g","cacheTtl":60}}}',
    )
    native = await served.post(
        f"/v1/acct/g/workers-ai/{CHAT}",
        content=b'{"prompt":"hello"}',
        headers={"cf-aig-cache-ttl": "60", "content-type": "application/json"},
    )
    assert native.headers["cf-aig-cache-status"] == "HIT"
    assert (native.json()["result"], native.json()["success"]) == (bare.json(), True)


async def test_a_streamed_run(served: Served) -> None:
    response = await run(served, {"prompt": "hello", "stream": True})
    assert response.headers["content-type"] == "text/event-stream"
    assert response.text.endswith("data: [DONE]\n\n")
    assert response.headers["cf-aig-log-id"]


async def test_a_model_s_error_is_as_without_a_gateway(served: Served) -> None:
    through = await run(served, {"prompt": 5})
    direct = await remote(
        served,
        HOST + "/run?version=3",
        inner={"cf-consn-model-id": CHAT},
        json={"inputs": {"prompt": 5}, "options": {}},
    )
    shown = through.json()
    assert through.status_code == direct.status_code
    assert {name: shown[name] for name in direct.json()} == direct.json()
    assert shown["errors"] == [{"code": shown["internalCode"], "message": shown["description"]}]


async def test_a_gateway_s_error_has_every_field_that_the_runtime_reads(served: Served) -> None:
    served.gateway("tight", rate_limiting_limit=1, rate_limiting_interval=3600)
    url = HOST + "/ai-gateway/run?version=3"
    body = {"inputs": {"prompt": "x"}, "options": {"gateway": {"id": "tight"}}}
    for _ in range(2):
        response = await remote(served, url, inner={"cf-consn-model-id": CHAT}, json=body)
    shown = response.json()
    assert (response.status_code, shown["internalCode"], shown["name"]) == (429, 2003, "AiGatewayError")
    assert "rate limit" in shown["description"]
    assert shown["errors"][0]["message"] == shown["description"]


async def test_another_provider_s_model(served: Served) -> None:
    served.upstream.queue(json_answer(ANSWER))
    body = {"inputs": {"messages": MESSAGES}, "options": {"gateway": {"id": "g"}}}
    inner = {"cf-consn-model-id": "openai/gpt-4o-mini", "authorization": "Bearer sk-mine"}
    response = await remote(served, RUN, inner=inner, json=body)
    assert response.json() == {**ANSWER, "gatewayMetadata": {"keySource": "Request"}}
    sent = served.upstream.requests[-1]
    assert sent.header("authorization") == "Bearer sk-mine"
    assert not [name for name, _ in sent.headers if name.startswith(("cf-", "mf-"))]


async def test_universal_run(served: Served) -> None:
    response = await remote(
        served,
        HOST + "/ai-gateway/universal/run/g",
        inner={"cf-aig-event-id": "e"},
        json=[{**OPENAI, "provider": "x"}, LOCAL],
    )
    assert (response.status_code, response.headers["cf-aig-step"]) == (200, "1")
    assert response.headers["cf-aig-event-id"] == "e"
    assert response.json()["success"]


@pytest.mark.parametrize(("provider", "end"), [("universal", "/v1/acct/g/"), ("openai", "/v1/acct/g/openai")])
async def test_get_url(served: Served, provider: str, end: str) -> None:
    response = await remote(served, f"{HOST}/ai-gateway/gateways/g/url/{provider}", method="GET")
    assert response.json()["result"] == {"url": served.url + end}


async def test_get_log_and_patch_log(served: Served) -> None:
    log_id = (await run(served, {"prompt": "hello"})).headers["cf-aig-log-id"]
    url = f"{HOST}/ai-gateway/gateways/g/logs/{log_id}"
    feedback = {"feedback": {"rating": 1, "comment": "Great response"}}
    patched = await remote(served, url, method="PATCH", json=feedback)
    assert patched.status_code == 200
    log = (await remote(served, url, method="GET")).json()["result"]
    assert (log["id"], log["model"], log["feedback"]) == (log_id, CHAT, 1)


@pytest.mark.parametrize("method", ["GET", "PATCH"])
async def test_a_log_that_is_not_there_is_404(served: Served, method: str) -> None:
    response = await remote(served, HOST + "/ai-gateway/gateways/g/logs/nothing", method=method, json={"score": 1})
    assert response.status_code == 404
    assert response.json()["errors"][0]["message"]


async def test_resuming_a_stream_is_not_known(served: Served) -> None:
    response = await remote(served, HOST + "/ai-gateway/gateways/g/run/1/resume?from=0", method="GET")
    assert (response.status_code, response.json()) == (404, {"error": "Request not found"})


async def test_a_streamed_input_and_a_gateway_do_not_go_together(served: Served) -> None:
    url = HOST + "/ai-gateway/run?version=3&userInputs=%7B%7D"
    inner = {"cf-consn-model-id": "@cf/microsoft/resnet-50", "content-type": "image/png"}
    response = await remote(served, url, inner=inner, content=b"\x89PNG\r\n\x1a\n" + bytes(32))
    assert (response.status_code, response.json()["internalCode"]) == (400, 5006)


async def test_the_older_tunnel_serves_gateways_too(served: Served) -> None:
    headers = {"X-Forwarded": RUN, "cf-consn-model-id": CHAT, "authorization": "Bearer of-the-account"}
    body = {"inputs": {"prompt": "x"}, "options": {"gateway": {"id": "g"}}}
    response = await served.post(ACCOUNT + "/ai/run/proxy", headers=headers, json=body)
    assert response.headers["cf-aig-log-id"]
    assert "response" in response.json()
