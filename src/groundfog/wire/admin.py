"""groundfog's own administration: the loaded models."""

from __future__ import annotations

from groundfog.platform import Platform
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.http import envelope
from groundfog.wire.route import Route, route

PROCESSES = "/groundfog/v1/processes"


def routes(platform: Platform) -> list[Route]:
    return [
        route("GET", PROCESSES, processes, scope="admin", summary="Loaded models"),
        route("DELETE", PROCESSES + "/{model:path}", unload, scope="admin", summary="Unload a model"),
    ]


async def processes(exchange: Exchange) -> Answer:
    return envelope([dict(row) for row in exchange.platform.inference.processes()])


async def unload(exchange: Exchange) -> Answer:
    """End the model's process; its streams end with an error. `unloaded` is false when it was not loaded."""
    model = exchange.platform.catalog.find(exchange.parameters["model"])
    return envelope({"model": model.id, "unloaded": await exchange.platform.inference.unload(model.id)})
