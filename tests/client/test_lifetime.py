"""The SDK ends what it began: streams, connections, platforms, its thread."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from groundfog import AI, AsyncAI, client
from groundfog.client.background import BackgroundLoop
from groundfog.errors import ABORTED, GroundfogError
from groundfog.platform import Platform
from groundfog.settings import Settings
from groundfog.tasks import JsonBody

MODEL = "@cf/meta/llama-3.1-8b-instruct"


def sdk_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "groundfog-sdk"]


async def test_a_broken_stream_says_so_both_ways(way: AsyncAI) -> None:
    stream = await way.stream(MODEL, {"prompt": "break off"})
    assert [(await anext(stream)).text, (await anext(stream)).text] == ["This will ", "not "]
    with pytest.raises(client.StreamBrokenError) as caught:
        await anext(stream)
    assert caught.value.request_id == way.last_request_id


async def test_a_stream_can_be_left(way: AsyncAI) -> None:
    async with await way.stream(MODEL, {"prompt": "count on and on"}) as stream:
        assert (await anext(stream)).text == "one "
    assert [delta async for delta in stream] == []
    await stream.aclose()


async def test_a_slow_answer_times_out_both_ways(remote: AsyncAI, here: AsyncAI) -> None:
    for ai in (remote, here):
        ai._transport._timeout = 0.2  # type: ignore[attr-defined]
        with pytest.raises(client.OverdueError) as caught:
            await ai.run(MODEL, {"prompt": "take your time"})
        assert caught.value.code == 3007


async def test_a_given_platform_is_left_running(settings: Settings) -> None:
    async with Platform(settings) as platform:
        async with AsyncAI(platform=platform) as ai:
            await ai.run(MODEL, {"prompt": "x"})
        reply = await platform.run(platform.call(MODEL, JsonBody({"prompt": "x"})))
        assert reply.output is not None


async def test_closing_ends_streams_of_the_own_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GROUNDFOG_SOURCES", '["echo"]')
    monkeypatch.setenv("GROUNDFOG_STATE", str(tmp_path))
    ai = AsyncAI()
    stream = await ai.stream(MODEL, {"prompt": "x"})
    await anext(stream)
    await ai.close()
    assert [delta async for delta in stream] == []
    with pytest.raises(RuntimeError, match="closed"):
        await ai.run(MODEL, {"prompt": "x"})


async def test_many_first_calls_start_one_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GROUNDFOG_SOURCES", '["echo"]')
    monkeypatch.setenv("GROUNDFOG_STATE", str(tmp_path))
    made: list[Platform] = []
    start = Platform.start

    async def counted(self: Platform) -> None:
        made.append(self)
        await asyncio.sleep(0)
        await start(self)

    monkeypatch.setattr(Platform, "start", counted)
    async with AsyncAI() as ai:
        await asyncio.gather(*(ai.run(MODEL, {"prompt": "x"}) for _ in range(8)))
    assert len(made) == 1


def test_closing_stops_the_platform_and_the_thread(settings: Settings) -> None:
    platform = Platform(settings)
    with AI(platform=platform) as ai:
        ai.run(MODEL, {"prompt": "x"})
        assert len(sdk_threads()) == 1
    assert sdk_threads() == []
    ai.close()
    with pytest.raises(RuntimeError, match="closed"):
        ai.run(MODEL, {"prompt": "x"})
    with pytest.raises(GroundfogError) as caught:
        asyncio.run(platform.run(platform.call(MODEL, JsonBody({"prompt": "x"}))))
    assert caught.value.kind is ABORTED


def test_an_ai_that_was_never_used_starts_nothing() -> None:
    with AI(url="http://127.0.0.1:9"):
        assert sdk_threads() == []


def test_an_ai_that_nobody_closes_is_closed_with_its_last_reference(settings: Settings) -> None:
    ai = AI(platform=Platform(settings))
    ai.run(MODEL, {"prompt": "x"})
    thread = sdk_threads()[0]
    del ai
    gc.collect()
    thread.join(10)
    assert not thread.is_alive()


def test_a_plain_stream_can_be_left_and_lists_too(plain: AI) -> None:
    with plain.stream(MODEL, {"prompt": "count on and on"}) as stream:
        assert next(stream).text == "one "
    assert list(stream) == []
    rows = plain.models()
    assert next(rows)["name"]
    rows.close()  # type: ignore[attr-defined]


def test_several_threads_share_one_ai(plain: AI) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: plain.run(MODEL, {"prompt": f"number {n}"})["response"], range(32)))
    assert all(f"number {n}" in answer for n, answer in enumerate(answers))


def test_waiting_on_the_own_loop_is_refused() -> None:
    loop = BackgroundLoop()

    async def inner() -> None:
        loop.run(asyncio.sleep(0))

    with pytest.raises(RuntimeError, match="AsyncAI"):
        loop.run(inner())
    loop.stop()


SCRIPT = f"""
import asyncio
from groundfog import AI, AsyncAI

left = AI()
stream = left.stream({MODEL!r}, {{"prompt": "x"}})
next(stream)
with AI() as ai:
    for delta in ai.stream({MODEL!r}, {{"prompt": "x"}}):
        break
    ai.run({MODEL!r}, {{"prompt": "x"}})

async def main():
    async with AsyncAI() as ai:
        await ai.run({MODEL!r}, {{"prompt": "x"}})
        await ai.stream({MODEL!r}, {{"prompt": "x"}})

asyncio.run(main())
print("done")
"""


@pytest.mark.parametrize("over_http", [False, True])
def test_nothing_is_left_behind_at_the_end_of_a_program(
    over_http: bool, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("GROUNDFOG_")}
    env |= {"GROUNDFOG_SOURCES": '["echo"]', "GROUNDFOG_STATE": str(tmp_path)}
    if over_http:
        env["GROUNDFOG_URL"] = request.getfixturevalue("server").url
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        capture_output=True, text=True, timeout=60, env=env, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout == "done\n"
    assert done.stderr == ""
    assert done.returncode == 0


def test_importing_groundfog_imports_no_sdk() -> None:
    code = (
        "import sys, groundfog; assert 'AI' in groundfog.__all__;"
        "print(sorted({'groundfog.client', 'aiohttp', 'pydantic', 'msgspec'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_the_sdk_imports_no_platform_until_it_is_needed() -> None:
    code = (
        "import sys; from groundfog import AI; AI(url='http://h').close();"
        "print(sorted({'groundfog.platform', 'pydantic', 'numpy', 'starlette', 'onnxruntime'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_a_gateway_goes_through_a_server_and_is_refused_without_one(remote: AsyncAI, here: AsyncAI) -> None:
    assert await remote.run(MODEL, {"prompt": "x"}, {"gateway": {"id": "default"}}) is not None
    with pytest.raises(client.AIError) as caught:
        await here.run(MODEL, {"prompt": "x"}, {"gateway": {"id": "default"}})
    assert caught.value.code == 3047
