"""Texts that a regular expression finds."""

from __future__ import annotations

from typing import Any

from groundfog.engines.echo.json_values.budget import MATCHING, Budget
from groundfog.engines.echo.json_values.schema import Impossible
from groundfog.engines.echo.json_values.search import parsed
from groundfog.engines.echo.seeds import Random

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CATEGORIES = {
    "CATEGORY_DIGIT": "0123456789",
    "CATEGORY_SPACE": " ",
    "CATEGORY_WORD": _LETTERS + "0123456789_",
    "CATEGORY_NOT_DIGIT": _LETTERS,
    "CATEGORY_NOT_SPACE": _LETTERS + "0123456789",
    "CATEGORY_NOT_WORD": "-.!, ",
}
_PRINTABLE = _LETTERS + _LETTERS.upper() + "0123456789-_.,:;!?/ @#()[]{}<>+*=&%$'\"\\~^|`"
_OUTSIDE = 10
"""Steps of going through all printable characters."""
_EXTRA = 3
"""Repetitions beyond the least that a first effort may take."""


def make_match(
    pattern: str, random: Random, budget: Budget, least: int = 0, most: int | None = None, effort: int = 0
) -> str:
    """A text that `pattern` is likely to find, `least` to `most` characters long if it can be; the caller checks.

    Each `effort` makes longer repetitions. Raises Impossible for one that cannot be read.
    """
    nodes = parsed(pattern, budget)
    extra = 0 if most is not None and effort % 3 == 0 else _EXTRA + effort // 4
    if least:
        extra = max(extra, least if effort % 2 == 0 else least // (1 + effort % 5))
    text = _Writer(random, extra, budget).sequence(nodes)
    budget.spend(least // 2, MATCHING)
    if len(text) < least and not pattern.endswith("$"):
        text += "".join(_LETTERS[random.below(26)] for _ in range(least - len(text)))
    return text


class _Writer:
    """Writes a text along a parsed expression; `extra` are the repetitions beyond the least."""

    def __init__(self, random: Random, extra: int, budget: Budget) -> None:
        self._random = random
        self._extra = extra
        self._budget = budget

    def sequence(self, nodes: Any) -> str:
        return "".join(self._node(str(name), value) for name, value in nodes)

    def _node(self, name: str, value: Any) -> str:
        self._budget.spend(2, MATCHING)
        random = self._random
        match name:
            case "LITERAL":
                return chr(value)
            case "NOT_LITERAL":
                self._budget.spend(_OUTSIDE, MATCHING)
                return _outside([chr(value)], random)
            case "ANY":
                return _LETTERS[random.below(26)]
            case "IN":
                self._budget.spend(len(value) * (_OUTSIDE if str(value[0][0]) == "NEGATE" else 4), MATCHING)
                return _in_class(value, random)
            case "BRANCH":
                return self.sequence(value[1][random.below(len(value[1]))])
            case "SUBPATTERN":
                return self.sequence(value[3])
            case "MAX_REPEAT" | "MIN_REPEAT":
                low, high, part = value
                times = random.between(low, min(int(high), low + self._extra))
                return "".join(self.sequence(part) for _ in range(times))
            case "AT" | "ASSERT" | "ASSERT_NOT":
                # Places and look-arounds take no characters; whether they hold is for the caller's check.
                return ""
        raise Impossible(f"patterns with {name.lower()} are not supported", final=True)


def _in_class(parts: Any, random: Random) -> str:
    negated = str(parts[0][0]) == "NEGATE"
    ranges: list[tuple[int, int]] = []
    for kind, value in parts[1:] if negated else parts:
        match str(kind):
            case "LITERAL":
                ranges.append((value, value))
            case "RANGE":
                ranges.append(value)
            case "CATEGORY":
                ranges += [(ord(letter), ord(letter)) for letter in _CATEGORIES[str(value)]]
    if negated:
        return _outside([letter for letter in _PRINTABLE if any(a <= ord(letter) <= b for a, b in ranges)], random)
    place = random.below(sum(high - low + 1 for low, high in ranges))
    for low, high in ranges:
        if place <= high - low:
            return chr(low + place)
        place -= high - low + 1
    raise AssertionError("unreachable: the place is within the ranges")


def _outside(excluded: list[str], random: Random) -> str:
    allowed = [letter for letter in _PRINTABLE if letter not in excluded]
    if not allowed:
        raise Impossible("a pattern excludes every printable character", final=True)
    return allowed[random.below(len(allowed))]
