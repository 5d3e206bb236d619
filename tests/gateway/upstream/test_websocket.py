"""A provider's WebSocket: frames pass unchanged, and ends are told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from groundfog.gateway.upstream.base import UpstreamRequest
from groundfog.gateway.upstream.faults import AddressRefused, BadRequest, CannotConnect, ConnectionBroken
from groundfog.gateway.upstream.websocket import HandshakeRefused, connect
from tests.support.fake_socket import FakeSocket
from tests.support.fake_upstream import FakeUpstream, closed_port


def opening(url: str, *headers: tuple[bytes, bytes], **rest: Any) -> UpstreamRequest:
    return UpstreamRequest("a", "GET", url, list(headers), b"", **rest)


async def test_text_and_bytes_pass_unchanged(provider: FakeUpstream) -> None:
    socket = await connect(opening(provider.url + "/v1/realtime?model=m&x=%2F"))
    for message in ("hello", "grün 🌍", "", b"\x00\xff", b"", b"x" * 300_000):
        await socket.send(message)
        assert await socket.receive() == message
    await socket.close()
    assert provider.sockets[0].target == "/v1/realtime?model=m&x=%2F"


@pytest.mark.parametrize("scheme", ["http", "ws"])
async def test_headers_and_sub_protocols_go_on(provider: FakeUpstream, scheme: str) -> None:
    url = provider.url.replace("http", scheme, 1)
    headers = ((b"authorization", b"Bearer k"), (b"openai-beta", b"realtime=v1"), (b"sec-websocket-key", b"evil"))
    socket = await connect(opening(url + "/", *headers), ["realtime", "other"])
    assert socket.subprotocol == "realtime"
    came = provider.sockets[0]
    assert came.header("authorization") == "Bearer k"
    assert came.header("openai-beta") == "realtime=v1"
    assert came.header("sec-websocket-protocol") == "realtime, other"
    assert [value for name, value in came.headers if name == "sec-websocket-key"] != ["evil"]
    assert came.header("sec-websocket-extensions") is None
    await socket.close()


async def test_the_providers_close_code_comes_through(provider: FakeUpstream) -> None:
    async def goodbye(socket: FakeSocket) -> None:
        await socket.send("bye")
        await socket.close(4008, "quota is spent")

    provider.on_socket(goodbye)
    socket = await connect(opening(provider.url + "/"))
    assert await socket.receive() == "bye"
    assert await socket.receive() is None
    assert (socket.close_code, socket.close_reason) == (4008, "quota is spent")
    with pytest.raises(ConnectionBroken):
        await socket.send("too late")
    await socket.close()


@pytest.mark.parametrize(("code", "said"), [(1000, 1000), (4001, 4001), (1005, 1005), (1006, 1001)])
async def test_our_close_code_goes_through(provider: FakeUpstream, code: int, said: int) -> None:
    ended: asyncio.Future[tuple[int | None, str | None]] = asyncio.get_running_loop().create_future()

    async def listen(socket: FakeSocket) -> None:
        assert await socket.receive() is None
        ended.set_result((socket.close_code, socket.close_reason))

    provider.on_socket(listen)
    socket = await connect(opening(provider.url + "/"))
    await socket.close(code, "done")
    assert await asyncio.wait_for(ended, 10) == (said, "" if said == 1005 else "done")


async def test_closing_while_another_task_receives(provider: FakeUpstream) -> None:
    socket = await connect(opening(provider.url + "/"))
    receiving = asyncio.create_task(socket.receive())
    await asyncio.sleep(0)
    await socket.close(1000)
    assert await receiving is None


async def test_a_dropped_connection_is_an_abnormal_close(provider: FakeUpstream) -> None:
    provider.on_socket(FakeSocket.drop)
    socket = await connect(opening(provider.url + "/"))
    assert await socket.receive() is None
    assert socket.close_code == 1006
    await socket.close()


async def test_a_message_that_is_too_long_ends_it(provider: FakeUpstream) -> None:
    async def flood(socket: FakeSocket) -> None:
        await socket.send(b"x" * 2000)
        await socket.receive()

    provider.on_socket(flood)
    socket = await connect(opening(provider.url + "/"), limit=1000)
    assert await socket.receive() is None
    assert socket.close_code == 1009
    await socket.close()


async def test_a_long_reason_is_cut(provider: FakeUpstream) -> None:
    socket = await connect(opening(provider.url + "/"))
    await socket.close(4000, "ü" * 100)


async def test_a_refused_handshake_gives_the_status(provider: FakeUpstream) -> None:
    with pytest.raises(HandshakeRefused) as refused:
        await connect(opening(provider.url + "/?refuse=401"))
    assert refused.value.status == 401


async def test_no_redirect_is_followed(provider: FakeUpstream) -> None:
    async with FakeUpstream() as other:
        url = f"{provider.url}/?refuse=302&location={other.url}/"
        with pytest.raises(HandshakeRefused) as refused:
            await connect(opening(url, (b"authorization", b"Bearer secret")))
        assert refused.value.status == 302
        assert (other.requests, other.sockets) == ([], [])


async def test_what_cannot_be_reached() -> None:
    with pytest.raises(CannotConnect):
        await connect(opening(f"ws://127.0.0.1:{closed_port()}/"))
    with pytest.raises(AddressRefused):
        await connect(opening("ws://127.0.0.1:1/", public_only=True))
    with pytest.raises(BadRequest):
        await connect(opening("ws://127.0.0.1:1/", (b"x", b"1\r\ny: 2")))


async def test_a_server_that_says_nothing(provider: FakeUpstream) -> None:
    with pytest.raises(TimeoutError):
        await connect(opening(provider.url + "/?silent", first_byte_s=0.05))
    await provider.left_alone()
