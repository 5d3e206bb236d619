"""What is answered from the cache, and what never is (spec ai-gateway §3.4)."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from groundfog.gateway import options
from tests.gateway.test_attempts import ANSWER
from tests.support import fake_upstream as fake
from tests.support.fake_upstream import FakeUpstream
from tests.support.gateways import ACCOUNT, CHAT, Bench, running

TTL = {"cf-aig-cache-ttl": "60"}


class HandClock:
    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
async def upstream() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream() as server:
        server.on("/chat/completions", fake.json_answer(ANSWER))
        server.on("/v1/chat/completions", fake.json_answer(ANSWER))
        yield server


@pytest.fixture
async def bench(tmp_path: Path, upstream: FakeUpstream) -> AsyncIterator[Bench]:
    async with running(tmp_path, upstream.url) as made:
        yield made


async def status_of(bench: Bench, *, body: Any = CHAT, **headers: str) -> str:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    _, _, got = await bench.ask(bench.step(body, given))
    return got["cf-aig-cache-status"]


async def test_the_same_request_is_answered_once_by_the_provider(bench: Bench, upstream: FakeUpstream) -> None:
    first = await bench.ask(bench.step(headers=TTL))
    again = await bench.run(bench.step(headers=TTL))
    names = [name for name, _ in again.headers]
    second = again.status, await again.whole(), {name.decode(): value.decode() for name, value in again.headers}
    assert first[2]["cf-aig-cache-status"] == "MISS"
    assert second[2]["cf-aig-cache-status"] == "HIT"
    assert second[:2] == first[:2]
    assert second[2]["content-type"] == first[2]["content-type"]
    assert not [name for name, count in Counter(names).items() if count > 1]
    assert len(upstream.requests) == 1
    miss, hit = bench.records
    assert (hit.cached, hit.cost, hit.tokens_in, hit.tokens_out) == (True, 0, miss.tokens_in, miss.tokens_out)
    assert hit.id != miss.id == first[2]["cf-aig-log-id"]


async def test_without_a_ttl_nothing_is_kept(bench: Bench) -> None:
    assert [await status_of(bench) for _ in range(2)] == ["MISS", "MISS"]


async def test_the_gateways_own_ttl_counts_and_a_request_may_switch_it_off(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    async with running(tmp_path, upstream.url, cache_ttl=300) as bench:
        assert [await status_of(bench) for _ in range(2)] == ["MISS", "HIT"]
        assert await status_of(bench, cf_aig_cache_ttl="0") == "MISS"
        assert await status_of(bench, cf_aig_skip_cache="true") == "MISS"


async def test_an_entry_lives_as_long_as_its_ttl(tmp_path: Path, upstream: FakeUpstream) -> None:
    clock = HandClock()
    async with running(tmp_path, upstream.url, clock) as bench:
        assert await status_of(bench, cf_aig_cache_ttl="100") == "MISS"
        clock.now += 99
        assert await status_of(bench, cf_aig_cache_ttl="100") == "HIT"
        clock.now += 1
        assert await status_of(bench, cf_aig_cache_ttl="100") == "MISS"


async def test_a_key_of_the_callers_replaces_the_computed_one_and_lives_300_seconds(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    clock = HandClock()
    async with running(tmp_path, upstream.url, clock) as bench:
        assert await status_of(bench, cf_aig_cache_key="k") == "MISS"
        assert await status_of(bench, body={**CHAT, "seed": 1}, cf_aig_cache_key="k") == "HIT"
        assert await status_of(bench, cf_aig_cache_key="other") == "MISS"
        clock.now += 300
        assert await status_of(bench, cf_aig_cache_key="k") == "MISS"


@pytest.mark.parametrize(
    "change",
    [
        {"body": b'{"model":"gpt-4o-mini","messages":[]}'},
        {"query": "api-version=2"},
        {"endpoint": "v1/chat/completions"},
        {"headers": [(b"content-type", b"application/json"), (b"authorization", b"Bearer sk-somebody-else")]},
    ],
    ids=["body", "query", "path", "credential"],
)
async def test_another_request_is_another_entry(bench: Bench, change: dict[str, Any]) -> None:
    await bench.ask(bench.step(headers=TTL))
    other = bench.step(headers=TTL)
    for name, value in change.items():
        setattr(other, name, value)
    _, _, headers = await bench.ask(other)
    assert headers["cf-aig-cache-status"] == "MISS"


async def test_metadata_is_no_part_of_the_key(bench: Bench) -> None:
    await status_of(bench, cf_aig_cache_ttl="60", cf_aig_metadata='{"user":"a"}')
    assert await status_of(bench, cf_aig_cache_ttl="60", cf_aig_metadata='{"user":"b"}') == "HIT"


async def test_errors_are_not_kept(bench: Bench, upstream: FakeUpstream) -> None:
    upstream.queue(fake.failing(500), fake.failing(400))
    assert [await status_of(bench, **{"cf-aig-cache-ttl": "60"}) for _ in range(3)] == ["MISS", "MISS", "MISS"]
    assert await status_of(bench, **{"cf-aig-cache-ttl": "60"}) == "HIT"


async def test_changed_settings_forget_the_answers(bench: Bench) -> None:
    await status_of(bench, cf_aig_cache_ttl="60")
    bench.gateways.parts.configs.update(ACCOUNT, "g", {"collect_logs": True})
    assert await status_of(bench, cf_aig_cache_ttl="60") == "MISS"
    bench.gateways.parts.configs.update(ACCOUNT, "g", {"cache_invalidate_on_update": False})
    await status_of(bench, cf_aig_cache_ttl="60")
    bench.gateways.parts.configs.update(ACCOUNT, "g", {"collect_logs": True})
    assert await status_of(bench, cf_aig_cache_ttl="60") == "HIT"


FRAMES = [{"choices": [{"delta": {"content": word}}]} for word in ("a", "b", "c")]


async def test_streams_are_not_kept_unless_switched_on(bench: Bench, upstream: FakeUpstream) -> None:
    upstream.queue(fake.sse(FRAMES), fake.sse(FRAMES))
    assert [await status_of(bench, cf_aig_cache_ttl="60") for _ in range(2)] == ["MISS", "MISS"]


async def test_a_kept_stream_comes_again_as_a_stream(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with running(tmp_path, upstream.url, groundfog={"cache_streams": True}) as bench:
        upstream.queue(fake.sse(FRAMES, pace=0.01))
        first = await bench.ask(bench.step(headers=TTL))
        response = await bench.run(bench.step(headers=TTL))
        pieces = [piece async for piece in response.drain()]
    assert b"".join(pieces) == first[1]
    assert len(pieces) > 1
    assert (b"content-type", b"text/event-stream") in response.headers


async def test_half_a_stream_is_not_kept(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with running(tmp_path, upstream.url, groundfog={"cache_streams": True}) as bench:
        upstream.queue(fake.reset_mid_frame(FRAMES), fake.sse(FRAMES))
        response = await bench.run(bench.step(headers=TTL))
        with pytest.raises(OSError, match=r".+"):
            await response.whole()
        assert await status_of(bench, cf_aig_cache_ttl="60") == "MISS"


async def test_identical_requests_at_one_time_are_sent_once_where_it_is_switched_on(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    async with running(tmp_path, upstream.url, groundfog={"single_flight": True}) as bench:
        upstream.queue(fake.json_answer(ANSWER, delay=0.1))
        answers = await asyncio.gather(*(bench.ask(bench.step(headers=TTL)) for _ in range(20)))
    assert len(upstream.requests) == 1
    assert {answer[1] for answer in answers} == {json.dumps(ANSWER).encode()}
    assert sorted(answer[2]["cf-aig-cache-status"] for answer in answers) == ["HIT"] * 19 + ["MISS"]


async def test_when_the_one_that_was_sent_fails_the_others_try_themselves(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    async with running(tmp_path, upstream.url, groundfog={"single_flight": True}) as bench:
        upstream.queue(fake.failing(500, delay=0.1))
        answers = await asyncio.gather(*(bench.ask(bench.step(headers=TTL)) for _ in range(5)))
    assert sorted(answer[0] for answer in answers) == [200, 200, 200, 200, 500]


async def embed(account: str, model: str, inputs: dict[str, Any]) -> Any:
    """Two texts about one animal lie close to each other."""
    vectors = {"cat": [1.0, 0.05, 0.0], "dog": [0.0, 1.0, 0.0], "other": [0.0, 0.0, 1.0]}
    text = inputs["text"][0]
    found = next((vector for word, vector in vectors.items() if word in text), vectors["other"])
    return {"data": [[value + 0.001 * len(text) for value in found]]}


async def test_a_request_that_means_the_same_is_answered_where_it_is_switched_on(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    settings = {"groundfog": {"semantic_cache": {"enabled": True, "threshold": 0.98}}}
    async with running(tmp_path, upstream.url, ask=embed, **settings) as bench:

        async def ask(text: str, **more: Any) -> str:
            return await status_of(bench, body={**CHAT, "messages": [{"role": "user", "content": text}], **more}, **TTL)

        assert await ask("what does a cat eat") == "MISS"
        assert await ask("what is it that a cat eats") == "SEMANTIC"
        assert await ask("what does a cat eat") == "HIT"
        assert await ask("what does a dog eat") == "MISS"
        assert await ask("what is it that a cat eats", model="gpt-4o") == "MISS"


def test_a_ttl_is_brought_within_its_bounds() -> None:
    for given, kept in (("0", 0), ("1", 60), ("60", 60), ("99999999", 2_592_000), ("-1", None), ("soon", None)):
        assert options.read([(b"cf-aig-cache-ttl", given.encode())]).cache_ttl == kept
