"""The text itself, with both languages before it: `[en→fr] Hello`."""

from __future__ import annotations

from groundfog.engines.echo import tokens
from groundfog.engines.echo.model import EchoModel
from groundfog.tasks.translation import Inputs, Output


def answer(model: EchoModel, inputs: Inputs) -> Output:
    return _counted(inputs, [f"[{inputs.source_lang}→{inputs.target_lang}] {text}" for text in inputs.texts])


def say(model: EchoModel, inputs: Inputs, text: str) -> Output:
    """An output with a scripted translation for each text."""
    return _counted(inputs, [text] * len(inputs.texts))


def _counted(inputs: Inputs, translations: list[str]) -> Output:
    return Output(
        translations=translations,
        prompt_tokens=sum(map(tokens.count, inputs.texts)),
        completion_tokens=sum(map(tokens.count, translations)),
    )
