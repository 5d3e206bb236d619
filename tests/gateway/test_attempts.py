"""Retries, timeouts and fallbacks against a provider that fails in every way (spec ai-gateway §1.3, §3.8, §3.9)."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.gateway.request import Request, Step
from groundfog.gateway.stages.attempt import Attempt
from tests.support import fake_upstream as fake
from tests.support.fake_upstream import FakeUpstream
from tests.support.gateways import Bench, running

ANSWER = {
    "id": "c1",
    "object": "chat.completion",
    "model": "gpt-4o-mini",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
}
FAST = {"cf-aig-retry-delay": "1"}


@pytest.fixture
async def upstream() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream() as server:
        yield server


@pytest.fixture
async def bench(tmp_path: Path, upstream: FakeUpstream) -> AsyncIterator[Bench]:
    async with running(tmp_path, upstream.url) as made:
        yield made


async def test_an_answer_is_passed_on_byte_for_byte_and_recorded(bench: Bench, upstream: FakeUpstream) -> None:
    content = b'{ "odd" :   "spacing \xc3\xa9", "usage": {"prompt_tokens": 10, "completion_tokens": 5} }'
    upstream.queue(fake.answer(content, "application/json", headers=[("x-provider", "yes")]))
    status, body, headers = await bench.ask()
    assert (status, body, headers["x-provider"]) == (200, content, "yes")
    (record,) = bench.records
    assert headers["cf-aig-log-id"] == record.id == headers["cf-aig-request-id"] == headers["cf-aig-event-id"]
    assert headers["cf-aig-step"] == "0"
    assert headers["cf-aig-cache-status"] == "MISS"
    assert (record.provider, record.model, record.path) == ("openai", "gpt-4o-mini", "chat/completions")
    assert record.model_type == "text-generation"
    assert (record.tokens_in, record.tokens_out, record.status_code, record.success) == (10, 5, 200, True)
    assert record.cost is not None
    assert record.cost > 0
    assert record.response_body == content
    assert float(headers["groundfog-overhead-ms"]) < 1000


async def test_a_server_error_is_tried_again_and_every_attempt_is_a_row(bench: Bench, upstream: FakeUpstream) -> None:
    upstream.queue(fake.failing(500), fake.failing(503), fake.json_answer(ANSWER))
    status, _, headers = await bench.ask(bench.step(headers={**FAST, "cf-aig-max-attempts": "3"}))
    assert status == 200
    assert [record.status_code for record in bench.records] == [500, 503, 200]
    assert len({record.id for record in bench.records}) == 3
    assert len({record.request_id for record in bench.records}) == 1
    assert headers["cf-aig-log-id"] == bench.records[-1].id
    assert headers["cf-aig-request-id"] == bench.records[0].id


async def test_the_last_failure_is_the_answer(bench: Bench, upstream: FakeUpstream) -> None:
    upstream.queue(fake.failing(500), fake.failing(502))
    status, body, _ = await bench.ask(bench.step(headers={**FAST, "cf-aig-max-attempts": "2"}))
    assert status == 502
    assert json.loads(body)["error"]["message"] == "fake failure 502"
    assert len(bench.records) == len(upstream.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_what_a_second_attempt_cannot_mend_is_not_tried_again(
    bench: Bench, upstream: FakeUpstream, status: int
) -> None:
    upstream.queue(fake.failing(status))
    answered, _, _ = await bench.ask(bench.step(headers={**FAST, "cf-aig-max-attempts": "5"}))
    assert answered == status
    assert len(upstream.requests) == 1


async def test_retry_after_is_waited_for(bench: Bench, upstream: FakeUpstream) -> None:
    upstream.queue(fake.rate_limited("1"), fake.json_answer(ANSWER))
    started = time.monotonic()
    status, _, _ = await bench.ask(bench.step(headers={**FAST, "cf-aig-max-attempts": "2"}))
    assert status == 200
    assert time.monotonic() - started >= 1.0


async def test_a_provider_that_refuses_is_an_error_of_ours_and_on_record(tmp_path: Path) -> None:
    async with running(tmp_path, f"http://127.0.0.1:{fake.closed_port()}") as bench:
        with pytest.raises(GroundfogError) as caught:
            await bench.run(bench.step(headers={**FAST, "cf-aig-max-attempts": "2"}))
        assert caught.value.kind is errors.PROVIDER_FAILED
        assert [record.error_code for record in bench.records] == [2005, 2005]


async def test_a_hang_before_the_head_ends_with_the_timeout(bench: Bench, upstream: FakeUpstream) -> None:
    upstream.queue(fake.hang())
    with pytest.raises(GroundfogError) as caught:
        await bench.run(bench.step(headers={"cf-aig-request-timeout": "50"}))
    assert caught.value.kind is errors.PROVIDER_TIMEOUT
    assert bench.records[0].status_code == 408


async def test_the_last_of_several_attempts_waits_as_long_as_it_takes(bench: Bench, upstream: FakeUpstream) -> None:
    upstream.queue(fake.hang(), fake.json_answer(ANSWER, delay=0.3))
    headers = {**FAST, "cf-aig-request-timeout": "50", "cf-aig-max-attempts": "2"}
    status, _, _ = await bench.ask(bench.step(headers=headers))
    assert status == 200


async def test_a_stream_that_breaks_after_its_first_byte_is_not_asked_for_again(
    bench: Bench, upstream: FakeUpstream
) -> None:
    upstream.queue(fake.reset_mid_frame([{"choices": [{"delta": {"content": "a" * 40}}]}] * 3))
    response = await bench.run(bench.step(headers={**FAST, "cf-aig-max-attempts": "5"}))
    with pytest.raises(OSError, match=r".+"):
        async for _ in response.drain():
            pass
    assert len(upstream.requests) == 1
    (record,) = bench.records
    assert record.success is False


async def test_a_caller_who_hangs_up_in_a_stream_leaves_a_record(bench: Bench, upstream: FakeUpstream) -> None:
    upstream.queue(fake.hang_mid_stream([{"choices": [{"delta": {"content": "word"}}]}]))
    response = await bench.run()
    pieces = response.drain()
    await anext(pieces)
    await pieces.aclose()  # type: ignore[attr-defined]
    (record,) = bench.records
    assert record.success is False
    assert record.response_body


async def test_a_caller_who_hangs_up_while_waiting_leaves_a_record(bench: Bench, upstream: FakeUpstream) -> None:
    upstream.queue(fake.hang())
    waiting = asyncio.create_task(bench.run())
    await upstream.requested(1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    (record,) = bench.records
    assert record.status_code == 499


async def test_the_total_deadline_ends_the_retries(bench: Bench, upstream: FakeUpstream) -> None:
    bench.gateways.parts.settings.gateway_total_timeout_s = 0.2
    upstream.queue(*(fake.failing(500) for _ in range(5)))
    with pytest.raises(GroundfogError) as caught:
        await bench.run(bench.step(headers={"cf-aig-retry-delay": "5000", "cf-aig-max-attempts": "5"}))
    assert caught.value.kind is errors.PROVIDER_TIMEOUT
    assert len(upstream.requests) == 1


async def test_a_step_that_fails_hands_over_to_the_next(bench: Bench, upstream: FakeUpstream) -> None:
    upstream.queue(fake.failing(400), fake.json_answer(ANSWER))
    status, _, headers = await bench.ask(bench.step(), bench.step(index=1))
    assert status == 200
    assert headers["cf-aig-step"] == "1"
    assert [(record.step, record.status_code) for record in bench.records] == [(0, 400), (1, 200)]
    assert headers["cf-aig-log-id"] == bench.records[1].id != headers["cf-aig-request-id"]


async def test_a_step_with_a_timeout_hands_over_even_on_its_last_attempt(bench: Bench, upstream: FakeUpstream) -> None:
    upstream.queue(fake.hang(), fake.hang(), fake.json_answer(ANSWER))
    impatient = {**FAST, "cf-aig-request-timeout": "50", "cf-aig-max-attempts": "2"}
    status, _, headers = await bench.ask(bench.step(headers=impatient), bench.step(index=1))
    assert (status, headers["cf-aig-step"]) == (200, "1")


async def test_when_every_step_fails_the_last_answers(bench: Bench, upstream: FakeUpstream) -> None:
    upstream.queue(fake.failing(500), fake.failing(418))
    status, _, headers = await bench.ask(bench.step(), bench.step(index=1))
    assert (status, headers["cf-aig-step"]) == (418, "1")


async def test_a_gateway_that_wants_keys_refuses_who_has_none(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with running(tmp_path, upstream.url, authentication=True) as bench:
        with pytest.raises(GroundfogError) as caught:
            await bench.run(authenticated=False)
        assert caught.value.kind is errors.GATEWAY_UNAUTHORIZED
        assert upstream.requests == []


@pytest.mark.parametrize(
    ("backoff", "factors"), [("constant", (1, 1, 1)), ("linear", (1, 2, 3)), ("exponential", (1, 2, 4))]
)
async def test_delays_grow_as_the_backoff_says(
    bench: Bench, upstream: FakeUpstream, backoff: str, factors: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def rest(stage: Attempt, request: Request, step: Step, seconds: float) -> bool:
        waited.append(seconds)
        return True

    monkeypatch.setattr(Attempt, "_rest", rest)
    upstream.queue(*itertools.repeat(fake.failing(500), 3), fake.json_answer(ANSWER))
    headers = {"cf-aig-retry-delay": "100", "cf-aig-max-attempts": "4", "cf-aig-backoff": backoff}
    await bench.ask(bench.step(headers=headers))
    assert all(0.1 * factor <= seconds <= 0.111 * factor for seconds, factor in zip(waited, factors, strict=True))
