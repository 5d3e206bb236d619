"""The first sentences of the text that fit."""

from __future__ import annotations

import re

from groundfog.engines.echo import tokens
from groundfog.engines.echo.model import EchoModel
from groundfog.tasks.summarization import Inputs, Output

_USUAL_SENTENCES = 3
_sentences = re.compile(r"[^.!?。]+(?:[.!?。]+|$)\s*").findall


def answer(model: EchoModel, inputs: Inputs) -> Output:
    """Up to three sentences within `max_length` tokens; part of the first one when it is longer than that."""
    summary = ""
    for sentence in _sentences(inputs.text.strip())[:_USUAL_SENTENCES]:
        if tokens.count((summary + sentence).strip()) > inputs.max_length:
            break
        summary += sentence
    return say(model, inputs, summary.strip() or "".join(tokens.split(inputs.text.strip())[: inputs.max_length]))


def say(model: EchoModel, inputs: Inputs, summary: str) -> Output:
    """An output with this summary, echo's own or a scripted one."""
    return Output(summary=summary, prompt_tokens=tokens.count(inputs.text), completion_tokens=tokens.count(summary))
