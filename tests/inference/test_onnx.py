"""The same promises with ONNX Runtime behind them: the embedded sentence model, and damaged copies of it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.platform import Platform
from groundfog.settings import ModelSettings, Settings
from groundfog.weights.embedded import MINILM
from tests.inference.conftest import EMBED, embed
from tests.inference.left_over import left_over


@pytest.fixture
async def platform(tmp_path: Path) -> AsyncIterator[Platform]:
    async with Platform(Settings(state=tmp_path)) as platform:
        yield platform


async def test_requests_that_come_together_are_computed_together(platform: Platform) -> None:
    texts = [f"{number} " + "fog over the harbour " * (number % 9) for number in range(48)]
    alone = [await platform.run(embed(text)) for text in texts[:6]]
    together = await asyncio.gather(*(platform.run(embed(text)) for text in texts))
    assert {(reply.source, reply.engine) for reply in together} == {("stand-in", "onnx-embeddings")}
    for one, other in zip(alone, together, strict=False):
        a, b = (np.frombuffer(reply.output.vectors, "<f4") for reply in (one, other))
        assert float(a @ b) > 0.999
    (numbers,) = (await platform.inference.stats()).values()
    assert numbers["batched_rows"] == 54
    assert numbers["batches"] < 30


async def test_a_killed_process_is_replaced(platform: Platform) -> None:
    await platform.run(embed("before"))
    os.kill(platform.inference.processes()[0]["pid"], signal.SIGKILL)
    calls = await asyncio.gather(*(platform.run(embed("after")) for _ in range(3)), return_exceptions=True)
    for call in calls:
        assert not isinstance(call, GroundfogError) or call.kind is errors.HOST_DIED
    assert (await platform.run(embed("again"))).output.count == 1


@pytest.mark.parametrize("damage", ["noise", "cut", "empty"])
async def test_a_damaged_file_is_a_clear_error_and_leaves_nothing_behind(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(MINILM, folder)
    main = folder / "model.onnx"
    content = main.read_bytes()
    damaged = {"noise": os.urandom(len(content)), "cut": content[: len(content) // 2], "empty": b""}[damage]
    settings = Settings(state=tmp_path, models={EMBED: ModelSettings(path=main)})
    async with Platform(settings) as platform:
        counts = []
        for _ in range(3):
            main.write_bytes(damaged)  # a file that stays as it was is not tried again at once
            with pytest.raises(GroundfogError) as caught:
                await platform.run(embed("hello"))
            assert caught.value.kind is errors.BAD_MODEL_FILE
            assert "model.onnx" in caught.value.description
            counts.append(left_over())
        assert counts[0] == counts[2]
        assert platform.inference.processes() == []
