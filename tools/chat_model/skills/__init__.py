"""The skills, how often each is drawn, and what is learned first."""

from __future__ import annotations

import random
from collections.abc import Callable

from tools.chat_model.sample import Sample
from tools.chat_model.skills import behave, classify, context, converse, extract, recall, rewrite, tools
from tools.chat_model.words import Split, Words

Maker = Callable[[Words], Sample]

SKILLS: dict[str, tuple[Maker, float]] = {
    "context": (context.make, 5.0),
    "extract": (extract.make, 2.5),
    "tools": (tools.make, 3.0),
    "classify": (classify.make, 1.0),
    "rewrite": (rewrite.make, 1.5),
    "converse": (converse.make, 2.0),
    "behave": (behave.make, 0.7),
}
RECALL = 0.04
"""Share of the training that stays with plain copying after the start."""


def draw(rng: random.Random, split: Split = "train", level: float = 1.0) -> Sample:
    """A dialogue. `level` goes from 0 (copying and looking up) to 1 (everything as it will be asked)."""
    words = Words(rng, split, level)
    if rng.random() < max(RECALL, 1 - level):
        return recall.make(words)
    names = list(SKILLS)
    name = rng.choices(names, [SKILLS[name][1] for name in names])[0]
    return SKILLS[name][0](words)
