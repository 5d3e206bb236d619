"""`GET compat/models`: what a compat request can name without a key of another provider's."""

from __future__ import annotations

from groundfog import errors, tasks
from groundfog.errors import GroundfogError
from groundfog.gateway.request import Identity
from groundfog.platform import Platform
from groundfog.wire.exchange import Answer
from groundfog.wire.http import json_answer

OWNER = "workers-ai"


def models_list(platform: Platform, identity: Identity) -> Answer:
    """The local models in OpenAI's form, named as compat names them. Raises GATEWAY_UNAUTHORIZED."""
    if not identity.authenticated:
        raise errors.GATEWAY_UNAUTHORIZED()
    rows = []
    for model in platform.catalog.models:
        try:
            platform.model(model.id)
        except GroundfogError:
            continue
        if tasks.name_for(model) in ("text-generation", "text-embeddings"):
            rows.append({"id": f"{OWNER}/{model.id}", "object": "model", "created": 0, "owned_by": OWNER})
    return json_answer({"object": "list", "data": rows})
