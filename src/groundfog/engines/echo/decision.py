"""Probabilities by shared words: an option whose name or note stands in the state is the likelier one."""

from __future__ import annotations

import math
import re

import msgspec

from groundfog.engines.echo import tokens
from groundfog.engines.echo.media import image_size
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.seeds import digest
from groundfog.tasks.decision import Inputs, Media, Output, Question

_words = re.compile(r"\w{2,}").findall
_TILE = 32
_AUDIO_TOKENS = 780
"""Tokens of a whole minute of sound; what cannot be measured counts as that."""


def answer(model: EchoModel, inputs: Inputs) -> Output:
    """One number per option of each question, summing to 1."""
    state = msgspec.json.encode(inputs.state).decode()
    media = [item.content for item in (*inputs.images, *inputs.audio, *inputs.videos)]
    content = digest(model.id, state, *media)
    found = set(_words(state.lower()))
    probabilities = {
        name: _probabilities(question, found, digest(content, name)) for name, question in inputs.questions.items()
    }
    used = tokens.count(state) + sum(
        tokens.count(question.instructions) + sum(tokens.count(f"{option}") for option in question.options)
        for question in inputs.questions.values()
    )
    used += sum(map(_image_tokens, inputs.images)) + _AUDIO_TOKENS * (len(inputs.audio) + len(inputs.videos))
    return Output(probabilities=probabilities, input_tokens=used)


def _probabilities(question: Question, found: set[str], seed: int) -> list[float]:
    weights = []
    for option, note in zip(question.options, question.notes, strict=True):
        words = set(_words(f"{option} {note or ''}".lower()))
        named = len(words & found) / len(words) if words else 0.0
        weights.append(math.exp(3 * named + digest(seed, option) / (1 << 64)))
    total = sum(weights)
    return [weight / total for weight in weights]


def _image_tokens(image: Media) -> int:
    """By the sides in units of 32 pixels, at most 1,024 (spec §3.6)."""
    size = image_size(image.content)
    if size is None:
        return tokens.IMAGE_TOKENS
    return min(1024, math.ceil(size[0] / _TILE) * math.ceil(size[1] / _TILE) + 3)
