"""The HTTP client of the gateways against a fake provider that answers well."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from groundfog.gateway.upstream.faults import AddressRefused, BadRequest
from groundfog.gateway.upstream.http import HttpUpstream
from tests.support.fake_upstream import (
    Answer,
    FakeUpstream,
    answer,
    gzipped,
    half_characters,
    json_answer,
    one_byte_packets,
    redirect,
    sse,
)
from tests.support.upstream import post, whole


async def test_a_small_answer_comes_whole(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(json_answer({"a": 1}, headers=[("X-Request-Id", "Ab"), ("x-two", "1"), ("x-two", "2")]))
    response = await upstream.send(post(provider.url + "/v1/x?a=%2F%20&b"))
    assert (response.status, response.body, response.chunks) == (200, b'{"a": 1}', None)
    assert [pair for pair in response.headers if pair[0].startswith(b"x-")] == [
        (b"x-request-id", b"Ab"),
        (b"x-two", b"1"),
        (b"x-two", b"2"),
    ]
    sent = provider.requests[0]
    assert (sent.method, sent.target, sent.body) == ("POST", "/v1/x?a=%2F%20&b", b'{"model":"m"}')
    assert sent.headers == [
        ("host", f"127.0.0.1:{provider.port}"),
        ("content-type", "application/json"),
        ("content-length", "13"),
    ]


async def test_a_stream_comes_as_it_is_sent(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(sse([{"n": number} for number in range(5)], pace=0.02))
    response = await upstream.send(post(provider.url + "/"))
    assert response.body is None
    assert response.chunks is not None
    chunks = [chunk async for chunk in response.chunks]
    assert len(chunks) >= 5
    assert b"".join(chunks) == b"".join(b'data: {"n": %d}\n\n' % number for number in range(5)) + b"data: [DONE]\n\n"
    assert (b"content-type", b"text/event-stream") in response.headers
    assert not any(name == b"transfer-encoding" for name, _ in response.headers)


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
@pytest.mark.parametrize("size", [0, 1, 1000, 64 * 1024, 3_000_000])
async def test_bodies_of_every_size_and_framing(
    provider: FakeUpstream, upstream: HttpUpstream, framing: Any, size: int
) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    provider.otherwise(answer(body, framing=framing))
    for _ in range(3):
        assert await whole(await upstream.send(post(provider.url + "/"))) == body
    assert provider.connections == (3 if framing == "close" else 1)


@pytest.mark.parametrize("size", [0, 100, 200_000, 20_000_000])
async def test_requests_of_every_size(provider: FakeUpstream, upstream: HttpUpstream, size: int) -> None:
    body = b"0123456789" * (size // 10)
    await upstream.send(post(provider.url + "/", body))
    assert provider.requests[0].body == body


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PURGE"])
async def test_every_method(provider: FakeUpstream, upstream: HttpUpstream, method: str) -> None:
    for _ in range(2):
        response = await upstream.send(post(provider.url + "/", b"", method=method, headers=[]))
        assert await whole(response) == (b"" if method == "HEAD" else b'{"ok": true}')
    sent = provider.requests[0]
    assert sent.method == method
    assert sent.header("content-length") == ("0" if method in ("POST", "PUT", "PATCH") else None)
    assert provider.connections == 1


@pytest.mark.parametrize("status", [204, 304])
async def test_answers_without_a_body(provider: FakeUpstream, upstream: HttpUpstream, status: int) -> None:
    provider.otherwise(Answer(status, framing="none"))
    for _ in range(2):
        response = await upstream.send(post(provider.url + "/"))
        assert (response.status, response.body) == (status, b"")
    assert provider.connections == 1


async def test_interim_answers_are_not_the_answer(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(json_answer({"a": 1}, interim=(100, 103)))
    response = await upstream.send(post(provider.url + "/"))
    assert (response.status, response.body) == (200, b'{"a": 1}')
    assert not any(name == b"x-interim" for name, _ in response.headers)


async def test_interim_answers_may_come_packet_by_packet(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(json_answer({"a": 1}, interim=(103,), packet=1))
    response = await upstream.send(post(provider.url + "/"))
    assert (response.status, await whole(response)) == (200, b'{"a": 1}')


async def test_a_compressed_body_passes_byte_for_byte(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    compressed = gzipped(b'{"a":1}')
    provider.queue(compressed)
    response = await upstream.send(post(provider.url + "/"))
    assert response.body == compressed.body
    assert (b"content-encoding", b"gzip") in response.headers


async def test_half_a_character_per_packet(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(half_characters("grün 🌍 日本"))
    response = await upstream.send(post(provider.url + "/"))
    assert response.chunks is not None
    chunks = [chunk async for chunk in response.chunks]
    assert len(chunks) > 3
    assert b"".join(chunks).decode() == 'data: {"text": "grün 🌍 日本"}\n\n'


async def test_one_byte_packets(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(one_byte_packets([{"a": 1}]))
    assert await whole(await upstream.send(post(provider.url + "/"))) == b'data: {"a": 1}\n\ndata: [DONE]\n\n'


async def test_redirects_are_not_followed(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    async with FakeUpstream() as other:
        provider.queue(redirect(other.url + "/steal"))
        response = await upstream.send(post(provider.url + "/", headers=[(b"authorization", b"Bearer secret")]))
        assert response.status == 307
        assert (b"location", (other.url + "/steal").encode()) in response.headers
        assert other.requests == []


async def test_headers_of_one_hop_stay_behind(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    headers = [(b"connection", b"close, x-a"), (b"host", b"evil"), (b"transfer-encoding", b"chunked"), (b"x-b", b"1")]
    provider.queue(json_answer({}, headers=[("keep-alive", "timeout=5"), ("proxy-authenticate", "Basic")]))
    response = await upstream.send(post(provider.url + "/", headers=headers))
    names = [name for name, _ in provider.requests[0].headers]
    assert names == ["host", "x-b", "content-length"]
    assert {name for name, _ in response.headers} == {b"content-type", b"content-length"}


@pytest.mark.parametrize(
    "header",
    [(b"x-a", b"1\r\nx-b: 2"), (b"x-a", b"1\nx"), (b"x a", b"1"), (b"x-a:", b"1"), (b"x-a", b"\0"), (b"x\r\n", b"")],
)
async def test_a_header_cannot_break_out_of_its_line(
    provider: FakeUpstream, upstream: HttpUpstream, header: tuple[bytes, bytes]
) -> None:
    with pytest.raises(BadRequest):
        await upstream.send(post(provider.url + "/", headers=[header]))
    assert provider.requests == []


async def test_a_path_cannot_break_out_of_its_line(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    await upstream.send(post(provider.url + "/a b\r\nx: y/ü?q=#1"))
    assert provider.requests[0].target == "/a%20b%0D%0Ax:%20y/%C3%BC?q=%231"


@pytest.mark.parametrize(
    "url", ["ftp://h/", "http:///x", "https://user:pw@h/x", "http://h:99999/", "file:///etc/passwd"]
)
async def test_urls_that_are_no_http_server(upstream: HttpUpstream, url: str) -> None:
    with pytest.raises(AddressRefused):
        await upstream.send(post(url))


async def test_many_requests_share_few_connections(provider: FakeUpstream) -> None:
    upstream = HttpUpstream(most=3)
    provider.otherwise(json_answer({}, delay=0.01))
    responses = await asyncio.gather(*[upstream.send(post(provider.url + "/")) for _ in range(20)])
    assert [response.status for response in responses] == [200] * 20
    assert provider.connections <= 3
    await upstream.aclose()


async def test_an_idle_connection_is_closed(provider: FakeUpstream) -> None:
    upstream = HttpUpstream(keep_alive_s=0.05)
    await upstream.send(post(provider.url + "/"))
    assert provider.open == 1
    await provider.left_alone()
    await upstream.aclose()


async def test_a_slow_reader_holds_the_provider_back(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(Answer(body=[b"x" * 100_000] * 200, framing="chunked"))
    response = await upstream.send(post(provider.url + "/"))
    assert response.chunks is not None
    body = response.chunks
    first = await body.__anext__()
    for _ in range(200):
        await asyncio.sleep(0)
    assert body._size < 2_000_000  # type: ignore[attr-defined]
    assert len(first) + sum([len(chunk) async for chunk in body]) == 20_000_000
    assert (await upstream.send(post(provider.url + "/"))).status == 200
    assert provider.connections == 1


async def test_closing_a_stream_hangs_up(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(sse([{"n": 1}], done=False, fault="hang"))
    response = await upstream.send(post(provider.url + "/"))
    body: Any = response.chunks
    await body.__anext__()
    await body.aclose()
    await provider.left_alone()
    assert [chunk async for chunk in body] == []
