"""The skills, how often each is drawn, and what is learned first."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable

from tools.chat_model.sample import Sample, assistant, system
from tools.chat_model.skills import (
    behave,
    classify,
    context,
    converse,
    extract,
    generate,
    reading,
    recall,
    rewrite,
    tools,
)
from tools.chat_model.words import Split, Words

Maker = Callable[[Words], Sample]

SKILLS: dict[str, tuple[Maker, float]] = {
    "context": (context.make, 11.5),
    "extract": (extract.make, 6.5),
    "tools": (tools.make, 1.3),
    "classify": (classify.make, 3.2),
    "rewrite": (rewrite.make, 2.5),
    "converse": (converse.make, 1.0),
    "behave": (behave.make, 2.2),
    "reading": (reading.make, 2.0),
}
RECALL = 0.08
"""Share of the training that stays with plain copying after the start."""
GENERATE = 0.015


HELPERS = (
    "You are a helpful assistant.",
    "You are a friendly assistant. Answer briefly.",
    "You are a helpful AI assistant.",
    "Be helpful.",
    "You are an assistant that helps people.",
    "You are a helpful assistant. Keep answers short.",
)


def dressed(sample: Sample, words: Words) -> Sample:
    """The same question in a longer conversation: a plain system message, earlier turns about something else."""
    rng = words.rng
    messages = list(sample.messages)
    plain = messages[0]["role"] == "user" and not sample.schema
    if plain and rng.random() < 0.15:
        before = converse.make(words)
        messages = [*before.messages, assistant(before.answer), *messages]
    if plain and rng.random() < 0.2:
        messages.insert(0, system(words.frame(HELPERS)))
    return dataclasses.replace(sample, messages=messages)


def made(name: str, words: Words) -> Sample:
    """A dialogue for one skill, as it is trained and as it is evaluated."""
    return dressed(SKILLS[name][0](words), words)


def draw(rng: random.Random, split: Split = "train", level: float = 1.0) -> Sample:
    """A dialogue. `level` goes from 0 (copying and looking up) to 1 (everything as it will be asked)."""
    words = Words(rng, split, level)
    if rng.random() < max(RECALL, 1 - level):
        return recall.make(words)
    if rng.random() < GENERATE:
        return generate.make(words)
    names = list(SKILLS)
    return made(rng.choices(names, [SKILLS[name][1] for name in names])[0], words)
