"""Micro-batching for encoders: prepare, compute and complete run side by side, each for another group of requests.

Nothing waits for a batch to fill: what has queued while the last batch was computed is the next batch. Its rows are
sorted by length and packed by tokens, padding counted; rows of requests that nobody waits for are dropped before work.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from groundfog import errors
from groundfog.engines.base import Job, MicroBatchEngine, Prepared


@dataclasses.dataclass(slots=True)
class Work:
    """A prepared job and what has come back for its rows."""

    job: Job[Any]
    rows: Sequence[Prepared]
    results: list[Any]
    missing: int

    @property
    def dead(self) -> bool:
        return self.job.cancelled or (self.job.deadline is not None and self.job.deadline <= time.monotonic())


@dataclasses.dataclass(slots=True)
class Row:
    work: Work
    index: int

    @property
    def prepared(self) -> Prepared:
        return self.work.rows[self.index]


class MicroBatcher:
    """Runs the three stages of one engine; each stage has a thread of its own, so that its native code may block."""

    def __init__(self, engine: MicroBatchEngine) -> None:
        self._engine = engine
        self._new: asyncio.Queue[Job[Any]] = asyncio.Queue()
        self._prepared: asyncio.Queue[Work] = asyncio.Queue()
        self._threads = [ThreadPoolExecutor(1, name) for name in ("prepare", "compute", "complete")]
        self._tasks: list[asyncio.Task[None]] = []
        self.batches = 0
        self.rows = 0
        self.dropped = 0

    def start(self) -> None:
        self._tasks = [asyncio.ensure_future(self._prepare()), asyncio.ensure_future(self._compute())]

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for thread in self._threads:
            thread.shutdown(wait=False, cancel_futures=True)

    def submit(self, job: Job[Any]) -> None:
        self._new.put_nowait(job)

    async def _prepare(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            jobs = await _all_of(self._new)
            for work in await loop.run_in_executor(self._threads[0], self._prepare_all, jobs):
                self._prepared.put_nowait(work)

    def _prepare_all(self, jobs: Sequence[Job[Any]]) -> list[Work]:
        prepared = []
        for job in jobs:
            if job.cancelled:
                self.dropped += 1
                job.finish()
                continue
            try:
                rows = self._engine.prepare(job)
            except Exception as error:
                job.fail(error)
            else:
                prepared.append(Work(job, rows, [None] * len(rows), len(rows)))
        return prepared

    async def _compute(self) -> None:
        while True:
            works = await _all_of(self._prepared)
            self._complete([work for work in works if not work.rows])
            for batch in pack(works, self._engine.max_batch_tokens):
                rows = [row for row in batch if not row.work.dead]
                self.dropped += len(batch) - len(rows)
                if rows:
                    self._complete(await self._compute_batch(rows))
            for work in works:
                if work.missing and work.dead:
                    work.job.fail(errors.ABORTED() if work.job.cancelled else errors.TIMEOUT())

    async def _compute_batch(self, rows: Sequence[Row]) -> list[Work]:
        """Returns the jobs whose last rows were in the batch."""
        ready = []
        try:
            inputs = [row.prepared for row in rows]
            computing = asyncio.get_running_loop().run_in_executor(self._threads[1], self._engine.compute, inputs)
            for row, result in zip(rows, await computing, strict=True):
                row.work.results[row.index] = result
                row.work.missing -= 1
                if not row.work.missing:
                    ready.append(row.work)
        except Exception as error:
            for work in {id(row.work): row.work for row in rows}.values():
                work.job.fail(error)
            return []
        self.batches += 1
        self.rows += len(rows)
        return ready

    def _complete(self, works: Sequence[Work]) -> None:
        if works:
            self._threads[2].submit(self._complete_all, works)

    def _complete_all(self, works: Iterable[Work]) -> None:
        for work in works:
            try:
                output = self._engine.complete(work.job, work.results)
            except Exception as error:
                work.job.fail(error)
            else:
                work.job.finish(output)


def pack(works: Iterable[Work], max_tokens: int) -> Iterator[list[Row]]:
    """Rows in batches: alike in length, longest first, at most `max_tokens` with padding (a longer row goes alone)."""
    rows = [Row(work, index) for work in works for index in range(len(work.rows))]
    rows.sort(key=lambda row: row.prepared.length, reverse=True)
    start = 0
    while start < len(rows):
        room = max(1, max_tokens // max(1, rows[start].prepared.length))
        yield rows[start : start + room]
        start += room


async def _all_of(queue: asyncio.Queue[Any]) -> list[Any]:
    """Wait for one element, then take all there are."""
    found = [await queue.get()]
    while not queue.empty():
        found.append(queue.get_nowait())
    return found
