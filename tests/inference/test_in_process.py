"""Echo answers in the server's own process, without a host and without keeping others from their turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.platform import Platform
from groundfog.settings import Settings
from tests.inference.conftest import CHAT, chat, embed
from tests.support.processes import hosts

SCRIPT = """
[[answer]]
contains = "slow"
text = "one two three four"
delay = 30.0
"""


@pytest.fixture
async def platform(tmp_path: Path) -> AsyncIterator[Platform]:
    async with Platform(Settings(state=tmp_path, sources=("echo",))) as platform:
        yield platform


async def test_echo_answers_without_a_process(platform: Platform) -> None:
    reply = await platform.run(chat("hello"))
    assert (reply.source, reply.engine) == ("echo", "echo")
    assert reply.output is not None
    vectors = (await platform.run(embed("a", "b"))).output
    assert (vectors.count, vectors.dimensions) == (2, 384)
    assert hosts() == []
    assert platform.inference.processes() == []
    assert platform.inference.counters[CHAT].requests == 1
    assert platform.inference.counters[CHAT].output_tokens > 0


async def test_a_stream_says_what_the_unary_answer_says(platform: Platform) -> None:
    output = (await platform.run(chat("hello"))).output
    deltas = (await platform.run(chat("hello", stream=True))).deltas
    assert "".join([delta.text async for delta in deltas]) == output.choices[0].text


async def test_a_long_stream_lets_others_have_their_turn(platform: Platform) -> None:
    call = chat("hello", stream=True)
    call.inputs.max_tokens = 2000
    call.inputs.ignore_eos = True
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(count())
    deltas = [delta async for delta in (await platform.run(call)).deltas]
    other.cancel()
    assert len(deltas) > 64
    assert turns >= len(deltas) // 32


async def test_a_closed_stream_gives_nothing_more(platform: Platform) -> None:
    reply = await platform.run(chat("hello", stream=True))
    await anext(reply.deltas)
    await reply.aclose()
    assert [delta async for delta in reply.deltas] == []


async def test_a_scripted_delay_ends_at_the_deadline(tmp_path: Path) -> None:
    script = tmp_path / "script.toml"
    script.write_text(SCRIPT)
    settings = Settings(state=tmp_path, sources=("echo",), echo_script=script, request_timeout_s=0.1)
    async with Platform(settings) as platform:
        for stream in (False, True):
            with pytest.raises(GroundfogError) as caught:
                await platform.run(chat("slow please", stream=stream))
            assert caught.value.kind is errors.TIMEOUT


async def test_without_a_source_there_is_an_error_that_names_who_was_asked(tmp_path: Path) -> None:
    async with Platform(Settings(state=tmp_path, sources=("weights",))) as platform:
        with pytest.raises(GroundfogError) as caught:
            await platform.run(chat("hello"))
    assert caught.value.kind is errors.NOT_AVAILABLE
    assert "weights" in caught.value.description


async def test_a_platform_may_be_started_and_stopped_again_and_again(tmp_path: Path) -> None:
    platform = Platform(Settings(state=tmp_path, sources=("echo",)))
    for _ in range(2):
        await platform.start()
        await platform.start()
        assert (await platform.run(chat("hello"))).output is not None
        await platform.stop()
        await platform.stop()
        with pytest.raises(GroundfogError) as caught:
            await platform.run(chat("hello"))
        assert caught.value.kind is errors.ABORTED
