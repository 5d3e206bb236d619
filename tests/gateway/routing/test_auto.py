"""The auto router: who is chosen, why, and what follows when nobody answers (spec ai-gateway §3.16)."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from groundfog.errors import GroundfogError
from groundfog.gateway.glob import matches
from groundfog.gateway.options import Options
from groundfog.gateway.routing.auto import MAX_PINS
from groundfog.gateway.routing.difficulty import look_at
from groundfog.gateway.routing.pool import DEFAULT_POOL, allowed, candidate, default_pool
from tests.support import fake_upstream as fake
from tests.support.fake_upstream import FakeRequest, FakeUpstream
from tests.support.gateways import Bench, running
from tests.support.ledger import StillClock
from tests.support.routes import ask, request

POOL = ["openai/nano", "openai/mini", "openai/large"]
HARD = {
    "messages": [{"role": "user", "content": "x" * 50_000 + "```"}],
    "tools": [{"type": "function", "function": {"name": "f"}}],
    "reasoning_effort": "high",
}


def answer(given: FakeRequest) -> fake.Answer:
    name = given.json()["model"]
    if name.startswith("broken"):
        return fake.failing(500)
    message = {"role": "assistant", "content": f"from {name}"}
    return fake.json_answer({"model": name, "choices": [{"index": 0, "message": message}]})


@pytest.fixture
async def upstream() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream() as server:
        server.otherwise(answer)
        yield server


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
async def bench(tmp_path: Path, upstream: FakeUpstream, clock: StillClock) -> AsyncIterator[Bench]:
    async with running(tmp_path, upstream.url, clock, groundfog={"auto_router": POOL}) as bench:
        yield bench


def auto(options: Options | None = None, **body: Any) -> Any:
    return request("cloudflare/auto", options=options, **body)


async def routed(bench: Bench, options: Options | None = None, **body: Any) -> tuple[str, str]:
    """The model that answered, and the reason."""
    status, _, headers = await ask(bench, auto(options, **body))
    assert status == 200
    assert uuid.UUID(headers["cf-aig-routing-decision-id"])
    return headers["cf-aig-routed-model"], headers["cf-aig-routing-reason"]


async def test_an_easy_request_goes_to_the_cheapest_and_a_hard_one_to_the_strongest(bench: Bench) -> None:
    assert await routed(bench) == ("openai/nano", "cost_optimal_within_pool")
    assert await routed(bench, **HARD) == ("openai/large", "cost_optimal_within_pool")


async def test_a_pool_of_one_is_no_choice(bench: Bench) -> None:
    one = Options(allowed_models=("openai/mini",))
    assert await routed(bench, one) == ("openai/mini", "forced_by_candidate_pool")


async def test_a_failure_falls_to_the_next_stronger_and_every_attempt_is_on_record(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    pool = ["openai/broken", "openai/broken-2", "openai/good"]
    async with running(tmp_path, upstream.url, groundfog={"auto_router": pool}) as bench:
        assert await routed(bench) == ("openai/good", "fallback_candidate_unavailable")
        assert [(record.model, record.step) for record in bench.records] == [
            ("broken", 0),
            ("broken-2", 1),
            ("good", 2),
        ]


async def test_the_last_failure_is_the_answer(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with running(tmp_path, upstream.url, groundfog={"auto_router": ["openai/broken"]}) as bench:
        status, _, headers = await ask(bench, auto())
        assert (status, headers["cf-aig-routed-model"]) == (500, "openai/broken")


async def test_a_provider_without_a_word_for_a_field_is_passed_by(tmp_path: Path, upstream: FakeUpstream) -> None:
    pool = ["anthropic/claude-haiku-4-5", "openai/good"]
    async with running(tmp_path, upstream.url, groundfog={"auto_router": pool}) as bench:
        json_object = {"type": "json_object"}
        assert await routed(bench, response_format=json_object) == ("openai/good", "fallback_unsupported_input")


async def test_a_turn_keeps_its_model_until_an_hour_is_over(bench: Bench, clock: StillClock) -> None:
    session = {"session_id": "s1"}
    assert (await routed(bench, Options(**session)))[0] == "openai/nano"
    # The same message of the user's, now with tools' answers and much more to read: the same turn.
    messages = [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "content": "x" * 60_000},
    ]
    assert await routed(bench, Options(**session), messages=messages) == ("openai/nano", "pinned_by_turn")
    assert (await routed(bench, Options(session_id="s2"), messages=messages))[1] != "pinned_by_turn"
    assert (await routed(bench, Options(**session, no_session_affinity=True), messages=messages))[1] != "pinned_by_turn"
    clock.now += 3601
    assert (await routed(bench, Options(**session), messages=messages))[1] != "pinned_by_turn"


async def test_a_new_message_is_a_new_turn_and_the_header_overrides_that(bench: Bench) -> None:
    first = Options(session_id="s", turn_id="t")
    assert (await routed(bench, first))[0] == "openai/nano"
    assert (await routed(bench, Options(session_id="s"), **HARD))[0] == "openai/large"
    assert await routed(bench, Options(session_id="s", turn_id="t"), **HARD) == ("openai/nano", "pinned_by_turn")


async def test_a_pinned_model_that_is_no_longer_allowed_is_left(bench: Bench) -> None:
    await routed(bench, Options(session_id="s"))
    narrowed = Options(session_id="s", allowed_models=("openai/mini", "openai/large"))
    assert await routed(bench, narrowed) == ("openai/mini", "fallback_key_not_in_candidates")


async def test_pins_take_bounded_memory(bench: Bench) -> None:
    router = bench.gateways.parts.auto_router
    for number in range(MAX_PINS + 10):
        router._remember(("a", "g", "s", str(number)), candidate("openai/mini"))
    assert len(router._pins) == MAX_PINS


async def test_an_entry_that_matches_nothing_is_refused_by_name(bench: Bench) -> None:
    for options, entry in (
        (Options(allowed_models=("openai/nano", "openai/none")), "openai/none"),
        (Options(allowed_models=("*",)), r"\*"),
        (Options(allowed_providers=("anthropic",)), "anthropic"),
    ):
        with pytest.raises(GroundfogError, match=entry) as caught:
            await bench.gateways.run(auto(options))
        assert caught.value.status == 400


async def test_both_headers_must_agree(bench: Bench) -> None:
    both = Options(allowed_models=("openai/*",), allowed_providers=("openai",))
    assert (await routed(bench, both))[0] == "openai/nano"


async def test_a_picture_goes_to_a_model_that_sees(tmp_path: Path, upstream: FakeUpstream) -> None:
    pool = ["workers-ai/@cf/ibm-granite/granite-4.0-h-micro", "openai/mini"]
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    messages = [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, picture]}]
    async with running(tmp_path, upstream.url, groundfog={"auto_router": pool}) as bench:
        assert await routed(bench, messages=messages) == ("openai/mini", "fallback_unsupported_input")


def test_the_default_pool_has_local_models_and_providers_with_a_key() -> None:
    def pool(keys: set[str], weights: set[str]) -> list[str]:
        chosen = default_pool("a", "g", lambda account, gateway, provider: provider in keys, weights.__contains__)
        return [each.name for each in chosen]

    local = [name for name in DEFAULT_POOL if name.startswith("workers-ai/")]
    assert pool(set(), set()) == local
    assert pool({"anthropic"}, set()) == [
        name for name in DEFAULT_POOL if name in local or name.startswith("anthropic/")
    ]
    assert pool({"groq"}, {"@cf/openai/gpt-oss-120b"}) == [
        "groq/openai/gpt-oss-20b",
        "workers-ai/@cf/openai/gpt-oss-120b",
    ]


def test_allowed_models_replace_the_default_pool() -> None:
    def names(**headers: Any) -> list[str]:
        return [each.name for each in allowed([candidate("openai/gpt-5-mini")], Options(**headers), replaceable=True)]

    assert names() == ["openai/gpt-5-mini"]
    assert names(allowed_models=("anthropic/claude-*",)) == [
        "anthropic/claude-haiku-4-5",
        "anthropic/claude-sonnet-4-5",
    ]
    assert names(allowed_models=("google/gemini-2.5-pro",)) == ["google-ai-studio/gemini-2.5-pro"]
    assert names(allowed_models=("@cf/meta/llama-3.2-1b-instruct",)) == ["workers-ai/@cf/meta/llama-3.2-1b-instruct"]
    assert "workers-ai/@cf/meta/llama-guard-3-8b" not in names(allowed_models=("@cf/meta/*",))


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("openai/*", "openai/gpt-5", True),
        ("openai/*", "openai/a/b", False),
        ("*", "openai/gpt-5", False),
        ("*/*", "openai/gpt-5", True),
        ("openai/gpt-*-mini", "openai/gpt-5-mini", True),
        ("openai/gpt-*-mini", "openai/gpt-mini", False),
        ("OpenAI/GPT-5", "openai/gpt-5", True),
        ("a*b*c", "aXbYc", True),
        ("a*b*c", "aXcYb", False),
        ("*" * 50 + "b", "a" * 10_000, False),
        ("*a" * 200 + "b", "a" * 10_000, False),
    ],
)
def test_a_star_does_not_cross_a_slash(pattern: str, name: str, fits: bool) -> None:
    assert matches(pattern, name) is fits


def test_difficulty_grows_with_what_is_asked() -> None:
    def difficulty(**body: Any) -> float:
        return look_at({"messages": [{"role": "user", "content": "Hello"}], **body}).difficulty

    assert difficulty() == 0
    longer = [difficulty(messages=[{"role": "user", "content": "x" * size}]) for size in (500, 5000, 50_000)]
    assert 0 < longer[0] < longer[1] < longer[2] == 0.5
    assert difficulty(tools=[{}]) == 0.2
    assert difficulty(reasoning_effort="high") == 0.4
    assert difficulty(**HARD) == 1.0
    assert look_at({"input": "Hello"}).difficulty == 0
    assert look_at({"input": [{"role": "user", "content": [{"type": "input_image"}]}]}).images
