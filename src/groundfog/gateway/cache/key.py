"""What makes two requests the same (spec ai-gateway §3.4)."""

from __future__ import annotations

import hashlib

from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.request import Request, Step

CREDENTIALS = frozenset(
    {
        b"authorization",
        b"x-api-key",
        b"api-key",
        b"x-goog-api-key",
        b"xi-api-key",
        b"x-auth-key",
        b"x-auth-token",
        b"x-amz-security-token",
        b"cookie",
    }
)
VARYING = frozenset(
    {b"accept", b"content-type", b"anthropic-version", b"anthropic-beta", b"openai-beta", b"x-fal-target-url"}
)
"""Headers that change what a provider answers."""
PERSONAL = VARYING | CREDENTIALS


def cache_key(config: GatewayConfig, request: Request, step: Step, provider_version: str = "") -> bytes:
    """32 bytes. With `cf-aig-cache-key`: account, gateway and that text only; metadata is never part of it.

    `provider_version` changes when a custom provider does.
    """
    # What was answered with the account's keys is not for whoever passes an open gateway.
    known = "" if request.identity.authenticated else "anybody\0"
    scope = f"{request.account}\0{config.id}\0{config.cache_generation}\0{provider_version}\0{known}"
    custom = step.options.cache_key
    if custom is not None:
        return hashlib.sha256(f"{scope}key\0{custom}".encode()).digest()
    where = f"{step.provider}\0{step.method}\0{step.endpoint}?{step.query}\0{step.translation is not None}\0"
    return hashlib.sha256(b"".join((f"{scope}{where}".encode(), step.body, caller(config, step)))).digest()


def caller(config: GatewayConfig, step: Step) -> bytes:
    """What of the headers makes two requests different: the provider's credentials, and what changes its answer."""
    per_credential = config.groundfog.cache_per_credential
    wanted = PERSONAL if per_credential else VARYING
    return b"".join([b"\0%b:%b" % pair for pair in step.headers if pair[0] in wanted])
