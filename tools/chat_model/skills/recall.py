"""Recall: copy words, and look up what stood beside a word. The first thing to learn; it is not evaluated.

Several things are looked up in one dialogue: finding where to begin is what is hard, and every answer teaches it.
"""

from __future__ import annotations

from typing import Any

from tools.chat_model.sample import Sample, assistant, system, user
from tools.chat_model.words import Words

REPEATS = ("Repeat: {t}", "Copy: {t}", "{t}\nRepeat this.", "Say this again: {t}", "Write this down:\n{t}")
LOOKUPS = ("What is {k}?", "{k}", "Look up {k}.", "{k}?", "Tell me {k}.")
BEGINNINGS = ("Who has {k}?", "What begins the line of {k}?", "Who {k}?", "Beginning of {k}?", "First word before {k}?")
FIRSTS = ("First words:", "With what do their lines begin?", "Beginnings of the lines of", "Who begins the lines of")
LINES = ("Which line has {k}?", "{k}", "Find {k}.", "What is said of {k}?", "Tell me about {k}.", "{k}?")


def make(words: Words) -> Sample:
    rng = words.rng
    roll = rng.random()
    if roll < 0.3:
        text = " ".join(words.anything() for _ in range(rng.randint(2, 24)))
        return Sample("recall", [user(words.pick(REPEATS).format(t=text))], text)
    return table(words) if roll < 0.4 else dense(words) if roll < 0.5 else lines(words)


def table(words: Words) -> Sample:
    """Keys with values; asked for values."""
    rng = words.rng
    keys = list(dict.fromkeys(words.anything() for _ in range(rng.randint(2, 8))))
    rows = {key: " ".join(words.anything() for _ in range(rng.randint(1, 3))) for key in keys}
    joint = rng.choice((": ", " = ", " - ", " is "))
    text = rng.choice(("\n", "; ", ". ")).join(f"{key}{joint}{value}" for key, value in rows.items())
    asked = rng.sample(keys, rng.randint(1, len(keys)))
    return looked_up(words, text, [(words.pick(LOOKUPS).format(k=key), rows[key]) for key in asked])


def lines(words: Words) -> Sample:
    """Lines of words; asked for the line that has a word or two, which stand behind its first word."""
    rng = words.rng
    word = words.noun if rng.random() < 0.7 else words.anything
    longest = rng.choice((2, 2, 3, 5, 7))
    told = [[word() for _ in range(rng.randint(2, longest))] for _ in range(rng.randint(2, 7))]
    joint = rng.choice(("\n", ". ", ".\n", "\n- "))
    text = joint.lstrip(".\n ") + joint.join(" ".join(line) for line in told)
    turns = []
    for line in rng.sample(told, rng.randint(1, len(told))):
        first = rng.randrange(1, len(line))
        key = " ".join(line[first : first + rng.choice((1, 1, 2))])
        if rng.random() < 0.6:
            turns.append((words.pick(BEGINNINGS).format(k=key), line[0]))
        else:
            turns.append((words.pick(LINES).format(k=key), " ".join(line)))
    return looked_up(words, text, turns)


def dense(words: Words) -> Sample:
    """Lines of words; for many words at once, what their line begins with: an answer with a lesson in each line."""
    rng = words.rng
    longest = rng.choice((2, 3, 4, 6))
    told = [[words.anything() for _ in range(rng.randint(2, longest))] for _ in range(rng.randint(2, 7))]
    joint = rng.choice((".\n", ". ", "\n", "\n- "))
    text = joint.lstrip(".\n ") + joint.join(" ".join(line) for line in told)
    pairs = [(word, line[0]) for line in told for word in line[1:]]
    rng.shuffle(pairs)
    pairs = pairs[:14]
    link, asked = rng.choice((": ", " - ", " = ")), rng.choice((", ", "\n"))
    question = f"{words.pick(FIRSTS)} {asked.join(word for word, _ in pairs)}"
    return looked_up(words, text, [(question, "\n".join(f"{word}{link}{first}" for word, first in pairs))])


def looked_up(words: Words, text: str, turns: list[tuple[str, str]]) -> Sample:
    """The text, and questions about it with their answers."""
    messages: list[dict[str, Any]] = [system(text)]
    if words.rng.random() < 0.5:
        messages, turns[0] = [], (f"{text}\n\n{turns[0][0]}", turns[0][1])
    for question, answer in turns[:-1]:
        messages += [user(question), assistant(answer)]
    return Sample("recall", [*messages, user(turns[-1][0])], turns[-1][1])
