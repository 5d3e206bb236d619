"""Two kinds of graph: packed ones, made by groundfog, and padded ones, as exporters write them."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from groundfog import errors
from groundfog.engines.onnx_embeddings import pooling, sessions

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import onnxruntime

    from groundfog.engines.onnx_embeddings.contract import Contract, Pooling

    Ids = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float32]

TOKEN_OUTPUTS = ("last_hidden_state", "token_embeddings")
SENTENCE_OUTPUTS = ("sentence_embedding", "text_embeds", "pooler_output", "dense_vecs")
MASKED = -1e9
"""Added to the scores of places where no token stands."""
LENGTH_SPREAD = 0.8
"""Texts share a padded run when the shortest has at least this part of the longest's tokens."""


class Graph(Protocol):
    dimensions: int | None

    def vectors(self, texts: Sequence[Ids], ways: list[Pooling]) -> Floats:
        """Pooled vectors [texts, dimensions], in order, not normalised."""
        ...


def open_graph(path: Path, contract: Contract, threads: int) -> Graph:
    """Raises BAD_MODEL_FILE for a file that is no text encoder."""
    session = sessions.open_session(path, threads)
    inputs = {given.name for given in session.get_inputs()}
    if "packed" in inputs:
        return PackedGraph(session)
    if "input_ids" not in inputs:
        raise errors.BAD_MODEL_FILE(file=path, what=f"no input is named input_ids, only {', '.join(sorted(inputs))}")
    return PaddedGraph(path, session, contract)


class PackedGraph:
    """Takes the tokens of all texts behind one another: no work is done on padding, except in attention."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self.dimensions = sessions.shape_of(session.get_outputs()[0])[-1]

    def vectors(self, texts: Sequence[Ids], ways: list[Pooling]) -> Floats:
        import numpy as np

        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        starts = np.cumsum(lengths) - lengths
        tokens = np.concatenate(texts)
        places = np.arange(lengths.max())
        real = places < lengths[:, None]
        feed = {
            "input_ids": tokens,
            "position_ids": np.arange(len(tokens)) - np.repeat(starts, lengths),
            "padded": np.where(real, starts[:, None] + places, 0),
            "mask": np.where(real, np.float32(0), MASKED)[:, None, None, :],
            "packed": np.flatnonzero(real),
        }
        (states,) = self._session.run(None, feed)
        return pooling.pool(states, lengths, ways)


class PaddedGraph:
    """A hub export: `input_ids` and what else it names, padded on the right; token states or sentence vectors out."""

    def __init__(self, path: Path, session: onnxruntime.InferenceSession, contract: Contract) -> None:
        self._path = path
        self._session = session
        self._own = contract.pooling
        self._pad = contract.pad
        self._inputs = {given.name: given for given in session.get_inputs()}
        outputs = {given.name: given for given in session.get_outputs()}
        self._tokens = next((name for name in TOKEN_OUTPUTS if name in outputs), None)
        self._sentence = contract.output_name or next((name for name in SENTENCE_OUTPUTS if name in outputs), None)
        if self._sentence == "pooler_output" and self._tokens is not None and contract.output_name is None:
            self._sentence = None  # BERT's pooler is a trained layer for another purpose
        if self._tokens is None and self._sentence is None:
            ranked = [name for name, value in outputs.items() if len(value.shape) == 3]
            self._tokens = ranked[0] if ranked else None
        named = outputs.get(self._tokens or self._sentence or "")
        if named is None:
            raise errors.BAD_MODEL_FILE(file=path, what=f"no output has vectors, only {', '.join(outputs)}")
        self.dimensions = sessions.shape_of(named)[-1]
        self._one_by_one = sessions.depends_on_neighbours(path)

    def vectors(self, texts: Sequence[Ids], ways: list[Pooling]) -> Floats:
        import numpy as np

        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        vectors: Floats | None = None
        for group in self._groups(texts, order):
            found = self._run([texts[index] for index in group], [ways[index] for index in group])
            if vectors is None:
                vectors = np.empty((len(texts), found.shape[1]), np.float32)
            vectors[group] = found
        assert vectors is not None
        return vectors

    def _groups(self, texts: Sequence[Ids], order: list[int]) -> Iterator[list[int]]:
        """Indices of texts that are run together: of nearly one length, or alone."""
        start = 0
        while start < len(order):
            shortest = LENGTH_SPREAD * len(texts[order[start]])
            end = start + 1
            while end < len(order) and not self._one_by_one and len(texts[order[end]]) >= shortest:
                end += 1
            yield order[start:end]
            start = end

    def _run(self, texts: list[Ids], ways: list[Pooling]) -> Floats:
        import numpy as np

        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        real = np.arange(lengths.max()) < lengths[:, None]
        ids = np.full(real.shape, self._pad, np.int64)
        ids[real] = np.concatenate(texts)
        whole = self._sentence if self._sentence is not None and set(ways) == {self._own} else None
        if whole is None and self._tokens is None:
            asked = ", ".join(sorted(set(ways) - {self._own}))
            raise errors.UPSTREAM_REFUSED(what=f"This model's file pools by {self._own}; it cannot pool by {asked}")
        (states,) = self._session.run([whole or self._tokens], self._feed(ids, real))
        states = states.astype(np.float32, copy=False)
        return states if whole is not None else pooling.pool(states[real], lengths, ways)

    def _feed(self, ids: Ids, real: npt.NDArray[np.bool_]) -> dict[str, Any]:
        import numpy as np

        feed: dict[str, Any] = {}
        for name, given in self._inputs.items():
            if name == "input_ids":
                value: Any = ids
            elif name == "attention_mask":
                value = real
            elif name == "token_type_ids":
                value = np.zeros_like(ids)
            elif name == "position_ids":
                value = np.broadcast_to(np.arange(ids.shape[1]), ids.shape)
            elif name.startswith("past_key_values"):
                _, heads, _, width = sessions.shape_of(given)
                value = np.zeros((len(ids), heads or 1, 0, width or 1))
            else:
                raise errors.BAD_MODEL_FILE(file=self._path, what=f"input {name} is not one that text encoders have")
            feed[name] = np.ascontiguousarray(value, _numpy_type(given.type))
        return feed


@functools.cache
def _numpy_type(onnx_type: str) -> Any:
    """`tensor(int64)` as a NumPy type."""
    import numpy as np

    name = onnx_type.removeprefix("tensor(").removesuffix(")")
    return np.dtype({"float": "float32", "double": "float64"}.get(name, name))
