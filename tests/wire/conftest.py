from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.wire import Local, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """An open server that answers by echo; shared by the tests of a module, which leave nothing behind in it."""
    with serving(tmp_path_factory.mktemp("state")) as local:
        yield local


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"
