"""Asking the policies what they would decide, with a caller and bucket usage that are made up (spec §5.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundfog import errors
from groundfog.gateway.policies.decision import Bucket, decide, plain
from groundfog.gateway.policies.policy import Policy
from groundfog.gateway.routing.pool import ALIASES
from groundfog.metering.money import dollars_float


def simulate(policies: Sequence[Policy], data: object) -> dict[str, Any]:
    """`identity` has `cf` and `metadata`, or their members at once (`user`, `custom`, `country`).

    Raises GATEWAY_INVALID for a body that is none.
    """
    given = _object(data, "a simulation")
    model, provider = given.get("model"), given.get("provider")
    for name, value in (("model", model), ("provider", provider)):
        if value is not None and not isinstance(value, str):
            raise errors.GATEWAY_INVALID(what=f"`{name}` must be a text", path=(name,))
    usage = _object(given.get("bucketUsage") or {}, "`bucketUsage`", "bucketUsage")
    facts = _facts(_object(given.get("identity") or {}, "`identity`", "identity"))
    decision = decide(policies, facts, ALIASES.get(provider or "", provider or ""), model)
    allowed = decision.allowed or not policies
    buckets: list[dict[str, Any]] = [
        {
            "bucket": bucket.actor,
            "policyName": bucket.policy.name,
            "limit": dollars_float(bucket.amount),
            "period": bucket.period,
            "spent": _spent(usage, bucket),
        }
        for bucket in decision.buckets
    ]
    kind = "block" if not allowed else "check_limits" if buckets else "no-limit"
    enforcement: dict[str, Any] = {"allowed": allowed}
    if not allowed:
        enforcement["reason"] = "blocked"
        if decision.blocked_by is not None:
            enforcement["policyName"] = decision.blocked_by.name
    else:
        full = next((each for each in buckets if each["spent"] >= each["limit"]), None)
        if full is not None:
            enforcement = {
                "allowed": False,
                "reason": "limit_exceeded",
                **{name: full[name] for name in ("bucket", "spent", "limit", "policyName")},
            }
    return {
        "evaluation": {"decision": kind, "buckets": buckets},
        "enforcement": enforcement,
        "policiesEvaluated": len(policies),
    }


def _facts(identity: Mapping[str, Any]) -> dict[str, Any]:
    cf = identity.get("cf")
    source = cf if isinstance(cf, Mapping) else identity
    user = source.get("user")
    known: dict[str, Any] = {"user": dict(user) if isinstance(user, Mapping) else {}}
    custom = source.get("custom")
    known["custom"] = dict(custom) if isinstance(custom, Mapping) else {}
    if isinstance(source.get("country"), str):
        known["country"] = source["country"]
    metadata = identity.get("metadata")
    return {"cf": known, "metadata": plain(metadata) if isinstance(metadata, Mapping) else {}}


def _spent(usage: Mapping[str, Any], bucket: Bucket) -> float:
    """US dollars, by the policy's name."""
    given = usage.get(bucket.policy.name)
    spent = given.get("spent", 0) if isinstance(given, Mapping) else 0
    if isinstance(spent, bool) or not isinstance(spent, int | float):
        raise errors.GATEWAY_INVALID(what="`spent` must be a number", path=("bucketUsage", bucket.policy.name, "spent"))
    return float(spent)


def _object(given: object, what: str, *path: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise errors.GATEWAY_INVALID(what=f"{what} must be an object", path=path)
    return given
