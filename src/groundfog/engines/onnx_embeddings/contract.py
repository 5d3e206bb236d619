"""What a model promises about its vectors, from `LoadOptions.facts` and the configuration beside its file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from groundfog import errors
from groundfog.engines.base import LoadOptions
from groundfog.weights.files import ModelFiles

Pooling = Literal["mean", "cls", "last"]
POOLINGS: tuple[Pooling, ...] = ("mean", "cls", "last")

POSITIONS_BEFORE_TEXT = {"xlm-roberta": 2, "roberta": 2, "camembert": 2, "mpnet": 2}
"""Entries of the position table that these families reserve (padding_idx + 1)."""


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """`pooling` and `normalize` as on the model's card; prefixes go before queries and documents.

    `max_input_tokens` is the promise to callers; `window` is how many tokens the graph can take at once. With `windows`
    a longer text is read in windows and their tokens are averaged; without it the smaller of the two is the limit.
    """

    pooling: Pooling
    normalize: bool = True
    query_prefix: str = ""
    document_prefix: str = ""
    instruction: str = ""
    truncate: bool = False
    max_input_tokens: int | None = None
    window: int | None = None
    windows: bool = False
    dimensions: int | None = None
    """Map the vectors isometrically to this length."""
    output_name: str | None = None
    """The output that already is the sentence's vector."""
    pad: int = 0
    """Token id of padding; XLM-R counts positions by it."""

    @property
    def limit(self) -> int | None:
        """Most tokens of one text, special tokens counted; None: any number."""
        limits = [self.max_input_tokens] if self.windows else [self.max_input_tokens, self.window]
        return min((limit for limit in limits if limit is not None), default=None)

    def prefix(self, is_query: bool, is_document: bool, instruction: str | None) -> str:
        """What goes before a text; `{instruction}` in the query's prefix is filled in."""
        if is_query:
            return self.query_prefix.replace("{instruction}", instruction or self.instruction)
        return self.document_prefix if is_document else ""


def read(files: ModelFiles, options: LoadOptions) -> Contract:
    """Facts win over the files. Raises BAD_MODEL_FILE when a configuration beside the model is not JSON."""
    facts = options.facts
    config = configuration(files, "config.json")
    pooling = facts.get("pooling") or _pooling_of(configuration(files, "1_Pooling/config.json"))
    if pooling not in POOLINGS:
        raise errors.BAD_MODEL_FILE(file=files.main, what=f"pooling {pooling} is not one of {', '.join(POOLINGS)}")
    return Contract(
        pooling=cast(Pooling, pooling),
        normalize=facts.get("normalize", True),
        query_prefix=facts.get("query_prefix", ""),
        document_prefix=facts.get("document_prefix", ""),
        instruction=facts.get("instruction", ""),
        truncate=facts.get("truncate", False),
        max_input_tokens=facts.get("max_input_tokens"),
        window=_window(config),
        windows=facts.get("windows", False),
        dimensions=facts.get("stand_in_dimensions"),
        output_name=facts.get("output_name"),
        pad=config.get("pad_token_id") or 0,
    )


def companion(files: ModelFiles, name: str) -> Path | None:
    """A file beside the model, or in the folder above it: exports often lie in `onnx/`."""
    main = Path(files.main).parent
    for folder in dict.fromkeys((Path(files.folder), main, main.parent)):
        if (folder / name).is_file():
            return folder / name
    return None


def configuration(files: ModelFiles, name: str) -> Mapping[str, Any]:
    path = companion(files, name)
    if path is None:
        return {}
    try:
        found = json.loads(path.read_bytes())
    except ValueError as error:
        raise errors.BAD_MODEL_FILE(file=path, what=error) from error
    return found if isinstance(found, dict) else {}


def _pooling_of(config: Mapping[str, Any]) -> str:
    """As sentence-transformers writes it: one switch per way, or a name in `pooling_mode`."""
    if config.get("pooling_mode_cls_token"):
        return "cls"
    if config.get("pooling_mode_lasttoken"):
        return "last"
    return {"lasttoken": "last"}.get(name := str(config.get("pooling_mode", "mean")), name)


def _window(config: Mapping[str, Any]) -> int | None:
    positions = config.get("max_position_embeddings")
    if not isinstance(positions, int):
        return None
    return positions - POSITIONS_BEFORE_TEXT.get(str(config.get("model_type")), 0)
