"""Records of calls that never were, and a log to keep them in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from groundfog.clock import SystemClock
from groundfog.gateway.records import Records
from groundfog.settings import Settings


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[Records]:
    records = Records(tmp_path, SystemClock(), Settings(state=tmp_path))
    await records.start()
    yield records
    await records.stop()
