"""Echo's tokenizer. It is no model's, but it is simple enough to count by hand.

A token is, with the one space before it: up to eight ASCII letters, digits or underscores; up to two other letters or
digits; one other character. What is left, spaces and line ends, is one token per run. The tokens of a text joined give
the text back.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

_TOKEN = r" ?[0-9A-Za-z_]{1,8}| ?\w{1,2}| ?[^\w\s]|\s+"

split = re.compile(_TOKEN).findall
"""The tokens of a text, in order."""

MESSAGE_TOKENS = 4
"""What a message of a chat costs beside its content."""

IMAGE_TOKENS = 256
"""What an image costs, of whatever size."""

AUDIO_TOKENS = 256


@functools.lru_cache(maxsize=256)
def first(number: int) -> Callable[[str], re.Match[str] | None]:
    """Matches the first `number` tokens of a text, or all where there are fewer. One step of the machine, not many."""
    return re.compile(rf"(?>{_TOKEN}){{0,{number}}}+").match


def count(text: str) -> int:
    """Number of tokens of a text."""
    return len(split(text))
