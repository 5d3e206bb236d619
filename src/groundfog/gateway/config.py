"""What a gateway is set to (spec ai-gateway §5.2). Validated where it comes in; in here it is believed."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Technique = Literal["fixed", "sliding"]
Backoff = Literal["constant", "linear", "exponential"]


class SpendRule(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One spend limit: `limit` in US dollars over `window` seconds (spec §3.6).

    `provider`, `model` and each value of `metadata` are `{"mode": "filter", "values": […]}` or
    `{"mode": "partition"}`, a bucket for every value.
    """

    id: str
    limit: float
    window: int
    limit_type: Literal["cost"] = "cost"
    technique: Technique = "sliding"
    enabled: bool = True
    provider: dict[str, Any] | None = None
    model: dict[str, Any] | None = None
    metadata: dict[str, dict[str, Any]] | None = None


class SpendLimits(msgspec.Struct, frozen=True, kw_only=True):
    enabled: bool = False
    rules: tuple[SpendRule, ...] = ()


class Otel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where spans go (spec §3.20)."""

    url: str
    headers: dict[str, str] = {}
    authorization: str | None = None
    content_type: Literal["json", "protobuf"] = "json"


class GatewayConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One gateway. Times in `created_at` and `modified_at` are RFC 3339 (UTC); 0 and None switch a limit off.

    What is not Cloudflare's stands under `groundfog`.
    """

    id: str
    account: str
    internal_id: str = ""
    is_default: bool = False
    created_at: str = ""
    modified_at: str = ""
    version: int = 0
    """Grows with every change of the settings or the policies: what was composed for another is composed again."""
    cache_generation: int = 0
    """Part of every cache key; grows when the cache has to be forgotten."""
    authentication: bool = False
    byok_only: bool = False
    cache_invalidate_on_update: bool = True
    cache_ttl: int | None = 0
    """Seconds."""
    collect_logs: bool = True
    rate_limiting_interval: int | None = 0
    """Seconds."""
    rate_limiting_limit: int | None = 0
    rate_limiting_technique: Technique | None = "fixed"
    guardrails: dict[str, Any] | None = None
    """Spec §3.17."""
    dlp: dict[str, Any] | None = None
    """Spec §3.18."""
    log_classification: bool = False
    log_management: int | None = None
    log_management_strategy: Literal["STOP_INSERTING", "DELETE_OLDEST"] | None = None
    logpush: bool = False
    logpush_public_key: str | None = None
    otel: tuple[Otel, ...] | None = None
    retry_max_attempts: int | None = None
    retry_delay: int | None = None
    """Milliseconds."""
    retry_backoff: Backoff | None = None
    spend_limits: SpendLimits | None = None
    store_id: str | None = None
    stripe: dict[str, Any] | None = None
    workers_ai_billing_mode: Literal["postpaid", "unified"] = "postpaid"
    zdr: bool = False
    groundfog: Extension = msgspec.field(default_factory=lambda: Extension())


class Extension(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Settings that only groundfog has; sent and answered as the gateway's member `groundfog`."""

    base_urls: dict[str, str] = {}
    """Provider slug → base URL in place of the table's: for tests, proxies and private deployments."""
    cache_streams: bool = False
    """Keep streamed answers, and replay them as streams."""
    cache_per_credential: bool = True
    """Callers with different provider keys do not share answers."""
    single_flight: bool = False
    """Identical requests at one time are sent once."""
    semantic_cache: SemanticCache | None = None
    auto_router: tuple[str, ...] = ()
    """Ordered pool of `provider/model` for `cloudflare/auto`."""
    dlp_profiles: dict[str, Any] = {}
    """Custom DLP profiles: id → {"entries": [{"id", "pattern"}]}."""
    guard_window: int = 0
    """Characters of a stream that response guardrails hold back and judge at once; 0: the whole answer, sent whole."""
    max_body_log_bytes: int = 10_000_000
    """A log with more than this is kept without its bodies' ends."""


class SemanticCache(msgspec.Struct, frozen=True, kw_only=True):
    """Answers of requests that mean nearly the same: `threshold` is the least cosine of their embeddings."""

    enabled: bool = True
    threshold: float = 0.95
    model: str = "@cf/baai/bge-small-en-v1.5"
