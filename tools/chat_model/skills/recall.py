"""Recall: copy words, and look up what stood beside a word. The first thing to learn; it is not evaluated."""

from __future__ import annotations

from tools.chat_model.sample import Sample, system, user
from tools.chat_model.words import Words

REPEATS = ("Repeat: {t}", "Copy: {t}", "{t}\nRepeat this.", "Say this again: {t}", "Write this down:\n{t}")
LOOKUPS = ("What is {k}?", "{k}", "Look up {k}.", "{k}?", "Tell me {k}.")


def make(words: Words) -> Sample:
    rng = words.rng
    if rng.random() < 0.6:
        text = " ".join(words.anything() for _ in range(rng.randint(2, 24)))
        return Sample("recall", [user(words.pick(REPEATS).format(t=text))], text)
    keys = list(dict.fromkeys(words.anything() for _ in range(rng.randint(2, 8))))
    rows = {key: " ".join(words.anything() for _ in range(rng.randint(1, 3))) for key in keys}
    joint = rng.choice((": ", " = ", " - ", " is "))
    table = rng.choice(("\n", "; ", ". ")).join(f"{key}{joint}{value}" for key, value in rows.items())
    key = rng.choice(keys)
    asked = words.pick(LOOKUPS).format(k=key)
    messages = [system(table), user(asked)] if rng.random() < 0.5 else [user(f"{table}\n\n{asked}")]
    return Sample("recall", messages, rows[key])
