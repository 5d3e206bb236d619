"""A gateway's spend rules (spec ai-gateway §3.6), made ready: which step they hold for, and which bucket it is in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from groundfog.gateway.config import GatewayConfig, SpendRule
from groundfog.gateway.options import MetadataValue
from groundfog.gateway.request import Step
from groundfog.metering.ledger import Claim
from groundfog.metering.ledger_store import MOST
from groundfog.metering.money import pico_of

REMEMBERED = 1024
"""Buckets of a partitioned rule whose claims are kept made."""


class Rule:
    """One rule. A dimension with `filter` restricts it, one with `partition` gives every value a bucket of its own."""

    __slots__ = ("_bucket", "_claims", "_filters", "_limit", "_partitions", "_technique", "_window")

    def __init__(self, config: GatewayConfig, rule: SpendRule) -> None:
        self._limit = min(pico_of(rule.limit), MOST)
        self._window = rule.window
        self._technique = rule.technique
        self._bucket = f"spend:{config.account}/{config.id}/{rule.id}:{rule.technique}:{rule.window}"
        self._filters: list[tuple[str, frozenset[str]]] = []
        self._partitions: list[str] = []
        dimensions = {"provider": rule.provider, "model": rule.model}
        dimensions |= {f"metadata.{key}": given for key, given in (rule.metadata or {}).items()}
        for name, given in dimensions.items():
            if given is None:
                continue
            if given.get("mode") == "partition":
                self._partitions.append(name)
            else:
                self._filters.append((name, frozenset(text_of(value) for value in given.get("values", ()))))
        self._claims: dict[tuple[str, ...], Claim] = {}

    def claim(self, step: Step, metadata: Mapping[str, MetadataValue] | None) -> Claim | None:
        """The bucket that a step is charged to; None when the rule does not hold for it."""
        for name, values in self._filters:
            value = _value(name, step, metadata)
            # Logs show models as provider/model, so that form is taken, too.
            if value not in values and (name != "model" or f"{step.provider}/{value}" not in values):
                return None
        parts = tuple([_value(name, step, metadata) for name in self._partitions])
        claim = self._claims.get(parts)
        if claim is None:
            bucket = f"{self._bucket}:{orjson.dumps(parts).decode()}" if parts else self._bucket
            claim = Claim(bucket, self._limit, self._window, self._technique)
            if len(self._claims) >= REMEMBERED:
                self._claims.clear()
            self._claims[parts] = claim
        return claim


def rules_of(config: GatewayConfig) -> tuple[Rule, ...]:
    """The rules that are switched on."""
    limits = config.spend_limits
    if limits is None or not limits.enabled:
        return ()
    return tuple(Rule(config, rule) for rule in limits.rules if rule.enabled and rule.limit > 0 and rule.window > 0)


def text_of(value: Any) -> str:
    """Metadata values of different types are the same when they are written the same."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _value(name: str, step: Step, metadata: Mapping[str, MetadataValue] | None) -> str:
    """A dimension's value; empty where there is none, which is a value like others for a partition."""
    if name == "provider":
        return step.provider
    if name == "model":
        return step.model or ""
    found = None if metadata is None else metadata.get(name[len("metadata.") :])
    return "" if found is None else text_of(found)
