"""Bodies that no well-meaning client sends: each is the caller's mistake, and none is ours (spec ai-gateway §1.3)."""

from __future__ import annotations

import json

import pytest
from websockets.asyncio.client import connect

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
