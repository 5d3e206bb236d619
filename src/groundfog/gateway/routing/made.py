"""The step that asks a chosen model, made of the one that named a route or the router."""

from __future__ import annotations

from groundfog import errors
from groundfog.gateway.request import Step
from groundfog.gateway.translate import compat
from groundfog.gateway.translate.compat import Kind

KINDS: dict[str, Kind] = {
    "chat/completions": "chat",
    "chat/completion": "chat",
    "embeddings": "embeddings",
    "responses": "responses",
    "messages": "messages",
}
"""Endpoints of the compat provider (spec §1.4), with the spelling of one of the original's examples."""


def kind_of(step: Step) -> Kind:
    """What a step of the provider `compat` asks for. Raises INVALID_PROVIDER."""
    kind = KINDS.get(step.endpoint.strip("/").removeprefix("v1/"))
    if kind is None:
        raise errors.INVALID_PROVIDER(provider=f"compat/{step.endpoint}")
    return kind


def for_model(step: Step, provider: str, model: str, index: int) -> Step:
    """As if the caller had asked for `provider/model`. Raises CHAT_BAD_FORMAT, INVALID_PROVIDER."""
    data = step.data()
    if data is None:
        raise errors.CHAT_BAD_FORMAT(what="the body is no JSON object")
    made = compat.step({**data, "model": f"{provider}/{model}"}, kind_of(step), list(step.headers), step.options, index)
    made.deadline = step.deadline
    made.claims = step.claims
    return made
