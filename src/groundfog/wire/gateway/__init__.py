"""AI Gateway's surfaces and its management API (spec ai-gateway §1, §5)."""

from __future__ import annotations

from groundfog.platform import Platform
from groundfog.wire.gateway import management, surfaces
from groundfog.wire.route import Route


def routes(platform: Platform) -> list[Route]:
    return [*management.routes(), *surfaces.routes()]
