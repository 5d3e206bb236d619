"""Where a provider's own WebSocket is, and which model it is opened for (spec ai-gateway §1.10)."""

from __future__ import annotations

from urllib.parse import parse_qs

from groundfog import errors
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


def realtime_model(step: Step) -> str | None:
    """The model that the address names; None where it names none.

    Raises GATEWAY_INVALID for two: nobody knows which one the provider takes.
    """
    query = parse_qs(step.query)
    named = {value for name in _MODEL for value in query.get(name, ())}
    if len(named) > 1:
        raise errors.GATEWAY_INVALID(what="the address names more than one model", path=("model",))
    return named.pop() if named else step.model


_MODEL = ("model", "deployment", "model_id")
"""Parameters of OpenAI and Deepgram, of Azure, and of ElevenLabs and Cartesia."""
