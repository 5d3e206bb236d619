"""What the echo of one model knows of that model."""

from __future__ import annotations

from typing import Any

from groundfog.engines.base import LoadOptions
from groundfog.engines.echo.seeds import stable_hash


class EchoModel:
    """A model's id and facts, and the number that sets it apart from every other model.

    Token counts are those of `tokens.py`. A fact that is unknown is None.
    """

    __slots__ = ("context_window", "default_max_tokens", "dimensions", "facts", "id", "memo", "reasoning", "salt")

    def __init__(self, options: LoadOptions) -> None:
        facts = options.facts
        self.id = options.model_id
        self.facts: dict[str, Any] = facts
        self.salt = stable_hash(options.model_id)
        self.context_window: int | None = options.context_size or facts.get("context_window")
        self.default_max_tokens: int | None = facts.get("default_max_tokens")
        self.dimensions: int = facts.get("output_dimensions") or facts.get("stand_in_dimensions") or 768
        self.reasoning = bool(facts.get("reasoning"))
        self.memo: dict[Any, Any] = {}
        """What tasks have computed for this model and want to keep as long as it is loaded."""

    @property
    def last_segment(self) -> str:
        """`llama-3.1-8b-instruct` of `@cf/meta/llama-3.1-8b-instruct`."""
        return self.id.rsplit("/", 1)[-1]
