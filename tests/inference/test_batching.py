"""What has queued while the last batch was computed is the next batch: sorted, packed, without the dead."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
import pytest

from groundfog import errors
from groundfog.engines.base import Job, Prepared
from groundfog.inference.batching import MicroBatcher
from tests.inference.conftest import until


class Texts(msgspec.Struct):
    texts: list[str]


class Lengths(msgspec.Struct):
    lengths: list[int]


class Answer:
    """Where a job's answer arrives."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[msgspec.Struct | None] = asyncio.get_running_loop().create_future()
        self._loop = asyncio.get_running_loop()

    def emit(self, delta: msgspec.Struct) -> None:
        raise AssertionError("an encoder has no deltas")

    def finish(self, output: msgspec.Struct | None) -> None:
        self._loop.call_soon_threadsafe(self._answer.set_result, output)

    def fail(self, error: Exception) -> None:
        self._loop.call_soon_threadsafe(self._answer.set_exception, error)

    async def lengths(self) -> list[int]:
        output = await self._answer
        assert isinstance(output, Lengths)
        return output.lengths

    async def ended(self) -> msgspec.Struct | None:
        return await self._answer


class FakeEngine:
    """A text's result is its length. `computing` is set when a batch is in the engine, which waits for `go`."""

    max_batch_tokens = 20

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.prepared: list[str] = []
        self.computing = threading.Semaphore(0)
        self.go = threading.Semaphore(0)

    def prepare(self, job: Job[Texts]) -> Sequence[Prepared]:
        if "refuse" in job.inputs.texts:
            raise errors.BAD_INPUT(what="no")
        self.prepared += job.inputs.texts
        return [Prepared(len(text), text) for text in job.inputs.texts]

    def compute(self, rows: Sequence[Prepared]) -> Sequence[Any]:
        self.computing.release()
        assert self.go.acquire(timeout=10)
        self.batches.append([row.data for row in rows])
        if any(row.data == "fail" for row in rows):
            raise ValueError("no")
        return [row.length for row in rows][: -1 if any(row.data == "short" for row in rows) else None]

    def complete(self, job: Job[Texts], results: Sequence[Any]) -> Lengths:
        return Lengths(list(results))


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
async def batcher(engine: FakeEngine) -> AsyncIterator[MicroBatcher]:
    batcher = MicroBatcher(engine)  # type: ignore[arg-type]
    batcher.start()
    yield batcher
    for _ in range(100):
        engine.go.release()
    batcher.stop()


def submit(batcher: MicroBatcher, *texts: str, deadline: float | None = None) -> tuple[Job[Texts], Answer]:
    answer = Answer()
    job = Job("fake", Texts(list(texts)), False, answer, deadline)
    batcher.submit(job)
    return job, answer


async def occupied(batcher: MicroBatcher, engine: FakeEngine) -> Answer:
    """The engine is busy with a batch of one."""
    _, first = submit(batcher, "first")
    await asyncio.to_thread(engine.computing.acquire)
    return first


async def prepared(engine: FakeEngine, batcher: MicroBatcher, count: int) -> None:
    await until(lambda: batcher._prepared.qsize() >= count)


async def test_a_lone_request_is_computed_at_once(batcher: MicroBatcher, engine: FakeEngine) -> None:
    engine.go.release()
    _, answer = submit(batcher, "abc")
    assert await answer.lengths() == [3]
    assert engine.batches == [["abc"]]


async def test_requests_that_queue_are_sorted_and_packed_by_tokens(batcher: MicroBatcher, engine: FakeEngine) -> None:
    first = await occupied(batcher, engine)
    answers = [submit(batcher, "x" * length)[1] for length in (1, 9, 2, 10, 3, 40)]
    await prepared(engine, batcher, 6)
    for _ in range(4):
        engine.go.release()
    assert [await answer.lengths() for answer in (first, *answers)] == [[5], [1], [9], [2], [10], [3], [40]]
    sizes = [[len(text) for text in batch] for batch in engine.batches]
    assert sizes == [[5], [40], [10, 9], [3, 2, 1]]
    assert (batcher.batches, batcher.rows) == (4, 7)


async def test_the_texts_of_one_request_keep_their_order_across_batches(
    batcher: MicroBatcher, engine: FakeEngine
) -> None:
    for _ in range(10):
        engine.go.release()
    _, answer = submit(batcher, "x" * 4, "x" * 20, "x", "x" * 19, "")
    assert await answer.lengths() == [4, 20, 1, 19, 0]
    assert len(engine.batches) > 1


async def test_the_next_requests_are_prepared_while_a_batch_is_computed(
    batcher: MicroBatcher, engine: FakeEngine
) -> None:
    await occupied(batcher, engine)
    submit(batcher, "next")
    await prepared(engine, batcher, 1)
    assert engine.prepared == ["first", "next"]
    assert engine.batches == []


async def test_dead_requests_are_dropped_before_work(batcher: MicroBatcher, engine: FakeEngine) -> None:
    first = await occupied(batcher, engine)
    cancelled, gone = submit(batcher, "cancelled")
    _, late = submit(batcher, "late", deadline=time.monotonic())
    _, alive = submit(batcher, "alive")
    await prepared(engine, batcher, 3)
    cancelled.cancel()
    engine.go.release()
    engine.go.release()
    assert await first.lengths() == [5]
    assert await alive.lengths() == [5]
    for answer, kind in ((gone, errors.ABORTED), (late, errors.TIMEOUT)):
        with pytest.raises(errors.GroundfogError) as caught:
            await answer.ended()
        assert caught.value.kind is kind
    assert engine.batches == [["first"], ["alive"]]
    assert batcher.dropped == 2


async def test_an_input_error_is_its_own_requests_only(batcher: MicroBatcher, engine: FakeEngine) -> None:
    first = await occupied(batcher, engine)
    _, refused = submit(batcher, "refuse")
    _, fine = submit(batcher, "fine")
    with pytest.raises(errors.GroundfogError) as caught:
        await refused.ended()
    assert caught.value.kind is errors.BAD_INPUT
    engine.go.release()
    engine.go.release()
    assert [await first.lengths(), await fine.lengths()] == [[5], [4]]


@pytest.mark.parametrize("text", ["fail", "short"])
async def test_a_failed_batch_does_not_end_the_batcher(batcher: MicroBatcher, engine: FakeEngine, text: str) -> None:
    for _ in range(2):
        engine.go.release()
    _, failed = submit(batcher, text)
    with pytest.raises(ValueError, match=r"no|shorter"):
        await failed.ended()
    _, fine = submit(batcher, "fine")
    assert await fine.lengths() == [4]


async def test_a_request_without_texts_is_answered(batcher: MicroBatcher) -> None:
    _, answer = submit(batcher)
    assert await answer.lengths() == []
