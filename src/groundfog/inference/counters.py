"""What inference counts, per model: plain integers that /metrics and the log read."""

from __future__ import annotations

import dataclasses

import msgspec


@dataclasses.dataclass(slots=True)
class Counters:
    """Since the start. Tokens are the model's own; a stream's are counted when its usage has arrived."""

    requests: int = 0
    errors: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    loads: int = 0
    load_seconds: float = 0.0
    """Of the last load, start of the process included."""

    def count(self, answer: msgspec.Struct) -> None:
        """Add the tokens of an output, or of the delta that carries the usage."""
        usage = getattr(answer, "usage", answer)
        if usage is not None:  # None: a delta before the last one
            self.input_tokens += getattr(usage, "prompt_tokens", 0)
            self.output_tokens += getattr(usage, "completion_tokens", 0)
