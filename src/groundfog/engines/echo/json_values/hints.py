"""What the request's text offers for the free places of a schema: names, words, numbers."""

from __future__ import annotations

import re
from typing import Any

from groundfog.engines.echo.json_values.budget import CHECKING, Budget
from groundfog.engines.echo.json_values.search import is_word

_NAMES = re.compile(r"(?<=[\w,;:)] )[A-Z][\w'-]+(?: [A-Z][\w'-]+)*")
_WORDS = re.compile(r"[^\W\d_]{4,}")
_NUMBERS = re.compile(r"(?<![\w.])-?\d{1,15}(?:\.\d{1,6})?(?![\w.]*\w)")

_MOST_NUMBERS = 64


class Hints:
    """Free texts are taken in order: names first, then words; then the same again, numbered."""

    def __init__(self, text: str) -> None:
        text = text[:4000]
        self._text = text.lower()
        self._attempt = 0
        names = list(dict.fromkeys(_NAMES.findall(text)))
        self._words = names or list(dict.fromkeys(_WORDS.findall(text))) or ["echo"]
        self._taken = 0
        self._numbers = [float(number) for number in _NUMBERS.findall(text)[:_MOST_NUMBERS]]
        self.numbers = self._numbers

    def begin(self, attempt: int) -> None:
        """All that the text offers is free again; each attempt starts elsewhere."""
        self._attempt = attempt
        self._taken = 0
        self.numbers = list(self._numbers)

    def word(self) -> str:
        place = self._taken + self._attempt
        self._taken += 1
        around, index = divmod(place, len(self._words))
        return f"{self._words[index]} {around + 1}" if around else self._words[index]

    def mentions(self, choice: Any, budget: Budget) -> bool:
        """Whether the text names a choice, on the first attempt only: later ones must be free to differ."""
        if self._attempt or not isinstance(choice, str) or not 0 < len(choice) <= len(self._text):
            return False
        name = choice.lower()
        budget.spend(2 + len(name) // 64, CHECKING)
        at = self._text.find(name)
        while at >= 0 and not (self._is_edge(at) and self._is_edge(at + len(name))):
            budget.spend(1 + len(name) // 512, CHECKING)
            at = self._text.find(name, at + 1)
        return at >= 0

    def _is_edge(self, at: int) -> bool:
        """Whether a word begins or ends there."""
        before, after = self._text[max(at - 1, 0) : at], self._text[at : at + 1]
        return is_word(before) != is_word(after)
