"""The engine: one encoder on ONNX Runtime, micro-batched by its host (task `text-embeddings`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from groundfog import errors
from groundfog.engines.base import Capabilities, Description, Job, LoadOptions, Prepared
from groundfog.engines.onnx_embeddings import contract as contracts
from groundfog.engines.onnx_embeddings import pooling, sessions
from groundfog.engines.onnx_embeddings.contract import Contract, Pooling
from groundfog.engines.onnx_embeddings.graphs import Graph, open_graph
from groundfog.engines.onnx_embeddings.tokens import Tokens
from groundfog.tasks.text_embeddings import Inputs, Output
from groundfog.weights import embedded
from groundfog.weights.files import ModelFiles

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SLOTS = 512
"""Requests that may wait in the host to be packed together."""
MAX_BATCH_TOKENS = 512
"""Larger batches gain nothing: their intermediate results leave the processor's caches."""


class Row(msgspec.Struct, frozen=True):
    """One window of one text."""

    ids: Any
    pooling: Pooling
    text: int


class Pooled(msgspec.Struct, frozen=True):
    """The vector of one window, not normalised."""

    vector: Any
    tokens: int
    text: int


class OnnxEmbeddingsEngine:
    """Vectors of texts. Facts that it reads: see `contract.Contract`."""

    name: ClassVar[str] = "onnx-embeddings"
    capabilities: ClassVar[Capabilities] = Capabilities(
        tasks=frozenset({"text-embeddings"}), formats=frozenset({"onnx"}), batching="micro"
    )

    def __init__(self) -> None:
        self.max_batch_tokens = MAX_BATCH_TOKENS
        self._texts = 0
        self._tokens_seen = 0
        self._graph: Graph | None = None

    @classmethod
    def describe(cls, files: ModelFiles, options: LoadOptions) -> Description:
        """Read the configuration and the files' sizes. Raises BAD_MODEL_FILE."""
        found = contracts.read(files, options)
        hidden = contracts.configuration(files, "config.json").get("hidden_size")
        return Description(
            engine=cls.name,
            slots=options.slots or SLOTS,
            context_window=found.limit,
            dimensions=found.dimensions or (hidden if isinstance(hidden, int) else None),
            memory_bytes=_bytes_on_disk(Path(files.main)) * 2 + (64 << 20),
        )

    def load(self, files: ModelFiles, options: LoadOptions) -> Description:
        """Raises BAD_MODEL_FILE for a file that differs from its manifest, is no encoder, or has no tokenizer."""
        embedded.verify(files)
        self._contract: Contract = contracts.read(files, options)
        self._tokenizer = Tokens(files, self._contract)
        path = sessions.choose(files, options.precision)
        graph = open_graph(path, self._contract, options.threads or sessions.processors())
        dimensions = graph.vectors(self._tokenizer.encode(["a"], truncate=False), [self._contract.pooling]).shape[1]
        self._map = _isometry(files, dimensions, self._contract.dimensions)
        self._graph = graph
        description = self.describe(files, options)
        return msgspec.structs.replace(
            description,
            dimensions=self._contract.dimensions or dimensions,
            details={"graph": path.name, "pooling": self._contract.pooling},
        )

    def unload(self) -> None:
        self._graph = None

    def stats(self) -> Mapping[str, Any]:
        return {"texts": self._texts, "tokens": self._tokens_seen}

    async def infer(self, batch: Sequence[Job[Any]]) -> None:
        """The three stages one after the other; a host runs them side by side instead."""
        for job in batch:
            try:
                rows = self.prepare(job)
                job.finish(self.complete(job, self.compute(rows)))
            except Exception as error:
                job.fail(error)

    def prepare(self, job: Job[Inputs]) -> list[Prepared]:
        """Raises UPSTREAM_REFUSED for a text that is too long, unless the caller asked to cut it."""
        inputs = job.inputs
        texts = [self._prefix(inputs, index) + text for index, text in enumerate(inputs.texts)]
        truncate = self._contract.truncate if inputs.truncate is None else inputs.truncate
        way = inputs.pooling or self._contract.pooling
        rows = []
        for index, ids in enumerate(self._tokenizer.encode(texts, truncate)):
            if not len(ids):
                raise errors.UPSTREAM_REFUSED(what=f"Text {index} has no tokens")
            rows += [Prepared(len(part), Row(part, way, index)) for part in self._tokenizer.windows(ids)]
        return rows

    def compute(self, rows: Sequence[Prepared]) -> list[Pooled]:
        assert self._graph is not None
        parts: list[Row] = [row.data for row in rows]
        vectors = self._graph.vectors([part.ids for part in parts], [part.pooling for part in parts])
        self._texts += len(parts)
        self._tokens_seen += sum(row.length for row in rows)
        return [Pooled(vector, row.length, part.text) for vector, row, part in zip(vectors, rows, parts, strict=True)]

    def complete(self, job: Job[Inputs], results: Sequence[Pooled]) -> Output:
        import numpy as np

        count = len(job.inputs.texts)
        vectors: npt.NDArray[np.float32] = np.stack([result.vector for result in results])
        if len(results) > count:
            vectors = _joined(vectors, results, job.inputs.pooling or self._contract.pooling)
        if self._contract.normalize:
            vectors = pooling.normalised(vectors)
        if self._map is not None:
            vectors = vectors @ self._map
        return Output(
            count=count,
            dimensions=vectors.shape[1],
            vectors=vectors.astype("<f4", copy=False).tobytes(),
            prompt_tokens=sum(result.tokens for result in results),
            pooling=job.inputs.pooling or self._contract.pooling,
        )

    def _prefix(self, inputs: Inputs, index: int) -> str:
        is_query = inputs.is_query(index)
        return self._contract.prefix(is_query, inputs.kind == "document", inputs.instruction)


def _joined(vectors: npt.NDArray[np.float32], results: Sequence[Pooled], way: Pooling) -> npt.NDArray[np.float32]:
    """One vector per text from those of its windows: their mean by tokens, or the first, or the last."""
    import numpy as np

    texts = np.array([result.text for result in results])
    starts = np.flatnonzero(np.diff(texts, prepend=-1))
    joined: npt.NDArray[np.float32]
    if way != "mean":
        joined = vectors[starts if way == "cls" else np.append(starts[1:], len(texts)) - 1]
        return joined
    tokens = np.array([result.tokens for result in results], np.float32)[:, None]
    joined = np.add.reduceat(vectors * tokens, starts)
    joined /= np.add.reduceat(tokens, starts)
    return joined


def _isometry(files: ModelFiles, dimensions: int, wanted: int | None) -> npt.NDArray[np.float32] | None:
    if wanted is None or wanted == dimensions:
        return None
    if wanted < dimensions:
        what = f"its {dimensions} dimensions cannot become {wanted} without a loss"
        raise errors.BAD_MODEL_FILE(file=files.main, what=what)
    return pooling.orthonormal(dimensions, wanted)


def _bytes_on_disk(main: Path) -> int:
    """The graph and its external data: every file of its folder that is named after it, or `weights.bin`."""
    try:
        own = main.stat().st_size
        beside = (path for path in main.parent.iterdir() if path.name.startswith(main.name) or path.suffix == ".bin")
        return own + sum(path.stat().st_size for path in beside if path != main)
    except OSError as error:
        raise errors.BAD_MODEL_FILE(file=main, what=error) from error
