"""The text itself, with both languages before it: `[en→fr] Hello`."""

from __future__ import annotations

from groundfog.engines.echo import tokens
from groundfog.engines.echo.model import EchoModel
from groundfog.tasks.translation import Inputs, Output


def answer(model: EchoModel, inputs: Inputs) -> Output:
    translations = [f"[{inputs.source_lang}→{inputs.target_lang}] {text}" for text in inputs.texts]
    return Output(
        translations=translations,
        prompt_tokens=sum(map(tokens.count, inputs.texts)),
        completion_tokens=sum(map(tokens.count, translations)),
    )
