"""Whether a regular expression finds something in a text, in bounded time.

Python's `re` tries one way after the other, which a pattern such as `(a+)+b` makes exponential, and nobody else is
answered meanwhile. Here all ways are followed at once, as the set of places that they have reached.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from groundfog.engines.echo.json_values.budget import MATCHING, Budget
from groundfog.engines.echo.json_values.schema import Impossible

# Python's own parser of its expressions; it has no public name any more, and a second one would read them otherwise.
_parser: Any = import_module("re._parser")

_PLAIN_FLAGS = 32
"""`re.UNICODE`, which every pattern has."""


def parsed(pattern: str, budget: Budget) -> Any:
    """The nodes of a pattern. Raises Impossible for one that cannot be read."""
    known = budget.patterns.get(pattern)
    if known is not None:
        return known
    budget.spend(10 + 2 * len(pattern), MATCHING)
    try:
        nodes = _parser.parse(pattern)
    except (_parser.error, OverflowError) as error:
        raise Impossible(f"pattern {pattern!r} cannot be read: {error}", final=True) from None
    if nodes.state.flags != _PLAIN_FLAGS:
        raise Impossible("patterns with flags are not supported", final=True)
    budget.patterns[pattern] = nodes
    return nodes


def found(pattern: str, text: str, budget: Budget) -> bool:
    """Raises Impossible for back references and the like."""
    nodes = parsed(pattern, budget)
    budget.spend(1 + len(text) // 16, MATCHING)
    return bool(_Search(text, budget).sequence(nodes, set(range(len(text) + 1))))


class _Search:
    def __init__(self, text: str, budget: Budget) -> None:
        self._text = text
        self._budget = budget

    def sequence(self, nodes: Any, places: set[int]) -> set[int]:
        """Where one can be after `nodes`, from any of `places`."""
        self._budget.spend(1, MATCHING)
        for name, value in nodes:
            if not places:
                break
            places = self._node(str(name), value, places)
        return places

    def _node(self, name: str, value: Any, places: set[int]) -> set[int]:
        self._budget.spend(1 + len(places) * (len(value) if name == "IN" else 1) // 2, MATCHING)
        match name:
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
                text = self._text
                return {at + 1 for at in places if at < len(text) and _is_one(name, value, text[at])}
            case "BRANCH":
                return set().union(*(self.sequence(branch, places) for branch in value[1]))
            case "SUBPATTERN" if not value[1] and not value[2]:
                return self.sequence(value[3], places)
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self._repeated(int(value[0]), int(value[1]), value[2], places)
            case "AT":
                return {at for at in places if self._is_at(str(value), at)}
            case "ASSERT" | "ASSERT_NOT":
                return {at for at in places if self._holds(value, at) == (name == "ASSERT")}
        raise Impossible(f"patterns with {name.lower()} are not supported", final=True)

    def _repeated(self, low: int, high: int, part: Any, places: set[int]) -> set[int]:
        for _ in range(low):
            places = self.sequence(part, places)
            if not places:
                return places
        reached, newest = set(places), places
        for _ in range(high - low):
            newest = self.sequence(part, newest) - reached
            if not newest:
                break
            reached |= newest
        return reached

    def _holds(self, value: Any, at: int) -> bool:
        direction, part = value
        if direction > 0:
            return bool(self.sequence(part, {at}))
        return any(at in self.sequence(part, {start}) for start in range(at + 1))

    def _is_at(self, place: str, at: int) -> bool:
        text, end = self._text, len(self._text)
        match place:
            case "AT_BEGINNING" | "AT_BEGINNING_STRING":
                return at == 0
            case "AT_END":
                return at == end or (at == end - 1 and text[at] == "\n")
            case "AT_END_STRING":
                return at == end
        before, after = at > 0 and is_word(text[at - 1]), at < end and is_word(text[at])
        return (before != after) == (place == "AT_BOUNDARY")


def _is_one(name: str, value: Any, letter: str) -> bool:
    if name == "ANY":
        return letter != "\n"
    if name == "IN":
        negated = str(value[0][0]) == "NEGATE"
        return negated != any(_is_in(str(kind), part, letter) for kind, part in value[negated:])
    return bool((ord(letter) == value) == (name == "LITERAL"))


def _is_in(kind: str, part: Any, letter: str) -> bool:
    if kind == "LITERAL":
        return bool(ord(letter) == part)
    if kind == "RANGE":
        return bool(part[0] <= ord(letter) <= part[1])
    category = str(part)
    tests = {"DIGIT": letter.isdecimal(), "SPACE": letter.isspace(), "WORD": is_word(letter)}
    return tests[category.rpartition("_")[2]] != ("_NOT_" in category)


def is_word(letter: str) -> bool:
    """Whether a character (or none) belongs to a word, as `\\w` has it."""
    return letter.isalnum() or letter == "_"
