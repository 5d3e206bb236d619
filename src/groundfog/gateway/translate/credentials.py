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
    """`headers` with the caller's key in the provider's own header, unless one is there already.

    Callers with Anthropic's older clients bring it as `x-api-key`. Custom providers get what was sent.
    """
    wanted = HEADERS.get(slug)
    names = {name for name, _ in headers}
    if wanted is None:
        if b"x-api-key" not in names or b"authorization" in names or slug.startswith("custom-"):
            return headers
        return [
            (b"authorization", b"Bearer " + value) if name == b"x-api-key" else (name, value) for name, value in headers
        ]
    if wanted in names:
        return headers
    moved: Headers = []
    for name, value in headers:
        token = value[len(_BEARER) :].strip()
        if name == b"authorization" and value[: len(_BEARER)].lower() == _BEARER and not token.startswith(_OAUTH):
            moved.append((wanted, token))
        elif name == b"x-api-key":
            moved.append((wanted, value))
        else:
            moved.append((name, value))
    return moved
