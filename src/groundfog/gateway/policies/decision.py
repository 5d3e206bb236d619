"""What a gateway's policies decide about a request, together (spec ai-gateway §3.7)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from groundfog.gateway.policies.policy import Policy
from groundfog.gateway.request import Request
from groundfog.metering.claims import Claim, Period, named_interval


@dataclasses.dataclass(frozen=True, slots=True)
class Bucket:
    """A limit that must hold: `amount` in pico-dollars. `actor` is the bucket's name for people."""

    actor: str
    resource: str
    period: Period
    amount: int
    policy: Policy

    def claim(self, account: str, gateway: str) -> Claim:
        return named_interval(f"policy:{account}/{gateway}/{self.actor}/{self.resource}", self.amount, self.period)


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """`blocked_by` is None and `allowed` False when no policy matched."""

    allowed: bool
    buckets: tuple[Bucket, ...] = ()
    blocked_by: Policy | None = None


def decide(policies: Sequence[Policy], facts: Mapping[str, Any], provider: str, model: str | None) -> Decision:
    """A block that matches wins; what limits it is every bucket that no policy frees; nothing matched is refused."""
    matched = False
    freed: set[tuple[str, str]] = set()
    limits: dict[tuple[str, str, Period], Policy] = {}
    for policy in policies:
        covers = policy.resource.covers(provider, model)
        if policy.action == "block":
            applies = policy.applies(facts)
            actor = policy.bucket(facts)
            holds = applies == "missing" or (applies == "yes" and (actor is not None or "cf." in policy.actor))
            if holds and covers is not policy.excepts:
                return Decision(False, blocked_by=policy)
            # What a block spares by name is meant to pass.
            matched = matched or (holds and policy.excepts)
            continue
        if not covers or policy.applies(facts) != "yes":
            continue
        actor = policy.bucket(facts)
        if actor is None:
            continue
        matched = True
        place = (actor, policy.resource.key)
        if policy.action == "no-limit":
            freed.add(place)
        else:
            key = (*place, policy.period)
            other = limits.get(key)
            if other is None or other.amount < policy.amount:
                limits[key] = policy
    buckets = tuple(
        Bucket(actor, resource, period, policy.amount, policy)
        for (actor, resource, period), policy in limits.items()
        if (actor, resource) not in freed
    )
    return Decision(matched, buckets if matched else ())


def facts_of(request: Request) -> dict[str, Any]:
    """The variables of conditions. What is not known is left out; metadata with members is, too."""
    identity = request.identity
    user: dict[str, Any] = {}
    if identity.user_id is not None:
        user["id"] = identity.user_id
    if identity.email is not None:
        user["email"] = identity.email
    if identity.groups or user:
        # Of somebody who is known it is known, too, that there are none.
        user["groups"] = list(identity.groups)
    cf: dict[str, Any] = {"user": user, "custom": identity.claims}
    if request.country is not None:
        cf["country"] = request.country
    return {"cf": cf, "metadata": plain(request.options.metadata or {})}


def plain(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in metadata.items() if isinstance(value, str | int | float | bool)}
