"""Requests along dynamic routes, with a provider on loopback (spec ai-gateway §3.15)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.metering.bounds import bound
from groundfog.metering.money import dollars_float
from tests.support import fake_upstream as fake
from tests.support.fake_upstream import FakeRequest, FakeUpstream
from tests.support.gateways import ACCOUNT, Bench, running
from tests.support.routes import Element, ask, element, end, model, request, start

USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


def answer(given: FakeRequest) -> fake.Answer:
    """Says which model was asked; models named `broken…` fail."""
    name = given.json()["model"]
    if name.startswith("broken"):
        return fake.failing(500)
    message = {"role": "assistant", "content": f"from {name}"}
    return fake.json_answer({"model": name, "choices": [{"index": 0, "message": message}], "usage": USAGE})


@pytest.fixture
async def upstream() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream() as server:
        server.otherwise(answer)
        yield server


@pytest.fixture
async def bench(tmp_path: Path, upstream: FakeUpstream) -> AsyncIterator[Bench]:
    async with running(tmp_path, upstream.url) as bench:
        yield bench


def deploy(bench: Bench, *elements: Element, name: str = "r") -> None:
    bench.gateways.parts.routes.create(ACCOUNT, "g", name, list(elements))


def asked(upstream: FakeUpstream) -> list[str]:
    return [each.json()["model"] for each in upstream.requests]


async def refusal(bench: Bench, given: Any) -> GroundfogError:
    with pytest.raises(GroundfogError) as caught:
        await bench.gateways.run(given)
    return caught.value


async def test_a_condition_chooses_the_model_and_the_answer_says_which(bench: Bench, upstream: FakeUpstream) -> None:
    deploy(
        bench,
        start("c"),
        element("c", "conditional", {"conditions": {"metadata.plan": "pro"}}, true="gpt-4.1", false="gpt-4o-mini"),
        model("gpt-4.1"),
        model("gpt-4o-mini"),
        end(),
    )
    status, body, headers = await ask(bench, request(metadata={"plan": "pro"}))
    assert (status, body["choices"][0]["message"]["content"]) == (200, "from gpt-4.1")
    assert (headers["cf-aig-model"], headers["cf-aig-provider"], headers["cf-aig-step"]) == ("gpt-4.1", "openai", "0")
    _, body, _ = await ask(bench, request(metadata={"plan": "free"}))
    assert body["choices"][0]["message"]["content"] == "from gpt-4o-mini"
    assert [(record.route, record.model) for record in bench.records] == [("r", "gpt-4.1"), ("r", "gpt-4o-mini")]
    assert upstream.requests[0].header("authorization") == "Bearer sk-test"


async def test_a_model_that_fails_falls_back_and_both_are_on_record(bench: Bench, upstream: FakeUpstream) -> None:
    deploy(bench, start("broken"), model("broken", fallback="good", retries=2), model("good"), end())
    status, _, headers = await ask(bench, request())
    assert status == 200
    assert asked(upstream) == ["broken", "broken", "good"]
    assert (headers["cf-aig-step"], headers["cf-aig-model"]) == ("1", "good")
    assert [(record.model, record.status_code, record.success) for record in bench.records] == [
        ("broken", 500, False),
        ("broken", 500, False),
        ("good", 200, True),
    ]


async def test_a_model_that_is_silent_too_long_falls_back(bench: Bench, upstream: FakeUpstream) -> None:
    upstream.otherwise(lambda given: fake.hang() if given.json()["model"] == "slow" else answer(given))
    deploy(bench, start("slow"), model("slow", fallback="good", timeout=50), model("good"), end())
    _, _, headers = await ask(bench, request())
    assert headers["cf-aig-model"] == "good"


async def test_a_route_without_an_answer_is_an_error(bench: Bench) -> None:
    deploy(bench, start("broken"), model("broken", fallback="broken-2"), model("broken-2"), end())
    error = await refusal(bench, request())
    assert (error.code, error.status) == (2005, 400)
    assert "status 500" in error.description
    assert len(bench.records) == 2


async def test_a_circle_of_models_comes_to_an_end(bench: Bench, upstream: FakeUpstream) -> None:
    again = element("again", "conditional", {"conditions": {"body.model": "dynamic/r"}}, true="broken", false="end")
    deploy(bench, start("broken"), model("broken", fallback="again"), again, end())
    error = await refusal(bench, request())
    assert "asked 20 models" in error.description
    assert len(upstream.requests) == 20


async def test_the_last_success_is_the_answer(bench: Bench, upstream: FakeUpstream) -> None:
    first = element("first", "model", {"provider": "openai", "model": "first"}, success="second")
    deploy(bench, start("first"), first, model("second", "broken"), end())
    _, body, headers = await ask(bench, request())
    assert body["choices"][0]["message"]["content"] == "from first"
    assert asked(upstream) == ["first", "broken"]
    deploy(bench, start("first"), first, model("second"), end(), name="both")
    _, body, headers = await ask(bench, request("dynamic/both"))
    assert (body["choices"][0]["message"]["content"], headers["cf-aig-model"]) == ("from second", "second")
    # The answer that nobody got was paid for all the same.
    assert [record.cost is not None or record.tokens_in == 10 for record in bench.records[-2:]] == [True, True]


async def test_a_count_is_per_key_and_leads_to_the_fallback(bench: Bench) -> None:
    limit = {"limitType": "count", "key": "metadata.user", "limit": 2, "window": 3600}
    deploy(
        bench,
        start("r"),
        element("r", "rate", limit, success="big", fallback="small"),
        model("big"),
        model("small"),
        end(),
    )
    chosen = [(await ask(bench, request(metadata={"user": "ada"})))[2]["cf-aig-model"] for _ in range(3)]
    assert chosen == ["big", "big", "small"]
    assert (await ask(bench, request(metadata={"user": "bob"})))[2]["cf-aig-model"] == "big"
    # Without a key there is one bucket for all.
    shared = [(await ask(bench, request()))[2]["cf-aig-model"] for _ in range(3)]
    assert shared == ["big", "big", "small"]
    counted = [settlement.amount for record in bench.records for settlement in record.settlements]
    assert counted == [1] * 5


async def test_of_many_requests_at_once_exactly_the_count_gets_through(bench: Bench) -> None:
    limit = {"limitType": "count", "limit": 7, "window": 3600}
    deploy(bench, start("r"), element("r", "rate", limit, success="a", fallback="b"), model("a"), model("b"), end())
    answers = await asyncio.gather(*[ask(bench, request()) for _ in range(40)])
    assert [headers["cf-aig-model"] for _, _, headers in answers].count("a") == 7


async def test_a_limit_without_a_fallback_ends_the_route(bench: Bench) -> None:
    limit = {"limitType": "count", "limit": 1, "window": 3600}
    deploy(bench, start("r"), element("r", "rate", limit, success="a"), model("a"), end())
    assert (await ask(bench, request()))[0] == 200
    error = await refusal(bench, request())
    assert (error.code, error.status) == (2003, 429)
    assert error.retry_after is not None
    assert 0 < error.retry_after <= 3600


async def test_a_count_that_no_record_takes_is_given_back(bench: Bench) -> None:
    limit = {"limitType": "count", "limit": 1, "window": 3600}
    deploy(
        bench,
        start("broken"),
        model("broken", fallback="r"),
        element("r", "rate", limit, success="end", fallback="good"),
        model("good"),
        end(),
    )
    for _ in range(3):
        # Counted after the record of the model that failed, and nobody was asked after that.
        assert (await refusal(bench, request())).code == 2005
    assert [record.model for record in bench.records] == ["broken"] * 3
    assert [record.settlements for record in bench.records] == [[]] * 3


async def test_a_budget_is_charged_with_what_answers_cost_and_then_leads_on(bench: Bench) -> None:
    given = request()
    body = {"model": "gpt-4o-mini", "messages": given.steps[0].data()["messages"], "max_tokens": 10}  # type: ignore[index]
    worst = bound("openai", "gpt-4o-mini", body, 500, "chat/completions", None)
    assert worst is not None
    limit = {"limitType": "cost", "limit": dollars_float(worst.worst + 1_000_000), "window": 3600}
    deploy(
        bench,
        start("r"),
        element("r", "rate", limit, success="gpt-4o-mini", fallback="cheap"),
        model("gpt-4o-mini", fallback="other"),
        model("other"),
        model("cheap"),
        end(),
    )
    chosen: list[str] = []
    while len(chosen) < 30 and "cheap" not in chosen:
        chosen.append((await ask(bench, request(max_tokens=10)))[2]["cf-aig-model"])
    assert chosen[0] == "gpt-4o-mini"
    assert chosen[-1] == "cheap"
    cost = 10 * 150_000 + 5 * 600_000
    charged = [[settlement.amount for settlement in record.settlements] for record in bench.records if record.success]
    assert charged == [[cost]] * (len(chosen) - 1) + [[]]
    assert cost * (len(chosen) - 1) <= worst.worst + 1_000_000


async def test_a_stream_is_a_success_when_it_starts(bench: Bench, upstream: FakeUpstream) -> None:
    frames = [{"choices": [{"index": 0, "delta": {"content": text}}]} for text in ("Hel", "lo")]
    upstream.otherwise(fake.sse(frames))
    deploy(bench, start("m"), model("m", fallback="n"), model("n"), end())
    response = await bench.gateways.run(request(stream=True))
    body = b"".join([chunk async for chunk in response.drain()])
    assert body.count(b"data: ") == 3
    assert (b"cf-aig-model", b"m") in response.headers


async def test_a_route_that_is_not_there_is_not_found(bench: Bench) -> None:
    assert (await refusal(bench, request("dynamic/nowhere"))).kind is errors.GATEWAY_NOT_FOUND


async def test_another_provider_is_spoken_to_in_its_own_words(bench: Bench, upstream: FakeUpstream) -> None:
    native = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-4-5",
        "content": [{"type": "text", "text": "Hi"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 3, "output_tokens": 1},
    }
    upstream.on("/v1/messages", fake.json_answer(native))
    deploy(bench, start("m"), model("m", "claude-haiku-4-5", "anthropic"), end())
    _, body, headers = await ask(bench, request())
    assert body["choices"][0]["message"]["content"] == "Hi"
    assert headers["cf-aig-provider"] == "anthropic"


async def test_a_provider_without_a_word_for_a_field_is_passed_by(bench: Bench, upstream: FakeUpstream) -> None:
    claude = model("claude", "claude-haiku-4-5", "anthropic", fallback="gpt")
    deploy(bench, start("claude"), claude, model("gpt"), end())
    _, _, headers = await ask(bench, request(response_format={"type": "json_object"}))
    assert headers["cf-aig-model"] == "gpt"
    assert asked(upstream) == ["gpt"]


async def test_percentages_stay_with_their_user_through_versions(bench: Bench) -> None:
    split = element("p", "percentage", **{"50%": "a", "else": "b"})
    routes = bench.gateways.parts.routes
    made = routes.create(ACCOUNT, "g", "r", [start("p"), split, model("a"), model("b"), end()])
    users = [{"user_id": f"u{number}"} for number in range(20)]

    async def branches() -> list[str]:
        return [(await ask(bench, request(metadata=user)))[2]["cf-aig-model"] for user in users]

    before = await branches()
    assert set(before) == {"a", "b"}
    version = routes.add_version(ACCOUNT, "g", made["id"], [start("p"), split, model("b"), model("a"), end()])
    routes.deploy(ACCOUNT, "g", made["id"], version["version_id"])
    assert await branches() == before
