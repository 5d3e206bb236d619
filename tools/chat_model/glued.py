"""Words that are none, made of all everyday words, and codes of letters, digits and signs: for training only.

A word that is kept for evaluation is never drawn, but its pieces are: a model copies no token that it never wrote.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from tools.chat_model.vocabulary import ADJECTIVES, COMMON, NOUNS, VERBS, spelled

STEMS = sorted({*NOUNS, *ADJECTIVES, *COMMON, *VERBS, *VERBS.values()})
RARE = 0.6
"""Share of the rare ones."""
_KNOWN = {*STEMS, *(f"{stem}s" for stem in STEMS)}
_BEFORE = spelled("un re over sub bri ka o mis fore sa inter lo be bo e da")
_BEHIND = spelled(
    "er ery ish ling ton ia o a ard ette ow ster ful ness et is um ix on by dom en y ie ist ism al ous ump ock ist ave"
)
_SIGNS = spelled("% + / - _ # & * = ~ @ : ; ' ! ? | < > ^ $ § ° € £ ( )")
_CODES = (
    "{n}%",
    "{n} %",
    "#{n}",
    "({n}) {m}-{n}",
    "{w}#{n}",
    "{w} & {v}",
    "{w}_{v}",
    "{w}/{v}",
    "{W}-{n}",
    "{n}/{m}",
    "{n}+{m}",
    "{w}={n}",
    "{n}:{m}:{n}",
    "v{n}.{m}-{w}",
    "€{n}",
    "£{n}.{m}",
    "{n} °C",
    "§ {n}",
    "www.{w}.{v}",
    "/{w}/{v}",
    "@{w}{n}",
    "{w} ({v})",
    "{n} - {m}",
    "{n}*{m}",
    "~{n}",
    "<{w}>",
    "{w}; {v}",
    "{W}'{v}",
    "{n} > {m}",
    "{w}!",
    "{W} no. {n}",
    "{n},{m}{m}",
    "{W}{n}{s}{v}",
    "{s}{n}{s}{m}",
    "{w}{s}{v}",
)


def word(rng: random.Random, rare: Sequence[str] = ()) -> str:
    """In small letters; more often than not of one of the `rare` words."""
    while True:
        stem, roll = rng.choice(rare if rare and rng.random() < RARE else STEMS), rng.random()
        made = stem + rng.choice(_BEHIND if roll < 0.55 else STEMS)
        if roll > 0.8:
            made = rng.choice(_BEFORE) + stem
        if made not in _KNOWN:
            return made


def code(rng: random.Random) -> str:
    """Something like an article number, an address, a share or a sum."""
    first, second = word(rng), word(rng)
    return rng.choice(_CODES).format(
        n=rng.randint(0, 999), m=rng.randint(10, 99), w=first, v=second, W=first.capitalize(), s=rng.choice(_SIGNS)
    )
