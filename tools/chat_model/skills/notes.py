"""Notes of any kind: what notices, manuals, letters and leaflets say, in sentences put together on the spot.

Each note is a sentence or two, questions with the words that answer, and fields named by words of the note. Training
alone draws them: what a text says is found by the words that it shares with the question, whatever they are.
"""

from __future__ import annotations

import dataclasses
import functools
import string
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.chat_model import words as w
from tools.chat_model.facts import capital
from tools.chat_model.vocabulary import VERBS
from tools.chat_model.words import Words, either

_PARTICIPLES = {
    "drew": "drawn",
    "saw": "seen",
    "stole": "stolen",
    "hid": "hidden",
    "showed": "shown",
    "threw": "thrown",
    "forgot": "forgotten",
}
_FEW = either("two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|sixty|ninety")
_ORDERS = either("first|second|third|fourth|fifth|sixth|seventh|top|ground|lowest|last")
_RANKS = either("first|last|second|oldest|youngest|new|former|only|best|present|chief|next|third|famous")
_ROLES = either(
    "keeper|owner|captain|doctor|teacher|manager|editor|builder|painter|driver|singer|pilot|guide|guard|baker|winner|"
    "author|inventor|architect|director|sailor|farmer|nurse|coach|judge|clerk|gardener|secretary|founder|mayor"
)
_TITLES = either("Aunt|Uncle|Doctor|Captain|Professor|Mister|Sister|Grandma|Grandpa|Cousin|Mrs|Miss|Judge|Chef")
_SPOTS = either("behind|below|under|above|beside|near|in front of|inside|next to|on|at the back of|over|across from|by")
_PARTS = either("handle|lid|door|lamp|button|wheel|engine|roof|cover|switch|screen|battery|label|lock|filter|seat|belt")
_REASONS = either(
    "its age|the rain|the frost|its weight|the noise|the wind|a lack of money|repairs|the high tide|a fire"
)
_UNITS = either("seconds|minutes|hours|days|weeks|months|years")
_MEASURES = either("metres|miles|kilometres|litres|kilograms|tons|feet|grams|inches|pages|acres")
_GOALS = either(
    "start|stop|clean|open|close|reset|unlock|empty|fill|erase|update|move|repair|test|warm|cool|dry|save|erase"
)
_GROUPS = either(
    "children|students|members|groups|adults|families|seniors|visitors|guests|drivers|tenants|owners|readers|customers"
)
_STATES = either("free|closed|cheap|half price|open to all|quiet|crowded|not allowed|safe|busy|full|empty")
_SERVICES = either("parking|entry|coffee|breakfast|the pool|internet|the bus|swimming|the tour|lunch|camping|fishing")
_WISHES = either(
    "make an appointment|book a table|ask for help|order a taxi|report a fault|change the date|get a ticket"
)
_TEAMS = either("crew|team|class|group|family|staff|board|choir|band|committee|club|council")
_EVENTS = either("night|show|concert|fair|tour|party|match|play|lecture|dinner|course")
_HULLS = either(
    "as we know,|at the moment,|as far as we know,|please note:|in short,|by the way,|for those who are new here:|"
    "to begin with,|as promised,|once more:|in case you have not heard:|to answer your letter:|this year,|as before,"
)
_FEATURES = either("mode|search|menu|icons|sound|theme|font|keyboard|screen|export|window|login|filter")


@dataclasses.dataclass(frozen=True)
class Note:
    text: str
    asks: list[tuple[str, str]]
    """Questions, with the words of the text that answer."""
    fields: dict[str, str]
    form: Form
    drawn: dict[str, str]

    def twin(self, words: Words) -> tuple[str, str, str]:
        """A question, its answer, and the question with another word, which nothing answers; or nothing for it."""
        number = words.rng.randrange(len(self.asks))
        question, answer = self.asks[number]
        held = self.text.lower()
        frames = [frame for given, frame in self.form.asks if given.format(**self.drawn).lower() in held]
        near = dict(self.drawn)
        slots = [slot for slot in blanks(frames[number]) if slot not in self.form.names]
        if not slots:
            return question, answer, ""
        slot = words.pick(slots)
        if slot[:2] == "do" or slot[:3] == "did":
            mark = "2" if slot[-1] == "2" else ""
            base = words.pick(list(VERBS))
            past = VERBS[base]
            near |= {f"do{mark}": base, f"did{mark}": past, f"done{mark}": _PARTICIPLES.get(past, past)}
        elif slot == "it":
            near["it"] = named(words)[1]
        elif slot == "article":
            near["article"] = f"{words.pick(('a', 'the'))} {_article(words)}"
        elif slot in _SLOTS:
            near[slot] = _SLOTS[slot](words)
        was, now = self.drawn[slot].lower(), near[slot].lower()
        there = was.removeprefix("our ").removeprefix("your ").removeprefix("the ") in held
        changed = there and now not in held and now not in was
        return question, answer, capital(frames[number].format(**near)) if changed else ""


@dataclasses.dataclass(frozen=True)
class Form:
    """A block of `notes.txt`:

        - slots that are drawn; `thing` also gives `it`, as one asks for it; `verb` gives `do`, `did`, `done`
        with names: words for them, in pairs or more; one is chosen
        . a way to say it
        ? {answer} <- a question | another one
        = a field's name {its value}

    A question or field is left out where the text does not hold its answer.
    """

    slots: tuple[str, ...]
    names: tuple[str, ...]
    choices: tuple[tuple[str, ...], ...]
    says: tuple[str, ...]
    asks: tuple[tuple[str, str], ...]
    """Answer and question."""
    fields: tuple[tuple[str, str], ...]


@functools.cache
def blanks(frame: str) -> tuple[str, ...]:
    """The names of the blanks of a frame."""
    return tuple(name for _, name, _, _ in string.Formatter().parse(frame) if name)


def form_of(block: str) -> Form:
    """Read one block."""
    says: list[str] = []
    asks: list[tuple[str, str]] = []
    fields: list[tuple[str, str]] = []
    names: tuple[str, ...] = ()
    choices: list[tuple[str, ...]] = []
    for line in block.splitlines()[1:]:
        mark, _, rest = line.partition(" ")
        if mark == "with":
            head, _, listed = rest.partition(": ")
            names = tuple(head.split())
            choices = [tuple(choice.split(",")) for choice in listed.split("; ")]
        elif mark == ".":
            says.append(rest)
        elif mark == "?":
            answer, _, questions = rest.partition(" <- ")
            asks += [(answer, question) for question in questions.split(" | ")]
        else:
            key, _, value = rest.partition(" ")
            fields.append((key, value))
    texts = [*says, *(text for pair in (*asks, *fields) for text in pair)]
    used = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}
    needed = {name for name in used if name in _SLOTS and name not in names}
    slots = dict.fromkeys((*block.splitlines()[0].removeprefix("- ").split(), *sorted(needed)))
    return Form(tuple(slots), names, tuple(choices), tuple(says), tuple(asks), tuple(fields))


@functools.cache
def forms() -> tuple[Form, ...]:
    """All forms."""
    return tuple(form_of(block) for block in Path(__file__).with_suffix(".txt").read_text().strip().split("\n\n"))


def several(noun: str) -> str:
    """The plural."""
    if noun in ("sheep", "deer", "fish"):
        return noun
    if noun.endswith(("ch", "sh", "s", "x", "z")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun[:-2]}ves" if noun.endswith("fe") else f"{noun}s"


def named(words: Words) -> tuple[str, str]:
    """A thing as it is first called, and as one asks for it."""
    rng, noun = words.rng, words.noun()
    roll = rng.random()
    if roll < 0.25:
        return f"the {noun}", f"the {noun}"
    if roll < 0.45:
        both = f"the {words.adjective()} {noun}"
        return both, both if rng.random() < 0.6 else f"the {noun}"
    if roll < 0.6:
        full = f"the {_name(words)} {noun}"
        return full, full if rng.random() < 0.6 else f"the {noun}"
    if roll < 0.75:
        place = words.pick((words.town(), f"{words.town()} {words.pick(('Point', 'Hill', 'Street', 'Bay', 'Park'))}"))
        full = f"the {noun} {words.pick(('of', 'at', 'in', 'near'))} {place}"
        return full, full if rng.random() < 0.35 else f"the {noun}"
    if roll < 0.85:
        return f"our {noun}", words.pick((f"our {noun}", f"the {noun}", f"your {noun}"))
    both = f"the {noun} of the {words.noun()}" if roll < 0.93 else f"the {words.open([noun])} {noun}"
    return both, both


def _name(words: Words) -> str:
    return words.pick((words.brand, words.town, words.odd, words.first_name))().capitalize()


def _value(words: Words) -> str:
    """Words that could be the value of anything."""
    roll = words.rng.random()
    if roll < 0.5:
        return words.pick((words.adjective, words.town, words.person, words.date, words.odd))()
    if roll < 0.6:
        return words.number(2, 9999)
    if roll < 0.7:
        return words.pick(w.COLOURS)
    return f"{words.adjective()} {words.noun()}" if roll < 0.85 else f"{words.pick(_FEW)} {_things(words)}"


def _things(words: Words) -> str:
    return several(words.noun())


def _spot(words: Words) -> str:
    return f"{words.pick(_SPOTS)} the {words.noun()}"


def _place(words: Words) -> str:
    noun = words.noun()
    return words.pick(
        (f"at the {noun} in {words.town()}", f"in {words.town()}", f"at the {noun}", _spot(words), "online")
    )


def _who(words: Words) -> str:
    if words.rng.random() < 0.3:
        return f"{words.pick(_TITLES)} {words.pick((words.first_name, words.town))()}"
    return words.person() if words.rng.random() < 0.7 else f"the {words.pick(_ROLES)}"


def _article(words: Words) -> str:
    first = words.pick((words.noun, words.adjective, words.brand))()
    return f"{first} {words.noun()}"


def _price(words: Words) -> str:
    return (
        words.price()
        if words.rng.random() < 0.6
        else f"{words.number(2, 99)} {words.pick(('cents', 'pounds', 'euros'))}"
    )


def _per(words: Words) -> str:
    if words.rng.random() < 0.6:
        return ""
    span = words.pick(("day", "week", "month", "night", "person", "hour"))
    return words.pick((f" for each {words.noun()}", f" a {span}", f" per {span}", " a piece"))


def _moment(words: Words) -> str:
    clock = words.pick((words.time(), words.pick(_FEW)))
    return words.pick(
        (
            f"after {clock}",
            f"before {clock}",
            f"on {words.pick(w.WEEKDAYS)}",
            f"from {clock}",
            f"in {words.pick(w.MONTHS)}",
        )
    )


def _day(words: Words) -> str:
    last = words.pick(("summer", "winter", "week", "year", "spring", "month", *w.WEEKDAYS))
    return words.pick((f"last {last}", f"in {words.pick(w.MONTHS)}", f"in {words.year()}", f"on {words.date()}"))


def _wish(words: Words) -> str:
    if words.rng.random() < 0.5:
        return words.pick(_WISHES)
    return f"{words.pick(list(VERBS))} a {words.noun()}"


def _release(words: Words) -> str:
    kind = words.pick(("spring", "new", "latest", words.adjective()))
    number = words.pick((f"{words.number(1, 9)}.{words.number(0, 9)}", words.number(2, 30)))
    return words.pick((f"version {number}", f"version {number}", f"the {kind} release", f"update {number}"))


def _event(words: Words) -> str:
    first = words.pick((words.noun, words.adjective, words.town))()
    return f"the {first} {words.pick(_EVENTS)}"


def _of(options: list[str]) -> Callable[[Words], str]:
    return lambda words: words.pick(options)


_SLOTS: Mapping[str, Callable[[Words], str]] = {
    "adjective": Words.adjective,
    "amount": lambda words: f"{words.number(2, 900)} {words.pick(_MEASURES)}",
    "colour": lambda words: words.pick((words.pick(w.COLOURS), words.adjective())),
    "day": _day,
    "event": _event,
    "feature": lambda words: words.pick((words.noun(), words.pick(_FEATURES))),
    "few": lambda words: words.pick((words.number(2, 500), words.pick(_FEW))),
    "goal": _of(_GOALS),
    "group": lambda words: words.pick((words.pick(_GROUPS), several(words.pick(_ROLES)))),
    "moment": _moment,
    "month": _of(w.MONTHS),
    "name": _name,
    "noun": Words.noun,
    "noun2": Words.noun,
    "number": lambda words: words.number(2, 60),
    "object": lambda words: words.pick(
        (f"the {words.adjective()} {words.noun()}", f"the {words.noun()} {words.town()}", words.town())
    ),
    "order": _of(_ORDERS),
    "part": lambda words: words.pick((words.noun(), words.pick(_PARTS))),
    "parts": lambda words: several(words.pick((words.noun(), words.pick(_PARTS)))),
    "per": _per,
    "person": Words.person,
    "person2": Words.person,
    "phone": lambda words: words.pick((words.phone(), f"{words.number(100, 999)} {words.number(1000, 9999)}")),
    "place": _place,
    "price": _price,
    "rank": _of(_RANKS),
    "reason": _of(_REASONS),
    "release": _release,
    "role": _of(_ROLES),
    "service": lambda words: words.pick((words.pick(_SERVICES), f"the {words.noun()}")),
    "span": lambda words: f"{words.pick((words.pick(_FEW), words.number(2, 60)))} {words.pick(_UNITS)}",
    "spot": _spot,
    "state": lambda words: words.pick((words.pick(_STATES), words.adjective())),
    "team": _of(_TEAMS),
    "things": _things,
    "things2": _things,
    "time": Words.time,
    "time2": Words.time,
    "town": Words.town,
    "value": _value,
    "ware": lambda words: words.pick((words.pick(("tickets", "cards", "maps", "programmes")), _things(words))),
    "weekday": _of(w.WEEKDAYS),
    "weekday2": _of(w.WEEKDAYS),
    "who": _who,
    "wish": _wish,
    "year": Words.year,
}


def filled(words: Words, form: Form) -> dict[str, str]:
    """A word for each name of a form."""
    drawn: dict[str, str] = {}
    for slot in form.slots:
        if slot == "thing":
            drawn["thing"], drawn["it"] = named(words)
        elif slot == "article":
            drawn["bare"] = _article(words)
            drawn["article"] = f"{words.pick(('a', 'a', 'the'))} {drawn['bare']}"
        elif slot in ("verb", "verb2"):
            base, mark = words.pick(list(VERBS)), slot.removeprefix("verb")
            past = VERBS[base]
            drawn |= {f"do{mark}": base, f"did{mark}": past, f"done{mark}": _PARTICIPLES.get(past, past)}
        else:
            drawn[slot] = _SLOTS[slot](words)
    if form.choices:
        drawn |= zip(form.names, words.pick(form.choices), strict=True)
    return drawn


def _told(key: str, drawn: Mapping[str, str], text: str) -> bool:
    """Whether a field's name is a word of the text, where it is made of words that were drawn."""
    return not key.startswith("{") or key.partition("_")[0].format(**drawn).lower() in text


def made(words: Words) -> Note:
    """One note."""
    form = words.pick(forms())
    drawn = filled(words, form)
    said = words.pick(form.says).format(**drawn)
    if words.rng.random() < 0.15 and not said.startswith(("please", "dear", "as ")):
        said = f"{words.pick(_HULLS)} {said}"
    sentences = said.split(". ")
    text = ". ".join(map(capital, sentences))
    held = text.lower()
    asks = [(capital(question.format(**drawn)), answer.format(**drawn)) for answer, question in form.asks]
    fields = {key.format(**drawn): value.format(**drawn) for key, value in form.fields if _told(key, drawn, held)}
    return Note(
        text,
        [(question, answer) for question, answer in asks if answer.lower() in held],
        {key: value for key, value in fields.items() if value.lower() in held},
        form,
        drawn,
    )
