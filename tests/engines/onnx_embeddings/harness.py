"""Loading an engine and asking it for vectors, without a host."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundfog.engines.base import LoadOptions
from groundfog.engines.onnx_embeddings import OnnxEmbeddingsEngine
from groundfog.tasks.text_embeddings import Inputs, Output, matrix
from groundfog.weights.files import ModelFiles
from tests.support.jobs import answer


def load(files: ModelFiles, precision: str | None = None, **facts: Any) -> OnnxEmbeddingsEngine:
    engine = OnnxEmbeddingsEngine()
    engine.load(files, LoadOptions(model_id="@cf/test/model", precision=precision, facts=facts))
    return engine


async def output(engine: OnnxEmbeddingsEngine, texts: list[str], **inputs: Any) -> Output:
    """All texts as one job. Raises what the engine refuses with."""
    found = await answer(engine, Inputs(texts=texts, **inputs))
    assert isinstance(found, Output)
    return found


async def vectors(engine: OnnxEmbeddingsEngine, texts: list[str], **inputs: Any) -> np.ndarray:
    return np.array(matrix(await output(engine, texts, **inputs)))


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Row by row."""
    product: np.ndarray = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    return product
