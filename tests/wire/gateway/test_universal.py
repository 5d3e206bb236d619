"""The universal endpoint and compat (spec ai-gateway §1.3, §1.4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.fake_upstream import failing, json_answer, sse
from tests.support.gateway_server import GATEWAY, Served
from tests.support.wire import CHAT, EMBED

LOCAL = {"provider": "workers-ai", "endpoint": CHAT, "query": {"prompt": "hello"}}
MESSAGES = [{"role": "user", "content": "hello"}]
OPENAI = {
    "provider": "openai",
    "endpoint": "chat/completions",
    "headers": {"Authorization": "Bearer sk"},
    "query": {"model": "gpt-4o-mini", "messages": MESSAGES},
}
ANSWER = {
    "id": "1",
    "object": "chat.completion",
    "model": "gpt-4o-mini",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hi"}}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
}


@pytest.mark.parametrize("path", [GATEWAY, GATEWAY + "/"])
@pytest.mark.parametrize("body", [OPENAI, [OPENAI]])
async def test_one_step_is_answered_as_its_provider_does(served: Served, path: str, body: Any) -> None:
    served.upstream.queue(json_answer(ANSWER))
    response = await served.post(path, json=body)
    assert (response.json(), response.headers["cf-aig-step"]) == (ANSWER, "0")
    sent = served.upstream.requests[-1]
    assert (sent.target, sent.header("authorization")) == ("/v1/chat/completions", "Bearer sk")
    assert sent.json() == OPENAI["query"]


async def test_a_step_that_fails_gives_way_to_the_next(served: Served) -> None:
    served.upstream.queue(failing(500))
    response = await served.post(GATEWAY, json=[OPENAI, LOCAL])
    assert (response.status_code, response.headers["cf-aig-step"]) == (200, "1")
    assert response.json()["success"]
    assert [(record.step, record.success) for record in served.records] == [(0, False), (1, True)]
    assert response.headers["cf-aig-log-id"] == served.records[1].id
    assert response.headers["cf-aig-request-id"] == served.records[0].id


async def test_when_every_step_fails_the_last_one_s_answer_comes(served: Served) -> None:
    served.upstream.queue(failing(500), failing(418))
    response = await served.post(GATEWAY, json=[OPENAI, OPENAI])
    assert (response.status_code, response.headers["cf-aig-step"]) == (418, "1")


async def test_a_stream_of_the_winning_step_is_a_stream(served: Served) -> None:
    served.upstream.queue(failing(503), sse([{"n": 1}]))
    response = await served.post(GATEWAY, json=[OPENAI, {**OPENAI, "query": {"model": "m", "stream": True}}])
    assert response.headers["content-type"] == "text/event-stream"
    assert response.content == b"".join(sse([{"n": 1}]).pieces())


async def test_a_step_s_ttl_of_zero_switches_its_cache_off(served: Served) -> None:
    for _ in range(2):
        step = {**LOCAL, "headers": {"cf-aig-cache-ttl": 0}}
        response = await served.post(GATEWAY, json=[step], headers={"cf-aig-cache-ttl": "60"})
        assert response.headers["cf-aig-cache-status"] == "MISS"


async def test_only_posts_are_universal(served: Served) -> None:
    assert (await served.client.get(GATEWAY)).status_code == 405


async def test_a_body_that_is_no_steps_says_so(served: Served) -> None:
    response = await served.post(GATEWAY, json=[{"endpoint": "x"}])
    assert (response.status_code, response.json()["error"][0]["code"]) == (400, 7001)
    assert "provider" in response.json()["message"]


@pytest.mark.parametrize("path", ["compat/chat/completions", "compat/chat/completion", "compat/v1/chat/completions"])
async def test_compat_names_provider_and_model_together(served: Served, path: str) -> None:
    served.upstream.queue(json_answer(ANSWER))
    body = {"model": "openai/gpt-4o-mini", "messages": MESSAGES}
    response = await served.post(f"{GATEWAY}/{path}", json=body, headers={"authorization": "Bearer sk"})
    assert response.json()["choices"][0]["message"]["content"] == "hi"
    assert served.upstream.requests[-1].json()["model"] == "gpt-4o-mini"
    record = served.records[-1]
    assert (record.provider, record.model, record.tokens_in, record.tokens_out) == ("openai", "gpt-4o-mini", 3, 2)


async def test_compat_answers_for_local_models_too(served: Served) -> None:
    body = {"model": f"workers-ai/{CHAT}", "messages": MESSAGES}
    response = await served.post(GATEWAY + "/compat/chat/completions", json=body)
    assert response.json()["choices"][0]["message"]["content"]
    vectors = await served.post(
        GATEWAY + "/compat/embeddings", json={"model": f"workers-ai/{EMBED}", "input": ["a", "b"]}
    )
    assert [len(row["embedding"]) for row in vectors.json()["data"]] == [768, 768]


async def test_compat_streams(served: Served) -> None:
    body = {"model": f"workers-ai/{CHAT}", "messages": MESSAGES, "stream": True}
    response = await served.post(GATEWAY + "/compat/chat/completions", json=body)
    events = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line]
    assert events[-1] == "[DONE]"
    assert json.loads(events[0])["object"] == "chat.completion.chunk"


@pytest.mark.parametrize(("model", "code"), [("gpt-4o", 2019), ("nobody/gpt-4o", 2008)])
async def test_a_model_without_a_known_provider_is_refused(served: Served, model: str, code: int) -> None:
    response = await served.post(GATEWAY + "/compat/chat/completions", json={"model": model, "messages": MESSAGES})
    assert (response.status_code, response.json()["error"][0]["code"]) == (400, code)


async def test_an_endpoint_that_compat_has_not_is_2008(served: Served) -> None:
    response = await served.post(GATEWAY + "/compat/images", json={})
    assert (response.status_code, response.json()["error"][0]["code"]) == (400, 2008)


async def test_universal_takes_compat_steps(served: Served) -> None:
    served.upstream.queue(failing(500))
    steps = [
        {
            "provider": "compat",
            "endpoint": "chat/completion",
            "headers": {"Authorization": "Bearer sk"},
            "query": {"model": model, "messages": MESSAGES},
        }
        for model in ("openai/gpt-4o", f"workers-ai/{CHAT}")
    ]
    response = await served.post(GATEWAY, json=steps)
    assert (response.status_code, response.headers["cf-aig-step"]) == (200, "1")
    assert response.json()["object"] == "chat.completion"
