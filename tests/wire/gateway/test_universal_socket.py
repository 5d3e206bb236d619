"""The universal WebSocket (spec ai-gateway §1.9)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from tests.support.fake_upstream import Answer, answer, failing, sse
from tests.support.gateway_server import GATEWAY, Served
from tests.wire.gateway.test_universal import LOCAL, OPENAI


def socket(served: Served, path: str = GATEWAY, **options: Any) -> connect:
    return connect(served.url.replace("http", "ws", 1) + path, proxy=None, max_size=None, **options)


async def ask(connection: ClientConnection, request: Any, kind: str = "universal.create") -> None:
    await connection.send(json.dumps({"type": kind, "request": request}))


async def frame(connection: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(20):
        found: dict[str, Any] = json.loads(await connection.recv())
    return found


@pytest.mark.parametrize("path", [GATEWAY, GATEWAY + "/"])
async def test_a_whole_answer_is_one_frame(served: Served, path: str) -> None:
    async with socket(served, path) as connection:
        await ask(connection, {"eventId": "job-7", **LOCAL})
        created = await frame(connection)
    assert created["type"] == "universal.created"
    assert created["metadata"] == {
        "cacheStatus": "MISS",
        "eventId": "job-7",
        "logId": served.records[0].id,
        "step": "0",
        "contentType": "application/json",
    }
    assert created["response"]["success"]
    assert served.records[0].request_type == "websocket"


async def test_a_stream_is_a_frame_for_each_event(served: Served) -> None:
    served.upstream.queue(sse([{"n": 1}, {"n": 2}], pace=0.005))
    async with socket(served) as connection:
        await ask(connection, {"eventId": "e", **OPENAI, "query": {"model": "m", "stream": True}})
        frames = [await frame(connection) for _ in range(4)]
    assert [found["type"] for found in frames] == [
        "universal.created",
        "universal.stream",
        "universal.stream",
        "universal.done",
    ]
    assert "response" not in frames[0]
    assert frames[0]["metadata"]["contentType"].startswith("text/event-stream")
    assert [found["metadata"] for found in frames[1:3]] == [{"eventId": "e"}] * 2
    assert [found["response"] for found in frames[1:3]] == [{"n": 1}, {"n": 2}]
    assert frames[3]["metadata"] == frames[0]["metadata"]


async def test_many_requests_share_a_socket_and_need_not_wait_for_each_other(served: Served) -> None:
    slow = asyncio.Event()

    async def later(_: Any) -> Answer:
        await slow.wait()
        return answer(b'{"late":true}', "application/json")

    served.upstream.queue(later)
    async with socket(served) as connection:
        await ask(connection, {"eventId": "slow", **OPENAI})
        await served.upstream.requested(1)
        for number in range(5):
            await ask(connection, {"eventId": str(number), **LOCAL})
        quick = [await frame(connection) for _ in range(5)]
        assert {found["metadata"]["eventId"] for found in quick} == set("01234")
        slow.set()
        last = await frame(connection)
    assert (last["metadata"]["eventId"], last["response"]) == ("slow", {"late": True})


async def test_an_array_is_fallback_steps(served: Served) -> None:
    served.upstream.queue(failing(500))
    async with socket(served) as connection:
        await ask(connection, [{"eventId": "e", **OPENAI}, LOCAL])
        created = await frame(connection)
    assert (created["metadata"]["step"], created["metadata"]["eventId"]) == ("1", "e")


async def test_the_handshake_s_headers_are_options_of_every_request(served: Served) -> None:
    async with socket(served, additional_headers={"cf-aig-cache-ttl": "60"}) as connection:
        statuses = []
        for _ in range(2):
            await ask(connection, LOCAL)
            statuses.append((await frame(connection))["metadata"]["cacheStatus"])
    assert statuses == ["MISS", "HIT"]


async def test_a_failed_answer_is_an_error_frame(served: Served) -> None:
    served.upstream.queue(failing(418))
    async with socket(served) as connection:
        await ask(connection, {"eventId": "e", **OPENAI})
        failed = await frame(connection)
    assert (failed["type"], failed["error"]["code"], failed["metadata"]["eventId"]) == ("universal.error", 418, "e")
    assert failed["response"]["error"]["message"] == "fake failure 418"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", 7001),
        ('{"type":"universal.create"}', 7001),
        ('{"type":"other","request":{}}', 7001),
        ('{"type":"universal.create","request":{"provider":"nobody","endpoint":"x"}}', 2008),
    ],
)
async def test_what_goes_wrong_is_a_frame_and_the_socket_stays(served: Served, text: str, code: int) -> None:
    async with socket(served) as connection:
        await connection.send(text)
        failed = await frame(connection)
        assert (failed["type"], failed["error"]["code"]) == ("universal.error", code)
        await ask(connection, LOCAL)
        assert (await frame(connection))["type"] == "universal.created"


async def test_bytes_are_sent_in_base64(served: Served) -> None:
    served.upstream.queue(answer(b"\x00\x01", "audio/mpeg"))
    async with socket(served) as connection:
        await ask(connection, OPENAI)
        created = await frame(connection)
    assert (created["response"], created["metadata"]["encoding"]) == ("AAE=", "base64")


async def test_closing_the_socket_cancels_what_is_under_way(served: Served) -> None:
    served.upstream.queue(Answer(fault="hang", before_head=True))
    async with socket(served) as connection:
        await ask(connection, OPENAI)
        await served.upstream.requested(1)
    await served.upstream.left_alone()
    assert (await served.recorded(1)).status_code == 499


async def test_a_frame_past_the_limit_closes_the_socket(served: Served) -> None:
    async with socket(served) as connection:
        sending = asyncio.create_task(connection.send("x" * (17 << 20)))
        with pytest.raises(ConnectionClosed) as caught:
            await connection.recv()
        await asyncio.wait((sending,))
        sending.exception()
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1009


async def test_a_known_caller_is_wanted(served: Served) -> None:
    secret = served.key()
    with pytest.raises(InvalidStatus) as caught:
        await socket(served).__aenter__()
    assert caught.value.response.status_code == 401
    assert json.loads(caught.value.response.body or b"")["error"][0]["code"] == 2009
    for value in (secret, f"Bearer {secret}"):
        async with socket(served, additional_headers={"cf-aig-authorization": value}) as connection:
            await ask(connection, LOCAL)
            assert (await frame(connection))["type"] == "universal.created"


async def test_a_browser_s_key_is_a_sub_protocol(served: Served) -> None:
    token = Subprotocol(f"cf-aig-authorization.{served.key()}")
    async with socket(served, subprotocols=[token]) as connection:
        assert connection.subprotocol == token
        await ask(connection, LOCAL)
        assert (await frame(connection))["type"] == "universal.created"


async def test_a_page_of_another_site_may_not_open_one_on_an_open_server(served: Served) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await socket(served, origin="https://evil.example").__aenter__()
    assert caught.value.response.status_code == 403


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/nothing", "/v1/acct"])
async def test_paths_that_are_no_gateway_s_have_no_sockets(served: Served, path: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await socket(served, path).__aenter__()
    assert caught.value.response.status_code in (404, 405)
