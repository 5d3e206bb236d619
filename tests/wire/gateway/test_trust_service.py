"""What a user of a gateway would notice: precedence, logs, feedback, uploads, callers that hang up."""

from __future__ import annotations

import asyncio
import gzip
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.support.fake_upstream import failing, hang, hang_mid_stream, json_answer, sse
from tests.support.gateway_server import GATEWAY, Served, gateway_server

CHAT = GATEWAY + "/openai/chat/completions"
ASKED: dict[str, Any] = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hi"}]}
API = "/client/v4/accounts/acct/ai-gateway/gateways"


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with gateway_server(tmp_path / "state") as served:
        served.client.headers["authorization"] = "Bearer sk-mine"
        yield served


async def logs(served: Served, gateway: str = "g") -> list[dict[str, Any]]:
    """Oldest first."""
    response = await served.client.get(f"{API}/{gateway}/logs?per_page=50&order_by=created_at&order_by_direction=asc")
    assert response.status_code == 200, response.text
    rows: list[dict[str, Any]] = response.json()["result"]
    return rows


def step(provider: str = "openai", **rest: Any) -> dict[str, Any]:
    return {
        "provider": provider,
        "endpoint": "chat/completions",
        "headers": {"authorization": "Bearer sk-step"},
        "query": ASKED,
        **rest,
    }


# Precedence: step > request > gateway.


async def test_a_step_s_cache_ttl_wins_over_the_request_s_and_the_gateway_s(served: Served) -> None:
    served.gateway("cached", cache_ttl=600)
    path = "/v1/acct/cached"
    off = step(headers={"authorization": "Bearer sk-step", "cf-aig-cache-ttl": 0})
    for _ in range(2):
        response = await served.post(path, json=[off], headers={"cf-aig-cache-ttl": "600"})
        assert response.headers["cf-aig-cache-status"] == "MISS"
    for status in ("MISS", "HIT"):
        assert (await served.post(path, json=[step()])).headers["cf-aig-cache-status"] == status
    assert (await served.post(path, json=[step()], headers={"cf-aig-cache-ttl": "0"})).headers[
        "cf-aig-cache-status"
    ] == "MISS"


async def test_attempts_of_a_step_win_over_the_request_s_and_the_gateway_s(served: Served) -> None:
    served.gateway("eager", retry_max_attempts=5, retry_delay=0)
    served.upstream.otherwise(failing(500))
    for headers, config, want in [
        ({}, None, 5),
        ({"cf-aig-max-attempts": "3"}, None, 3),
        ({"cf-aig-max-attempts": "3"}, {"maxAttempts": 2}, 2),
    ]:
        before = len(served.upstream.requests)
        given = step() if config is None else step(config=config)
        await served.post("/v1/acct/eager", json=[given], headers={**headers, "cf-aig-retry-delay": "0"})
        assert len(served.upstream.requests) - before == want


async def test_the_log_is_kept_as_the_request_asks(served: Served) -> None:
    served.gateway("quiet", collect_logs=False)
    quiet = "/v1/acct/quiet/openai/chat/completions"
    await served.post(quiet, json=ASKED)
    response = await served.post(quiet, json=ASKED, headers={"cf-aig-collect-log": "true", "cf-aig-event-id": "e-1"})
    assert response.headers["cf-aig-event-id"] == "e-1"
    assert [row["id"] for row in await logs(served, "quiet")] == [response.headers["cf-aig-log-id"]]
    response = await served.post(CHAT, json=ASKED, headers={"cf-aig-collect-log": "false"})
    assert "cf-aig-log-id" not in response.headers
    response = await served.post(CHAT, json=ASKED, headers={"cf-aig-collect-log-payload": "false"})
    (row,) = await logs(served)
    for what in ("request", "response"):
        body = (await served.client.get(f"{API}/g/logs/{row['id']}/{what}")).content
        assert b"hi" not in body
        assert b"ok" not in body


async def test_a_step_s_metadata_wins_while_it_is_tried(served: Served) -> None:
    served.upstream.queue(failing(500))
    own = {"authorization": "Bearer sk-step", "cf-aig-metadata": {"team": "step"}}
    steps = [step(headers=own), step()]
    await served.post(GATEWAY, json=steps, headers={"cf-aig-metadata": '{"team": "outer"}'})
    assert [orjson.loads(row["metadata"])["team"] for row in await logs(served)] == ["step", "outer"]


# A row for everything that was refused.


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (GATEWAY + "/nobody/x", ASKED, 2008),
        (GATEWAY + "/custom-none/x", ASKED, 2008),
        (GATEWAY + "/compat/chat/completions", ASKED, 2019),
        (GATEWAY + "/compat/chat/completions", {**ASKED, "model": "nobody/x"}, 2008),
        (GATEWAY + "/compat/chat/completions", {**ASKED, "model": "dynamic/none"}, None),
        (GATEWAY + "/azure-openai/x", ASKED, 2008),
    ],
)
async def test_every_refusal_has_a_row(served: Served, path: str, body: Any, code: int | None) -> None:
    response = await served.post(path, json=body)
    assert response.status_code >= 400
    if code is not None:
        assert response.json()["errors"][0]["code"] == code
    (row,) = await logs(served)
    assert row["success"] is False
    assert row["status_code"] == response.status_code
    assert row["id"] == response.headers["cf-aig-log-id"]


# Feedback.


async def test_the_log_of_a_stream_is_there_right_after_it(served: Served) -> None:
    for _ in range(5):
        served.upstream.queue(sse([{"choices": [{"delta": {"content": "a"}}]}]))
        response = await served.post(CHAT, json={**ASKED, "stream": True})
        log_id = response.headers["cf-aig-log-id"]
        found = await served.client.get(f"{API}/g/logs/{log_id}")
        assert found.status_code == 200
        response = await served.client.patch(
            f"/ai-gateway/gateways/g/logs/{log_id}",
            json={"feedback": {"rating": 1, "comment": "good"}},
            headers={"host": "workers-binding.ai", "x-groundfog-account": "acct"},
        )
        assert response.status_code == 200
        row = (await served.client.get(f"{API}/g/logs/{log_id}")).json()["result"]
        assert row["feedback"] == 1
        assert orjson.loads(row["metadata"])["feedback_comment"] == "good"


# Methods, bodies, connections.


async def test_any_method_goes_to_the_provider(served: Served) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
        response = await served.client.request(method, GATEWAY + "/openai/v1/files/x?a=b")
        assert response.status_code == 200, method
        sent = served.upstream.requests[-1]
        assert (sent.method, sent.target) == (method, "/v1/files/x?a=b")


async def test_what_is_polled_or_changed_is_not_answered_from_the_cache(served: Served) -> None:
    for method in ("GET", "DELETE", "PUT"):
        for state in ("starting", "done"):
            served.upstream.queue(json_answer({"status": state}))
            headers = {"cf-aig-cache-ttl": "600"}
            response = await served.client.request(method, GATEWAY + "/openai/v1/batches/x", headers=headers)
            assert (response.json(), response.headers["cf-aig-cache-status"]) == ({"status": state}, "MISS")


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT"])
async def test_no_provider_is_asked_to_send_back_what_it_was_sent(served: Served, method: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.local.port)
    writer.write(f"{method} {GATEWAY}/openai/x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
    said = await asyncio.wait_for(reader.read(), 10)
    assert said.split()[1] in (b"400", b"405")
    assert served.upstream.requests == []
    writer.close()


async def test_a_page_s_preflight_is_answered_here(tmp_path: Path) -> None:
    async with gateway_server(tmp_path / "state", cors_origins=("https://page.example",)) as served:
        headers = {
            "origin": "https://page.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,cf-aig-metadata",
        }
        for path in (CHAT, GATEWAY, GATEWAY + "/compat/chat/completions"):
            response = await served.client.options(path, headers=headers)
            assert response.status_code in (200, 204)
            assert response.headers["access-control-allow-origin"] == "https://page.example"
        assert served.upstream.requests == []
        headers = {"origin": "https://page.example", "authorization": "Bearer sk"}
        response = await served.post(CHAT, json=ASKED, headers=headers)
        assert response.headers.get_list("access-control-allow-origin") == ["https://page.example"]
        assert "cf-aig-log-id" in response.headers["access-control-expose-headers"]


async def test_uploads_of_every_kind_pass_byte_for_byte(served: Served) -> None:
    audio = os.urandom(300_000)
    files = {"file": ("a.wav", audio, "audio/wav"), "model": (None, "whisper-1")}
    request = served.client.build_request("POST", GATEWAY + "/openai/v1/audio/transcriptions", files=files)
    body = request.read()
    assert (await served.client.send(request)).status_code == 200
    sent = served.upstream.requests[-1]
    assert sent.body == body
    assert sent.header("content-type") == request.headers["content-type"]
    big = b'{"model":"gpt-4o-mini","x":"' + b"y" * 30_000_000 + b'"}'
    assert (await served.post(CHAT, content=big)).status_code == 200
    assert served.upstream.requests[-1].body == big
    packed = gzip.compress(orjson.dumps(ASKED))
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    assert (await served.post(CHAT, content=packed, headers=headers)).status_code == 200
    sent = served.upstream.requests[-1]
    assert (sent.body, sent.header("content-encoding")) == (packed, "gzip")


async def test_a_body_in_chunks_and_one_that_waits_for_100_pass(served: Served) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b'{"model":', b'"gpt-4o-mini"', b"}"):
            yield piece

    assert (await served.post(CHAT, content=pieces())).status_code == 200
    assert served.upstream.requests[-1].body == b'{"model":"gpt-4o-mini"}'
    reader, writer = await asyncio.open_connection("127.0.0.1", served.local.port)
    lines = [f"POST {CHAT} HTTP/1.1", "host: x", "authorization: Bearer sk"]
    lines += ["content-length: 2", "expect: 100-continue"]
    head = "\r\n".join(lines) + "\r\n\r\n"
    writer.write(head.encode())
    assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).startswith(b"HTTP/1.1 100")
    writer.write(b"{}")
    assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).startswith(b"HTTP/1.1 200")
    assert served.upstream.requests[-1].header("expect") is None
    writer.close()


@pytest.mark.parametrize("script", [hang(), hang_mid_stream([{"a": 1}])])
@pytest.mark.parametrize("surface", ["native", "universal", "compat"])
async def test_who_hangs_up_frees_the_provider(served: Served, script: Any, surface: str) -> None:
    served.upstream.otherwise(script)
    asked = {**ASKED, "stream": True}
    path, body = {
        "native": (CHAT, asked),
        "universal": (GATEWAY, [step(query=asked), step(query=asked)]),
        "compat": (GATEWAY + "/compat/chat/completions", {**asked, "model": "anthropic/claude-sonnet-4-5"}),
    }[surface]
    content = orjson.dumps(body)
    reader, writer = await asyncio.open_connection("127.0.0.1", served.local.port)
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk\r\ncontent-length: {len(content)}\r\n\r\n"
    writer.write(head.encode() + content)
    await served.upstream.requested(1)
    if surface == "native" and script.fault == "hang" and not script.before_head:
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    started = time.monotonic()
    writer.close()
    await served.upstream.left_alone()
    assert time.monotonic() - started < 2
    record = await served.recorded(1)
    assert len(served.upstream.requests) == 1
    assert not record.success


async def test_what_another_gateway_behind_this_one_says_is_not_taken_for_this_one_s(served: Served) -> None:
    headers = [("cf-aig-log-id", "theirs"), ("cf-aig-cache-status", "HIT"), ("groundfog-source", "x"), ("x-other", "y")]
    served.upstream.queue(json_answer({"ok": True}, headers=headers))
    response = await served.post(CHAT, json=ASKED)
    assert response.headers.get_list("cf-aig-log-id") == [(await served.recorded(1)).id]
    assert response.headers.get_list("cf-aig-cache-status") == ["MISS"]
    assert "groundfog-source" not in response.headers
    assert response.headers["x-other"] == "y"
    local = await served.post(GATEWAY + "/workers-ai/@cf/meta/llama-3.1-8b-instruct", json={"prompt": "hello"})
    assert local.headers["groundfog-source"] == "echo"


async def test_errors_of_providers_pass_as_they_are(served: Served) -> None:
    for status in (400, 401, 403, 404, 422, 429, 500, 503):
        served.upstream.queue(json_answer({"error": {"message": f"é {status}"}}, status=status))
        response = await served.post(CHAT, json=ASKED)
        assert (response.status_code, response.json()) == (status, {"error": {"message": f"é {status}"}})
