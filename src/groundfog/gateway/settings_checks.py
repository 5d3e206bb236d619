"""Every field that a gateway can be given, with its bounds (spec ai-gateway §5.2, §3.6, §3.17, §3.18, §3.20)."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from groundfog.gateway.checks import (
    Check,
    Path,
    as_object,
    boolean,
    choice,
    fields,
    header_name,
    header_value,
    integer,
    items,
    mapping,
    nullable,
    number,
    refuse,
    text,
    url,
)
from groundfog.gateway.guards.dlp import read_policies
from groundfog.gateway.guards.profiles import custom
from groundfog.gateway.providers.provider import load

GATEWAY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
REQUIRED = (
    "cache_invalidate_on_update",
    "cache_ttl",
    "collect_logs",
    "rate_limiting_interval",
    "rate_limiting_limit",
)
READ_ONLY = frozenset({"id", "account_id", "account_tag", "internal_id", "is_default", "created_at", "modified_at"})
"""What answers carry and nobody can set; taken and left alone, so that an answer can be sent back changed."""
CATEGORIES = (*(f"S{number}" for number in range(1, 14)), "P1")
MAX_SPEND_RULES = 20

_flag_or_block = choice("FLAG", "BLOCK")
_categories = fields(dict.fromkeys(CATEGORIES, _flag_or_block))


def guardrails(value: Any, path: Path) -> dict[str, Any]:
    """Spec §3.17."""
    given = fields({"prompt": _categories, "response": _categories})(value, path)
    return {"prompt": {}, "response": {}, **given}


def dlp(value: Any, path: Path) -> dict[str, Any]:
    """Either of the two shapes of spec §3.18."""
    given = as_object(value, path)
    names = text(1, 100)
    if "policies" in given:
        policy = fields(
            {
                "id": text(1, 100),
                "enabled": boolean,
                "action": _flag_or_block,
                "check": items(choice("REQUEST", "RESPONSE"), 2, 1),
                "profiles": items(names, 100),
            },
            required=("id", "enabled", "action", "check", "profiles"),
        )
        checked: dict[str, Any] = fields({"enabled": boolean, "policies": items(policy, 100)}, required=("enabled",))(
            value, path
        )
    else:
        checked = fields(
            {"enabled": boolean, "action": _flag_or_block, "profiles": items(names, 100)},
            required=("enabled", "action", "profiles"),
        )(value, path)
    return checked


def _match(value: Any, path: Path) -> dict[str, Any]:
    """How a spend rule narrows or splits by a dimension."""
    given: dict[str, Any] = fields(
        {"mode": choice("filter", "partition"), "values": items(text(1, 500), 1000, 1)}, required=("mode",)
    )(value, path)
    if given["mode"] == "filter" and "values" not in given:
        refuse((*path, "values"), "is required with the mode filter")
    if given["mode"] == "partition" and "values" in given:
        refuse((*path, "values"), "has no meaning with the mode partition")
    return given


_rule = fields(
    {
        "id": text(1, 64),
        "enabled": boolean,
        "limitType": choice("cost"),
        "limit": number(above=0),
        "window": integer(1),
        "technique": choice("fixed", "sliding"),
        "provider": nullable(_match),
        "model": nullable(_match),
        "metadata": nullable(mapping(_match, text(1, 200), 5)),
    },
    required=("limit", "limitType", "window"),
)


def spend_limits(value: Any, path: Path) -> dict[str, Any]:
    """Spec §3.6. Rules without an id get one; ids are unique, for they name the buckets."""
    given = fields({"enabled": boolean, "rules": items(_rule, MAX_SPEND_RULES)})(value, path)
    taken: set[str] = {rule["id"] for rule in given.get("rules", []) if "id" in rule}
    named: list[str] = [rule["id"] for rule in given.get("rules", []) if "id" in rule]
    rules = []
    for index, rule in enumerate(given.get("rules", [])):
        if named.count(rule.get("id", "")) > 1:
            refuse((*path, "rules", str(index), "id"), "is the id of another rule")
        kept = {
            "enabled": True,
            "technique": "sliding",
            **{name: item for name, item in rule.items() if item is not None},
        }
        if "id" not in kept:
            kept["id"] = _rule_id(kept, taken)
            taken.add(kept["id"])
        rules.append(kept)
    return {"enabled": given.get("enabled", False), "rules": rules}


def _rule_id(rule: Mapping[str, Any], taken: set[str]) -> str:
    """Made of what the rule counts, so that the same rule sent again, or with another limit, goes on counting."""
    counted = [rule.get(name) for name in ("window", "technique", "provider", "model", "metadata")]
    ids = (
        hashlib.sha256(json.dumps([*counted, attempt], sort_keys=True).encode()).hexdigest()[:8]
        for attempt in itertools.count()
    )
    return next(each for each in ids if each not in taken)


_otel = fields(
    {
        "url": url("https", "http"),
        "headers": mapping(header_value, header_name, 50),
        "authorization": nullable(header_value),
        "content_type": choice("json", "protobuf"),
    },
    required=("url", "headers"),
)
_stripe = fields(
    {"authorization": text(1, 1000), "usage_events": items(fields({"payload": text(1)}, ("payload",)), 100)},
    required=("authorization", "usage_events"),
)


_profile = fields(
    {
        "name": text(0, 200),
        "entries": items(
            fields({"id": text(1, 100), "name": text(0, 200), "pattern": text(1, 1000)}, ("id", "pattern")), 100, 1
        ),
    },
    required=("entries",),
)


def _base_urls(value: Any, path: Path) -> dict[str, str]:
    """By canonical slug, so that no other spelling is set in vain."""
    providers = load()
    given: dict[str, str] = mapping(url("https", "http"), most=100)(value, path)
    for name in given:
        if name not in providers or providers[name].local:
            refuse((*path, name), "is no provider that a base URL can be set for")
    return {providers[name].slug: address for name, address in given.items()}


def _model(value: Any, path: Path) -> str:
    name: str = text(3, 300)(value, path)
    if not all(name.partition("/")[::2]):
        refuse(path, "must be provider/model")
    return name


def _share(value: Any, path: Path) -> float:
    given = float(number(least=0)(value, path))
    if given > 1:
        refuse(path, "must be 0 to 1")
    return given


_extension = fields(
    {
        "base_urls": _base_urls,
        "cache_streams": boolean,
        "cache_per_credential": boolean,
        "single_flight": boolean,
        "semantic_cache": nullable(
            fields(
                {"enabled": boolean, "threshold": _share, "model": text(3, 200)},
            )
        ),
        "auto_router": items(_model, 100),
        "dlp_profiles": mapping(_profile, text(1, 100), 100),
        "guard_window": integer(0, 100_000),
        "max_body_log_bytes": integer(0, 1 << 30),
    }
)


FIELDS: Mapping[str, Check] = MappingProxyType(
    {
        "cache_invalidate_on_update": boolean,
        "cache_ttl": nullable(integer(0)),
        "collect_logs": boolean,
        "rate_limiting_interval": nullable(integer(0)),
        "rate_limiting_limit": nullable(integer(0)),
        "rate_limiting_technique": nullable(choice("fixed", "sliding")),
        "authentication": boolean,
        "byok_only": boolean,
        "dlp": nullable(dlp),
        "guardrails": nullable(guardrails),
        "log_classification": boolean,
        "log_management": nullable(integer(10_000, 10_000_000)),
        "log_management_strategy": nullable(choice("STOP_INSERTING", "DELETE_OLDEST")),
        "logpush": boolean,
        "logpush_public_key": nullable(text(16, 1024)),
        "otel": nullable(items(_otel, 20)),
        "retry_max_attempts": nullable(integer(1, 5)),
        "retry_delay": nullable(integer(0, 60_000)),
        "retry_backoff": nullable(choice("constant", "linear", "exponential")),
        "spend_limits": nullable(spend_limits),
        "store_id": nullable(text(0, 200)),
        "stripe": nullable(_stripe),
        "workers_ai_billing_mode": choice("postpaid", "unified"),
        "zdr": boolean,
        "groundfog": _extension,
    }
)


def coherent(settings: Mapping[str, Any]) -> None:
    """What can only be judged with all settings at hand. Raises GATEWAY_INVALID."""
    own = settings.get("groundfog", {}).get("dlp_profiles", {})
    for name, profile in own.items():
        custom(name, profile, ("groundfog", "dlp_profiles", name))
    read_policies(settings.get("dlp"), own)


def valid_id(value: Any) -> str:
    """An id that may be a gateway's. Raises GATEWAY_INVALID."""
    if not isinstance(value, str) or not GATEWAY_ID.fullmatch(value):
        refuse(("id",), "must be 1 to 64 letters, digits, - and _")
    return value


def gateway_settings(data: Any, *, create: bool) -> dict[str, Any]:
    """What a request sets, checked. Raises GATEWAY_INVALID for the first field that is wrong, missing or unknown."""
    given = {name: value for name, value in as_object(data, ()).items() if name not in READ_ONLY}
    checked: dict[str, Any] = fields(FIELDS, REQUIRED if create else ())(given, ())
    if checked.get("log_classification") and checked.get("collect_logs") is False:
        refuse(("log_classification",), "needs collect_logs")
    return checked
