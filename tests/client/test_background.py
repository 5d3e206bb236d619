"""The event loop behind the plain SDK: what an interrupted caller leaves running."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from groundfog.client.background import BackgroundLoop


@pytest.fixture
def loop() -> Iterator[BackgroundLoop]:
    made = BackgroundLoop()
    yield made
    made.stop()


def test_an_interrupted_call_has_let_go_of_everything_when_the_caller_goes_on(loop: BackgroundLoop) -> None:
    ended: list[str] = []

    async def work() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(100):
                await asyncio.sleep(0)
            ended.append("work")

    with pytest.raises(KeyboardInterrupt):
        loop.run(work())
    assert ended == ["work"]


def test_a_call_returns_and_raises_what_its_work_does(loop: BackgroundLoop) -> None:
    async def work(value: int) -> int:
        return 10 // value

    assert loop.run(work(5)) == 2
    with pytest.raises(ZeroDivisionError):
        loop.run(work(0))
