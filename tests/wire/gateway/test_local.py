"""Local models behind a gateway answer as on the direct path, in the same process (spec ai-gateway §1.6)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.gateway_server import GATEWAY, Served, gateway_server
from tests.support.wire import ACCOUNT, CHAT, EMBED

LOCAL = GATEWAY + "/workers-ai/"
PROMPT = {"prompt": "hello", "seed": 1}
MESSAGES = {"model": CHAT, "messages": [{"role": "user", "content": "hello"}], "seed": 1}
IDS = re.compile(rb'"(id|created|created_at|item_id)":("[^"]*"|\d+)|\([0-9a-f-]{36}\)')


def plain(content: bytes) -> bytes:
    """Without what differs from request to request."""
    return IDS.sub(b"", content)


@pytest.mark.parametrize(
    ("path", "direct", "body"),
    [
        (CHAT, f"{ACCOUNT}/ai/run/{CHAT}", PROMPT),
        ("run/" + CHAT, f"{ACCOUNT}/ai/run/{CHAT}", PROMPT),
        (CHAT, f"{ACCOUNT}/ai/run/{CHAT}", {**PROMPT, "stream": True}),
        (CHAT, f"{ACCOUNT}/ai/run/{CHAT}", {"prompt": 5}),
        ("@cf/no/such", f"{ACCOUNT}/ai/run/@cf/no/such", PROMPT),
        (EMBED, f"{ACCOUNT}/ai/run/{EMBED}", {"text": "hello"}),
        ("v1/chat/completions", ACCOUNT + "/ai/v1/chat/completions", MESSAGES),
        ("v1/chat/completions", ACCOUNT + "/ai/v1/chat/completions", {**MESSAGES, "stream": True}),
        ("v1/chat/completions", ACCOUNT + "/ai/v1/chat/completions", {"model": CHAT}),
        ("v1/completions", ACCOUNT + "/ai/v1/completions", {"model": CHAT, "prompt": "hello"}),
        ("v1/embeddings", ACCOUNT + "/ai/v1/embeddings", {"model": EMBED, "input": "hello"}),
        ("v1/responses", ACCOUNT + "/ai/v1/responses", {"model": CHAT, "input": "hello"}),
        ("run", ACCOUNT + "/ai/run", {"model": CHAT, "input": PROMPT}),
    ],
)
async def test_the_answer_is_that_of_the_direct_path(served: Served, path: str, direct: str, body: Any) -> None:
    through, straight = await served.post(LOCAL + path, json=body), await served.post(direct, json=body)
    assert through.status_code == straight.status_code
    assert through.headers["content-type"] == straight.headers["content-type"]
    assert plain(through.content) == plain(straight.content)
    assert through.headers.get("groundfog-source") == straight.headers.get("groundfog-source")
    assert through.headers["cf-aig-log-id"]
    assert "cf-aig-log-id" not in straight.headers


async def test_pictures_and_raw_inputs_pass_as_bytes(served: Served) -> None:
    model = "@cf/stabilityai/stable-diffusion-xl-base-1.0"
    through = await served.post(LOCAL + model, json={"prompt": "fog", "seed": 1})
    straight = await served.post(f"{ACCOUNT}/ai/run/{model}", json={"prompt": "fog", "seed": 1})
    assert through.headers["content-type"] == "image/png"
    assert through.content == straight.content
    picture = b"\x89PNG\r\n\x1a\n" + bytes(32)
    headers = {"content-type": "image/png"}
    labels = await served.post(LOCAL + "@cf/microsoft/resnet-50", content=picture, headers=headers)
    assert {"label", "score"} <= set(labels.json()["result"][0])


async def test_the_log_row_has_model_tokens_price_and_who_answered(served: Served) -> None:
    response = await served.post(LOCAL + CHAT, json=PROMPT)
    usage = response.json()["result"]["usage"]
    record = served.records[-1]
    assert (record.provider, record.model, record.path) == ("workers-ai", CHAT, CHAT)
    assert (record.tokens_in, record.tokens_out) == (usage["prompt_tokens"], usage["completion_tokens"])
    assert (record.source, record.engine) == ("echo", "echo")
    assert record.neurons
    assert record.cost


async def test_a_stream_is_priced_too(served: Served) -> None:
    response = await served.post(LOCAL + CHAT, json={**PROMPT, "stream": True})
    assert response.text.endswith("data: [DONE]\n\n")
    assert served.records[-1].tokens_out
    assert served.records[-1].cost


async def test_a_caller_that_hangs_up_frees_the_model(tmp_path: Path) -> None:
    script = tmp_path / "echo.toml"
    script.write_text('[[answer]]\ncontains = "slowly"\nchunks = ["one ", "two ", "three "]\nchunk_delay = 30\n')
    async with gateway_server(tmp_path / "state", echo_script=script) as served:
        body = {"prompt": "slowly", "stream": True}
        async with served.client.stream("POST", LOCAL + CHAT, json=body) as response:
            await anext(response.aiter_raw())
        assert not (await served.recorded(1)).success


@pytest.mark.parametrize(("method", "path"), [("GET", CHAT), ("POST", "nothing/here"), ("DELETE", "v1/models")])
async def test_what_is_no_endpoint_of_local_models_is_refused(served: Served, method: str, path: str) -> None:
    response = await served.client.request(method, LOCAL + path)
    assert response.status_code in (404, 405)
    assert response.json()["errors"][0]["code"] in (7001, 7003)


async def test_identical_requests_are_answered_by_the_cache(served: Served) -> None:
    headers = {"cf-aig-cache-ttl": "60"}
    first = await served.post(LOCAL + CHAT, json=PROMPT, headers=headers)
    second = await served.post(LOCAL + CHAT, json=PROMPT, headers=headers)
    assert [answer.headers["cf-aig-cache-status"] for answer in (first, second)] == ["MISS", "HIT"]
    assert second.content == first.content
    assert second.headers["content-type"] == "application/json"
