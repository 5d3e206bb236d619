"""Asking for whole answers in place of streams, in every provider's words, and holding what comes (spec §3.17)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.gateway.guards import whole
from groundfog.gateway.options import Options
from groundfog.gateway.request import Step
from groundfog.gateway.response import Response
from tests.support import fake_upstream as fake
from tests.support.fake_upstream import FakeUpstream
from tests.support.gateways import running
from tests.support.routes import ask, request


class Told:
    """An observer that keeps what it was told."""

    def __init__(self) -> None:
        self.error: BaseException | None = None
        self.body = b""
        self.ends = 0

    def feed(self, chunk: bytes) -> None:
        self.body += chunk

    async def finish(self, error: BaseException | None) -> None:
        self.error = error
        self.ends += 1


@pytest.mark.parametrize(
    ("endpoint", "query", "body", "expected"),
    [
        ("chat/completions", "", {"stream": True, "stream_options": {}}, ("chat/completions", "", {"stream": False})),
        ("v1/messages", "beta=true", {"stream": True}, ("v1/messages", "beta=true", {"stream": False})),
        (
            "v1beta/models/g:streamGenerateContent",
            "alt=sse&key=k",
            {},
            ("v1beta/models/g:generateContent", "key=k", {}),
        ),
        (
            "p/models/claude:streamRawPredict",
            "",
            {"stream": True},
            ("p/models/claude:rawPredict", "", {"stream": False}),
        ),
        ("m/invoke-with-response-stream", "", {"x": 1}, ("m/invoke", "", {"x": 1})),
        ("m/converse-stream", "", {"x": 1}, ("m/converse", "", {"x": 1})),
        ("chat/completions", "alt=sse", {"x": 1}, ("chat/completions", "alt=sse", {"x": 1})),
    ],
)
def test_a_step_asks_for_a_whole_answer(endpoint: str, query: str, body: Any, expected: Any) -> None:
    step = Step("p", endpoint, "POST", [], json.dumps(body).encode(), Options(), query=query, stream=True)
    whole.ask_whole(step)
    assert (step.endpoint, step.query, json.loads(step.body)) == expected
    assert step.data() == expected[2]
    assert not step.stream


async def pieces(*given: bytes, then: BaseException | None = None) -> AsyncIterator[bytes]:
    for piece in given:
        yield piece
    if then is not None:
        raise then


async def test_pieces_are_put_together_and_the_length_is_forgotten() -> None:
    told = Told()
    response = Response(200, [(b"content-length", b"9")], chunks=pieces(b"one ", b"two"), observers=[told])
    assert await whole.collect(response) == b"one two"
    assert (response.body, response.chunks, response.headers) == (b"one two", None, [])
    assert told.ends == 0
    assert await response.whole() == b"one two"
    assert (told.body, told.ends) == (b"one two", 1)


async def test_a_provider_that_breaks_off_has_failed_and_the_observers_know() -> None:
    told = Told()
    broken = ConnectionResetError("reset")
    response = Response(200, [], chunks=pieces(b"one", then=broken), observers=[told])
    with pytest.raises(GroundfogError) as caught:
        await whole.collect(response)
    assert caught.value.kind is errors.PROVIDER_FAILED
    assert (told.error, told.ends) == (broken, 1)


async def test_an_answer_that_is_too_long_goes_on_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "LONGEST", 5)
    response = Response(200, [], chunks=pieces(b"one ", b"two ", b"three"))
    assert await whole.collect(response) is None
    assert [chunk async for chunk in response.drain()] == [b"one ", b"two ", b"three"]


async def test_a_guarded_stream_of_another_dialect_is_translated_whole(tmp_path: Path) -> None:
    native = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-4-5",
        "content": [{"type": "text", "text": "Good morning"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 3, "output_tokens": 1},
    }
    async with FakeUpstream() as upstream:
        upstream.on("/v1/messages", fake.json_answer(native))
        async with running(tmp_path, upstream.url, guardrails={"prompt": {}, "response": {"S1": "BLOCK"}}) as bench:
            status, body, headers = await ask(bench, request("anthropic/claude-haiku-4-5", stream=True))
            assert (status, headers["content-type"]) == (200, "application/json")
            assert body["choices"][0]["message"]["content"] == "Good morning"
            assert upstream.requests[0].json()["stream"] is False
            native["content"] = [{"type": "text", "text": "Here is how to murder your neighbour: how to kill someone"}]
            upstream.on("/v1/messages", fake.json_answer(native))
            with pytest.raises(GroundfogError, match="2017"):
                await ask(bench, request("anthropic/claude-haiku-4-5", stream=True))
