"""Vectors that keep similar texts close, without a model.

A text becomes a bag of features: its words and its three-byte pieces, lower-cased. Each feature adds one row of a fixed
random matrix of the model; the sum has length 1. Texts that share words are close, others nearly at right angles.
"""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

from groundfog import errors
from groundfog.engines.echo import tokens
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.seeds import digest
from groundfog.tasks.text_embeddings import Inputs, Output

ROWS = 2048
"""Rows of the matrix; features beyond that share a row."""

_WORD = 1.0
_SHORT_WORD = 0.25
_PIECE = 0.3
_NUDGE = 0.35
"""Weight of the features that tell a query from a document and one instruction from another."""

Floats = npt.NDArray[np.float32]


def answer(model: EchoModel, inputs: Inputs) -> Output:
    """One vector of the model's dimensions for every text. Raises UPSTREAM_REFUSED for a text that is too long."""
    pooling = inputs.pooling or model.facts.get("pooling") or "mean"
    matrix: Floats | None = model.memo.get(pooling)
    if matrix is None:
        matrix = model.memo[pooling] = _matrix(digest(model.id, pooling), model.dimensions)
    vectors = np.empty((len(inputs.texts), model.dimensions), np.float32)
    used = 0
    limit: int | None = model.facts.get("max_input_tokens")
    for row, text in enumerate(inputs.texts):
        pieces = tokens.split(text)
        if limit is not None and len(pieces) > limit:
            text, pieces = _shortened(model, inputs, pieces, limit)
        used += len(pieces)
        vectors[row] = _vector(text, matrix, inputs.is_query(row), inputs.instruction, pooling)
    return Output(len(inputs.texts), model.dimensions, vectors.astype("<f4", copy=False).tobytes(), used, pooling)


def _shortened(model: EchoModel, inputs: Inputs, pieces: list[str], limit: int) -> tuple[str, list[str]]:
    truncate = inputs.truncate if inputs.truncate is not None else model.facts.get("truncate", False)
    if not truncate:
        raise errors.UPSTREAM_REFUSED(what=f"Sequence too long: {len(pieces)} > {limit}")
    pieces = pieces[:limit]
    return "".join(pieces), pieces


def _vector(text: str, matrix: Floats, query: bool, instruction: str | None, pooling: str) -> Floats:
    words = text.lower().split()
    data = np.frombuffer(f"  {' '.join(words)}  ".encode("utf-8", "surrogatepass"), np.uint8).astype(np.uint32)
    pieces = data[:-2] * np.uint32(0x9E3779B1) ^ data[1:-1] * np.uint32(0x85EBCA77) ^ data[2:] * np.uint32(0xC2B2AE3D)
    pieces = (pieces * np.uint32(0x27D4EB2F)) >> np.uint32(21)
    rows = [zlib.crc32(word.encode("utf-8", "surrogatepass")) % ROWS for word in words]
    weights = [_WORD if len(word) > 3 else _SHORT_WORD for word in words]
    if pooling == "cls":
        # A first token sees the beginning best: the words' weights fall with their place.
        weights = [weight * (0.25 + 1.5 / (1 + place)) for place, weight in enumerate(weights)]
    if query:
        rows.append(digest("query") % ROWS)
        weights.append(_NUDGE)
        if instruction:
            rows.append(digest("instruction", instruction) % ROWS)
            weights.append(_NUDGE)
    count = len(rows)
    weight = np.full(count + len(pieces), _PIECE, np.float32)
    weight[:count] = weights
    index = np.empty(count + len(pieces), np.intp)
    index[:count] = rows
    index[count:] = pieces
    if len(index) > ROWS:
        weight = np.bincount(index, weight, ROWS).astype(np.float32)
        vector = weight @ matrix
    else:
        vector = weight @ matrix[index]
    norm = float(np.sqrt(vector @ vector))
    return vector / np.float32(norm) if norm else matrix[0] / np.float32(np.sqrt(matrix[0] @ matrix[0]))


def _matrix(seed: int, dimensions: int) -> Floats:
    """`ROWS` × `dimensions` numbers between -1 and 1, by splitmix64 of their places; the same in every NumPy."""
    state = np.arange(1, ROWS * dimensions + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    matrix = (state >> np.uint64(40)).astype(np.float32) / np.float32(1 << 23) - np.float32(1)
    return matrix.reshape(ROWS, dimensions)
