"""Provider-native paths: any method, any content, byte for byte both ways, streamed (spec ai-gateway §1.2)."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import httpx
import pytest

from tests.support.fake_upstream import Answer, answer, failing, json_answer, redirect, reset_mid_frame, sse
from tests.support.gateway_server import GATEWAY, Served, gateway_server

OPENAI = GATEWAY + "/openai"
CHAT = OPENAI + "/chat/completions"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
async def test_every_method_goes_through(served: Served, method: str) -> None:
    response = await served.client.request(method, OPENAI + "/files/1")
    assert (response.status_code, response.json()) == (200, {"ok": True})
    assert served.upstream.requests[-1].method == method


async def test_a_head_request_has_the_length_and_no_body(served: Served) -> None:
    served.upstream.otherwise(answer(b"12345"))
    response = await served.client.head(OPENAI + "/files/1")
    assert (response.status_code, response.content, response.headers["content-length"]) == (200, b"", "5")


async def test_path_and_query_go_through_as_they_came(served: Served) -> None:
    path = "/fal/a%2Fb/@cf/x:y/%C3%A4%20?q=%2F&a=1&a=2+3&empty="
    await served.client.get(httpx.URL(served.url + GATEWAY + path))
    assert served.upstream.requests[-1].target == "/a%2Fb/@cf/x:y/%C3%A4%20?q=%2F&a=1&a=2+3&empty="


async def test_bodies_of_any_kind_go_through_unchanged(served: Served) -> None:
    sent, back = os.urandom(300_000), os.urandom(200_000)
    served.upstream.otherwise(answer(back, "audio/mpeg", headers=[("x-provider", "yes")]))
    response = await served.post(OPENAI + "/audio", content=sent, headers={"content-type": "audio/wav"})
    assert served.upstream.requests[-1].body == sent
    assert served.upstream.requests[-1].header("content-type") == "audio/wav"
    assert response.content == back
    assert (response.headers["content-type"], response.headers["x-provider"]) == ("audio/mpeg", "yes")


async def test_multipart_forms_go_through_unchanged(served: Served) -> None:
    request = served.client.build_request("POST", OPENAI + "/audio/transcriptions", files={"file": b"RIFF"})
    content = request.read()
    await served.client.send(request)
    assert served.upstream.requests[-1].body == content
    assert served.upstream.requests[-1].header("content-type") == request.headers["content-type"]


async def test_a_provider_s_error_is_passed_on(served: Served) -> None:
    served.upstream.queue(failing(418))
    response = await served.post(CHAT, json={"model": "m"})
    assert (response.status_code, response.json()["error"]["message"]) == (418, "fake failure 418")


async def test_a_redirect_is_the_caller_s_affair(served: Served) -> None:
    served.upstream.queue(redirect("http://10.0.0.1/"))
    response = await served.client.get(OPENAI + "/files", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (307, "http://10.0.0.1/")


async def test_every_answer_has_the_gateway_s_headers(served: Served) -> None:
    response = await served.post(CHAT, json={"model": "m"}, headers={"cf-aig-event-id": "mine"})
    log_id = response.headers["cf-aig-log-id"]
    assert len(log_id) == 36
    assert log_id[14] == "7"
    assert response.headers["cf-aig-request-id"] == log_id
    assert response.headers["cf-aig-event-id"] == "mine"
    assert response.headers["cf-aig-step"] == "0"
    assert response.headers["cf-aig-cache-status"] == "MISS"
    assert float(response.headers["groundfog-overhead-ms"]) >= 0
    assert response.headers.get_list("date") == [response.headers["date"]]
    assert [record.id for record in served.records] == [log_id]


async def test_a_stream_comes_piece_by_piece_and_its_end_is_on_record(served: Served) -> None:
    events = [{"choices": [{"index": 0, "delta": {"content": letter}}]} for letter in "fog"]
    served.upstream.queue(sse(events, pace=0.01))
    pieces = []
    async with served.client.stream("POST", CHAT, json={"model": "m", "stream": True}) as response:
        assert response.headers["content-type"] == "text/event-stream"
        assert response.headers["cf-aig-log-id"]
        async for piece in response.aiter_raw():
            pieces.append(piece)
            if b"[DONE]" in piece:
                assert len(served.records) == 1
    assert len(pieces) >= 4
    assert b"".join(pieces) == b"".join(sse(events).pieces())
    assert served.records[0].response_body == b"".join(pieces)


async def test_one_byte_packets_arrive_as_the_same_bytes(served: Served) -> None:
    served.upstream.queue(sse([{"n": 1}, {"n": 2}], packet=1))
    response = await served.post(CHAT, json={"model": "m", "stream": True})
    assert response.content == b"".join(sse([{"n": 1}, {"n": 2}]).pieces())


async def test_a_stream_that_breaks_off_does_not_look_complete(served: Served) -> None:
    served.upstream.queue(reset_mid_frame([{"n": 1}, {"n": 2}]))
    with pytest.raises(httpx.RemoteProtocolError):
        await served.post(CHAT, json={"model": "m", "stream": True})
    assert [record.success for record in served.records] == [False]


async def test_a_caller_that_hangs_up_ends_the_provider_s_work(served: Served) -> None:
    served.upstream.queue(sse([{"n": 1}], done=False, fault="hang"))
    async with served.client.stream("POST", CHAT, json={"model": "m", "stream": True}) as response:
        await anext(response.aiter_raw())
    await served.upstream.left_alone()
    assert not (await served.recorded(1)).success


async def test_a_caller_that_hangs_up_before_the_answer_ends_it_too(served: Served) -> None:
    served.upstream.queue(Answer(fault="hang", before_head=True))
    asking = asyncio.create_task(served.post(CHAT, json={"model": "m"}))
    await served.upstream.requested(1)
    asking.cancel()
    await served.upstream.left_alone()
    assert (await served.recorded(1)).status_code == 499


async def test_a_provider_that_nobody_knows_is_2008(served: Served) -> None:
    response = await served.post(GATEWAY + "/nobody/x", json={})
    assert response.status_code == 400
    assert response.json()["error"][0]["code"] == 2008


async def test_an_unreachable_provider_is_2005_in_every_field_of_the_form(served: Served) -> None:
    await served.upstream.stop()
    response = await served.post(CHAT, json={"model": "m"})
    body = response.json()
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cf-aig-log-id"] == served.records[0].id
    assert body["error"] == body["errors"] == [{"code": 2005, "message": body["message"]}]
    assert body["message"].startswith("Failed to get response from provider")
    assert body["description"] == body["message"]
    assert (body["success"], body["result"], body["messages"]) == (False, [], [])
    assert (body["name"], body["httpCode"], body["internalCode"]) == ("AiGatewayError", 400, 2005)


async def test_compressed_answers_are_not_asked_for(served: Served) -> None:
    await served.post(CHAT, json={"model": "m"}, headers={"accept-encoding": "gzip, br"})
    assert served.upstream.requests[-1].header("accept-encoding") == "identity"


async def test_a_custom_domain_stands_for_a_gateway(served: Served) -> None:
    served.local.platform.gateways.domains.create("acct", "g", {"domain": "ai.example.com", "zone_id": "z"})
    headers = {"host": "ai.example.com:8080"}
    assert (await served.post("/openai/v1/chat/completions", json={"model": "m"}, headers=headers)).status_code == 200
    assert served.upstream.requests[-1].target == "/v1/chat/completions"
    assert served.records[-1].gateway == "g"
    assert (await served.client.get("/healthz", headers=headers)).json()["error"][0]["code"] == 2008


async def test_a_page_of_another_site_may_not_use_an_open_server(served: Served) -> None:
    response = await served.post(CHAT, json={}, headers={"origin": "https://evil.example"})
    assert response.status_code == 403
    response = await served.post(CHAT, json={"model": "m"}, headers={"origin": "http://localhost:3000"})
    assert "cf-aig-log-id" in response.headers["access-control-expose-headers"]


async def test_the_provider_s_cors_headers_do_not_open_this_server(served: Served) -> None:
    served.upstream.queue(json_answer({}, headers=[("access-control-allow-origin", "*")]))
    response = await served.post(CHAT, json={"model": "m"})
    assert "access-control-allow-origin" not in response.headers


async def test_a_preflight_of_a_gateway_s_path_is_answered_here(served: Served) -> None:
    asked = {"origin": "http://localhost:3000", "access-control-request-method": "POST"}
    response = await served.client.options(CHAT, headers=asked)
    assert response.status_code == 204
    assert "POST" in response.headers["access-control-allow-methods"]
    assert served.upstream.requests == []


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/embeddings", "/v1/responses"])
async def test_openai_s_short_base_is_no_gateway(served: Served, path: str) -> None:
    assert (await served.post(path, json={})).json()["errors"][0]["code"] == 5006


async def test_a_body_past_the_limit_is_3006_in_the_gateway_s_form(tmp_path: Path) -> None:
    async with gateway_server(tmp_path / "state", max_body_bytes=2048) as served:
        response = await served.post(CHAT, content=b"x" * 4096)
        assert (response.status_code, response.json()["internalCode"]) == (413, 3006)
