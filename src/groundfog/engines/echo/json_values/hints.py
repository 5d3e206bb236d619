"""What the request's text offers for the free places of a schema: names, words, numbers."""

from __future__ import annotations

import re
from typing import Any

_NAMES = re.compile(r"(?<=[\w,;:)] )[A-Z][\w'-]+(?: [A-Z][\w'-]+)*")
_WORDS = re.compile(r"[^\W\d_]{4,}")
_NUMBERS = re.compile(r"(?<![\w.])-?\d{1,15}(?:\.\d{1,6})?(?![\w.]*\w)")


class Hints:
    """Free texts are taken in order: names first, then words; then the same again, numbered."""

    def __init__(self, text: str, attempt: int) -> None:
        text = text[:4000]
        self._text = text.lower()
        self._attempt = attempt
        names = list(dict.fromkeys(_NAMES.findall(text)))
        self._words = names or list(dict.fromkeys(_WORDS.findall(text))) or ["echo"]
        self._taken = 0
        self.numbers = [float(number) for number in _NUMBERS.findall(text)]

    def word(self) -> str:
        place = self._taken + self._attempt
        self._taken += 1
        around, index = divmod(place, len(self._words))
        return f"{self._words[index]} {around + 1}" if around else self._words[index]

    def mentioned(self, choices: list[Any]) -> Any | None:
        """The first choice that the text names, on the first attempt only: later ones must be free to differ."""
        if self._attempt:
            return None
        for choice in choices:
            if isinstance(choice, str) and choice and re.search(rf"\b{re.escape(choice.lower())}\b", self._text):
                return choice
        return None
