"""Is the server alive, is it ready, and its numbers. Liveness and readiness need no key."""

from __future__ import annotations

from groundfog import errors
from groundfog.platform import Platform
from groundfog.wire.exchange import Answer, Exchange, Whole
from groundfog.wire.http import json_answer
from groundfog.wire.metrics import CONTENT_TYPE, Metrics
from groundfog.wire.route import Route, route


def routes(platform: Platform) -> list[Route]:
    return [
        route("GET", "/livez", live, scope=None, summary="The process answers"),
        route("GET", "/readyz", ready, scope=None, summary="The store can be read"),
    ]


def metrics_routes(metrics: Metrics) -> list[Route]:
    async def show(exchange: Exchange) -> Answer:
        return Whole(await metrics.render(), content_type=CONTENT_TYPE)

    return [route("GET", "/metrics", show, scope="read", summary="Prometheus metrics")]


async def live(exchange: Exchange) -> Answer:
    return json_answer({"status": "ok"})


async def ready(exchange: Exchange) -> Answer:
    """Models are loaded on demand, so readiness is about what every request needs: the store."""
    try:
        exchange.platform.store.read(lambda db: db.execute("SELECT 1 FROM keys LIMIT 1").fetchone())
    except errors.GroundfogError as error:
        exchange.error = error
        return json_answer({"status": "unavailable", "store": error.description}, status=503)
    return json_answer({"status": "ok"})
