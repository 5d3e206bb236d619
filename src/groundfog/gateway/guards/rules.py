"""The stand-in scanner: words and phrases by category, from `data/rules.json`. It is no model and says so.

A phrase is a row of places: `a|b` is either, `arms_race` two words, `kill*` any word that begins so, and `~` at most
four words of any kind. Texts are compared in lower case, without punctuation and invisible characters; a Chinese or
Japanese character is a word. The time is linear in the text: every word starts the few phrases that begin with it,
and phrases are short.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from itertools import chain

import msgspec

from groundfog.gateway.guards.scanner import Role, Verdicts

NAME = "stand-in: word rules"
SOURCE = "stand-in"
GAP = 4
"""Words that `~` may stand for; of characters that are words, three times as many."""
SLICE = 32 * 1024
"""Characters that are judged in one go; the event loop has its turn between."""
OVERLAP = 1024
"""Characters that two slices share, so that no phrase is cut for both."""
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(f"[{_IDEOGRAPHS}]|[^\\W_{_IDEOGRAPHS}]+")
_INVISIBLE = dict.fromkeys((0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF))
_Choice = tuple[str, ...]
"""Words in a row; one that ends in `*` is a stem."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """One place of a phrase; `gap`: so many words may stand before it."""

    choices: tuple[_Choice, ...]
    gap: int

    def ends(self, words: list[str], start: int) -> Iterator[int]:
        """Where the text goes on, for each way to fill this place from `start` on."""
        for at in range(start, min(start + self.gap + 1, len(words))):
            for choice in self.choices:
                if _fits(choice, words, at):
                    yield at + len(choice)


@dataclasses.dataclass(frozen=True, slots=True)
class _Phrase:
    category: str
    places: tuple[_Place, ...]

    def fits(self, words: list[str], at: int) -> bool:
        starts = {at}
        for place in self.places:
            starts = {end for start in starts for end in place.ends(words, start)}
            if not starts:
                return False
        return True

    def possible(self, vocabulary: frozenset[str]) -> bool:
        """Whether the words are there at all. `vocabulary` has the stems too, with their star."""
        return all(any(all(word in vocabulary for word in choice) for choice in place.choices) for place in self.places)


class Rules:
    """A scanner (`scanner.Scanner`) for all categories, prompt injection included."""

    def __init__(self, phrases: Mapping[str, Mapping[str, list[str]]]) -> None:
        """`phrases`: category → language → phrases. Raises ValueError for one that is none."""
        self._phrases = [
            _Phrase(category, tuple(_places(row)))
            for category, languages in phrases.items()
            for rows in languages.values()
            for row in rows
        ]
        self._starts = _index(self._phrases)
        self._stems = frozenset(
            word
            for phrase in self._phrases
            for place in phrase.places
            for choice in place.choices
            for word in choice
            if word.endswith("*")
        )
        self._lengths = sorted({len(stem) - 1 for stem in self._stems})

    @classmethod
    def load(cls) -> Rules:
        """The rules that come with the package."""
        return _loaded()

    async def scan(self, account: str, text: str, categories: frozenset[str], role: Role) -> Verdicts:
        violated: set[str] = set()
        for at in range(0, len(text), SLICE - OVERLAP):
            if at:
                await asyncio.sleep(0)
            violated |= self._found(split(text[at : at + SLICE]), categories - violated)
            if len(violated) == len(categories):
                break
        return Verdicts(frozenset(violated), NAME, SOURCE)

    def _found(self, words: list[str], categories: frozenset[str]) -> set[str]:
        keys = {word: self._keys(word) for word in set(words)}
        vocabulary = frozenset(chain.from_iterable(keys.values()))
        starting: dict[str, list[_Phrase]] = {}
        for word, beginnings in keys.items():
            for key in beginnings:
                for phrase in self._starts.get(key, ()):
                    # Most phrases that begin here have another word that is nowhere in the text.
                    if phrase.category in categories and phrase.possible(vocabulary):
                        starting.setdefault(word, []).append(phrase)
        violated: set[str] = set()
        if starting:
            for at, word in enumerate(words):
                for phrase in starting.get(word, ()):
                    if phrase.category not in violated and phrase.fits(words, at):
                        violated.add(phrase.category)
        return violated

    def _keys(self, word: str) -> list[str]:
        """The word, and the stems that it begins with."""
        stems = [
            stem for length in self._lengths if (stem := word[:length] + "*") in self._stems and length <= len(word)
        ]
        return [word, *stems]


def split(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).translate(_INVISIBLE).casefold())


@functools.cache
def _loaded() -> Rules:
    data = resources.files("groundfog.gateway.guards").joinpath("data/rules.json").read_bytes()
    return Rules(msgspec.json.decode(data, type=dict[str, dict[str, list[str]]]))


def _index(phrases: Iterable[_Phrase]) -> dict[str, list[_Phrase]]:
    """By the words that a phrase can begin with."""
    index: dict[str, list[_Phrase]] = {}
    for phrase in phrases:
        for word in dict.fromkeys(choice[0] for choice in phrase.places[0].choices):
            index.setdefault(word, []).append(phrase)
    return index


def _places(row: str) -> Iterator[_Place]:
    gap = False
    empty = True
    for part in row.split():
        if part == "~":
            if empty:
                raise ValueError(f"the phrase {row!r} does not begin with a word")
            gap = True
            continue
        choices = tuple(map(_choice, part.split("|")))
        if not all(choices):
            raise ValueError(f"the phrase {row!r} has an empty choice")
        characters = any(re.match(f"[{_IDEOGRAPHS}]", choice[0]) for choice in choices)
        yield _Place(choices, (GAP * 3 if characters else GAP) if gap else 0)
        gap = empty = False
    if empty or gap:
        raise ValueError(f"the phrase {row!r} does not end with a word")


def _choice(text: str) -> _Choice:
    words = split(text.replace("_", " "))
    if words and text.endswith("*"):
        words[-1] += "*"
    return tuple(words)


def _fits(choice: _Choice, words: list[str], at: int) -> bool:
    if at + len(choice) > len(words):
        return False
    return all(
        words[at + number].startswith(word[:-1]) if word[-1] == "*" else words[at + number] == word
        for number, word in enumerate(choice)
    )
