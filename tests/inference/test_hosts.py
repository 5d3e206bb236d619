"""Models run in processes of their own; whatever happens there, the server stays up and says what happened."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from groundfog import errors
from groundfog.call import Reply
from groundfog.engines.registry import Registry
from groundfog.errors import GroundfogError
from groundfog.inference import child, scratch
from groundfog.inference.scratch import PREFIX
from groundfog.inference.service import Inference
from tests.inference.conftest import CHAT, FakeSource, chat, embed, until, until_stats
from tests.inference.left_over import left_over
from tests.support.processes import hosts


async def texts(reply: Reply) -> list[str]:
    assert reply.deltas is not None
    return [delta.text async for delta in reply.deltas]


def pid(inference: Inference) -> int:
    (process,) = inference.processes()
    return int(process["pid"])


async def test_a_unary_call_is_answered_by_a_process_of_its_own(inference: Inference) -> None:
    reply = await inference.run(chat("say hello there"))
    assert reply.output.choices[0].text == "hello there"
    assert (reply.source, reply.engine) == ("weights", "fake-stream")
    assert psutil.Process(pid(inference)).ppid() == os.getpid()


async def test_a_stream_arrives_delta_by_delta_and_ends(inference: Inference) -> None:
    reply = await inference.run(chat("count 200", stream=True))
    assert await texts(reply) == [*(f"{number} " for number in range(200)), ""]
    assert inference.processes()[0]["busy"] == 0


async def test_embeddings_are_batched_in_the_host(inference: Inference) -> None:
    replies = await asyncio.gather(*(inference.run(embed("x" * length)) for length in range(1, 40)))
    assert [list(reply.output.vectors) for reply in replies] == [[length] for length in range(1, 40)]
    stats = await inference.stats()
    (numbers,) = stats.values()
    assert numbers["batched_rows"] == 39
    assert numbers["batches"] < 39


async def test_the_process_gets_no_keys_and_no_settings(inference: Inference, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"OPENAI_API_KEY", "HF_TOKEN", "CUDA_SECRET_KEY", "GGML_token", "GROUNDFOG_PORT", "AWS_PROFILE"}
    for name in secrets:
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    names = (await inference.run(chat("environment"))).output.choices[0].text.split()
    assert {"PATH", "OMP_NUM_THREADS", "HF_HUB_OFFLINE", "PYTHONPATH"} <= set(names)
    assert not secrets & set(names)


async def test_an_error_of_the_engine_is_the_calls_error_before_the_stream_begins(inference: Inference) -> None:
    for stream in (False, True):
        with pytest.raises(GroundfogError) as caught:
            await inference.run(chat("refuse", stream=stream))
        assert caught.value.kind is errors.CONTEXT_EXCEEDED
        assert "(10)" in caught.value.description
    assert inference.counters[CHAT].errors == 2


async def test_any_other_exception_is_a_failed_execution(inference: Inference) -> None:
    with pytest.raises(GroundfogError) as caught:
        await inference.run(chat("fail"))
    assert caught.value.kind is errors.EXECUTION_FAILED
    assert "told to fail" in caught.value.description


async def test_an_answer_that_cannot_be_sent_is_an_error_and_not_a_silence(inference: Inference) -> None:
    bad, good = await asyncio.gather(
        inference.run(chat("unsendable")), inference.run(chat("say fine")), return_exceptions=True
    )
    assert isinstance(bad, GroundfogError)
    assert bad.kind is errors.EXECUTION_FAILED
    assert isinstance(good, Reply)
    assert good.output.choices[0].text == "fine"
    assert inference.processes()[0]["busy"] == 0


async def test_a_stream_of_something_else_is_an_error_and_stopped(inference: Inference) -> None:
    with pytest.raises(GroundfogError, match="not a Delta") as caught:
        await inference.run(chat("strange", stream=True))
    assert caught.value.kind is errors.EXECUTION_FAILED
    await until_stats(inference, CHAT, lambda stats: stats["cancelled"] == 1)


async def test_closing_a_stream_stops_the_engine_and_frees_the_slot(inference: Inference) -> None:
    reply = await inference.run(chat("hold", stream=True))
    await until_stats(inference, CHAT, lambda stats: stats["busy"] == 1)
    assert inference.processes()[0]["busy"] == 1
    await reply.aclose()
    stats = await until_stats(inference, CHAT, lambda stats: stats["busy"] == 0)
    assert stats["cancelled"] == 1
    assert inference.processes()[0]["busy"] == 0


@pytest.mark.parametrize("stream", [False, True])
async def test_cancelling_the_caller_stops_the_engine(inference: Inference, stream: bool) -> None:
    async def call() -> None:
        reply = await inference.run(chat("hold", stream=stream))
        await texts(reply)

    task = asyncio.create_task(call())
    await until_stats(inference, CHAT, lambda stats: stats["busy"] == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    stats = await until_stats(inference, CHAT, lambda stats: stats["busy"] == 0)
    assert stats["cancelled"] == 1


async def test_a_forgotten_stream_is_cancelled_when_it_is_collected(inference: Inference) -> None:
    reply = await inference.run(chat("hold", stream=True))
    del reply
    await until_stats(inference, CHAT, lambda stats: stats["cancelled"] == 1)


async def test_the_slot_of_a_cancelled_job_is_free_only_when_the_engine_has_let_go(
    make: Callable[..., Inference], source: FakeSource
) -> None:
    source.options[CHAT] = {"slots": 2}
    inference = make()
    reply = await inference.run(chat("deaf", stream=True))
    await reply.aclose()
    await until_stats(inference, CHAT, lambda stats: stats["jobs"] == 1)
    assert inference.processes()[0]["busy"] == 1
    await inference.run(chat("release"))
    await until_stats(inference, CHAT, lambda stats: stats["jobs"] == 0)
    assert inference.processes()[0]["busy"] == 0


@pytest.mark.parametrize("stream", [False, True])
async def test_past_its_deadline_a_call_ends_with_a_timeout_and_the_engine_stops(
    inference: Inference, stream: bool
) -> None:
    await inference.run(chat("say loaded"))
    call = chat("hold", stream=stream, deadline=inference.clock.monotonic() + 0.2)
    with pytest.raises(GroundfogError) as caught:
        await texts(await inference.run(call))
    assert caught.value.kind is errors.TIMEOUT
    await until_stats(inference, CHAT, lambda stats: stats["busy"] == 0 and stats["cancelled"] == 1)


async def test_the_deadline_counts_while_waiting_for_a_slot(make: Callable[..., Inference], source: FakeSource) -> None:
    source.options[CHAT] = {"slots": 1}
    inference = make()
    held = await inference.run(chat("hold", stream=True))
    with pytest.raises(GroundfogError) as caught:
        await inference.run(chat("say late", deadline=inference.clock.monotonic() + 0.1))
    assert caught.value.kind is errors.TIMEOUT
    await held.aclose()
    assert (await inference.run(chat("say next"))).output.choices[0].text == "next"


async def test_the_deadline_counts_while_the_model_loads(
    make: Callable[..., Inference], source: FakeSource, tmp_path: Path
) -> None:
    source.file[CHAT] = tmp_path / "model"
    source.file[CHAT].write_text("wait")
    inference = make(load_timeout_s=60)
    with pytest.raises(GroundfogError) as caught:
        await inference.run(chat("say hello", deadline=inference.clock.monotonic() + 0.1))
    assert caught.value.kind is errors.TIMEOUT


async def test_loading_has_a_limit_and_is_not_tried_again_at_once_unless_the_file_was_changed(
    make: Callable[..., Inference], source: FakeSource, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source.file[CHAT] = tmp_path / "model"
    source.file[CHAT].write_text("wait")
    inference = make(load_timeout_s=1.0)
    for _ in range(3):
        with pytest.raises(GroundfogError) as caught:
            await inference.run(chat("say hello"))
        assert caught.value.kind is errors.NOT_AVAILABLE
        assert "GROUNDFOG_LOAD_TIMEOUT_S" in caught.value.description
    assert caplog.text.count("not loaded") == 1
    inference.settings.load_timeout_s = 60
    source.file[CHAT].write_text("fine")
    assert (await inference.run(chat("say mended"))).output.choices[0].text == "mended"


async def test_busy_models_refuse_who_does_not_want_to_wait(make: Callable[..., Inference], source: FakeSource) -> None:
    source.options[CHAT] = {"slots": 1}
    inference = make()
    held = await inference.run(chat("hold", stream=True, reject_if_busy=True))
    with pytest.raises(GroundfogError) as caught:
        await inference.run(chat("say hello", reject_if_busy=True))
    assert caught.value.kind is errors.OUT_OF_CAPACITY
    await held.aclose()


async def test_calls_that_wait_are_served_in_order(make: Callable[..., Inference], source: FakeSource) -> None:
    source.options[CHAT] = {"slots": 1}
    source.engine["text-generation"] = "fake-single"
    inference = make()
    held = await inference.run(chat("hold", stream=True))
    tasks: list[asyncio.Task[Reply]] = []
    for number in range(5):
        tasks.append(asyncio.create_task(inference.run(chat(f"say {number}"))))
        await until(lambda: inference.processes()[0]["queue"] == len(tasks))
    await held.aclose()
    await asyncio.gather(*tasks)
    (stats,) = (await inference.stats()).values()
    assert stats["served"] == ["hold", *(f"say {number}" for number in range(5))]


@pytest.mark.parametrize("how", ["kill", "crash"])
async def test_when_the_process_dies_its_streams_end_with_an_error_and_the_next_call_starts_another(
    inference: Inference, how: str
) -> None:
    reply = await inference.run(chat("hold", stream=True))
    waiting = asyncio.create_task(inference.run(chat("hold")))
    await until_stats(inference, CHAT, lambda stats: stats["busy"] == 2)
    first = pid(inference)
    queued = asyncio.create_task(inference.run(chat("say survivor")))
    if how == "kill":
        os.kill(first, signal.SIGKILL)
    else:
        os.kill(first, signal.SIGSEGV)
    with pytest.raises(GroundfogError) as caught:
        await texts(reply)
    assert caught.value.kind is errors.HOST_DIED
    with pytest.raises(GroundfogError) as caught:
        await waiting
    assert caught.value.kind is errors.HOST_DIED
    assert (await queued).output.choices[0].text == "survivor"
    assert pid(inference) != first
    assert inference.counters[CHAT].loads == 2


async def test_a_crash_that_a_call_brings_about_is_that_calls_error(inference: Inference) -> None:
    with pytest.raises(GroundfogError) as caught:
        await inference.run(chat("crash"))
    assert caught.value.kind is errors.HOST_DIED
    assert CHAT in caught.value.description
    assert (await inference.run(chat("say hello"))).output.choices[0].text == "hello"


@pytest.mark.parametrize(
    ("wish", "kind", "words"),
    [
        ("crash", errors.BAD_MODEL_FILE, ["SIGSEGV", "tensor 'blk.0' has a wrong shape"]),
        ("bad", errors.BAD_MODEL_FILE, ["the fake engine does not like it"]),
        ("kill", errors.NOT_AVAILABLE, ["not enough memory"]),
        ("import", errors.ENGINE_MISSING, ["pip install fakelib"]),
    ],
)
async def test_a_model_that_cannot_be_loaded_says_why_and_leaves_nothing_behind(
    make: Callable[..., Inference],
    source: FakeSource,
    tmp_path: Path,
    wish: str,
    kind: errors.Kind,
    words: list[str],
) -> None:
    file = tmp_path / "model"
    source.file[CHAT] = file
    inference = make()
    counts = []
    for _ in range(3):
        file.write_text(wish)
        with pytest.raises(GroundfogError) as caught:
            await inference.run(chat("say hello", stream=True))
        assert caught.value.kind is kind
        for word in words:
            assert word in caught.value.description
        counts.append(left_over())
    assert counts[0] == counts[2]
    assert inference.processes() == []
    file.write_text("fine")
    assert (await inference.run(chat("say hello"))).output.choices[0].text == "hello"


async def test_many_callers_of_an_unloaded_model_start_one_process(inference: Inference) -> None:
    replies = await asyncio.gather(*(inference.run(chat(f"say {number}")) for number in range(20)))
    assert [reply.output.choices[0].text for reply in replies] == [str(number) for number in range(20)]
    assert inference.counters[CHAT].loads == 1
    assert len(hosts()) == 1


async def test_stop_ends_streams_waiters_and_processes_and_may_be_called_twice(
    make: Callable[..., Inference], source: FakeSource
) -> None:
    source.options[CHAT] = {"slots": 1}
    inference = make()
    reply = await inference.run(chat("deaf", stream=True))
    waiter = asyncio.create_task(inference.run(chat("say hello")))
    await until(lambda: inference.processes()[0]["queue"] == 1)
    process = psutil.Process(pid(inference))
    await inference.stop()
    for ending in (texts(reply), waiter, inference.run(chat("say more"))):
        with pytest.raises(GroundfogError) as caught:
            await ending
        assert caught.value.kind is errors.ABORTED
    assert not process.is_running()
    await inference.stop()
    await inference.start()
    assert (await inference.run(chat("say again"))).output.choices[0].text == "again"


async def test_a_model_can_be_unloaded_by_name(inference: Inference) -> None:
    reply = await inference.run(chat("hold", stream=True))
    assert await inference.unload(CHAT)
    with pytest.raises(GroundfogError) as caught:
        await texts(reply)
    assert caught.value.kind is errors.ABORTED
    assert inference.processes() == []
    assert not await inference.unload(CHAT)
    assert (await inference.run(chat("say again"))).output.choices[0].text == "again"


async def test_unloading_goes_on_when_the_one_who_asked_for_it_leaves(inference: Inference) -> None:
    before = left_over()["scratch"]
    await inference.run(chat("say hello"))
    assert left_over()["scratch"] == before + 1
    asking = asyncio.create_task(inference.unload(CHAT))
    await until(lambda: not inference.processes())
    asking.cancel()
    await asyncio.wait({asking})
    assert asking.cancelled()
    await until(lambda: left_over()["scratch"] == before)
    assert hosts() == []


@pytest.mark.parametrize(("wish", "how"), [("wait", "stop"), ("stuck", "stop"), ("wait", "unload")])
async def test_a_model_that_is_loading_is_ended_at_once(
    make: Callable[..., Inference],
    source: FakeSource,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    wish: str,
    how: str,
) -> None:
    monkeypatch.setattr(child, "LEAVE_S", 600.0)
    source.file[CHAT] = tmp_path / "model"
    source.file[CHAT].write_text(wish)
    inference = make(load_timeout_s=60)
    caller = asyncio.create_task(inference.run(chat("say hello")))
    await until(lambda: any(process["state"] == "loading" for process in inference.processes()))
    async with asyncio.timeout(30):
        if how == "stop":
            await inference.stop()
        else:
            assert await inference.unload(CHAT)
    with pytest.raises(GroundfogError) as caught:
        await caller
    assert caught.value.kind is errors.ABORTED
    assert hosts() == []


def test_a_host_process_starts_without_the_servers_libraries(registry: Registry) -> None:
    heavy = ("pydantic", "starlette", "aiohttp", "huggingface_hub", "groundfog.settings", "groundfog.platform")
    code = f"import groundfog.inference.host, sys; print([name for name in {heavy!r} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"


SERVER = """
import asyncio, sys
from pathlib import Path
sys.path[:0] = {paths!r}
from groundfog.clock import SystemClock
from groundfog.engines.registry import Registry
from groundfog.inference import scratch
from groundfog.inference.scratch import PREFIX
from groundfog.inference.service import Inference
from groundfog.settings import Settings
from tests.inference.conftest import FakeSource, chat

async def main():
    inference = Inference(Settings(state=Path({state!r})), SystemClock(), registry=Registry(), asked=[FakeSource()])
    reply = await inference.run(chat("hold", stream=True))
    print(inference.processes()[0]["pid"], flush=True)
    async for _ in reply.deltas:
        pass

asyncio.run(main())
"""


def test_a_server_that_is_killed_leaves_no_host_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parent.parent.parent
    code = SERVER.format(paths=[str(root), str(root / "tests/support/fake_engines")], state=str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        host = psutil.Process(int(server.stdout.readline()))
        assert host.is_running()
        server.kill()
    _, alive = psutil.wait_procs([host], timeout=10)
    assert alive == []
    (left,) = tmp_path.glob(f"{PREFIX}{server.pid}-*")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    scratch.sweep()
    assert not left.exists()
