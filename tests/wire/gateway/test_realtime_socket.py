"""A provider's own WebSocket through the gateway, frame by frame (spec ai-gateway §1.10)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from tests.support.fake_socket import FakeSocket
from tests.support.gateway_server import GATEWAY, Served


def socket(served: Served, path: str, **options: Any) -> connect:
    return connect(served.url.replace("http", "ws", 1) + GATEWAY + path, proxy=None, max_size=None, **options)


BEARER = {"authorization": "Bearer sk-mine", "OpenAI-Beta": "realtime=v1"}


async def test_text_and_bytes_pass_unchanged_both_ways(served: Served) -> None:
    async with socket(served, "/openai?model=gpt-realtime", additional_headers=BEARER) as connection:
        for message in ("fög", b"\x00\xff", "x" * 300_000):
            await connection.send(message)
            assert await connection.recv() == message
    there = served.upstream.sockets[0]
    assert there.target.endswith("?model=gpt-realtime")
    assert (there.header("authorization"), there.header("openai-beta")) == ("Bearer sk-mine", "realtime=v1")


async def test_a_connection_is_one_row_of_the_log(served: Served) -> None:
    async with socket(served, "/openai?model=m", additional_headers=BEARER) as connection:
        assert connection.response is not None
        log_id = connection.response.headers["cf-aig-log-id"]
        await connection.send("1234")
        await connection.recv()
    record = await served.recorded(1)
    assert (record.id, record.status_code, record.request_type) == (log_id, 101, "websocket")
    assert (record.provider, record.response_size, record.success) == ("openai", 4, True)


@pytest.mark.parametrize(
    ("path", "protocol", "header", "value"),
    [
        ("/elevenlabs?agent_id=a", "xi-api-key.K", "xi-api-key", "K"),
        ("/fal/fal-ai/fast-lcm-diffusion", "fal-api-key.K", "authorization", "Key K"),
        ("/openai?model=m", "openai-insecure-api-key.K", "authorization", "Bearer K"),
    ],
)
async def test_a_key_in_a_sub_protocol_becomes_the_provider_s_header(
    served: Served, path: str, protocol: str, header: str, value: str
) -> None:
    offered = [Subprotocol("realtime"), Subprotocol(protocol)]
    async with socket(served, path, subprotocols=offered) as connection:
        await connection.send("x")
        await connection.recv()
        assert connection.subprotocol == "realtime"
    there = served.upstream.sockets[0]
    assert there.header(header) == value
    assert "K" not in (there.header("sec-websocket-protocol") or "")


async def test_this_server_s_key_is_not_forwarded(served: Served) -> None:
    secret = served.key()
    headers = {"cf-aig-authorization": secret, **BEARER}
    async with socket(served, "/openai?model=m", additional_headers=headers) as connection:
        await connection.send("x")
        await connection.recv()
    there = served.upstream.sockets[0]
    assert secret not in str(there.headers) + there.target
    with pytest.raises(InvalidStatus) as caught:
        await socket(served, "/openai?model=m", additional_headers=BEARER).__aenter__()
    assert caught.value.response.status_code == 401


async def test_the_provider_s_close_reaches_the_caller(served: Served) -> None:
    async def close(there: FakeSocket) -> None:
        await there.receive()
        await there.close(4001, "enough")

    served.upstream.on_socket(close)
    async with socket(served, "/openai?model=m", additional_headers=BEARER) as connection:
        await connection.send("x")
        with pytest.raises(ConnectionClosed) as caught:
            await connection.recv()
    assert caught.value.rcvd is not None
    assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (4001, "enough")


async def test_the_caller_s_close_reaches_the_provider(served: Served) -> None:
    closed: asyncio.Future[tuple[int | None, str | None]] = asyncio.get_running_loop().create_future()

    async def wait(there: FakeSocket) -> None:
        while await there.receive() is not None:
            pass
        closed.set_result((there.close_code, there.close_reason))

    served.upstream.on_socket(wait)
    connection = await socket(served, "/openai?model=m", additional_headers=BEARER)
    await connection.close(4002, "bye")
    assert await asyncio.wait_for(closed, 20) == (4002, "bye")
    assert (await served.recorded(1)).success


async def test_a_provider_that_drops_the_line_closes_the_caller_s(served: Served) -> None:
    async def drop(there: FakeSocket) -> None:
        await there.receive()
        await there.drop()

    served.upstream.on_socket(drop)
    async with socket(served, "/openai?model=m", additional_headers=BEARER) as connection:
        await connection.send("x")
        with pytest.raises(ConnectionClosed):
            await connection.recv()
    assert not (await served.recorded(1)).success


async def test_a_provider_that_refuses_is_an_error_before_the_handshake(served: Served) -> None:
    await served.upstream.stop()
    with pytest.raises(InvalidStatus) as caught:
        await socket(served, "/openai?model=m", additional_headers=BEARER).__aenter__()
    assert json.loads(caught.value.response.body or b"")["error"][0]["code"] == 2005


async def test_local_realtime_models_are_not_there(served: Served) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await socket(served, "/workers-ai?model=@cf/deepgram/nova-3").__aenter__()
    assert caught.value.response.status_code == 501


async def test_the_rate_limit_counts_connections(served: Served) -> None:
    served.gateway("tight", rate_limiting_limit=1, rate_limiting_interval=3600)
    url = served.url.replace("http", "ws", 1) + "/v1/acct/tight/openai?model=m"
    async with connect(url, proxy=None, additional_headers=BEARER):
        with pytest.raises(InvalidStatus) as caught:
            await connect(url, proxy=None, additional_headers=BEARER).__aenter__()
    assert caught.value.response.status_code == 429
