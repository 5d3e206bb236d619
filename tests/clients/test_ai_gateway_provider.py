"""The AI SDK with ai-gateway-provider, unmodified: with a gateway's token in Node.js, and over `env.AI` in workerd."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from groundfog.gateway.record import Record
from tests.support.fake_upstream import Answer, FakeRequest, answer, failing, json_answer, sse
from tests.support.gateway_server import Served, gateway_server
from tests.support.worker import CLIENTS, node, running_worker

pytestmark = pytest.mark.clients

SCRIPT = Path(__file__).parent / "echo.toml"
CHAT = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-good",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "from openai"}}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
}
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-good",
    "content": [{"type": "text", "text": "from anthropic"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 4, "output_tokens": 2},
}
GENERATED = {
    "candidates": [
        {"content": {"role": "model", "parts": [{"text": "from google"}]}, "finishReason": "STOP", "index": 0}
    ],
    "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 2, "totalTokenCount": 7},
    "modelVersion": "gemini-good",
}


def chunk(delta: dict[str, str], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def named(*events: dict[str, Any]) -> Answer:
    pieces = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events]
    return answer(b"".join(pieces), "text/event-stream", framing="chunked")


def provider(request: FakeRequest) -> Answer:
    """Every outside provider, by the path and the model that is asked for."""
    body = request.json()
    if request.path.endswith("/chat/completions"):
        if body["model"] == "gpt-bad":
            return failing(500)
        if body.get("stream"):
            return sse([chunk({"content": "one "}), chunk({"content": "two "}), chunk({}, "stop")])
        return json_answer(CHAT)
    if request.path.endswith("/messages"):
        if not body.get("stream"):
            return json_answer(MESSAGE)
        texts = [{"type": "text_delta", "text": text} for text in ("one ", "two ")]
        return named(
            {"type": "message_start", "message": {**MESSAGE, "content": [], "stop_reason": None}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            *({"type": "content_block_delta", "index": 0, "delta": text} for text in texts),
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
            {"type": "message_stop"},
        )
    assert request.path.endswith("/models/gemini-good:generateContent")
    return json_answer(GENERATED)


async def outcome(served: Served, way: str) -> Any:
    """What every call of ai-gateway-calls.mjs gave."""
    secret = served.key()
    if way == "binding":
        with running_worker(served.url, token=secret, entry="ai-gateway-worker.mjs") as worker:
            return (await asyncio.to_thread(worker.get, "/")).json()
    command = [node(), str(CLIENTS / "ai-gateway.mjs"), served.url, secret]
    process = await asyncio.create_subprocess_exec(*command, stdout=-1, stderr=-1)
    out, err = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 0, err.decode()
    return json.loads(out)


@pytest.fixture(scope="module", params=["token", "binding"])
def results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Any, list[Record]]:
    """The way, what came of every call, and the gateway's log."""

    async def work() -> tuple[str, Any, list[Record]]:
        async with gateway_server(tmp_path_factory.mktemp("state"), echo_script=SCRIPT) as served:
            served.gateway("locked", authentication=True)
            served.upstream.otherwise(provider)
            return request.param, await outcome(served, request.param), served.records

    return asyncio.run(work())


def test_text_of_every_provider(results: Any) -> None:
    _, seen, _ = results
    assert "Hello" in seen["unified text"]["text"]
    assert seen["openai text"] == {"text": "from openai", "tokens": 5}
    assert seen["anthropic text"] == {"text": "from anthropic", "tokens": 6}
    assert seen["google text"] == {"text": "from google", "tokens": 7}


def test_streams_come_in_pieces_and_end_well(results: Any) -> None:
    _, seen, _ = results
    assert seen["unified stream"] == {"pieces": ["one ", "two ", "three "], "finish": "stop"}
    for name in ("openai stream", "anthropic stream"):
        assert seen[name] == {"pieces": ["one ", "two "], "finish": "stop"}


def test_a_tool_is_called_and_its_result_read(results: Any) -> None:
    _, seen, _ = results
    assert seen["unified tools"]["calls"] == [[{"city": "Oslo"}], []]
    assert '"degrees":7' in seen["unified tools"]["text"]


def test_a_provider_that_fails_gives_way_to_the_next(results: Any) -> None:
    _, seen, _ = results
    assert "Hello" in seen["fallback"]["text"]


def test_a_failure_without_a_fallback_is_the_provider_s_own(results: Any) -> None:
    _, seen, _ = results
    assert "fake failure 500" in seen["failed text"]["error"]


def test_the_log_has_every_attempt_with_the_caller_s_options(results: Any) -> None:
    way, _, records = results
    assert {record.provider for record in records} == {"workers-ai", "openai", "anthropic", "google-ai-studio"}
    assert [record.step for record in records if not record.success] == [0, 0]
    if way == "token":
        assert {record.event_id for record in records} == {"from-the-provider"}
        assert all(record.metadata == {"client": "ai"} for record in records)


def test_the_provider_s_own_errors_are_recognised(results: Any) -> None:
    way, seen, _ = results
    if way == "token":
        assert seen["wrong token"]["name"] == "AiGatewayUnauthorizedError"
        assert seen["no such gateway"]["name"] == "AiGatewayDoesNotExist"
