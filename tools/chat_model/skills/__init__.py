"""The skills, and how often each is drawn."""

from __future__ import annotations

import random
from collections.abc import Callable

from tools.chat_model.sample import Sample
from tools.chat_model.skills import behave, classify, context, converse, extract, rewrite, tools
from tools.chat_model.words import Split, Words

Maker = Callable[[Words], Sample]

SKILLS: dict[str, tuple[Maker, float]] = {
    "context": (context.make, 5.0),
    "extract": (extract.make, 2.0),
    "tools": (tools.make, 2.5),
    "classify": (classify.make, 1.0),
    "rewrite": (rewrite.make, 1.5),
    "converse": (converse.make, 2.0),
    "behave": (behave.make, 0.5),
}


def draw(rng: random.Random, split: Split = "train") -> Sample:
    names = list(SKILLS)
    name = rng.choices(names, [SKILLS[name][1] for name in names])[0]
    return SKILLS[name][0](Words(rng, split))
