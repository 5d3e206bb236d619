"""Everyday ways to ask and to tell the facts of `tools.chat_model.facts`, for training only.

`facts_asked.txt` has for each relation a question as one asks it first ("how old is {e}"), nouns for its value, and the
question as a clause ("how old {e} is"); `facts_told.txt` has statements. Both are written in the way of `grammar`.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

from tools.chat_model.phrases import grammar
from tools.chat_model.phrases.shells import OPEN, wondered

DRAWN = 420
"""How many questions are drawn for a relation, with repetitions; and as many statements."""
_NOW = "[|||||now|today|these days]"
_GIVE = (
    "[tell me|give me|say|name|find|I need|I want|please give me|look up|could you tell me|can you give me|do you know|"
    "do you have|may I have]"
)
_ABOUT = "[{e}: |{e} - |about {e}: |I ask about {e}: |a question on {e}: ]"


def _blocks(name: str) -> dict[str, list[str]]:
    """The lines below each relation's name."""
    text = (Path(__file__).parent / name).read_text().strip()
    return {lines[0].removeprefix("- "): lines[1:] for lines in map(str.splitlines, text.split("\n\n"))}


def _asks(direct: str, noun: str, clause: str) -> str:
    direct, named = direct.replace("{now}", _NOW), f"[the {noun} of {{e}}|{{e}}'s {noun}]"
    return "\n".join(
        (
            f"{direct}[?|?|?|]",
            f"{direct}?",
            f"{OPEN}{direct}?",
            wondered(clause),
            f"{OPEN}[what is|what's|what was|what would be] {named}?",
            f"{OPEN}{_GIVE} {named}[.|?|]",
            f"{_ABOUT}[what is the {noun}|which {noun}|the {noun}|{noun}][?|?|]",
        )
    )


def _says(lines: list[str]) -> str:
    return "\n".join(f"{line}[||||||||, they say|, as everyone knows|, I think]." for line in lines)


@functools.cache
def asked() -> dict[str, str]:
    """The grammar of each relation's questions."""
    return {name: _asks(*lines) for name, lines in _blocks("facts_asked.txt").items()}


@functools.cache
def told() -> dict[str, str]:
    """The grammar of each relation's statements."""
    return {name: _says(lines) for name, lines in _blocks("facts_told.txt").items()}


def drawn(lines: str, kept: list[str]) -> list[str]:
    """The frames of a grammar that hold no wording of the evaluation."""
    return grammar.drawn(lines, kept, DRAWN)


def kept_of(frames: Sequence[str]) -> list[str]:
    """Those that are for evaluation."""
    return grammar.kept_of(frames)
