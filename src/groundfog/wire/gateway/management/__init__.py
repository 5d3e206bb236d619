"""The management API of gateways (spec ai-gateway §5): one module for each kind of thing that is managed."""

from __future__ import annotations

from groundfog.wire.gateway.management import (
    analytics,
    billing,
    evaluations,
    gateways,
    graphql,
    logs,
    policies,
    providers,
    routing,
)
from groundfog.wire.route import Route

NOUNS = (gateways, logs, routing, policies, providers, evaluations, analytics, billing, graphql)


def routes() -> list[Route]:
    """Longer paths stand before those that they begin with."""
    return [row for noun in NOUNS for row in noun.routes()]
