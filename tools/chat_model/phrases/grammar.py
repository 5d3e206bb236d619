"""Many wordings from few lines: a line is a wording, `[a|b|]` in it a choice, and `{x}` a blank as in any frame.

A grammar is drawn once, from its own seed, into a list of frames; what holds a wording of the evaluation is left out.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence

from tools.chat_model.words import Frames, held_of

FRAMES = 1500
"""How many frames a grammar gives, with repetitions: what is short and plain comes more often, as people have it."""
LONG = 3
"""A kept wording of so many words (one less with a blank) must not stand within a longer one either."""

Tree = list["str | list[Tree]"]

_SHORTER = (
    ("what is ", "what's "),
    ("do not ", "don't "),
    ("I would ", "I'd "),
    ("I am ", "I'm "),
    ("cannot ", "can't "),
    ("that is ", "that's "),
    ("let us ", "let's "),
    ("does not ", "doesn't "),
    ("please", "pls"),
)


def parsed(text: str) -> Tree:
    """A line as its pieces; a choice is the list of its alternatives."""
    alternatives, _ = _alternatives(text, 0, 0)
    return [alternatives] if len(alternatives) > 1 else alternatives[0]


def _alternatives(text: str, at: int, depth: int) -> tuple[list[Tree], int]:
    found: list[Tree] = [[]]
    while at < len(text):
        letter = text[at]
        if letter == "[":
            inner, at = _alternatives(text, at + 1, depth + 1)
            found[-1].append(inner)
        elif letter == "]" and depth:
            return found, at + 1
        elif letter == "|" and depth:
            found.append([])
            at += 1
        else:
            end = at
            while end < len(text) and text[end] not in "[]" and not (text[end] == "|" and depth):
                end += 1
            found[-1].append(text[at:end])
            at = end
    if depth:
        raise ValueError(f"no end of a choice in {text!r}")
    return found, at


def said(tree: Tree, rng: random.Random) -> str:
    """One way through the choices."""
    return "".join(part if isinstance(part, str) else said(part[int(rng.random() * len(part))], rng) for part in tree)


def tidy(text: str) -> str:
    """Single spaces, none before a mark, a capital at the start."""
    text = re.sub(r" +", " ", text).strip(" ")
    text = re.sub(r" ([,.?!:;])", r"\1", text)
    text = re.sub(r" ?\n ?", "\n", text)
    text = re.sub(r",([.?!])", r"\1", text)
    text = re.sub(r"([.!?] )([a-z])", lambda found: found[1] + found[2].upper(), text)
    return text[:1].upper() + text[1:]


def typed(text: str, rng: random.Random) -> str:
    """As some people type: shorter forms, no capital at the start, no mark at the end."""
    if rng.random() < 0.25:
        for long, short in _SHORTER:
            if rng.random() < 0.6:
                text = re.sub(rf"\b{long}", short, text)
                text = re.sub(rf"\b{long.capitalize()}", short.capitalize(), text)
    roll = rng.random()
    if roll < 0.16 and not text.startswith(("I ", "I'", "{")):
        text = text[:1].lower() + text[1:]
    if text[-1:] in ".?" and roll > 0.06 and rng.random() < 0.14:
        text = text[:-1]
    return text


def plain(text: str) -> str:
    """A wording without case and marks, blanks as one sign: two that agree so are the same wording."""
    text = re.sub(r"\{\w+\}", " _ ", text.lower().replace("what's", "what is").replace("'", ""))
    return " ".join(re.findall(r"[\w]+", text))


def holds(wording: str, kept: Iterable[str]) -> bool:
    """Whether a wording is one of the kept ones (both as `plain` gives them), or has such a one in it."""
    mine = plain(wording)
    within = f" {mine} "
    return any(mine == other or (_long(other) and f" {other.strip('_ ')} " in within) for other in kept)


def _long(kept: str) -> bool:
    return len(kept.replace("_", " ").split()) >= (LONG - 1 if "_" in kept else LONG)


def drawn(lines: str, kept: Iterable[str] = (), count: int = FRAMES) -> list[str]:
    """At most `count` frames of a grammar, its lines in turn; none holds a kept wording."""
    rng = random.Random(lines)
    trees = [parsed(line) for line in lines.strip("\n").split("\n") if line]
    kept = {plain(wording) for wording in kept}
    frames = []
    known: dict[str, bool] = {}
    for number in range(count):
        frame = typed(tidy(said(trees[number % len(trees)], rng).replace("\\n", "\n")), rng)
        if frame not in known:
            known[frame] = holds(frame, kept)
        if not known[frame]:
            frames.append(frame)
    return frames


def kept_of(options: Sequence[str]) -> list[str]:
    """The wordings of a list that are for evaluation."""
    return list(options[len(options) - held_of(options) :])


def joined(lines: str, given: Sequence[str], count: int = FRAMES, beside: Iterable[str] = ()) -> Frames:
    """A list with a grammar's frames for training before it; its last third stays what evaluation asks with.

    `beside`: wordings of the evaluation that the frames must not hold either.
    """
    kept = kept_of(given)
    others = [*kept, *beside]
    plainly = [plain(wording) for wording in others]
    own = [frame for frame in given[: len(given) - len(kept)] if not holds(frame, plainly)]
    return Frames([*drawn(lines, others, count), *own, *kept], len(kept))
