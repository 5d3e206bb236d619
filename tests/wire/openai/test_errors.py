"""Errors as OpenAI's and Cloudflare's SDKs read them; options and headers; failures and hang-ups in a stream."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import threading
from typing import Any

import openai
import pytest

from groundfog.call import Call, Reply
from groundfog.store import Keys
from tests.support.wire import ACCOUNT, CHAT, EMBED, Local, serving

HELLO: list[Any] = [{"role": "user", "content": "Hello"}]
V1 = f"{ACCOUNT}/ai/v1"


def asking(text: str) -> list[Any]:
    return [{"role": "user", "content": text}]


def test_one_object_serves_both_sdks(server: Local) -> None:
    response = server.client.post(f"{V1}/chat/completions", json={"model": CHAT, "messages": 5})
    body = response.json()
    request_id = response.headers["cf-ai-req-id"]
    text = f"AiError: Bad input: Error: Type mismatch of '/messages', 'integer' not in 'array' ({request_id})"
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/json"
    assert body["error"] == {"message": text, "type": "invalid_request_error", "param": None, "code": "5006"}
    assert (body["success"], body["errors"], body["result"]) == (False, [{"message": text, "code": 5006}], {})


@pytest.mark.parametrize("base", [V1, "/v1"])
def test_unknown_paths_and_methods_have_both_forms_too(client: openai.OpenAI, server: Local, base: str) -> None:
    for method, path, status, code in (
        ("POST", "/audio/speech", 404, 7003),
        ("GET", "/", 404, 7003),
        ("GET", "/chat/completions", 405, 7001),
    ):
        response = server.client.request(method, base + path)
        body = response.json()
        assert (response.status_code, body["errors"][0]["code"], body["error"]["code"]) == (status, code, str(code))
        assert body["error"]["message"] == body["errors"][0]["message"]
        assert response.headers["x-request-id"]
    with pytest.raises(openai.NotFoundError, match="Could not route to"):
        client.audio.speech.create(model=CHAT, voice="x", input="y")


@pytest.mark.parametrize(
    ("body", "error", "text"),
    [
        ({"model": "@cf/nobody/nothing"}, openai.BadRequestError, "No such model @cf/nobody/nothing or task"),
        ({"model": EMBED}, openai.BadRequestError, "is a model for Text Embeddings"),
        ({"model": CHAT, "messages": asking("be busy")}, openai.RateLimitError, "Capacity temporarily exceeded"),
        ({"model": CHAT, "extra_body": {"colour": 1}}, openai.BadRequestError, "'/colour' at '/' not allowed"),
        ({"model": CHAT, "extra_body": {"prompt": "x"}}, openai.BadRequestError, "'/prompt' at '/' not allowed"),
        (
            {"model": CHAT, "stream": True, "response_format": {"type": "json_object"}},
            openai.BadRequestError,
            "JSON Mode does not support streaming",
        ),
        ({"model": CHAT, "max_tokens": 10_000}, openai.APIStatusError, "exceeded this model context window limit"),
    ],
)
def test_the_sdk_shows_the_message(client: openai.OpenAI, body: dict[str, Any], error: Any, text: str) -> None:
    with pytest.raises(error, match=text) as caught:
        client.chat.completions.create(**{"messages": HELLO, **body})
    assert caught.value.request_id


def test_a_body_that_is_no_json_object(server: Local) -> None:
    for content, code in ((b"", 3003), (b"[]", 5006), (b"{", 5006), (b"{}", 5006)):
        response = server.client.post(f"{V1}/chat/completions", content=content)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (400, code)


def test_errors_before_the_first_token_have_a_status(client: openai.OpenAI) -> None:
    with pytest.raises(openai.RateLimitError):
        client.chat.completions.create(model=CHAT, messages=asking("be busy"), stream=True)


def test_a_failure_in_the_stream_is_an_error_event_without_done(client: openai.OpenAI, server: Local) -> None:
    stream = client.chat.completions.create(model=CHAT, messages=asking("fall over"), stream=True)
    seen = [next(stream).choices[0].delta.content for _ in range(3)]
    assert seen == ["", "one ", "two "]
    with pytest.raises(openai.APIError, match="ended while it answered"):
        next(stream)
    body = {"model": CHAT, "messages": asking("fall over"), "stream": True}
    frames = server.client.post(f"{V1}/chat/completions", json=body).text.strip().split("\n\n")
    assert json.loads(frames[-1].removeprefix("data: "))["error"]["code"] == "3046"


def test_headers_say_who_answered(client: openai.OpenAI) -> None:
    raw = client.chat.completions.with_raw_response.create(model=CHAT, messages=HELLO)
    assert raw.headers["groundfog-source"] == "echo"
    assert raw.headers["cf-ai-req-id"] == raw.headers["x-request-id"] == raw.parse()._request_id
    assert raw.headers["content-type"] == "application/json"
    with client.chat.completions.with_streaming_response.create(model=CHAT, messages=HELLO, stream=True) as streamed:
        assert streamed.headers["content-type"].startswith("text/event-stream")
        assert streamed.headers["groundfog-source"] == "echo"
        streamed.read()


def test_the_short_base_is_the_server_s_own_account(server: Local) -> None:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as client:
        assert client.chat.completions.create(model=CHAT, messages=HELLO).choices
        assert client.models.retrieve(CHAT).id == CHAT
        assert client.embeddings.create(model=EMBED, input="a").data


class Watched:
    """Remembers the calls that pass a platform's door, and tells when a stream was closed."""

    def __init__(self, server: Local, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[Call] = []
        self.closed = threading.Event()
        run = server.platform.run

        async def watched(call: Call) -> Reply:
            self.calls.append(call)
            reply = await run(call)
            if reply.deltas is not None:
                reply.deltas = self._deltas(reply.deltas)
            return reply

        monkeypatch.setattr(server.platform, "run", watched)

    async def _deltas(self, deltas: Any) -> Any:
        try:
            async for delta in deltas:
                yield delta
        finally:
            await deltas.aclose()
            self.closed.set()


def test_options_and_headers_reach_the_call(
    client: openai.OpenAI, server: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(server, monkeypatch)
    extra = {"options": {"rejectIfBusy": True, "tags": ["a"]}}
    affine = {"x-session-affinity": "s1"}
    for headers, (create, more) in itertools.product(
        (affine, {**affine, "cf-aig-gateway-id": "my-gateway"}),
        (
            (client.chat.completions.create, {"model": CHAT, "messages": HELLO}),
            (client.completions.create, {"model": CHAT, "prompt": "a"}),
            (client.responses.create, {"model": CHAT, "input": "a"}),
            (client.embeddings.create, {"model": EMBED, "input": "a"}),
        ),
    ):
        create(**more, extra_headers=headers, extra_body=extra)  # type: ignore[operator]
        call = watched.calls[-1]
        assert (call.reject_if_busy, call.tags) == (True, ("a",))
        assert (call.account, call.dialect) == ("acct", "openai")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/chat/completions", {"messages": asking("take your time")}),
        ("/completions", {"prompt": ["take your time", "more"]}),
        ("/responses", {"input": "take your time"}),
    ],
)
def test_a_client_that_hangs_up_ends_the_stream(
    server: Local, monkeypatch: pytest.MonkeyPatch, path: str, body: dict[str, Any]
) -> None:
    watched = Watched(server, monkeypatch)
    content = json.dumps({"model": CHAT, "stream": True, **body}).encode()
    head = f"POST {V1}{path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(content)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head + content)
        received = b""
        while b"data: " not in received:
            received += connection.recv(65536)
        assert not watched.closed.is_set()
    assert watched.closed.wait(10)


def test_a_client_that_hangs_up_before_the_answer_ends_the_work(server: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    started, ended = threading.Event(), threading.Event()

    async def never(call: Call) -> Reply:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    monkeypatch.setattr(server.platform, "run", never)
    content = json.dumps({"model": CHAT, "prompt": ["a", "b"]}).encode()
    head = f"POST {V1}/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(content)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head + content)
        assert started.wait(10)
    assert ended.wait(10)


def test_json_streams_where_the_settings_allow_it(tmp_path: Any) -> None:
    with (
        serving(tmp_path, allow_json_stream=True) as local,
        openai.OpenAI(base_url=f"{local.url}/v1", api_key="none", max_retries=0) as client,
    ):
        schema = {"type": "object", "properties": {"a": {"type": "boolean"}}, "required": ["a"]}
        wanted: Any = {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}
        chunks = client.chat.completions.create(model=CHAT, messages=HELLO, stream=True, response_format=wanted)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert isinstance(json.loads(text)["a"], bool)


def test_keys_are_what_the_sdk_sends(tmp_path: Any) -> None:
    with serving(tmp_path) as local:
        keys = Keys(local.platform.store)
        _, secret = keys.create(name="run", accounts=("acct",))
        _, reader = keys.create(name="read", scopes=("read",))
        base = f"{local.url}{V1}"
        with openai.OpenAI(base_url=base, api_key=secret, max_retries=0) as client:
            assert client.chat.completions.create(model=CHAT, messages=HELLO).choices
        with (
            openai.OpenAI(base_url=base, api_key="wrong", max_retries=0) as client,
            pytest.raises(openai.AuthenticationError, match="Authentication error"),
        ):
            client.chat.completions.create(model=CHAT, messages=HELLO)
        # The short base is another account: the server's own.
        with (
            openai.OpenAI(base_url=f"{local.url}/v1", api_key=secret, max_retries=0) as client,
            pytest.raises(openai.AuthenticationError),
        ):
            client.models.list()
        with openai.OpenAI(base_url=base, api_key=reader, max_retries=0) as client:
            assert client.models.list().data
            with pytest.raises(openai.PermissionDeniedError, match="may not run models"):
                client.chat.completions.create(model=CHAT, messages=HELLO)
