"""Scores by shared words: a context that answers in the query's words stands first."""

from __future__ import annotations

import math
import re

from groundfog.engines.echo import tokens
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.seeds import digest
from groundfog.tasks.rerank import Inputs, Output

_words = re.compile(r"\w+").findall


def answer(model: EchoModel, inputs: Inputs) -> Output:
    """A logit from about -8 (no word shared) to about 8 (all words of the query) for each context."""
    query = _weights(inputs.query)
    whole = sum(query.values()) or 1.0
    scores = []
    for context in inputs.contexts:
        found = _weights(context)
        shared = sum(weight for word, weight in query.items() if word in found) / whole
        # Of two contexts that share as much, the shorter is the better; content breaks what ties are left.
        length = math.log1p(len(found)) * 0.1
        tie = digest(model.id, inputs.query, context) / (1 << 64) * 0.01
        scores.append(round(16 * shared - 8 - length + tie, 6))
    used = sum(tokens.count(context) for context in inputs.contexts)
    return Output(scores=scores, prompt_tokens=used + tokens.count(inputs.query) * len(inputs.contexts))


def _weights(text: str) -> dict[str, float]:
    """Words by their weight: long words tell more."""
    return {word: min(len(word), 8) ** 1.5 for word in _words(text.lower())}
