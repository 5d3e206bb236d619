"""Texts as people write them: letters, notices, reports, leaflets, each with questions and fields; for training.

The files beside this one have blocks, with an empty line between them:

    - what kind of text it is
    The [old|little] {name} mill [grinds|mills] {grain:rye|oats|barley} on {weekday}. {owner:person} runs it.
    The {name} mill is {owner:person}'s. On {weekday}, it [grinds|mills] {grain:rye|oats|barley}.
    ? {owner} <- who [runs|owns] the mill? | whose is the {name} mill?
    ? {weekday} <- on which day does the mill work? | when is there {grain}?
    ! how much is a sack? | when was the mill built? | who was {owner}'s father?
    = mill|name_of_mill {name}
    = owner|miller|run_by {owner}
    = works_sundays* false

- A line without a mark tells all of it; several lines are several ways to tell the same.
- `[a|b|]` is a choice nobody asks for; `{weekday}` a word of that sort (`SLOTS`); `{owner:person}` one with a name of
  its own; `{grain:rye|oats}` a choice with a name.
- `?`: the words of the text that answer, and ways to ask. `!`: what one would ask as well, but the text does not say.
- `=`: names of a field, and its value: words of the text. With a star behind the names: true, false or a list (`a; b`).
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tools.chat_model import glued, strange
from tools.chat_model import words as w
from tools.chat_model.facts import capital
from tools.chat_model.phrases.grammar import Tree, parsed, said
from tools.chat_model.skills import notes
from tools.chat_model.skills.prose_parts import kind_of, proper, quantity, who
from tools.chat_model.words import Split, Words, either, split_of

_FEW = either("two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|sixty|ninety")
_SPANS = either("seconds|minutes|hours|days|weeks|months|years|nights")
_LENGTHS = either("metres|miles|kilometres|feet|inches|yards|centimetres")
_WEIGHTS = either("kilograms|tons|grams|pounds|kg|ounces")
_COINS = either("cents|pounds|euros|dollars|crowns|francs|pence")


def _price(words: Words) -> str:
    roll = words.rng.random()
    if roll < 0.4:
        return words.price()
    if roll < 0.8:
        return f"{words.rng.randint(2, 900)} {words.pick(_COINS)}"
    return f"{words.pick(_FEW)} {words.pick(_COINS)}" if roll < 0.9 else f"£{words.rng.randint(2, 90)}"


def _some(words: Words) -> str:
    """A number as it is written in front of a unit."""
    return words.pick(_FEW) if words.rng.random() < 0.5 else str(words.rng.randint(2, 400))


def _code(words: Words) -> str:
    rng = words.rng
    roll = rng.random()
    if roll < 0.3:
        return f"{rng.choice('ABCDEFGHKLMNPRSTUVXZ')}{rng.randint(1, 999)}"
    if roll < 0.5:
        return f"{''.join(rng.choices('ABCDEFGHKLMNPRSTUVXZ', k=2))}-{rng.randint(10, 9999)}"
    return str(rng.randint(100, 99999)) if roll < 0.7 else glued.code(rng)


def _version(words: Words) -> str:
    rng = words.rng
    return f"{rng.randint(1, 19)}.{rng.randint(0, 20)}" + (f".{rng.randint(0, 9)}" if rng.random() < 0.2 else "")


def _phone(words: Words) -> str:
    rng = words.rng
    return words.phone() if rng.random() < 0.5 else f"{rng.randint(100, 999)} {rng.randint(1000, 9999)}"


SLOTS: Mapping[str, Callable[[Words], str]] = {
    "adjective": Words.adjective,
    "animal": lambda words: words.pick(w.ANIMALS if words.rng.random() < 0.5 else strange.ANIMALS),
    "brand": Words.brand,
    "code": _code,
    "colour": lambda words: words.pick(w.COLOURS) if words.rng.random() < 0.8 else words.adjective(),
    "company": lambda words: words.company() if words.rng.random() < 0.5 else proper(words),
    "date": Words.date,
    "email": lambda words: words.email(strange.one(words.rng).capitalize()),
    "few": lambda words: quantity(words)[0],
    "first": lambda words: words.first_name() if words.rng.random() < 0.5 else strange.word(words),
    "food": lambda words: words.open(w.FOODS),
    "hobby": lambda words: words.open(w.HOBBIES),
    "job": lambda words: words.pick(w.JOBS) if words.rng.random() < 0.5 else strange.job(words),
    "language": lambda words: words.pick(w.LANGUAGES),
    "length": lambda words: f"{_some(words)} {words.pick(_LENGTHS)}",
    "material": lambda words: words.open(w.MATERIALS),
    "month": lambda words: words.pick(w.MONTHS),
    "name": proper,
    "noun": Words.noun,
    "nouns": lambda words: notes.several(words.noun()),
    "number": lambda words: str(words.rng.randint(2, 900)),
    "percent": lambda words: f"{words.rng.randint(1, 99)} {words.pick(('percent', 'per cent'))}",
    "person": who,
    "phone": _phone,
    "place": strange.place,
    "price": _price,
    "span": lambda words: f"{_some(words)} {words.pick(_SPANS)}",
    "street": Words.street,
    "surname": lambda words: strange.word(words) if words.rng.random() < 0.5 else words.town(),
    "thing": kind_of,
    "time": Words.time,
    "town": lambda words: words.town() if words.rng.random() < 0.5 else strange.place(words),
    "version": _version,
    "weekday": lambda words: words.pick(w.WEEKDAYS),
    "weight": lambda words: f"{_some(words)} {words.pick(_WEIGHTS)}",
    "year": lambda words: str(words.rng.randint(1650, 2030)),
}
"""The sorts of words that are drawn."""


@dataclasses.dataclass(frozen=True)
class Form:
    """A block of the files. Each wording is a tree of choices, with blanks named after `slots` and `choices`."""

    title: str
    says: tuple[Tree, ...]
    asks: tuple[tuple[str, Tree], ...]
    unasked: tuple[Tree, ...]
    fields: tuple[tuple[tuple[str, ...], str, bool], ...]
    """Names, value, and whether the value is read as true, false or a list."""
    slots: Mapping[str, str]
    """The sort of each named blank."""
    choices: Mapping[str, tuple[str, ...]]


@dataclasses.dataclass(frozen=True)
class Text:
    title: str
    text: str
    asks: tuple[tuple[str, str], ...]
    """Questions, with the words of the text that answer."""
    unasked: tuple[str, ...]
    """Questions that it does not answer."""
    fields: tuple[tuple[tuple[str, ...], Any], ...]
    """Names that mean the same, and the value."""


_BLANK = re.compile(r"\{(\w+)(?::([^{}]+))?\}")
_ARTICLE = re.compile(r"(\ba|^A|(?<=[.?!\n] )A|(?<=\n)A) (?=[aeiouAEIOU])")
_SENTENCES = re.compile(r"([.?!] )([a-z])")


def form_of(block: str) -> Form:
    """Read one block. Raises ValueError for a blank of no known sort."""
    slots: dict[str, str] = {}
    choices: dict[str, tuple[str, ...]] = {}

    def named(found: re.Match[str]) -> str:
        name, sort = found[1], found[2]
        if sort and "|" in sort:
            if choices.setdefault(name, tuple(sort.split("|"))) != tuple(sort.split("|")):
                raise ValueError(f"{name} has two lists of choices in {block!r}")
        elif name not in choices and (sort or name not in slots):
            sort = sort or name.rstrip("0123456789")
            if sort not in SLOTS or slots.setdefault(name, sort) != sort:
                raise ValueError(f"no sort of words for {{{found[0]}}} in {block!r}")
        return f"{{{name}}}"

    title, *lines = block.splitlines()
    says: list[Tree] = []
    asks: list[tuple[str, Tree]] = []
    unasked: list[Tree] = []
    fields: list[tuple[tuple[str, ...], str, bool]] = []
    for line in lines:
        mark, _, rest = _BLANK.sub(named, line).partition(" ")
        if mark == "?":
            answer, arrow, questions = rest.partition(" <- ")
            if not arrow:
                raise ValueError(f"a question without an answer: {line!r}")
            asks += [(answer, parsed(question)) for question in questions.split(" | ")]
        elif mark == "!":
            unasked += [parsed(question) for question in rest.split(" | ")]
        elif mark == "=":
            keys, _, value = rest.partition(" ")
            fields.append((tuple(keys.rstrip("*").split("|")), value, keys.endswith("*")))
        else:
            says.append(parsed(f"{mark} {rest}"))
    return Form(title.removeprefix("- "), tuple(says), tuple(asks), tuple(unasked), tuple(fields), slots, choices)


@functools.cache
def forms() -> tuple[Form, ...]:
    """All blocks of all files."""
    files = sorted(Path(__file__).parent.glob("*.txt"))
    return tuple(form_of(block.strip()) for file in files for block in re.split(r"\n\s*\n", file.read_text().strip()))


@functools.cache
def forms_of(split: Split) -> tuple[Form, ...]:
    """The blocks of one side: one in eight is kept back, to see how texts of another build are read."""
    return tuple(form for form in forms() if split_of(form.title) == split)


def _drawn(words: Words, form: Form) -> dict[str, str]:
    """A word for each blank, no two the same."""
    drawn = {name: words.pick(options) for name, options in form.choices.items()}
    for name, sort in form.slots.items():
        value = SLOTS[sort](words)
        while value in drawn.values():
            value = SLOTS[sort](words)
        drawn[name] = value
    return drawn


def _tidy(text: str) -> str:
    text = re.sub(r"  +", " ", text).replace(" .", ".").replace(" ,", ",").strip()
    return capital(_SENTENCES.sub(lambda found: found[1] + found[2].upper(), _ARTICLE.sub(r"\1n ", text)))


def place_of(value: str, text: str) -> int:
    """Where the words stand in a text, -1 if nowhere; a part of a word is another word."""
    begin = text.find(value)
    while begin >= 0:
        before, after = text[begin - 1 : begin], text[begin + len(value) : begin + len(value) + 1]
        if not (before.isalnum() and value[:1].isalnum()) and not (after.isalnum() and value[-1:].isalnum()):
            return begin
        begin = text.find(value, begin + 1)
    return -1


def several(words: Words, count: int) -> list[Text]:
    """So many texts of different forms."""
    return [made(words, form) for form in words.rng.sample(forms_of(words.split), count)]


def made(words: Words, form: Form | None = None) -> Text:
    """A text with what it answers; of any form, if none is given."""
    form = form or words.pick(forms_of(words.split))
    drawn = _drawn(words, form)
    rng = words.rng
    text = _tidy(said(words.pick(form.says), rng).replace("\\n", "\n").format(**drawn))
    held = text.lower()

    def found(value: str) -> str:
        value = _ARTICLE.sub(r"\1n ", value.format(**drawn))
        begin = place_of(value.lower(), held)
        return text[begin : begin + len(value)] if begin >= 0 else ""

    asks = [(_tidy(said(tree, rng).format(**drawn)), found(answer)) for answer, tree in form.asks]
    fields: list[tuple[tuple[str, ...], Any]] = []
    for keys, value, special in form.fields:
        if special and value in ("true", "false"):
            fields.append((keys, value == "true"))
        elif special:
            items = [found(item) for item in value.split("; ")]
            if all(items):
                fields.append((keys, items))
        elif told := found(value):
            fields.append((keys, told))
    return Text(
        form.title,
        text,
        tuple((question, answer) for question, answer in asks if answer),
        tuple(_tidy(said(tree, rng).format(**drawn)) for tree in form.unasked),
        tuple(fields),
    )
