"""Text embeddings (spec workers-ai §3.11): types only for now; the task itself is below them."""

from __future__ import annotations

from typing import Literal

import msgspec


class Inputs(msgspec.Struct, omit_defaults=True, kw_only=True):
    """Texts to embed. `pooling` None is the model's own. Queries get the model's instruction, documents do not."""

    texts: list[str]
    kind: Literal["text", "query", "document"] = "text"
    instruction: str | None = None
    pooling: Literal["mean", "cls"] | None = None
    truncate: bool | None = None
    """True: cut over-long texts (the caller asked for it); False: refuse them; None: the model's own way."""
    single: bool = False
    """The caller gave one string, not a list."""


class Output(msgspec.Struct):
    """`vectors` is little-endian float32, row by row: `count` rows of `dimensions`."""

    count: int
    dimensions: int
    vectors: bytes
    prompt_tokens: int
    pooling: str | None = None
