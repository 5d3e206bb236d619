"""What a provider or its network can do wrong: each is an error with clear words, and leaves no connection behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import pytest

from groundfog.gateway.upstream.faults import BadAnswer, CannotConnect, ConnectionBroken
from groundfog.gateway.upstream.http import HttpUpstream
from tests.support.fake_upstream import (
    Answer,
    FakeRequest,
    FakeUpstream,
    big_frame,
    closed_port,
    duplicate_ids,
    failing,
    hang,
    hang_mid_stream,
    json_answer,
    rate_limited,
    reset_mid_frame,
    sse,
)
from tests.support.upstream import post, whole


async def test_it_refuses(upstream: HttpUpstream) -> None:
    with pytest.raises(CannotConnect, match="cannot connect to http://127"):
        await upstream.send(post(f"http://127.0.0.1:{closed_port()}/"))


async def test_its_name_is_unknown(upstream: HttpUpstream) -> None:
    with pytest.raises(CannotConnect, match=r"nowhere\.invalid cannot be resolved"):
        await upstream.send(post("http://nowhere.invalid/"))


async def test_it_hangs_before_headers(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(hang())
    with pytest.raises(TimeoutError, match="did not answer in time"):
        await upstream.send(post(provider.url + "/", first_byte_s=0.05))
    await provider.left_alone()


async def test_it_hangs_on_a_kept_alive_connection(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(json_answer({}), hang())
    await upstream.send(post(provider.url + "/"))
    with pytest.raises(TimeoutError):
        await upstream.send(post(provider.url + "/", first_byte_s=0.05))
    assert len(provider.requests) == 2, "a request that timed out is not sent again"


async def test_the_first_byte_is_what_the_timeout_waits_for(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(sse(["a", "b", "c", "d"], pace=0.1))
    response = await upstream.send(post(provider.url + "/", first_byte_s=0.25))
    assert await whole(response) == b"data: a\n\ndata: b\n\ndata: c\n\ndata: d\n\ndata: [DONE]\n\n"


async def test_it_hangs_mid_stream(provider: FakeUpstream) -> None:
    upstream = HttpUpstream(idle_body_s=0.1)
    provider.queue(hang_mid_stream(["a"]))
    response = await upstream.send(post(provider.url + "/"))
    body: Any = response.chunks
    assert await body.__anext__() == b"data: a\n\n"
    with pytest.raises(TimeoutError, match="nothing came from"):
        await body.__anext__()
    await provider.left_alone()
    await upstream.aclose()


async def test_it_hangs_within_a_small_body(provider: FakeUpstream) -> None:
    upstream = HttpUpstream(idle_body_s=0.1)
    provider.queue(json_answer({"a": "b" * 50}, fault="hang", after=20))
    with pytest.raises(TimeoutError):
        await upstream.send(post(provider.url + "/"))
    await provider.left_alone()
    await upstream.aclose()


async def test_it_resets_mid_frame(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(reset_mid_frame(["a", {"text": "x" * 100}]))
    response = await upstream.send(post(provider.url + "/"))
    body: Any = response.chunks
    got = b""
    while not got.startswith(b"data: a\n\ndata: {"):
        got += await body.__anext__()
    with pytest.raises(ConnectionBroken, match="broke off in the middle of its answer"):
        await whole(response)


@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_it_closes_before_the_end(provider: FakeUpstream, upstream: HttpUpstream, framing: Any) -> None:
    provider.queue(Answer(body=b"x" * 100_000, framing=framing, fault="close", after=90_000))
    response = await upstream.send(post(provider.url + "/"))
    with pytest.raises(ConnectionBroken):
        await whole(response)


async def test_a_reset_ends_a_body_without_length_with_an_error(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(Answer(body=b"x" * 1000, framing="close", fault="reset", after=900))
    response = await upstream.send(post(provider.url + "/"))
    with pytest.raises(ConnectionBroken):
        await whole(response)


async def test_it_closes_within_the_head(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(Answer(raw=b"HTTP/1.1 200 OK\r\ncontent-", fault="close"))
    with pytest.raises(ConnectionBroken, match="in the middle"):
        await upstream.send(post(provider.url + "/"))


async def test_it_closes_without_a_word(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(Answer(raw=b"", fault="close"))
    with pytest.raises(ConnectionBroken, match="without an answer"):
        await upstream.send(post(provider.url + "/"))
    assert len(provider.requests) == 1, "over a new connection nothing is sent twice"


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH_9.7\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\nabc",
        b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 300_000,
    ],
    ids=["ssh", "two-lengths", "two-framings", "upgrade", "endless-head"],
)
async def test_it_speaks_no_http(provider: FakeUpstream, upstream: HttpUpstream, raw: bytes) -> None:
    provider.queue(Answer(raw=raw, fault="hang"))
    with pytest.raises(BadAnswer):
        await upstream.send(post(provider.url + "/"))
    await provider.left_alone()


async def test_a_broken_chunk_ends_the_stream_with_an_error(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    raw = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"
    provider.queue(Answer(raw=raw, fault="hang"), Answer(raw=raw + b"zz\r\n", fault="hang"))
    response = await upstream.send(post(provider.url + "/"))
    body: Any = response.chunks
    assert await body.__anext__() == b"abc"
    await body.aclose()
    with pytest.raises(BadAnswer):
        await whole(await upstream.send(post(provider.url + "/")))


async def test_bytes_after_an_answer_do_not_become_the_next_answer(
    provider: FakeUpstream, upstream: HttpUpstream
) -> None:
    one = b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n"
    provider.queue(Answer(raw=one + b"a" + one + b"b"), json_answer({"mine": 1}))
    assert (await upstream.send(post(provider.url + "/"))).body == b"a"
    assert (await upstream.send(post(provider.url + "/"))).body == b'{"mine": 1}'
    assert provider.connections == 2


async def test_429_and_500_are_answers(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(rate_limited("7"), failing(500))
    first = await upstream.send(post(provider.url + "/"))
    assert first.status == 429
    assert (b"retry-after", b"7") in first.headers
    assert (await upstream.send(post(provider.url + "/"))).status == 500
    assert (await upstream.send(post(provider.url + "/"))).status == 200
    assert provider.connections == 1


async def test_a_missing_done_and_duplicate_ids_pass_as_they_are(
    provider: FakeUpstream, upstream: HttpUpstream
) -> None:
    provider.queue(sse(["a"], done=False), duplicate_ids("hi"))
    assert await whole(await upstream.send(post(provider.url + "/"))) == b"data: a\n\n"
    assert (await whole(await upstream.send(post(provider.url + "/")))).count(b"id: 1\n") == 2


async def test_a_frame_of_40_megabytes(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(big_frame(40_000_000))
    response = await upstream.send(post(provider.url + "/"))
    assert response.chunks is not None
    longest = total = 0
    async for chunk in response.chunks:
        longest, total = max(longest, len(chunk)), total + len(chunk)
    assert total > 40_000_000
    assert longest < 2_000_000, "no frame is ever collected"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_dead_kept_alive_connection_is_no_error(
    provider: FakeUpstream, upstream: HttpUpstream, method: str
) -> None:
    await asyncio.gather(*[upstream.send(post(provider.url + "/")) for _ in range(3)])
    assert provider.open == 3
    provider.close_now()
    assert (await upstream.send(post(provider.url + "/", method=method))).status == 200


async def test_a_connection_that_dies_while_it_is_used_again_is_no_error(
    provider: FakeUpstream, upstream: HttpUpstream
) -> None:
    """The provider closes an idle connection at the very moment when a request is on its way."""
    provider.queue(json_answer({"n": 1}), Answer(raw=b"", fault="reset"), json_answer({"n": 2}))
    assert (await upstream.send(post(provider.url + "/"))).body == b'{"n": 1}'
    assert (await upstream.send(post(provider.url + "/"))).body == b'{"n": 2}'
    assert [request.connection for request in provider.requests] == [1, 1, 2]


async def test_it_is_sent_again_only_once(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(json_answer({}), Answer(raw=b"", fault="reset"), Answer(raw=b"", fault="reset"))
    await upstream.send(post(provider.url + "/"))
    with pytest.raises(ConnectionBroken):
        await upstream.send(post(provider.url + "/"))
    assert len(provider.requests) == 3


async def test_a_server_that_restarts_is_no_error(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    await upstream.send(post(provider.url + "/"))
    await provider.stop()
    await provider.start()
    assert (await upstream.send(post(provider.url + "/"))).status == 200


async def test_cancelling_hangs_up(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    provider.queue(hang())
    task = asyncio.create_task(upstream.send(post(provider.url + "/")))
    await provider.requested(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await provider.left_alone()
    assert (await upstream.send(post(provider.url + "/"))).status == 200


async def test_who_waits_for_a_connection_may_give_up(provider: FakeUpstream) -> None:
    upstream = HttpUpstream(most=1)
    provider.queue(hang())
    first = asyncio.create_task(upstream.send(post(provider.url + "/")))
    await provider.requested(1)
    with pytest.raises(TimeoutError):
        await upstream.send(post(provider.url + "/", first_byte_s=0.05))
    second = asyncio.create_task(upstream.send(post(provider.url + "/")))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).status == 200
    await upstream.aclose()


async def test_an_early_answer_to_a_long_request(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    """The answer comes before the request was read: the answer counts, and the connection is not used again."""

    async def early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\n{}")
        with contextlib.suppress(ConnectionError):
            await reader.read(-1)
        writer.close()
        closed.set()

    closed = asyncio.Event()
    server = await asyncio.start_server(early, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    response = await upstream.send(post(f"http://127.0.0.1:{port}/", b"x" * 50_000_000))
    assert (response.status, response.body) == (413, b"{}")
    assert [origin._free for origin in upstream._origins.values()] == [[]]
    await closed.wait()
    server.close()


async def test_500_then_200(provider: FakeUpstream, upstream: HttpUpstream) -> None:
    def alternating(request: FakeRequest) -> Answer:
        return failing(500) if len(provider.requests) % 2 else json_answer({"n": len(provider.requests)})

    provider.otherwise(alternating)
    assert [(await upstream.send(post(provider.url + "/"))).status for _ in range(4)] == [500, 200, 500, 200]
    assert json.loads((await upstream.send(post(provider.url + "/"))).body or b"")["error"]


async def test_a_provider_that_hangs_up_after_answers_without_a_word(
    provider: FakeUpstream, upstream: HttpUpstream
) -> None:
    """Connections that die between two requests, or under one, never show: 400 requests, one in three hung up on."""

    def moody(request: FakeRequest) -> Answer:
        return json_answer({"ok": 1}, fault="close" if len(provider.requests) % 3 == 0 else None)

    provider.otherwise(moody)

    async def work() -> list[int]:
        return [(await upstream.send(post(provider.url + "/"))).status for _ in range(25)]

    statuses = await asyncio.gather(*[work() for _ in range(16)])
    assert {status for some in statuses for status in some} == {200}
    assert provider.connections > 16
