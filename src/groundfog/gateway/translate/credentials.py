"""The caller's key where each provider looks for it: compat callers send it as `Authorization: Bearer` (spec §1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from groundfog.gateway.request import Headers

HEADERS: Mapping[str, bytes] = MappingProxyType(
    {
        "anthropic": b"x-api-key",
        "google-ai-studio": b"x-goog-api-key",
        "azure-openai": b"api-key",
        "parallel": b"x-api-key",
    }
)
_BEARER = b"bearer "
_OAUTH = b"sk-ant-oat"
"""Anthropic's tokens of accounts, which are no API keys: only `Authorization` takes them."""


def for_provider(slug: str, headers: Headers) -> Headers:
    """`headers` with a bearer token moved to the provider's own header, unless that is there already."""
    wanted = HEADERS.get(slug)
    if wanted is None or any(name == wanted for name, _ in headers):
        return headers
    moved: Headers = []
    for name, value in headers:
        token = value[len(_BEARER) :].strip()
        if name == b"authorization" and value[: len(_BEARER)].lower() == _BEARER and not token.startswith(_OAUTH):
            moved.append((wanted, token))
        else:
            moved.append((name, value))
    return moved
