"""What policies decide together (spec ai-gateway §3.7)."""

from __future__ import annotations

from typing import Any

import pytest

from groundfog.errors import GroundfogError
from groundfog.gateway.policies.decision import Decision, decide
from groundfog.gateway.policies.policy import read_policy
from groundfog.gateway.policies.simulation import simulate

FREE: dict[str, Any] = {"type": "no-limit"}
BLOCK: dict[str, Any] = {"type": "block"}
ONLY: dict[str, Any] = {"type": "block", "except": True}
PICO = 10**12


def limit(amount: float, period: str = "monthly") -> dict[str, Any]:
    return {"type": "limit", "amount": amount, "period": period, "technique": "named-interval"}


def policy(
    action: dict[str, Any], resource: Any = "*", condition: str = "true", actor: str = "all", name: str = "p"
) -> Any:
    return {"name": name, "actor": actor, "resource": resource, "condition": condition, "action": action}


def decision(
    *policies: Any,
    model: str | None = "gpt-4o",
    provider: str = "openai",
    user: Any = None,
    metadata: Any = None,
    **cf: Any,
) -> Decision:
    facts = {"cf": {"user": user or {}, "custom": {}, **cf}, "metadata": metadata or {}}
    return decide([read_policy(given) for given in policies], facts, provider, model)


def allowed(*policies: Any, **facts: Any) -> bool:
    return decision(*policies, **facts).allowed


def limits(found: Decision) -> list[tuple[str, str, float]]:
    return [(bucket.actor, bucket.period, bucket.amount / PICO) for bucket in found.buckets]


def test_what_no_policy_matches_is_refused() -> None:
    assert not allowed(policy(FREE, {"model": "gpt-4o-mini"}))
    assert allowed(policy(FREE, {"model": "gpt-4o"}))
    assert not allowed(policy(BLOCK, {"model": "gpt-4o-mini"}))


def test_a_block_wins() -> None:
    assert not allowed(policy(FREE), policy(BLOCK, {"provider": "openai"}))
    assert allowed(policy(FREE), policy(BLOCK, {"provider": "openai"}), provider="anthropic")


def test_a_block_with_an_exception_lets_the_exception_pass() -> None:
    only = policy(ONLY, {"model": ["gpt-4o", "claude-*"]})
    assert allowed(only)
    assert allowed(only, model="claude-haiku-4-5", provider="anthropic")
    assert not allowed(only, model="gpt-5")
    assert not allowed(policy(FREE), only, model="gpt-5")


@pytest.mark.parametrize(
    ("resource", "model", "covered"),
    [
        ("*", "anything", True),
        ("*", None, True),
        ({"model": "*"}, None, True),
        ({"model": "gpt-*"}, "gpt-4o", True),
        ({"model": "gpt-*"}, "org/gpt-4o", False),
        ({"model": "openai/*"}, "gpt-4o", True),
        ({"model": "@cf/meta/*"}, "@cf/meta/llama", True),
        ({"model": "@cf/*"}, "@cf/meta/llama", False),
        ({"model": "gpt-4o"}, None, False),
        ({"provider": "openai"}, "gpt-4o", True),
        ({"provider": ["anthropic", "openai"], "model": ["x", "gpt-4o"]}, "gpt-4o", True),
        ({"provider": "anthropic", "model": "gpt-4o"}, "gpt-4o", False),
        ({"provider": "*"}, "gpt-4o", True),
    ],
)
def test_a_resource_covers_models_and_providers(resource: Any, model: str | None, covered: bool) -> None:
    assert allowed(policy(FREE, resource), model=model) is covered


def test_providers_go_by_either_name() -> None:
    assert allowed(policy(FREE, {"provider": "google"}), provider="google-ai-studio")


def test_conditions_look_at_the_caller() -> None:
    admins = policy(FREE, condition="'admin' in cf.user.groups || cf.custom.role == 'admin' || metadata.team == 'red'")
    assert allowed(admins, user={"groups": ["admin"]})
    assert allowed(admins, custom={"role": "admin"})
    assert allowed(admins, metadata={"team": "red"})
    assert not allowed(admins, metadata={"team": "blue"})
    assert not allowed(admins)


def test_a_block_that_names_a_missing_identity_blocks_and_others_are_skipped() -> None:
    everybody = policy(FREE)
    named = "cf.user.email == 'mallory@example.com'"
    assert not allowed(everybody, policy(BLOCK, condition=named))
    assert allowed(everybody, policy(BLOCK, condition=named), user={"email": "ada@example.com"})
    assert allowed(everybody, policy(BLOCK, condition="metadata.team == 'red'"))
    assert not allowed(policy(FREE, condition="cf.user.email != 'mallory@example.com'"))
    assert not allowed(everybody, policy(BLOCK, actor="{cf.user.id}"))


def test_types_that_do_not_go_together_match_nothing() -> None:
    assert not allowed(policy(FREE, condition="metadata.level > 5"), metadata={"level": "10"})
    assert not allowed(policy(FREE, condition="metadata.level"), metadata={"level": "10"})


def test_every_bucket_must_hold() -> None:
    found = decision(
        policy(limit(5, "daily"), actor="{metadata.team}"),
        policy(limit(50), actor="{metadata.team}"),
        policy(limit(100), actor="all"),
        metadata={"team": "red"},
    )
    assert limits(found) == [("red", "daily", 5), ("red", "monthly", 50), ("all", "monthly", 100)]
    assert len({bucket.claim("acme", "g").bucket for bucket in found.buckets}) == 3


def test_the_higher_amount_counts_for_the_same_bucket_and_period() -> None:
    assert limits(decision(policy(limit(5)), policy(limit(20)), policy(limit(10)))) == [("all", "monthly", 20)]


def test_a_no_limit_frees_its_own_bucket_only() -> None:
    found = decision(
        policy(limit(5), actor="{metadata.team}"),
        policy(limit(7), actor="all"),
        policy(FREE, actor="{metadata.team}"),
        metadata={"team": "red"},
    )
    assert limits(found) == [("all", "monthly", 7)]


def test_an_actor_that_cannot_be_told_skips_the_policy() -> None:
    assert not allowed(policy(limit(5), actor="{metadata.team}"))
    found = decision(policy(limit(5), actor="{metadata.team}-{cf.user.id}"), metadata={"team": 7}, user={"id": "u"})
    assert limits(found) == [("7-u", "monthly", 5)]
    assert limits(decision(policy(limit(5), actor="{metadata.a.b}"), metadata={"a.b": True})) == [
        ("true", "monthly", 5)
    ]


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"name": ""}, ("name",)),
        ({"name": 5}, ("name",)),
        ({"other": 5}, ("other",)),
        ({"actor": "{user}"}, ("actor",)),
        ({"actor": 5}, ("actor",)),
        ({"resource": "all"}, ("resource",)),
        ({"resource": {}}, ("resource",)),
        ({"resource": {"region": "eu"}}, ("resource",)),
        ({"resource": {"model": []}}, ("resource", "model")),
        ({"resource": {"provider": "open*"}}, ("resource", "provider")),
        ({"condition": "metadata.team ="}, ("condition",)),
        ({"condition": True}, ("condition",)),
        ({"action": "block"}, ("action",)),
        ({"action": {"type": "allow"}}, ("action", "type")),
        ({"action": {"type": "block", "except": "yes"}}, ("action", "except")),
        ({"action": {"type": "limit", "period": "daily"}}, ("action", "amount")),
        ({"action": {"type": "limit", "amount": -1, "period": "daily"}}, ("action", "amount")),
        ({"action": {"type": "limit", "amount": 1, "period": "yearly"}}, ("action", "period")),
        (
            {"action": {"type": "limit", "amount": 1, "period": "daily", "technique": "sliding"}},
            ("action", "technique"),
        ),
    ],
)
def test_what_is_no_policy_is_refused_by_field(changed: dict[str, Any], path: tuple[str, ...]) -> None:
    with pytest.raises(GroundfogError) as caught:
        read_policy({**policy(FREE), **changed})
    assert (caught.value.code, caught.value.path) == (7001, path)


def test_a_simulation_decides_with_the_usage_that_it_is_given() -> None:
    policies = [
        read_policy(policy(limit(10), actor="{metadata.team}", name="team")),
        read_policy(policy(BLOCK, {"model": "gpt-5"}, name="no-gpt-5")),
    ]
    asked = {"identity": {"metadata": {"team": "red"}}, "model": "gpt-4o", "provider": "openai"}
    fine = simulate(policies, {**asked, "bucketUsage": {"team": {"spent": 9.5}}})
    assert fine["evaluation"]["decision"] == "check_limits"
    assert fine["enforcement"] == {"allowed": True}
    assert fine["policiesEvaluated"] == 2
    over = simulate(policies, {**asked, "bucketUsage": {"team": {"spent": 12.5}}})
    assert over["enforcement"] == {
        "allowed": False,
        "reason": "limit_exceeded",
        "bucket": "red",
        "spent": 12.5,
        "limit": 10.0,
        "policyName": "team",
    }
    blocked = simulate(policies, {**asked, "model": "gpt-5"})
    assert blocked["evaluation"]["decision"] == "block"
    assert blocked["enforcement"] == {"allowed": False, "reason": "blocked", "policyName": "no-gpt-5"}
    assert simulate([], asked)["enforcement"] == {"allowed": True}
    for wrong in (None, [], {"model": 5}, {"identity": "ada"}, {"bucketUsage": [1]}):
        with pytest.raises(GroundfogError):
            simulate(policies, wrong)
