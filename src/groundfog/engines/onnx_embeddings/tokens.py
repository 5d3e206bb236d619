"""Texts to token ids: limits, cutting on request, and windows for texts that are longer than the graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from groundfog import errors
from groundfog.engines.onnx_embeddings.contract import Contract, companion
from groundfog.weights.files import ModelFiles

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Ids = npt.NDArray[np.int64]


class Tokens:
    """One model's tokenizer, with the limits of its contract."""

    def __init__(self, files: ModelFiles, contract: Contract) -> None:
        import numpy as np
        from tokenizers import Tokenizer

        path = companion(files, "tokenizer.json")
        if path is None:
            raise errors.BAD_MODEL_FILE(file=files.main, what="there is no tokenizer.json beside it")
        try:
            self._whole = Tokenizer.from_file(str(path))
            self._cutting = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises plain Exception
            raise errors.BAD_MODEL_FILE(file=path, what=error) from error
        self._whole.no_padding()
        self._whole.no_truncation()
        self._cutting.no_padding()
        self._limit = contract.limit
        if self._limit is not None:
            self._cutting.enable_truncation(self._limit)
        self._window = contract.window if contract.windows else None
        self._np = np
        self._before, self._after = self._special_ids()

    def encode(self, texts: Sequence[str], truncate: bool) -> list[Ids]:
        """Token ids of each text, special tokens included. Raises UPSTREAM_REFUSED for a text over the limit."""
        one = len(texts) == 1
        encodings = [self._whole.encode(texts[0])] if one else self._whole.encode_batch_fast(texts)
        if self._limit is not None:
            for index, encoding in enumerate(encodings):
                if len(encoding) > self._limit:
                    if not truncate:
                        raise errors.UPSTREAM_REFUSED(what=f"Sequence too long: {len(encoding)} > {self._limit}")
                    encodings[index] = self._cutting.encode(texts[index])
        return [self._np.array(encoding.ids, self._np.int64) for encoding in encodings]

    def windows(self, ids: Ids) -> Iterator[Ids]:
        """The text as it is, or its inner tokens in pieces of nearly one length, each between the special tokens."""
        if self._window is None or len(ids) <= self._window:
            yield ids
            return
        inner = ids[len(self._before) : len(ids) - len(self._after)]
        room = self._window - len(self._before) - len(self._after)
        for piece in self._np.array_split(inner, -(-len(inner) // room)):
            yield self._np.concatenate((self._before, piece, self._after))

    def _special_ids(self) -> tuple[Ids, Ids]:
        """What the tokenizer puts before and after a text, seen on a text of one word."""
        encoding: Any = self._whole.encode("a")
        inner = [place for place, special in enumerate(encoding.special_tokens_mask) if not special]
        ids = self._np.array(encoding.ids, self._np.int64)
        if not inner:
            return ids[:0], ids[:0]
        return ids[: inner[0]], ids[inner[-1] + 1 :]
