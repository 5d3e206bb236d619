"""Where a provider's own WebSocket is (spec ai-gateway §1.10)."""

from __future__ import annotations

from groundfog.gateway.providers.forms import plain
from groundfog.gateway.providers.provider import Provider, Realtime
from groundfog.gateway.providers.target import Target
from groundfog.gateway.request import Step


def realtime_url(provider: Provider, override: str, step: Step, path: str) -> Target:
    """A path that the caller gives wins; the query goes on, its `api_key` under the provider's own name."""
    realtime = provider.realtime or Realtime()
    target = plain(provider, override or realtime.base, step, path or realtime.path)
    target.overridden = bool(override)
    if realtime.key and realtime.key != "api_key":
        address, _, query = target.url.partition("?")
        parts = [
            f"{realtime.key}={part.removeprefix('api_key=')}" if part.startswith("api_key=") else part
            for part in query.split("&")
            if part
        ]
        target.url = f"{address}?{'&'.join(parts)}" if parts else address
    return target
