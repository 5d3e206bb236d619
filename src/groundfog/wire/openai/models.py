"""`GET models`: the catalogue in OpenAI's form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from groundfog import errors, tasks
from groundfog.catalog import Model
from groundfog.errors import GroundfogError
from groundfog.platform import Platform
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.http import json_answer


async def every(exchange: Exchange) -> Answer:
    """Every model that this server would answer for."""
    platform = exchange.platform
    rows = [_row(model) for model in platform.catalog.models if _is_served(platform, model)]
    return json_answer({"object": "list", "data": rows})


def _is_served(platform: Platform, model: Model) -> bool:
    try:
        platform.model(model.id)
    except GroundfogError:
        return False
    return tasks.name_for(model) is not None


async def one(exchange: Exchange) -> Answer:
    """One model by its id, with plain slashes or `%2F`. Raises INVALID_MODEL_ID, which is 404."""
    try:
        model = exchange.platform.model(exchange.parameters["model"])
    except GroundfogError as error:
        if error.code == errors.NO_SUCH_MODEL.code:
            raise errors.INVALID_MODEL_ID() from None
        raise
    return json_answer(_row(model))


def _row(model: Model) -> dict[str, Any]:
    added = datetime.fromisoformat(model.added).replace(tzinfo=UTC) if model.added else None
    return {
        "id": model.id,
        "object": "model",
        "created": int(added.timestamp()) if added else 0,
        "owned_by": model.author or model.id.split("/")[1],
    }
