"""Policies in the store, and what they do to requests (spec ai-gateway §3.7, §5.11)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.gateway.policies import Policies
from groundfog.gateway.request import Identity, Request
from groundfog.metering.bounds import bound
from groundfog.metering.money import dollars_float
from tests.gateway.policies.test_decision import BLOCK, FREE, limit, policy
from tests.support import fake_upstream as fake
from tests.support.fake_upstream import FakeUpstream
from tests.support.gateways import ACCOUNT, Bench, running
from tests.support.routes import ask as ask_route
from tests.support.routes import end, model, request, start

USAGE = {"prompt_tokens": 10, "completion_tokens": 5}
COST = 10 * 150_000 + 5 * 600_000


@pytest.fixture
async def upstream() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream() as server:
        message = {"role": "assistant", "content": "Hi"}
        server.otherwise(
            fake.json_answer({"model": "gpt-4o-mini", "choices": [{"index": 0, "message": message}], "usage": USAGE})
        )
        yield server


@pytest.fixture
async def bench(tmp_path: Path, upstream: FakeUpstream) -> AsyncIterator[Bench]:
    async with running(tmp_path, upstream.url) as bench:
        yield bench


@pytest.fixture
def policies(bench: Bench) -> Policies:
    return bench.gateways.parts.policies


def add(policies: Policies, given: Any, *, commit: bool = True) -> str:
    return str(policies.create(ACCOUNT, "g", given, commit=commit)["id"])


async def ask(bench: Bench, metadata: Any = None, identity: Identity | None = None, **body: Any) -> int:
    step = bench.step(
        {"model": "gpt-4o-mini", "max_tokens": 10, "messages": [{"role": "user", "content": "Hi"}], **body}
    )
    step.model = body.get("model", "gpt-4o-mini")
    step.options.metadata = metadata
    response = await bench.gateways.run(
        Request(ACCOUNT, "g", "native", identity or Identity(True), step.options, [step])
    )
    await response.whole()
    return response.status


async def refusal(bench: Bench, **given: Any) -> GroundfogError:
    with pytest.raises(GroundfogError) as caught:
        await ask(bench, **given)
    return caught.value


async def test_a_gateway_without_policies_allows_all_and_one_with_some_what_they_say(
    bench: Bench, policies: Policies, upstream: FakeUpstream
) -> None:
    assert await ask(bench) == 200
    id = add(policies, policy(FREE, condition="metadata.team == 'red'"))
    error = await refusal(bench)
    assert (error.kind, error.status) == (errors.POLICY_DENIED, 403)
    assert await ask(bench, metadata={"team": "red"}) == 200
    assert len(upstream.requests) == 2
    assert bench.records[1].status_code == 403
    policies.delete(ACCOUNT, "g", id)
    assert await ask(bench) == 200


async def test_who_calls_is_known_from_the_identity(bench: Bench, policies: Policies) -> None:
    add(policies, policy(FREE, condition="cf.user.email.endsWith('@example.com') && 'dev' in cf.user.groups"))
    ada = Identity(True, user_id="u1", email="ada@example.com", groups=("dev",))
    assert await ask(bench, identity=ada) == 200
    assert (await refusal(bench, identity=Identity(True, email="ada@example.com"))).status == 403


async def test_somebody_known_without_groups_is_not_blocked_for_them(bench: Bench, policies: Policies) -> None:
    add(policies, policy(FREE))
    add(policies, policy(BLOCK, condition="'banned' in cf.user.groups"))
    assert await ask(bench, identity=Identity(True, user_id="u1")) == 200
    assert (await refusal(bench, identity=Identity(True, user_id="u1", groups=("banned",)))).status == 403
    assert (await refusal(bench)).status == 403


async def test_a_limit_is_reserved_settled_and_then_refuses_with_its_bucket(bench: Bench, policies: Policies) -> None:
    body = {"model": "gpt-4o-mini", "max_tokens": 10, "messages": [{"role": "user", "content": "Hi"}]}
    worst = bound("openai", "gpt-4o-mini", body, len(json.dumps(body)), "chat/completions", None)
    assert worst is not None
    amount = dollars_float(worst.worst + 2 * COST)
    add(policies, policy(limit(amount), actor="team-{metadata.team}"))
    assert [await ask(bench, metadata={"team": "red"}) for _ in range(3)] == [200] * 3
    error = await refusal(bench, metadata={"team": "red"})
    assert (error.kind, error.status, error.code) == (errors.POLICY_LIMITED, 429, 2003)
    assert error.detail is not None
    assert (error.detail["bucket"], error.detail["limit"]) == ("team-red", amount)
    assert error.detail["spent"] * 10**12 == pytest.approx(3 * COST)
    assert error.retry_after is not None
    assert error.retry_after > 0
    charged = [settlement.amount for record in bench.records for settlement in record.settlements]
    assert charged == [COST] * 3
    assert await ask(bench, metadata={"team": "blue"}) == 200


async def test_a_hit_of_the_cache_asks_no_policy(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with running(tmp_path, upstream.url, cache_ttl=60) as bench:
        policies = bench.gateways.parts.policies
        add(policies, policy(FREE, condition="metadata.team == 'red'"))
        assert await ask(bench, metadata={"team": "red"}) == 200
        assert await ask(bench) == 200
        assert len(upstream.requests) == 1


async def test_an_evaluation_that_breaks_allows(
    bench: Bench, policies: Policies, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    add(policies, policy(BLOCK))
    assert (await refusal(bench)).status == 403

    def broken(*given: Any) -> Any:
        raise RuntimeError("a mistake in the evaluation")

    monkeypatch.setattr("groundfog.gateway.policies.stage.decide", broken)
    assert await ask(bench) == 200
    assert "could not be evaluated" in caplog.text


async def test_a_draft_is_not_in_force_until_it_is_committed(bench: Bench, policies: Policies) -> None:
    id = add(policies, policy(BLOCK), commit=False)
    assert await ask(bench) == 200
    assert policies.list(ACCOUNT, "g") == []
    assert [each["staging"] for each in policies.list(ACCOUNT, "g", drafts=True)] == [True]
    with pytest.raises(GroundfogError, match="7002"):
        policies.get(ACCOUNT, "g", id)
    assert policies.get(ACCOUNT, "g", id, drafts=True)["uncommitted"] is True
    with pytest.raises(GroundfogError, match="is a draft"):
        policies.update(ACCOUNT, "g", id, {"name": "new"})
    result = policies.commit(ACCOUNT, "g")
    assert (result["committed"], result["failed"], [each["id"] for each in result["policies"]]) == (1, 0, [id])
    assert (await refusal(bench)).status == 403
    shown = policies.get(ACCOUNT, "g", id)
    assert shown["action"] == BLOCK
    assert isinstance(shown["created_at"], int)


async def test_an_update_is_partial_and_a_draft_without_commit(bench: Bench, policies: Policies) -> None:
    id = add(policies, policy(BLOCK))
    policies.update(ACCOUNT, "g", id, {"action": FREE})
    assert (await refusal(bench)).status == 403
    assert [each.get("staging", False) for each in policies.list(ACCOUNT, "g", drafts=True)] == [False, True]
    policies.commit(ACCOUNT, "g")
    assert await ask(bench) == 200
    policies.update(ACCOUNT, "g", id, {**policies.get(ACCOUNT, "g", id), "action": BLOCK}, commit=True)
    assert (await refusal(bench)).status == 403
    assert policies.delete(ACCOUNT, "g", id)["name"] == "p"
    assert await ask(bench) == 200


def test_what_is_wrong_is_refused(policies: Policies) -> None:
    for data, path in (
        (policy(FREE, condition="metadata.team ="), ("condition",)),
        ({**policy(FREE), "extra": 1}, ("extra",)),
        ("policy", ()),
    ):
        with pytest.raises(GroundfogError) as caught:
            policies.create(ACCOUNT, "g", data, commit=True)
        assert (caught.value.status, caught.value.path) == (400, path)
    for call in (
        lambda: policies.create(ACCOUNT, "none", policy(FREE)),
        lambda: policies.get(ACCOUNT, "g", "none"),
        lambda: policies.update(ACCOUNT, "g", "none", {}),
        lambda: policies.delete(ACCOUNT, "g", "none"),
    ):
        with pytest.raises(GroundfogError) as caught:
            call()
        assert caught.value.kind is errors.GATEWAY_NOT_FOUND


async def test_an_over_budget_model_of_a_route_falls_back(
    bench: Bench, policies: Policies, upstream: FakeUpstream
) -> None:
    add(policies, policy(limit(0.0000001), {"model": "gpt-4o-mini"}))
    add(policies, policy(FREE, {"model": "gpt-4o"}))
    elements = [start("gpt-4o-mini"), model("gpt-4o-mini", fallback="gpt-4o"), model("gpt-4o"), end()]
    bench.gateways.parts.routes.create(ACCOUNT, "g", "r", elements)
    status, _, headers = await ask_route(bench, request())
    assert (status, headers["cf-aig-model"]) == (200, "gpt-4o")
    assert [each.json()["model"] for each in upstream.requests] == ["gpt-4o"]
