"""Bodies that no well-meaning client sends: each is the caller's mistake, and none is ours (spec ai-gateway §1.3)."""

from __future__ import annotations

import json

import pytest
from websockets.asyncio.client import connect

from tests.support import fake_upstream as fake
from tests.support.gateway_server import GATEWAY, Served

HUGE = b"123456789012345678901234567890"
DEEP = b"[" * 900 + b"]" * 900
STEPS = {
    "a number past 64 bits in a header": b'{"headers":{"X":%s}' % HUGE,
    "a number past 64 bits in the config": b'{"config":{"requestTimeout":%s}' % HUGE,
    "a header without an end": b'{"headers":{"X":%s}' % DEEP,
    "half a character": b'{"headers":{"X":"\xff"}',
    "half a pair": b'{"headers":{"X":"\\ud800"}',
    "half a character in a name": b'{"headers":{"\xff":"x"}',
    "no number": b'{"config":{"requestTimeout":1e999}',
}


def step(begin: bytes) -> bytes:
    return begin + b',"provider":"openai","endpoint":"chat/completions","query":{"model":"m"}}'


@pytest.mark.parametrize("begin", STEPS.values(), ids=STEPS)
async def test_a_step_that_cannot_be_meant_is_refused(served: Served, begin: bytes) -> None:
    answer = await served.post(GATEWAY, content=b"[" + step(begin) + b"]", headers={"content-type": "application/json"})
    assert answer.status_code == 400
    url = served.url.replace("http", "ws", 1) + GATEWAY
    async with connect(url, proxy=None) as connection:
        frame = b'{"type":"universal.create","request":' + step(begin) + b"}"
        await connection.send(frame)
        event = json.loads(await connection.recv())
        assert event["error"]["code"] == 7001


@pytest.mark.parametrize(
    "body",
    [b'{"prompt":"\xff"}', b'{"messages":[{"role":"user","content":"\xff"}]}', b'{"prompt":%s}' % HUGE, DEEP],
    ids=["half a character", "half a character in a message", "a number past 64 bits", "deep"],
)
async def test_a_local_model_refuses_it_too(served: Served, body: bytes) -> None:
    model = "@cf/meta/llama-3.2-1b-instruct"
    for path in (f"/client/v4/accounts/acct/ai/run/{model}", f"{GATEWAY}/workers-ai/{model}"):
        answer = await served.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400, path


NESTED = b"[" * 500 + b"]" * 500


@pytest.mark.parametrize("path", ["ai/run", "ai/v1/chat/completions", "ai/v1/responses", "ai/v1/messages"])
async def test_an_endless_body_for_another_provider_is_no_mistake_of_ours(served: Served, path: str) -> None:
    body = b'{"model":"openai/gpt-4o","max_tokens":5,"input":{"messages":%s},"messages":%s}' % (NESTED, NESTED)
    headers = {"content-type": "application/json", "cf-aig-gateway-id": "g"}
    answer = await served.post(f"/client/v4/accounts/acct/{path}", content=body, headers=headers)
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("model", ["openai/gpt-4o", "anthropic/claude-sonnet-4-5", "google-ai-studio/gemini-2.5-flash"])
async def test_an_endless_chat_is_no_mistake_of_ours(served: Served, model: str) -> None:
    for place in ("messages", "tools", "metadata", "whatever"):
        given = b'{"model":"%s","messages":[{"role":"user","content":"x"}],"%s":%s}' % (
            model.encode(),
            place.encode(),
            NESTED,
        )
        headers = {"content-type": "application/json"}
        answer = await served.post(f"{GATEWAY}/compat/chat/completions", content=given, headers=headers)
        assert answer.status_code < 500, (place, answer.text)


async def test_what_a_provider_answers_is_in_a_frame_as_it_wrote_it(served: Served) -> None:
    written = b'{"big": 123456789012345678901234567890, "small": 1e-7, "same": 1.10, "deep": %s}' % NESTED
    served.upstream.otherwise(fake.answer(written, "application/json"))
    url = served.url.replace("http", "ws", 1) + GATEWAY
    headers = b'{"headers":{"Authorization":"Bearer sk-mine"}'
    async with connect(url, proxy=None) as connection:
        await connection.send(b'{"type":"universal.create","request":' + step(headers) + b"}")
        frame = await connection.recv(decode=False)
    assert written in frame
