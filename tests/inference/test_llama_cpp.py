"""The same promises with llama.cpp behind them: a small GGUF of random weights, through the platform's one door."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from groundfog import errors
from groundfog.call import Reply
from groundfog.errors import GroundfogError
from groundfog.platform import Platform
from groundfog.settings import ModelSettings, Settings
from groundfog.tasks.text_generation.types import ImagePart, JsonFormat, Message, TextPart, Tool
from tests.inference.conftest import CHAT, chat, until_stats
from tests.inference.left_over import left_over
from tests.support import tiny_gguf
from tests.support.processes import hosts


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gguf.build(tmp_path_factory.mktemp("gguf") / "tiny.gguf", context=8192)


@pytest.fixture
async def platform(tmp_path: Path, gguf: Path) -> AsyncIterator[Platform]:
    models = {CHAT: ModelSettings(path=gguf, slots=2, context_size=4096, threads=1)}
    async with Platform(Settings(state=tmp_path, models=models)) as platform:
        yield platform


async def long_stream(platform: Platform) -> Reply:
    call = chat("Once upon a time", stream=True)
    call.inputs.ignore_eos = True
    call.inputs.max_tokens = 4000
    return await platform.run(call)


async def rest_of(reply: Reply) -> None:
    async for _ in reply.deltas:
        pass


async def test_a_real_model_answers_and_its_tokens_are_counted(platform: Platform) -> None:
    call = chat("Once upon a time")
    call.inputs.max_tokens = 8
    call.inputs.ignore_eos = True
    reply = await platform.run(call)
    assert (reply.source, reply.engine) == ("weights", "llama.cpp")
    assert reply.output.usage.completion_tokens == 8
    (process,) = platform.inference.processes()
    assert (process["state"], process["slots"], process["busy"]) == ("ready", 2, 0)
    assert platform.inference.counters[CHAT].output_tokens == 8


async def test_killing_the_process_in_mid_stream_ends_that_stream_and_the_next_call_starts_another(
    platform: Platform,
) -> None:
    reply = await long_stream(platform)
    first = platform.inference.processes()[0]["pid"]
    os.kill(first, signal.SIGKILL)
    with pytest.raises(GroundfogError) as caught:
        await rest_of(reply)
    assert caught.value.kind is errors.HOST_DIED
    reply = await long_stream(platform)
    assert platform.inference.processes()[0]["pid"] != first
    await reply.aclose()


async def test_closing_a_stream_frees_the_slot_in_llama_cpp(platform: Platform) -> None:
    reply = await long_stream(platform)
    numbers = await until_stats(platform.inference, CHAT, lambda stats: stats["busy_slots"] == 1)
    await reply.aclose()
    numbers = await until_stats(platform.inference, CHAT, lambda stats: stats["busy_slots"] == 0)
    assert numbers["jobs"] == 0
    assert numbers["completion_tokens"] < 4000


async def test_a_busy_model_refuses_who_does_not_want_to_wait(platform: Platform) -> None:
    streams = [await long_stream(platform) for _ in range(2)]
    with pytest.raises(GroundfogError) as caught:
        await platform.run(chat("hello", reject_if_busy=True))
    assert caught.value.kind is errors.OUT_OF_CAPACITY
    for stream in streams:
        await stream.aclose()


async def test_past_the_deadline_the_work_stops(platform: Platform) -> None:
    await (await long_stream(platform)).aclose()
    call = chat("Once upon a time", deadline=platform.clock.monotonic() + 0.1)
    call.inputs.max_tokens = 4000
    call.inputs.ignore_eos = True
    with pytest.raises(GroundfogError) as caught:
        await platform.run(call)
    assert caught.value.kind is errors.TIMEOUT
    await until_stats(platform.inference, CHAT, lambda stats: stats["busy_slots"] == 0)


async def test_what_a_caller_sends_is_in_no_log(tmp_path: Path, gguf: Path, caplog: pytest.LogCaptureFixture) -> None:
    """llama.cpp would name a prompt that is too long, a schema that it cannot compile and an image that is none."""
    caplog.set_level("DEBUG", "groundfog")
    projector = tiny_gguf.build_mmproj(tmp_path / "mmproj.gguf")
    chosen = ModelSettings(path=gguf, mmproj=projector, slots=1, context_size=512, threads=1)
    schema = {"type": "object", "properties": {"zebra": {"type": "string", "pattern": "(?=zebra)"}}}
    async with Platform(Settings(state=tmp_path, models={CHAT: chosen})) as platform:
        for fields in (
            {"prompt": "zebra " * 1000},
            {"json_format": JsonFormat(schema)},
            {"messages": [Message("user", [TextPart("zebra"), ImagePart(b"zebra")])]},
            {"messages": [Message("user", "zebra")], "tools": [Tool("zebra", "zebra", {"type": "zebra"})]},
        ):
            call = chat("hello")
            for name, value in fields.items():
                setattr(call.inputs, name, value)
            with pytest.raises(GroundfogError):
                await platform.run(call)
        await platform.inference.unload(CHAT)
    assert "loaded by llama.cpp" in caplog.text
    assert "zebra" not in caplog.text


async def test_malformed_files_are_clear_errors_and_leave_nothing_behind(tmp_path: Path, gguf: Path) -> None:
    good = tmp_path / "model.gguf"
    platform = Platform(
        Settings(state=tmp_path, models={CHAT: ModelSettings(path=good, slots=1, context_size=512, threads=1)})
    )
    counts = []
    cases = sorted(tiny_gguf.malformed(gguf, tmp_path / "bad").items())
    for name, path in cases:
        shutil.copyfile(path, good)
        with pytest.raises(GroundfogError) as caught:
            await platform.run(chat("hello"))
        assert caught.value.kind is errors.BAD_MODEL_FILE, name
        assert "model.gguf" in caught.value.description, name
        counts.append((name, left_over()))
    assert [count for _, count in counts[1:]] == [counts[0][1]] * (len(counts) - 1), counts
    assert hosts() == []
    shutil.copyfile(gguf, good)
    call = chat("hello")
    call.inputs.max_tokens = 4
    assert (await platform.run(call)).output.usage.completion_tokens <= 4
    await platform.stop()


async def test_many_streams_share_the_slots_in_turn(platform: Platform) -> None:
    async def one(number: int) -> int:
        call = chat(f"Story number {number}", stream=True)
        call.inputs.max_tokens = 20
        call.inputs.ignore_eos = True
        reply = await platform.run(call)
        deltas = [delta async for delta in reply.deltas]
        return int(deltas[-1].usage.completion_tokens)

    assert await asyncio.gather(*(one(number) for number in range(8))) == [20] * 8
    numbers = await until_stats(platform.inference, CHAT, lambda stats: stats["busy_slots"] == 0)
    assert numbers["completion_tokens"] == 160
