"""The account's REST API through gateways (spec ai-gateway §1.5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.fake_upstream import json_answer, sse
from tests.support.gateway_server import Served
from tests.support.wire import ACCOUNT, CHAT, EMBED
from tests.wire.gateway.test_universal import ANSWER, MESSAGES

AI = ACCOUNT + "/ai"
THROUGH = {"cf-aig-gateway-id": "g"}
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-5",
    "content": [{"type": "text", "text": "hi"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 4, "output_tokens": 2},
}


def store_keys(served: Served) -> None:
    keys = served.local.platform.gateways.parts.keys
    for slug in ("openai", "anthropic"):
        keys.add(
            "acct", "g", {"provider_slug": slug, "alias": "default", "secret": f"sk-{slug}", "default_config": True}
        )


@pytest.mark.parametrize(
    ("path", "body", "logged"),
    [
        (f"/run/{CHAT}", {"prompt": "hello"}, CHAT),
        ("/run", {"model": CHAT, "input": {"prompt": "hello"}}, CHAT),
        ("/v1/chat/completions", {"model": CHAT, "messages": MESSAGES}, "v1/chat/completions"),
        ("/v1/embeddings", {"model": EMBED, "input": "hello"}, "v1/embeddings"),
        ("/v1/responses", {"model": CHAT, "input": "hello"}, "v1/responses"),
        ("/v1/completions", {"model": CHAT, "prompt": "hello"}, "v1/completions"),
    ],
)
async def test_local_models_go_through_a_gateway_when_one_is_named(
    served: Served, path: str, body: Any, logged: str
) -> None:
    direct = await served.post(AI + path, json=body)
    assert (direct.status_code, served.records) == (200, [])
    assert "cf-aig-log-id" not in direct.headers
    through = await served.post(AI + path, json=body, headers=THROUGH)
    assert through.status_code == 200
    assert through.headers["cf-aig-log-id"] == served.records[0].id
    assert through.json().keys() == direct.json().keys()
    assert (served.records[0].path, served.records[0].request_type) == (logged, "rest")


async def test_the_body_can_name_the_gateway_and_its_options(served: Served) -> None:
    options = {"gateway": {"id": "g", "cacheTtl": 60, "metadata": {"user": "u"}}}
    body = {"prompt": "hello", "options": options}
    answers = [await served.post(f"{AI}/run/{CHAT}", json=body) for _ in range(2)]
    assert [answer.headers["cf-aig-cache-status"] for answer in answers] == ["MISS", "HIT"]
    assert served.records[0].metadata == {"user": "u"}


async def test_the_classic_and_the_unified_form_share_what_is_kept(served: Served) -> None:
    headers = {**THROUGH, "cf-aig-cache-ttl": "60"}
    await served.post(f"{AI}/run/{CHAT}", content=b'{"prompt":"hello"}', headers=headers)
    content = b'{"model":"%s","input":{"prompt":"hello"}}' % CHAT.encode()
    response = await served.post(AI + "/run", content=content, headers=headers)
    assert response.headers["cf-aig-cache-status"] == "HIT"


async def test_another_provider_s_model_needs_no_header(served: Served) -> None:
    store_keys(served)
    served.upstream.queue(json_answer(ANSWER))
    body = {"model": "openai/gpt-4o-mini", "messages": MESSAGES}
    headers = {**THROUGH, "authorization": "Bearer anything"}
    response = await served.post(AI + "/v1/chat/completions", json=body, headers=headers)
    assert response.json()["choices"][0]["message"]["content"] == "hi"
    assert served.upstream.requests[-1].header("authorization") == "Bearer sk-openai"
    refused = await served.post(AI + "/v1/chat/completions", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (402, 2021)
    assert served.records[-1].gateway == "default"


async def test_the_run_path_shows_another_provider_s_answer_in_the_envelope(served: Served) -> None:
    store_keys(served)
    served.upstream.queue(json_answer(ANSWER))
    body = {"model": "openai/gpt-4o-mini", "input": {"messages": MESSAGES}}
    answer = (await served.post(AI + "/run", json=body, headers=THROUGH)).json()
    assert answer["success"]
    assert answer["result"] == {**ANSWER, "gatewayMetadata": {"keySource": "BYOK"}}


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/v1/messages"])
async def test_anthropic_s_form(served: Served, path: str) -> None:
    store_keys(served)
    served.upstream.queue(json_answer(MESSAGE))
    body = {"model": "anthropic/claude-sonnet-4.5", "max_tokens": 16, "messages": MESSAGES}
    response = await served.post(AI + path, json=body, headers=THROUGH)
    assert response.json()["content"] == MESSAGE["content"]
    sent = served.upstream.requests[-1]
    assert (sent.path, sent.header("x-api-key")) == ("/v1/messages", "sk-anthropic")
    assert sent.json()["model"] == "claude-sonnet-4-5"


async def test_anthropic_s_form_for_a_local_model(served: Served) -> None:
    body = {"model": CHAT, "max_tokens": 16, "messages": MESSAGES}
    answer = (await served.post(AI + "/v1/messages", json=body)).json()
    assert (answer["type"], answer["role"]) == ("message", "assistant")
    assert answer["content"][0]["text"]


async def test_errors_of_anthropic_s_form_are_anthropic_s(served: Served) -> None:
    body = {"model": "anthropic/claude-sonnet-4.5", "max_tokens": 16, "messages": MESSAGES}
    response = await served.post(AI + "/v1/messages", json=body, headers=THROUGH)
    assert response.status_code == 402
    assert (response.json()["type"], response.json()["success"]) == ("error", False)
    assert response.json()["error"]["message"] == response.json()["errors"][0]["message"]


async def test_a_stream_through_the_run_path(served: Served) -> None:
    store_keys(served)
    served.upstream.queue(sse([{"choices": []}]))
    body = {"model": "openai/gpt-4o-mini", "input": {"messages": MESSAGES, "stream": True}}
    response = await served.post(AI + "/run", json=body, headers=THROUGH)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.endswith("data: [DONE]\n\n")


async def test_an_unknown_gateway_is_named_in_the_surface_s_own_form(served: Served) -> None:
    served.key()
    headers = {"cf-aig-gateway-id": "nowhere", "authorization": f"Bearer {served.key()}"}
    rest = await served.post(f"{AI}/run/{CHAT}", json={"prompt": "x"}, headers=headers)
    assert (rest.status_code, rest.json()["errors"][0]["code"]) == (400, 2001)
    body = {"model": CHAT, "messages": MESSAGES}
    openai = await served.post(AI + "/v1/chat/completions", json=body, headers=headers)
    assert (openai.status_code, openai.json()["error"]["code"]) == (400, "2001")


async def test_the_key_is_asked_for_as_ever(served: Served) -> None:
    served.key()
    assert (await served.post(f"{AI}/run/{CHAT}", json={"prompt": "x"}, headers=THROUGH)).status_code == 401
    assert served.records == []
