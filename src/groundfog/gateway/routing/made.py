"""The step that asks a chosen model, made of the one that named a route or the router."""

from __future__ import annotations

from groundfog import errors
from groundfog.gateway.request import Step
from groundfog.gateway.translate import compat
from groundfog.gateway.translate.compat import Kind

_KINDS: dict[str, Kind] = {
    "chat/completions": "chat",
    "chat/completion": "chat",
    "embeddings": "embeddings",
    "responses": "responses",
    "messages": "messages",
}


def for_model(step: Step, provider: str, model: str, index: int) -> Step:
    """As if the caller had asked for `provider/model`. Raises CHAT_BAD_FORMAT, INVALID_PROVIDER."""
    data = step.data()
    if data is None:
        raise errors.CHAT_BAD_FORMAT(what="the body is no JSON object")
    kind = _KINDS.get(step.endpoint.removeprefix("v1/").rstrip("/"), "chat")
    made = compat.step({**data, "model": f"{provider}/{model}"}, kind, list(step.headers), step.options, index)
    made.deadline = step.deadline
    made.claims = step.claims
    return made
