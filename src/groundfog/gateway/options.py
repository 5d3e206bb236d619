"""What one request asks of its gateway: the headers `cf-aig-*` (spec ai-gateway §2.1), typed."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import orjson

from groundfog.gateway.config import Backoff

MAX_METADATA = 5
LONGEST_NUMBER = 12
"""Digits."""
LONGEST_TTL_S = 2_592_000
SHORTEST_TTL_S = 60
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
MetadataValue = str | int | float | bool


class Options(msgspec.Struct):
    """None is: not asked for. Times as in the headers: `cache_ttl` in seconds, the others in milliseconds."""

    cache_ttl: int | None = None
    skip_cache: bool = False
    cache_key: str | None = None
    metadata: dict[str, MetadataValue] | None = None
    custom_cost: dict[str, Any] | None = None
    collect_log: bool | None = None
    collect_log_payload: bool = True
    event_id: str | None = None
    request_timeout_ms: int | None = None
    max_attempts: int | None = None
    retry_delay_ms: int | None = None
    backoff: Backoff | None = None
    byok_alias: str | None = None
    no_wholesale: bool = False
    zdr: bool | None = None
    otel_trace_id: str | None = None
    otel_parent_span_id: str | None = None
    session_id: str | None = None
    turn_id: str | None = None
    no_session_affinity: bool = False
    allowed_models: tuple[str, ...] = ()
    allowed_providers: tuple[str, ...] = ()


def read(headers: Iterable[tuple[bytes, bytes]], base: Options | None = None) -> Options:
    """The options that headers (lower-case names) carry, over those of `base` (a step's win over the request's).

    Values that make no sense are not taken (the original ignores them too): a wrong number, JSON that is no object.
    """
    options = Options() if base is None else copy.copy(base)
    for name, value in headers:
        if name.startswith(b"cf-"):
            setter = _SETTERS.get(name)
            if setter is not None:
                setter(options, value.decode("latin-1").strip())
    return options


def metadata_of(given: Any) -> dict[str, MetadataValue] | None:
    """Metadata as it is kept: the first five entries, no reserved keys (`cf.…`), plain values only (spec §3.10)."""
    if not isinstance(given, Mapping):
        return None
    kept = {
        str(key): value
        for key, value in given.items()
        if isinstance(value, str | int | float | bool) and not str(key).startswith("cf.")
    }
    return dict(list(kept.items())[:MAX_METADATA])


def _json_object(text: str) -> dict[str, Any] | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _number(text: str, least: int, most: int) -> int | None:
    if len(text) > LONGEST_NUMBER or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return min(number, most) if number >= least else None


def _flag(text: str) -> bool:
    return text.lower() == "true"


def _set_ttl(options: Options, text: str) -> None:
    seconds = _number(text, 0, LONGEST_TTL_S)
    if seconds is not None:
        options.cache_ttl = max(seconds, SHORTEST_TTL_S) if seconds else 0


def _set_metadata(options: Options, text: str) -> None:
    options.metadata = metadata_of(_json_object(text))


def _set_custom_cost(options: Options, text: str) -> None:
    options.custom_cost = _json_object(text)


def _set_backoff(options: Options, text: str) -> None:
    if text in ("constant", "linear", "exponential"):
        options.backoff = msgspec.convert(text, Backoff)


def _set_timeout(options: Options, text: str) -> None:
    options.request_timeout_ms = _number(text, 1, 10**9)


def _set_attempts(options: Options, text: str) -> None:
    options.max_attempts = _number(text, 1, 5)


def _set_delay(options: Options, text: str) -> None:
    options.retry_delay_ms = _number(text, 0, 60_000)


def _set_skip(options: Options, text: str) -> None:
    options.skip_cache = _flag(text)


def _set_collect(options: Options, text: str) -> None:
    options.collect_log = _flag(text)


def _set_payload(options: Options, text: str) -> None:
    options.collect_log_payload = _flag(text)


def _set_no_wholesale(options: Options, text: str) -> None:
    options.no_wholesale = _flag(text)


def _set_zdr(options: Options, text: str) -> None:
    options.zdr = _flag(text)


def _set_affinity(options: Options, text: str) -> None:
    options.no_session_affinity = _flag(text)


def _set_models(options: Options, text: str) -> None:
    options.allowed_models = tuple(part.strip() for part in text.split(",") if part.strip())


def _set_providers(options: Options, text: str) -> None:
    options.allowed_providers = tuple(part.strip() for part in text.split(",") if part.strip())


def _set_trace(options: Options, text: str) -> None:
    if re.fullmatch(r"[0-9a-fA-F]{32}", text):
        options.otel_trace_id = text.lower()


def _set_parent(options: Options, text: str) -> None:
    if re.fullmatch(r"[0-9a-fA-F]{16}", text):
        options.otel_parent_span_id = text.lower()


def _text(field: str) -> Any:
    def set_text(options: Options, text: str) -> None:
        # Options of JSON bodies come here, too, and some of them go out in a header.
        if not _CONTROL.search(text):
            setattr(options, field, text or None)

    return set_text


_SETTERS: Mapping[bytes, Any] = {
    b"cf-aig-cache-ttl": _set_ttl,
    b"cf-cache-ttl": _set_ttl,
    b"cf-aig-skip-cache": _set_skip,
    b"cf-skip-cache": _set_skip,
    b"cf-aig-cache-key": _text("cache_key"),
    b"cf-aig-metadata": _set_metadata,
    b"cf-aig-custom-cost": _set_custom_cost,
    b"cf-aig-collect-log": _set_collect,
    b"cf-aig-collect-log-payload": _set_payload,
    b"cf-aig-event-id": _text("event_id"),
    b"cf-aig-request-timeout": _set_timeout,
    b"cf-aig-max-attempts": _set_attempts,
    b"cf-aig-retry-delay": _set_delay,
    b"cf-aig-backoff": _set_backoff,
    b"cf-aig-byok-alias": _text("byok_alias"),
    b"cf-aig-no-wholesale": _set_no_wholesale,
    b"cf-aig-zdr": _set_zdr,
    b"cf-aig-otel-trace-id": _set_trace,
    b"cf-aig-otel-parent-span-id": _set_parent,
    b"cf-aig-session-id": _text("session_id"),
    b"cf-aig-turn-id": _text("turn_id"),
    b"cf-aig-no-session-affinity": _set_affinity,
    b"cf-aig-allowed-models": _set_models,
    b"cf-aig-allowed-providers": _set_providers,
}
