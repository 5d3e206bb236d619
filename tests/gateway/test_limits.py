"""Rate limits and spend limits of a gateway, with a provider on loopback (spec ai-gateway §3.5, §3.6)."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from groundfog import errors
from groundfog.clock import SystemClock
from groundfog.errors import GroundfogError
from groundfog.gateway import build, schema
from groundfog.gateway.record import Record
from groundfog.metering import cost
from groundfog.metering.bounds import bound
from groundfog.settings import Settings
from groundfog.store import MIGRATIONS, Store
from groundfog.wire.http import error_response
from tests.support import fake_upstream as fake
from tests.support.fake_upstream import FakeUpstream
from tests.support.gateways import ACCOUNT, CHAT, Bench, no_model, running
from tests.support.ledger import StillClock

ANSWER = {
    "object": "chat.completion",
    "model": "gpt-4o-mini",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
}
COST = 10 * 150_000 + 5 * 600_000
"""Of that answer: $0.15 and $0.60 per million tokens."""
FRAMES = [{"choices": [{"index": 0, "delta": {"content": text}}]} for text in ("Hel", "lo")]
WORST = cost.worst_case("openai", "gpt-4o-mini", CHAT, len(json.dumps(CHAT))) or 0


@pytest.fixture
async def upstream() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream() as server:
        server.otherwise(fake.json_answer(ANSWER))
        yield server


@pytest.fixture
def clock() -> StillClock:
    return StillClock(1_800_000_000.0)


def rated(
    state: Path, upstream: FakeUpstream, limit: int, technique: str = "fixed", clock: Any = None, **more: Any
) -> AbstractAsyncContextManager[Bench]:
    settings = {"rate_limiting_limit": limit, "rate_limiting_interval": 60, "rate_limiting_technique": technique}
    return running(state, upstream.url, clock, **settings, **more)


def rule(pico: int, **more: Any) -> dict[str, Any]:
    return {"id": "r1", "limitType": "cost", "limit": pico / 10**12, "window": 3600, "technique": "fixed", **more}


def budgeted(
    state: Path, upstream: FakeUpstream, *rules: dict[str, Any], clock: Any = None, **more: Any
) -> AbstractAsyncContextManager[Bench]:
    return running(state, upstream.url, clock, spend_limits={"enabled": True, "rules": list(rules)}, **more)


async def refusal(bench: Bench, *steps: Any) -> GroundfogError:
    with pytest.raises(GroundfogError) as caught:
        await bench.ask(*steps)
    return caught.value


async def outcome(bench: Bench, *steps: Any) -> int:
    """The status, whether it was answered or refused."""
    try:
        return (await bench.ask(*steps))[0]
    except GroundfogError as error:
        return error.status


def charged(record: Record) -> list[int]:
    return [settlement.amount for settlement in record.settlements]


async def test_the_request_after_the_last_is_refused_and_told_when_to_come_back(
    tmp_path: Path, upstream: FakeUpstream, clock: StillClock
) -> None:
    async with rated(tmp_path, upstream, 3, clock=clock) as bench:
        assert [await outcome(bench) for _ in range(3)] == [200] * 3
        error = await refusal(bench)
        assert error.kind is errors.RATE_LIMITED
        assert error.retry_after == pytest.approx(60 - 1_800_000_000 % 60)
        assert len(upstream.requests) == 3
        assert [charged(record) for record in bench.records] == [[1], [1], [1], []]
        assert bench.records[-1].status_code == 429
        clock.now += 60
        assert await outcome(bench) == 200


async def test_a_sliding_limit_frees_one_request_after_the_other(
    tmp_path: Path, upstream: FakeUpstream, clock: StillClock
) -> None:
    async with rated(tmp_path, upstream, 2, "sliding", clock=clock) as bench:
        assert await outcome(bench) == 200
        clock.now += 30
        assert [await outcome(bench) for _ in range(2)] == [200, 429]
        clock.now += 31
        assert [await outcome(bench) for _ in range(2)] == [200, 429]


async def test_of_200_requests_at_once_exactly_the_limit_gets_through(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with rated(tmp_path, upstream, 10) as bench:
        statuses = await asyncio.gather(*[outcome(bench) for _ in range(200)])
        assert (statuses.count(200), statuses.count(429)) == (10, 190)
        assert len(upstream.requests) == 10


async def test_an_answer_from_the_cache_is_not_counted(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with rated(tmp_path, upstream, 1, cache_ttl=60) as bench:
        assert [await outcome(bench) for _ in range(5)] == [200] * 5
        assert len(upstream.requests) == 1


async def test_retries_and_fallbacks_count_as_one_request(tmp_path: Path, upstream: FakeUpstream) -> None:
    upstream.queue(fake.failing(500), fake.failing(500), fake.failing(500), fake.json_answer(ANSWER))
    async with rated(tmp_path, upstream, 2) as bench:
        twice = {"cf-aig-max-attempts": "2", "cf-aig-retry-delay": "1"}
        steps = [bench.step(headers=twice), bench.step(headers=twice, index=1)]
        assert await outcome(bench, *steps) == 200
        assert len(upstream.requests) == 4
        assert sum(sum(charged(record)) for record in bench.records) == 1
        assert [await outcome(bench) for _ in range(2)] == [200, 429]


async def test_the_worst_case_is_reserved_and_the_cost_is_settled(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with budgeted(tmp_path, upstream, rule(WORST + COST)) as bench:
        assert await outcome(bench) == 200
        (record,) = bench.records
        assert record.cost == COST
        assert charged(record) == [COST]
        # What is left is a worst case again, then it is not.
        assert await outcome(bench) == 200
        error = await refusal(bench)
        assert error.kind is errors.SPEND_LIMITED
        assert error.code == 2003
        assert error.status == 429
        assert error.retry_after is not None
        assert charged(bench.records[-1]) == []
        assert len(upstream.requests) == 2


async def test_200_requests_with_a_budget_for_ten_are_answered_ten_times(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    refused = asyncio.Semaphore(0)

    async def answer(request: object) -> fake.Answer:
        """Nobody is answered before all others are refused: what an answer gives back would let one more in."""
        await all_others.wait()
        return fake.json_answer(ANSWER)

    async def one() -> int:
        status = await outcome(bench)
        if status == 429:
            refused.release()
        return status

    async def count() -> None:
        for _ in range(190):
            await refused.acquire()
        all_others.set()

    all_others = asyncio.Event()
    upstream.otherwise(answer)
    async with budgeted(tmp_path, upstream, rule(10 * WORST)) as bench:
        counting = asyncio.create_task(count())
        statuses = await asyncio.wait_for(asyncio.gather(*[one() for _ in range(200)]), 60)
        await counting
        assert (statuses.count(200), statuses.count(429)) == (10, 190)
        assert sum(sum(charged(record)) for record in bench.records) == 10 * COST


async def test_a_request_that_may_cost_more_than_the_whole_limit_is_told_so(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    async with budgeted(tmp_path, upstream, rule(WORST - 1)) as bench:
        error = await refusal(bench)
        assert "may cost more than the whole limit" in error.description
        assert error.retry_after is None


@pytest.mark.parametrize("failure", ["refused", "500", "reset"])
async def test_a_failed_call_gives_its_reservation_back_whole(
    tmp_path: Path, upstream: FakeUpstream, failure: str
) -> None:
    script = {"refused": fake.failing(400), "500": fake.failing(500), "reset": fake.reset}[failure]
    upstream.queue(*[script] * 3)
    async with budgeted(tmp_path, upstream, rule(WORST)) as bench:
        assert 200 not in [await outcome(bench) for _ in range(3)]
        assert await outcome(bench) == 200
        assert [charged(record) for record in bench.records] == [[], [], [], [COST]]


async def test_a_stream_is_settled_with_what_it_says_it_used(tmp_path: Path, upstream: FakeUpstream) -> None:
    usage = {"choices": [], "usage": ANSWER["usage"]}
    upstream.queue(fake.sse([*FRAMES, usage]))
    async with budgeted(tmp_path, upstream, rule(WORST * 2)) as bench:
        step = bench.step({**CHAT, "stream": True}, stream=True)
        assert await outcome(bench, step) == 200
        assert charged(bench.records[0]) == [COST]


async def test_a_stream_without_usage_is_settled_with_the_most_that_passed_can_have_cost(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    upstream.queue(fake.sse(FRAMES))
    async with budgeted(tmp_path, upstream, rule(WORST * 2)) as bench:
        step = bench.step({**CHAT, "stream": True}, stream=True)
        _, body, _ = await bench.ask(step)
        limit = bound("openai", "gpt-4o-mini", step.data(), len(step.body))
        assert limit is not None
        (record,) = bench.records
        assert record.cost is None
        assert charged(record) == [limit.passed(len(body))]


async def test_a_caller_who_hangs_up_pays_for_what_came(tmp_path: Path, upstream: FakeUpstream) -> None:
    upstream.queue(fake.hang_mid_stream(FRAMES))
    async with budgeted(tmp_path, upstream, rule(WORST * 2)) as bench:
        body = {**CHAT, "stream": True, "max_tokens": 5000}
        step = bench.step(body, stream=True)
        # Too long an answer for the budget; a shorter one fits.
        assert (await refusal(bench, step)).kind is errors.SPEND_LIMITED
        step = bench.step({**body, "max_tokens": 33}, stream=True)
        response = await bench.run(step)
        stream = response.drain()
        first = await anext(stream)
        await stream.aclose()
        limit = bound("openai", "gpt-4o-mini", step.data(), len(step.body))
        assert limit is not None
        record = bench.records[-1]
        assert not record.success
        assert limit.input < limit.passed(len(first)) <= sum(charged(record)) <= limit.worst


async def test_a_caller_who_hangs_up_before_the_answer_pays_for_what_was_sent(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    asked = asyncio.Event()

    async def never(request: object) -> fake.Answer:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    upstream.queue(never)
    async with budgeted(tmp_path, upstream, rule(WORST * 2)) as bench:
        step = bench.step()
        running = asyncio.create_task(bench.ask(step))
        await asked.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        limit = bound("openai", "gpt-4o-mini", step.data(), len(step.body))
        assert limit is not None
        assert charged(bench.records[0]) == [limit.input]


async def test_where_no_price_is_known_no_rule_applies(tmp_path: Path, upstream: FakeUpstream) -> None:
    upstream.otherwise(fake.json_answer({**ANSWER, "model": "nobody-knows"}))
    async with budgeted(tmp_path, upstream, rule(1)) as bench:
        assert await outcome(bench, bench.step({**CHAT, "model": "nobody-knows"})) == 200
        assert bench.records[0].cost is None
        assert charged(bench.records[0]) == []


async def test_a_deployment_is_charged_when_its_answer_names_the_model_and_bounded_from_then_on(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    async with budgeted(tmp_path, upstream, rule(WORST + 10**7)) as bench:
        deployment = {**CHAT, "model": "my-own-name"}
        assert await outcome(bench, bench.step(deployment)) == 200
        assert bench.records[0].cost == COST
        assert charged(bench.records[0]) == [COST]
        await bench.gateways.parts.records.applied()
        # What is left of the budget is known, and the worst case too: a longer answer does not fit any more.
        assert await outcome(bench, bench.step({**deployment, "max_tokens": 5000})) == 429
        assert await outcome(bench, bench.step(deployment)) == 200


async def test_a_callers_own_price_is_reserved_and_settled(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with budgeted(tmp_path, upstream, rule(10**12)) as bench:
        own = {"cf-aig-custom-cost": json.dumps({"total_cost": 0.6})}
        assert [await outcome(bench, bench.step(headers=own)) for _ in range(2)] == [200, 429]
        assert charged(bench.records[0]) == [6 * 10**11]
        upstream.queue(fake.failing(500))
        cheap = {"cf-aig-custom-cost": json.dumps({"total_cost": 0.3})}
        assert await outcome(bench, bench.step(headers=cheap)) == 500
        assert charged(bench.records[-1]) == []


async def test_a_filter_restricts_a_rule(tmp_path: Path, upstream: FakeUpstream) -> None:
    only = rule(
        1,
        model={"mode": "filter", "values": ["openai/gpt-4o-mini"]},
        metadata={"plan": {"mode": "filter", "values": ["free"]}},
    )
    async with budgeted(tmp_path, upstream, only) as bench:
        free, paid = {"cf-aig-metadata": '{"plan": "free"}'}, {"cf-aig-metadata": '{"plan": "paid"}'}
        assert await outcome(bench, bench.step(headers=free)) == 429
        assert await outcome(bench, bench.step(headers=paid)) == 200
        assert await outcome(bench) == 200
        assert await outcome(bench, bench.step({**CHAT, "model": "gpt-4.1-nano"}, headers=free)) == 200


async def test_a_partition_gives_every_value_a_bucket_of_its_own(tmp_path: Path, upstream: FakeUpstream) -> None:
    each = rule(WORST, metadata={"user": {"mode": "partition"}})
    async with budgeted(tmp_path, upstream, each) as bench:
        ann, bob = {"cf-aig-metadata": '{"user": "ann"}'}, {"cf-aig-metadata": '{"user": "bob"}'}
        assert [await outcome(bench, bench.step(headers=ann)) for _ in range(2)] == [200, 429]
        assert [await outcome(bench, bench.step(headers=bob)) for _ in range(2)] == [200, 429]
        # Who does not say shares a bucket with the others who do not.
        assert [await outcome(bench) for _ in range(2)] == [200, 429]


async def test_every_rule_must_have_room(tmp_path: Path, upstream: FakeUpstream, clock: StillClock) -> None:
    hour, day = rule(WORST), rule(WORST + COST, id="r2", window=86_400)
    async with budgeted(tmp_path, upstream, hour, day, clock=clock) as bench:
        assert [await outcome(bench) for _ in range(2)] == [200, 429]
        assert charged(bench.records[0]) == [COST, COST]
        clock.now += 3600
        assert [await outcome(bench) for _ in range(2)] == [200, 429]
        clock.now += 3600
        assert await outcome(bench) == 429


async def test_switched_off_rules_do_nothing(tmp_path: Path, upstream: FakeUpstream) -> None:
    off = {"enabled": False, "rules": [rule(1)]}
    async with running(tmp_path, upstream.url, spend_limits=off) as bench:
        assert await outcome(bench) == 200
    async with budgeted(tmp_path / "other", upstream, rule(1, enabled=False)) as bench:
        assert await outcome(bench) == 200


async def test_an_answer_from_the_cache_skips_the_budget(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with budgeted(tmp_path, upstream, rule(WORST), cache_ttl=60) as bench:
        assert [await outcome(bench) for _ in range(3)] == [200] * 3
        assert [charged(record) for record in bench.records] == [[COST], [], []]
        assert await outcome(bench, bench.step({**CHAT, "max_tokens": 31})) == 429


async def test_what_was_spent_is_remembered_by_the_next_server(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with budgeted(tmp_path, upstream, rule(WORST)) as bench:
        assert await outcome(bench) == 200
        bench.gateways.parts.configs.delete(ACCOUNT, "g")
    async with budgeted(tmp_path, upstream, rule(WORST)) as bench:
        assert await outcome(bench) == 429
        (record,) = bench.records
        assert record.error_code == errors.SPEND_LIMITED.code


async def test_a_killed_process_leaves_what_it_spent_and_gives_back_what_it_had_reserved(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    asked = asyncio.Event()

    async def never(request: object) -> fake.Answer:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    upstream.queue(fake.json_answer(ANSWER), never)
    command = ["-m", "tests.support.limited_gateway", str(tmp_path), upstream.url, str((WORST + COST) / 10**12)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parent.parent.parent
    )
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 30) == b"answered\n"
    await asyncio.wait_for(asked.wait(), 30)
    # The budget is used up: one answer is paid for, one is reserved.
    process.kill()
    await process.communicate()
    store = Store(tmp_path, migrations=(*MIGRATIONS, *schema.MIGRATIONS))
    gateways = build.gateways(Settings(state=tmp_path), SystemClock(), store, no_model, lambda model: False)
    try:
        await gateways.ready()
        await gateways.parts.records.applied()
        bench = object.__new__(Bench)
        bench.gateways = gateways
        assert [await outcome(bench) for _ in range(2)] == [200, 429]
        charges = "SELECT sum(spent) FROM ledger_slots"
        await gateways.parts.records.applied()
        assert gateways.parts.records.store.read(lambda db: db.execute(charges).fetchone()) == (2 * COST,)
    finally:
        await gateways.stop()
        store.close()


def test_the_header_retry_after_is_never_too_early() -> None:
    headers = dict(error_response(errors.RATE_LIMITED(retry_after=50.4), "rest", "id").headers)
    assert headers[b"retry-after"] == b"51"
