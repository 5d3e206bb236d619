"""Usage, cost and budgets of realtime WebSockets (spec ai-gateway §1.10, §3.6)."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from groundfog import errors
from groundfog.gateway.record import CHARGE, Record
from groundfog.metering.money import dollars_float
from tests.support import ledger
from tests.support.fake_realtime import FakeRealtime, tokens
from tests.support.fake_socket import FakeSocket
from tests.support.gateway_server import Served

BEARER = {"authorization": "Bearer sk-mine"}
TEXT_IN, TEXT_OUT, AUDIO_IN, AUDIO_OUT, READ = 4_000_000, 16_000_000, 32_000_000, 64_000_000, 400_000
"""Of gpt-realtime, in pico-dollars."""
CREATE = json.dumps({"type": "response.create"})
MANUAL = json.dumps({"type": "session.update", "session": {"audio": {"input": {"turn_detection": None}}}})
APPEND = json.dumps({"type": "input_audio_buffer.append", "audio": "A" * 2000})
COMMIT = json.dumps({"type": "input_audio_buffer.commit"})
BUCKET = "spend:acct/tight/r1:fixed:3600"


def socket(served: Served, path: str = "/openai?model=gpt-realtime", gateway: str = "g", **headers: str) -> connect:
    url = served.url.replace("http", "ws", 1) + f"/v1/acct/{gateway}{path}"
    return connect(url, proxy=None, max_size=None, additional_headers={**BEARER, **headers})


def tight(served: Served, pico: int, **settings: Any) -> None:
    """A gateway whose budget is so many pico-dollars."""
    rule = {"id": "r1", "limitType": "cost", "limit": dollars_float(pico), "window": 3600, "technique": "fixed"}
    served.gateway("tight", spend_limits={"enabled": True, "rules": [rule]}, **settings)


def limited(most: int) -> str:
    return json.dumps({"type": "response.create", "response": {"max_output_tokens": most}})


def worst(most: int, *frames: str) -> int:
    """What is reserved for a response behind these frames of text."""
    return (1024 + sum(map(len, frames))) * TEXT_IN + most * AUDIO_OUT


async def until(connection: ClientConnection, kind: str) -> dict[str, Any]:
    while (event := json.loads(await connection.recv()))["type"] != kind:
        pass
    return event


async def row(served: Served) -> Record:
    """The connection's own record, beside those that only charge."""
    count = 1
    while (record := await served.recorded(count)).request_type == CHARGE:
        count += 1
    return record


async def closed(connection: ClientConnection) -> tuple[int, str]:
    """Code and reason of the close that comes, after whatever comes before it."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await connection.recv()
    assert connection.close_code is not None
    return connection.close_code, connection.close_reason or ""


async def money(served: Served, bucket: str = BUCKET) -> tuple[int, int]:
    """Spent, and still held, of a budget."""
    parts = served.local.platform.gateways.parts

    async def look() -> tuple[int, int]:
        await parts.ledger.give_back_idle()
        await parts.ledger.give_back_idle()
        await parts.records.applied()
        return ledger.spent(parts.records.store, bucket), ledger.leased(parts.records.store, bucket)

    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(look(), served.local.loop))


async def test_the_row_has_what_all_responses_used_and_cost(served: Served) -> None:
    served.upstream.on_socket(FakeRealtime(tokens(100, 40, 10, 30, read=64, audio_read=32), tokens(200, 0, 7, 0)))
    async with socket(served) as connection:
        for _ in range(2):
            await connection.send(CREATE)
            await until(connection, "response.done")
    record = await row(served)
    assert (record.model, record.tokens_in, record.tokens_out, record.tokens_cached) == ("gpt-realtime", 340, 47, 96)
    first = 36 * TEXT_IN + 8 * AUDIO_IN + 96 * READ + 10 * TEXT_OUT + 30 * AUDIO_OUT
    assert record.cost == first + 200 * TEXT_IN + 7 * TEXT_OUT
    assert (record.status_code, record.success, record.custom_cost) == (101, True, False)
    assert record.request_size == 2 * len(CREATE)


async def test_frames_pass_as_they_are_and_in_order(served: Served) -> None:
    served.upstream.on_socket(FakeSocket.echo)
    frames: list[str | bytes] = [
        '{ "type" : "response.done",\t"response": {"usage": {"input_tokens": 1, "output_tokens": 1}} }',
        '{"type": "session.updated", "session": 5}',
        b"\x00\xff" * 50_000,
        '{"type": "response.done", "response": "no object"}',
        '{"type": "response.done", "response": {"usage": {"input_tokens": "many"}}}',
        json.dumps({"type": "conversation.item.create", "item": {"text": "fög " * 200_000}}),
        "{}",
        "no json",
    ]
    async with socket(served) as connection:
        for frame in frames:
            await connection.send(frame)
        assert [await connection.recv() for _ in frames] == frames


async def test_a_frame_in_pieces_is_read_as_a_whole(served: Served) -> None:
    async def answer(there: FakeSocket) -> None:
        await there.receive()
        done = {"type": "response.done", "response": {"id": "r", "usage": tokens(10, 0, 1, 0), "x": "y" * 5_000_000}}
        text = json.dumps(done).encode()
        await there.send_pieces(text[:1], text[1:20], text[20:3_000_000], text[3_000_000:])
        await there.receive()

    served.upstream.on_socket(answer)
    async with socket(served) as connection:
        await connection.send([CREATE[:5], CREATE[5:9], CREATE[9:]])
        assert len(await connection.recv()) > 5_000_000
    assert (await row(served)).cost == 10 * TEXT_IN + TEXT_OUT


async def test_a_response_is_charged_while_the_socket_is_open(served: Served) -> None:
    tight(served, 10**12)
    served.upstream.on_socket(FakeRealtime(tokens(100, 0, 10, 0)))
    cost = 100 * TEXT_IN + 10 * TEXT_OUT
    async with socket(served, gateway="tight") as connection:
        await connection.send(limited(100))
        await until(connection, "response.done")
        assert await money(served) == (cost, 0)
        await connection.send(limited(100))
        await until(connection, "response.done")
        assert await money(served) == (2 * cost, 0)
    record = await row(served)
    assert (record.cost, record.settlements) == (2 * cost, [])
    # Records that only charge are no requests, in no sum and in no log.
    page = (await served.client.get("/client/v4/accounts/acct/ai-gateway/gateways/tight/logs")).json()
    assert [one["request_type"] for one in page["result"]] == ["websocket"]
    group = "/client/v4/accounts/acct/ai-gateway/gateways/tight/analytics?groups=model"
    assert sum(one["requests"] for one in (await served.client.get(group)).json()["result"]["series"]) == 1


async def test_no_budget_is_overshot_by_many_sockets_at_once(served: Served) -> None:
    each = worst(50, limited(50))
    tight(served, 3 * each + each // 2)
    # Every response costs as much as it may.
    fake = FakeRealtime(tokens(each // TEXT_IN - 800, 0, 0, 50))
    served.upstream.on_socket(fake)
    cost = (each // TEXT_IN - 800) * TEXT_IN + 50 * AUDIO_OUT
    assert cost == each

    async def ask() -> tuple[int, str]:
        async with socket(served, gateway="tight") as connection:
            # One more than there is room for in all.
            for _ in range(4):
                await connection.send(limited(50))
            return await closed(connection)

    ends = await asyncio.gather(*[ask() for _ in range(12)], return_exceptions=True)
    for end in ends:
        if isinstance(end, InvalidStatus):
            assert end.response.status_code == 429
        else:
            assert not isinstance(end, BaseException)
            assert (end[0], end[1][:5]) == (1013, "2003:")
    assert fake.answered == 3
    assert await money(served) == (3 * each, 0)


async def test_what_was_reserved_is_never_cut(served: Served) -> None:
    tight(served, worst(50, limited(50)) + 1000)
    fake = FakeRealtime(tokens(20, 0, 0, 50))
    fake.gate = asyncio.Event()
    served.upstream.on_socket(fake)
    async with socket(served, gateway="tight") as connection:
        await connection.send(limited(50))
        await until(connection, "response.output_audio.delta")
        await connection.send(limited(50))
        await connection.send(limited(50))
        fake.gate.set()
        assert (await until(connection, "response.done"))["response"]["status"] == "completed"
        code, reason = await closed(connection)
    assert (code, reason.startswith("2003: Spending limit exceeded")) == (1013, True)
    record = await row(served)
    assert (record.cost, record.error_code, record.success) == (20 * TEXT_IN + 50 * AUDIO_OUT, 2003, False)
    assert fake.answered == 1


async def test_where_the_provider_listens_a_response_is_held_before_sound_goes_on(served: Served) -> None:
    # Room for one response of the longest kind, and not for a second.
    held = 1100 * TEXT_IN + 4096 * AUDIO_OUT + 200 * AUDIO_IN
    tight(served, held + 1000 * AUDIO_OUT)
    fake = FakeRealtime(tokens(20, 20, 0, 2000))
    served.upstream.on_socket(fake)
    async with socket(served, gateway="tight") as connection:
        for _ in range(10):
            await connection.send(APPEND)
        await connection.send(COMMIT)
        await until(connection, "response.done")
        assert (await closed(connection))[0] == 1013
    assert fake.answered == 1
    assert await money(served) == (20 * TEXT_IN + 20 * AUDIO_IN + 2000 * AUDIO_OUT, 0)


async def test_sound_does_not_go_on_without_room_for_an_answer(served: Served) -> None:
    tight(served, 4096 * AUDIO_OUT)
    fake = FakeRealtime(tokens(1))
    served.upstream.on_socket(fake)
    async with socket(served, gateway="tight") as connection:
        await connection.send(APPEND)
        assert (await closed(connection))[0] == 1013
    assert APPEND not in served.upstream.sockets[0].received
    assert await money(served) == (0, 0)


async def test_without_turn_detection_nothing_is_held_for_sound(served: Served) -> None:
    tight(served, 4096 * AUDIO_OUT)
    served.upstream.on_socket(FakeRealtime(tokens(10, 10, 0, 5)))
    async with socket(served, gateway="tight") as connection:
        await connection.send(MANUAL)
        await until(connection, "session.updated")
        await connection.send(APPEND)
        await connection.send(limited(50))
        await until(connection, "response.done")
    assert (await row(served)).success


@pytest.mark.parametrize(
    "path", ["/openai?model=gpt-realtime", "/openai?model=a-model-of-tomorrow", "/deepgram/v1/listen?model=nova-3"]
)
async def test_a_used_up_budget_refuses_the_handshake(served: Served, path: str) -> None:
    tight(served, worst(50, limited(50)))
    served.upstream.on_socket(FakeRealtime(tokens((worst(50, limited(50)) - 50 * AUDIO_OUT) // TEXT_IN, 0, 0, 50)))
    async with socket(served, gateway="tight") as connection:
        await connection.send(limited(50))
        await until(connection, "response.done")
    await row(served)
    with pytest.raises(InvalidStatus) as caught:
        await socket(served, path, gateway="tight").__aenter__()
    assert caught.value.response.status_code == 429
    assert json.loads(caught.value.response.body or b"")["error"][0]["code"] == 2003


async def test_an_unpriced_model_is_refused_when_others_have_used_the_budget_up(served: Served) -> None:
    each = worst(50, limited(50))
    tight(served, each)
    served.upstream.on_socket(FakeRealtime(tokens((each - 50 * AUDIO_OUT) // TEXT_IN, 0, 0, 50)))
    unpriced = await socket(served, "/groq/v1/realtime?model=tomorrow", "tight")
    await unpriced.send(CREATE)
    await until(unpriced, "response.done")
    async with socket(served, gateway="tight") as priced:
        await priced.send(limited(50))
        await until(priced, "response.done")
    await unpriced.send(CREATE)
    assert (await closed(unpriced))[0] == 1013
    await served.recorded(3)
    records = [record for record in served.records if record.request_type != CHARGE]
    assert [record.cost for record in records if record.provider == "groq"] == [None]


@pytest.mark.parametrize("who", ["caller", "provider"])
async def test_what_breaks_off_is_charged_for_what_came(served: Served, who: str) -> None:
    tight(served, 10**12)
    fake = FakeRealtime(tokens(1))
    fake.gate = asyncio.Event()
    served.upstream.on_socket(fake)
    connection = await socket(served, gateway="tight")
    await connection.send(limited(50))
    await until(connection, "response.output_audio.delta")
    if who == "caller":
        connection.transport.abort()
    else:
        await served.upstream.sockets[0].drop()
    await row(served)
    spent, leased = await money(served)
    # The whole input, and at most the tokens that came; nothing is held any more.
    assert (1024 + len(limited(50))) * TEXT_IN < spent <= worst(50, limited(50))
    assert leased == 0
    fake.gate.set()
    await connection.close()


async def test_what_was_asked_for_and_has_not_begun_goes_back_when_the_provider_breaks_off(served: Served) -> None:
    tight(served, 10**12)

    async def drop(there: FakeSocket) -> None:
        await there.receive()
        await there.drop()

    served.upstream.on_socket(drop)
    async with socket(served, gateway="tight") as connection:
        await connection.send(limited(50))
        with pytest.raises(ConnectionClosed):
            await connection.recv()
    await row(served)
    assert await money(served) == (0, 0)


async def test_a_response_that_does_not_say_what_it_used_is_charged_what_it_may_have(served: Served) -> None:
    tight(served, 10**12)
    fake = FakeRealtime(tokens(1))
    fake.silent = True
    served.upstream.on_socket(fake)
    async with socket(served, gateway="tight") as connection:
        await connection.send(limited(50))
        await until(connection, "response.done")
        spent, _ = await money(served)
        assert (1024 + len(limited(50))) * TEXT_IN < spent <= worst(50, limited(50))
    assert (await row(served)).cost is None


@pytest.mark.parametrize(
    "frame",
    [
        '{"type": "response\\u002ecreate"}',
        '{"\\u0074ype": "response.create"}',
        '{"type": "response.create", "type": "response.create"}',
        '{"type": "response.create", "response": {"max_output_tokens": 9000000}, "response": {"max_output_tokens": 1}}',
        '{"type": "response.create", "response": {"max_output_tokens": 4096, "max_output_tokens": 1}}',
        b'{"type": "response.create"}',
    ],
)
async def test_no_spelling_of_a_request_gets_past_the_budget(served: Served, frame: str | bytes) -> None:
    tight(served, 4096 * AUDIO_OUT)
    fake = FakeRealtime(tokens(1))
    served.upstream.on_socket(fake)
    async with socket(served, gateway="tight") as connection:
        await connection.send(frame)
        assert (await closed(connection))[0] == 1013
    assert fake.answered == 0


async def test_responses_count_for_the_rate_limit(served: Served) -> None:
    served.gateway("rated", rate_limiting_limit=2, rate_limiting_interval=3600)
    fake = FakeRealtime(tokens(1, 0, 1, 0))
    served.upstream.on_socket(fake)
    async with socket(served, gateway="rated") as connection:
        for _ in range(2):
            await connection.send(CREATE)
            await until(connection, "response.done")
        await connection.send(CREATE)
        code, reason = await closed(connection)
    assert (code, reason) == (1013, "2003: Too many requests (rate limit exceeded)")
    assert fake.answered == 2
    with pytest.raises(InvalidStatus):
        await socket(served, gateway="rated").__aenter__()


async def test_a_caller_s_own_prices(served: Served) -> None:
    served.upstream.on_socket(FakeRealtime(tokens(100, 0, 10, 0)))
    given = {"cf-aig-custom-cost": json.dumps({"per_token_in": 0.001, "per_token_out": 0.002})}
    async with socket(served, "/groq/v1/realtime?model=x", **given) as connection:
        await connection.send(CREATE)
        await until(connection, "response.done")
    record = await row(served)
    assert (record.cost, record.custom_cost) == (120_000_000_000, True)


async def test_a_caller_s_total_is_for_the_whole_connection(served: Served) -> None:
    tight(served, 10**12)
    served.upstream.on_socket(FakeRealtime(tokens(100, 0, 10, 0)))
    given = {"cf-aig-custom-cost": json.dumps({"total_cost": 0.4})}
    for _ in range(2):
        async with socket(served, gateway="tight", **given) as connection:
            for _ in range(2):
                await connection.send(CREATE)
                await until(connection, "response.done")
    assert (await served.recorded(2)).cost == 400_000_000_000
    with pytest.raises(InvalidStatus):
        await socket(served, gateway="tight", **given).__aenter__()
    assert await money(served) == (800_000_000_000, 0)


async def test_where_frames_say_nothing_of_their_cost_it_is_unknown(served: Served) -> None:
    async with socket(served, "/deepgram/v1/listen?model=nova-3") as connection:
        await connection.send(b"\x00" * 3200)
        await connection.recv()
    record = await row(served)
    assert (record.cost, record.tokens_in, record.model) == (None, None, "nova-3")
    assert (record.request_size, record.response_size) == (3200, 3200)


async def test_an_address_with_two_models_is_refused(served: Served) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await socket(served, "/openai?model=gpt-realtime-mini&model=gpt-realtime").__aenter__()
    assert caught.value.response.status_code == 400


async def test_transcriptions_beside_the_responses_are_paid_too(served: Served) -> None:
    async def answer(there: FakeSocket) -> None:
        session = {"model": "gpt-realtime", "audio": {"input": {"transcription": {"model": "gpt-4o-transcribe"}}}}
        usage = {"type": "tokens", "input_tokens": 100, "output_tokens": 10, "total_tokens": 110}
        kind = "conversation.item.input_audio_transcription.completed"
        for event in (
            {"type": "session.updated", "session": session},
            {"type": kind, "transcript": "hi", "usage": usage},
        ):
            await there.send(json.dumps(event))
        await there.receive()

    served.upstream.on_socket(answer)
    async with socket(served) as connection:
        await connection.recv()
        await connection.recv()
    record = await row(served)
    assert record.cost == 100 * 2_500_000 + 10 * 10_000_000


async def test_what_cannot_be_written_down_is_not_answered_and_not_forgotten(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    tight(served, 10**12)
    served.upstream.on_socket(FakeRealtime(tokens(100, 0, 10, 0)))
    records = served.local.platform.gateways.parts.records
    append = records.append

    def full(record: Record) -> Any:
        if record.request_type == CHARGE:
            raise errors.SPILL_FULL()
        return append(record)

    monkeypatch.setattr(records, "append", full)
    async with socket(served, gateway="tight") as connection:
        await connection.send(limited(100))
        code, reason = await closed(connection)
    assert (code, reason[:5]) == (1011, "7014:")
    record = await row(served)
    assert [one.amount for one in record.settlements] == [100 * TEXT_IN + 10 * TEXT_OUT]
    assert (record.error_code, record.success) == (7014, False)


async def test_a_row_that_cannot_be_written_breaks_nothing_else(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.upstream.on_socket(FakeRealtime(tokens(1, 0, 1, 0)))
    records = served.local.platform.gateways.parts.records
    append, refused = records.append, asyncio.Event()
    here = asyncio.get_running_loop()

    def full(record: Record) -> Any:
        if record.request_type == "websocket":
            here.call_soon_threadsafe(refused.set)
            raise errors.SPILL_FULL()
        return append(record)

    monkeypatch.setattr(records, "append", full)
    async with socket(served) as connection:
        await connection.send(CREATE)
        await until(connection, "response.done")
    await asyncio.wait_for(refused.wait(), 20)
    assert (await served.client.get("/health")).status_code < 500
