"""Steps of a request to a gateway, from paths and from the JSON of the universal endpoint (spec ai-gateway §1.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec
import orjson

from groundfog import errors
from groundfog.gateway.options import Options
from groundfog.gateway.options import read as read_options
from groundfog.gateway.request import Headers, Step
from groundfog.wire.gateway import incoming

COMPAT = "compat"
LOCAL = "workers-ai"
MAX_STEPS = 32
_KINDS = {
    "chat/completions": "chat/completions",
    "chat/completion": "chat/completions",
    "embeddings": "embeddings",
    "responses": "responses",
    "messages": "messages",
}
"""Endpoints of `compat`, as clients write them (one page of the documentation has the singular)."""
COMPAT_ENDPOINTS = frozenset(_KINDS.values())
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")
_PATH_SAFE = "/:@!$&'()*+,;=%~-._"
_QUERY_SAFE = _PATH_SAFE + "?[]"


class Given(msgspec.Struct):
    """One step as it is written in JSON; `query` stays the bytes that came."""

    provider: str
    endpoint: str = ""
    headers: dict[str, Any] = {}
    authorization: str | None = None
    query: msgspec.Raw = msgspec.Raw(b"{}")
    config: dict[str, Any] | None = None
    event_id: str | None = msgspec.field(name="eventId", default=None)


_ONE = msgspec.json.Decoder(Given)
_SEVERAL = msgspec.json.Decoder(list[Given])


def compat_endpoint(path: str) -> str:
    """The canonical endpoint of a path below `compat`. Raises INVALID_PROVIDER for what is none, as observed."""
    found = _KINDS.get(path.strip("/").removeprefix("v1/"))
    if found is None:
        raise errors.INVALID_PROVIDER(provider=f"{COMPAT}/{path}")
    return found


def given_steps(content: bytes) -> list[Given]:
    """The steps of a universal body: an array, or one object. Raises GATEWAY_INVALID, which names the field."""
    try:
        steps = [_ONE.decode(content)] if content.lstrip()[:1] == b"{" else _SEVERAL.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise errors.GATEWAY_INVALID(what=f"the body is not an array of steps: {error}") from None
    if not 0 < len(steps) <= MAX_STEPS:
        raise errors.GATEWAY_INVALID(what=f"between 1 and {MAX_STEPS} steps are wanted, not {len(steps)}")
    return steps


def universal_steps(content: bytes, outer: Options, secrets: list[str], user_agent: str) -> list[Step]:
    """What `build_steps` makes of a body."""
    return build_steps(given_steps(content), outer, secrets, user_agent)


def build_steps(given: Sequence[Given], outer: Options, secrets: list[str], user_agent: str) -> list[Step]:
    """Steps over the options of the request around them; groundfog keys among their headers are added to `secrets`.

    Raises GATEWAY_INVALID and INVALID_PROVIDER.
    """
    return [_step(one, index, outer, secrets, user_agent) for index, one in enumerate(given)]


def _step(given: Given, index: int, outer: Options, secrets: list[str], user_agent: str) -> Step:
    own = incoming.read(_headers(given, user_agent))
    secrets.extend(own.secrets)
    options = own.options(_configured(given.config, outer))
    endpoint, _, query = given.endpoint.partition("?")
    provider = given.provider.strip().strip("/")
    endpoint = quote(endpoint.lstrip("/"), safe=_PATH_SAFE)
    if provider == COMPAT:
        endpoint = compat_endpoint(endpoint)
    query = incoming.without_keys(quote(query, safe=_QUERY_SAFE).encode(), secrets)
    headers = incoming.local_headers(own.headers) if provider == LOCAL else own.headers
    return Step(provider, endpoint, "POST", headers, bytes(given.query), options, query, index)


def _headers(given: Given, user_agent: str) -> Headers:
    """A step's headers, values as text (objects as JSON), with what every request has."""
    pairs: Headers = []
    for name, value in given.headers.items():
        if value is None:
            continue
        pairs.append((_name(name), _value(name, value)))
    names = {name for name, _ in pairs}
    if given.authorization is not None and b"authorization" not in names:
        pairs.append((b"authorization", _value("authorization", given.authorization)))
    if b"content-type" not in names:
        pairs.append((b"content-type", b"application/json"))
    if b"user-agent" not in names and user_agent:
        pairs.append((b"user-agent", user_agent.encode("latin-1")))
    return pairs


def _name(name: str) -> bytes:
    encoded = name.strip().lower().encode()
    if not _TOKEN.match(encoded):
        raise errors.GATEWAY_INVALID(what=f"{name!r} is no name of a header", path=("headers",))
    return encoded


def _value(name: str, value: Any) -> bytes:
    text = value if isinstance(value, str) else _json(value, "headers", name).decode()
    if _UNSAFE.search(text):
        raise errors.GATEWAY_INVALID(what=f"header {name} has control characters", path=("headers", name))
    return text.encode("latin-1") if text.isascii() else text.encode()


_CONFIG: Mapping[str, bytes] = {
    "requestTimeout": b"cf-aig-request-timeout",
    "maxAttempts": b"cf-aig-max-attempts",
    "retryDelay": b"cf-aig-retry-delay",
    "backoff": b"cf-aig-backoff",
}


def _configured(config: dict[str, Any] | None, outer: Options) -> Options:
    """`config` of a step, over the options of the request."""
    if not config:
        return outer
    return read_options(
        [(header, _text(config[name])) for name, header in _CONFIG.items() if config.get(name) is not None], outer
    )


_BINDING: Mapping[str, bytes] = {
    "skipCache": b"cf-aig-skip-cache",
    "cacheTtl": b"cf-aig-cache-ttl",
    "cacheKey": b"cf-aig-cache-key",
    "metadata": b"cf-aig-metadata",
    "customCost": b"cf-aig-custom-cost",
    "collectLog": b"cf-aig-collect-log",
    "collectLogPayload": b"cf-aig-collect-log-payload",
    "eventId": b"cf-aig-event-id",
    "requestTimeoutMs": b"cf-aig-request-timeout",
    "byokAlias": b"cf-aig-byok-alias",
    "zdr": b"cf-aig-zdr",
}
_RETRIES: Mapping[str, bytes] = {
    "maxAttempts": b"cf-aig-max-attempts",
    "retryDelayMs": b"cf-aig-retry-delay",
    "backoff": b"cf-aig-backoff",
}


def binding_options(given: Mapping[str, Any], base: Options) -> Options:
    """`options.gateway` of the Workers binding (spec §2.4), over the headers beside it."""
    retries = given.get("retries")
    pairs = [
        (header, _text(source[name]))
        for names, source in ((_BINDING, given), (_RETRIES, retries if isinstance(retries, dict) else {}))
        for name, header in names.items()
        if source.get(name) is not None
    ]
    return read_options(pairs, base)


def _text(value: Any) -> bytes:
    """An option as its header has it."""
    if isinstance(value, str):
        return value.encode("latin-1", "replace")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _json(value, "config")


def _json(value: Any, *path: str) -> bytes:
    """Raises GATEWAY_INVALID for numbers past 64 bits, and for what is nested without an end."""
    try:
        return orjson.dumps(value)
    except TypeError as error:
        raise errors.GATEWAY_INVALID(what=str(error), path=path) from None
