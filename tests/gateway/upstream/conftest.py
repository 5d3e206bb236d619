"""Everything about connections is tested on both event loops that the server runs on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import uvloop

from groundfog.gateway.upstream.http import HttpUpstream
from tests.support.fake_upstream import FakeUpstream


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
async def provider() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream() as provider:
        yield provider


@pytest.fixture
async def upstream() -> AsyncIterator[HttpUpstream]:
    upstream = HttpUpstream(idle_body_s=5)
    yield upstream
    await upstream.aclose()
