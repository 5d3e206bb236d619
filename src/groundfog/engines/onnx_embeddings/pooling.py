"""Token vectors to text vectors, for a whole batch at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from groundfog.engines.onnx_embeddings.contract import Pooling

    Floats = npt.NDArray[np.float32]
    Indices = npt.NDArray[np.int64]


def pool(tokens: Floats, lengths: Indices, ways: list[Pooling]) -> Floats:
    """`tokens` [all, d] are the packed tokens of texts with `lengths`; one way per text. Returns [texts, d]."""
    import numpy as np

    ends = np.cumsum(lengths)
    starts = ends - lengths
    kinds = set(ways)
    pooled: Floats
    if kinds == {"cls"}:
        pooled = tokens[starts]
        return pooled
    if kinds == {"last"}:
        pooled = tokens[ends - 1]
        return pooled
    pooled = np.add.reduceat(tokens, starts, axis=0)
    pooled /= lengths[:, None].astype(np.float32)
    if kinds != {"mean"}:
        chosen = np.array(ways)
        pooled[chosen == "cls"] = tokens[starts[chosen == "cls"]]
        pooled[chosen == "last"] = tokens[ends[chosen == "last"] - 1]
    return pooled


def normalised(vectors: Floats) -> Floats:
    """Each row with length 1; a row of zeros stays."""
    import numpy as np

    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    result: Floats = vectors / np.maximum(norms, 1e-12)[:, None]
    return result


def orthonormal(dimensions: int, wanted: int) -> Floats:
    """A seeded matrix [dimensions, wanted] with orthonormal rows: mapping by it keeps lengths and angles."""
    import numpy as np

    if wanted == dimensions:
        return np.eye(dimensions, dtype=np.float32)
    noise = np.random.Generator(np.random.PCG64(dimensions * 100_003 + wanted)).standard_normal((wanted, dimensions))
    columns, triangle = np.linalg.qr(noise)
    columns *= np.sign(np.diagonal(triangle))
    return np.ascontiguousarray(columns.T, np.float32)
