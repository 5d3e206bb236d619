from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.gateway_server import Served, gateway_server


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """A server without keys, and a client that sends a provider's."""
    async with gateway_server(tmp_path / "state") as served:
        served.client.headers["authorization"] = "Bearer sk-mine"
        yield served
