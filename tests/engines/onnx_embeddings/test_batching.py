"""Micro-batching changes nothing but the speed."""

from __future__ import annotations

import asyncio

import msgspec
import numpy as np

from groundfog.engines.base import Job
from groundfog.engines.onnx_embeddings import OnnxEmbeddingsEngine
from groundfog.inference.batching import MicroBatcher
from groundfog.tasks.text_embeddings import Inputs, matrix
from tests.engines.onnx_embeddings.corpus import texts
from tests.engines.onnx_embeddings.harness import vectors
from tests.support.jobs import Sink


class ThreadSink(Sink):
    """The batcher finishes jobs in a thread of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()

    def finish(self, output: msgspec.Struct | None) -> None:
        self._loop.call_soon_threadsafe(super().finish, output)

    def fail(self, error: Exception) -> None:
        self._loop.call_soon_threadsafe(super().fail, error)


async def test_a_vector_does_not_depend_on_its_neighbours(minilm: OnnxEmbeddingsEngine) -> None:
    sample = texts()[::6]
    together = await vectors(minilm, sample)
    alone = np.concatenate([await vectors(minilm, [text]) for text in sample])
    np.testing.assert_allclose(together, alone, atol=1e-5)


async def test_order_is_kept(minilm: OnnxEmbeddingsEngine) -> None:
    sample = texts()[::6]
    forwards, backwards = await vectors(minilm, sample), await vectors(minilm, sample[::-1])
    np.testing.assert_allclose(forwards, backwards[::-1], atol=1e-5)


async def test_concurrent_requests_share_batches_and_get_their_own_vectors(minilm: OnnxEmbeddingsEngine) -> None:
    sample = texts()[-32:]
    wanted = await vectors(minilm, sample)
    batcher = MicroBatcher(minilm)
    batcher.start()
    try:
        sinks = [ThreadSink() for _ in sample]
        for text, sink in zip(sample, sinks, strict=True):
            batcher.submit(Job("text-embeddings", Inputs(texts=[text]), False, sink))
        found = await asyncio.gather(*(sink.done for sink in sinks))
    finally:
        batcher.stop()
    np.testing.assert_allclose(np.concatenate([matrix(output) for output in found]), wanted, atol=1e-5)
    assert batcher.batches < len(sample)
    assert batcher.rows == len(sample)


async def test_one_job_may_mix_its_pooling_with_another_in_a_batch(minilm: OnnxEmbeddingsEngine) -> None:
    jobs = [Job("text-embeddings", Inputs(texts=["one text"], pooling=way), False, Sink()) for way in ("mean", "cls")]
    rows = [row for job in jobs for row in minilm.prepare(job)]
    results = minilm.compute(rows)
    for job, result in zip(jobs, results, strict=True):
        alone = await vectors(minilm, ["one text"], pooling=job.inputs.pooling)
        np.testing.assert_allclose(matrix(minilm.complete(job, [result])), alone, atol=1e-5)
