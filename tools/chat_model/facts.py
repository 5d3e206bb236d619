"""Kinds of things, what can be said of them, and how it is asked. The last third of each list is for evaluation.

`{e}` is the thing, `{v}` the value. A statement that begins with `{p}` uses the kind's pronoun and never comes first.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from tools.chat_model import relations
from tools.chat_model import words as w
from tools.chat_model.phrases import facts as phrases
from tools.chat_model.wordings import MORE
from tools.chat_model.words import Frames, Words, either, held_of

Value = Callable[[Words], str]
COMPOSED = 0.3
"""Share of a training's wordings that are put together by `relations`."""
EVERYDAY = 0.75
"""Up to here, those of `phrases/facts.py`; the others are of the lists."""


@dataclasses.dataclass(frozen=True)
class Attribute:
    """`key` is the field's name in extraction; `kind` its JSON type."""

    key: str
    value: Value
    statements: Frames
    questions: Frames
    kind: str = "string"
    relation: str = ""
    """Its name in `RELATIONS`."""
    kept: frozenset[str] = frozenset()
    """The wordings that only evaluation has."""
    everyday: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Statements and questions of `phrases/facts.py`."""

    def said(self, words: Words, *, first: bool) -> str:
        """A statement; not one with a pronoun where it comes `first`."""
        if words.split == "train":
            roll = words.rng.random()
            if roll < COMPOSED:
                return relations.statement(words, self.relation, self.kept, first=first)
            if roll < EVERYDAY:
                frame = words.pick(self.everyday[0])
                if not (first and frame.startswith("{p}")):
                    return frame
        frames = words.side(self.statements)
        return words.pick([frame for frame in frames if not (first and frame.startswith("{p}"))])

    def asked(self, words: Words) -> str:
        """A question."""
        if words.split == "train":
            roll = words.rng.random()
            if roll < COMPOSED:
                return relations.question(words, self.relation, self.kept)
            if roll < EVERYDAY:
                return words.pick(self.everyday[1])
        return words.frame(self.questions)


@dataclasses.dataclass(frozen=True)
class Kind:
    name: str
    made: Value
    pronoun: str
    attributes: tuple[Attribute, ...]


def listed(options: list[str]) -> Value:
    return lambda words: words.open(options)


def number(low: int, high: int) -> Value:
    return lambda words: words.number(low, high)


def a(key: str, value: Value, statements: str, questions: str, kind: str = "string") -> Attribute:
    return Attribute(key, value, held(statements), held(questions), kind)


def held(text: str) -> Frames:
    """Wordings of which the last third is for evaluation."""
    wordings = either(text)
    return Frames(wordings, held_of(wordings))


def drawn(grammar: str, kept: list[str], held_back: frozenset[str]) -> tuple[str, ...]:
    """A grammar's frames, without those that hold a wording of the evaluation."""
    return tuple(frame for frame in phrases.drawn(grammar, kept) if not relations.holds(frame, held_back))


def more_worded(kind: Kind) -> Kind:
    """The kind with the wordings of `wordings.py` for training."""

    def joined(given: Frames, more: str) -> Frames:
        return Frames([*(wording for wording in either(more) if wording not in given), *given], given.held)

    def worded(attribute: Attribute) -> Attribute:
        name = f"{kind.name} {attribute.key}"
        said, asked = MORE[name]
        kept = [*phrases.kept_of(attribute.statements), *phrases.kept_of(attribute.questions)]
        held_back = relations.held_wordings(attribute.statements) | relations.held_wordings(attribute.questions)
        return dataclasses.replace(
            attribute,
            statements=joined(attribute.statements, said),
            questions=joined(attribute.questions, asked),
            relation=name,
            kept=held_back,
            everyday=(
                tuple(f"{frame.rstrip('.')}." for frame in drawn(phrases.told()[name], kept, held_back)),
                drawn(phrases.asked()[name], kept, held_back),
            ),
        )

    return dataclasses.replace(kind, attributes=tuple(map(worded, kind.attributes)))


PERSON = Kind(
    "person",
    Words.person,
    "She",
    (
        a(
            "town",
            Words.town,
            "{e} lives in {v}.|The home of {e} is in {v}.|{p} has lived in {v} for years.|{e} moved to {v} last year.|"
            "{e} has a flat in {v}.|These days {e} is at home in {v}.",
            "Where does {e} live?|In which town does {e} live?|What town is {e} at home in?|"
            "Which town does {e} live in?|Can you tell me where {e} lives?|Where is the home of {e}?",
        ),
        a(
            "job",
            listed(w.JOBS),
            "{e} works as a {v}.|{e} is a {v}.|{p} earns a living as a {v}.|By trade {e} is a {v}.|"
            "{e} has been a {v} since school.|{e} found work as a {v}.",
            "What is the job of {e}?|What does {e} do for a living?|What is {e} by trade?|What work does {e} do?|"
            "What does {e} work as?|Which job does {e} have?",
        ),
        a(
            "employer",
            Words.company,
            "{e} works for {v}.|{e} is employed by {v}.|{p} has a job at {v}.|{e} joined {v} in spring.|"
            "The employer of {e} is {v}.|{e} is on the staff of {v}.",
            "Who does {e} work for?|Which company employs {e}?|Who is the employer of {e}?|Where is {e} employed?|"
            "What company does {e} work for?|At which company is {e} employed?",
        ),
        a(
            "email",
            lambda words: words.email(words.first_name()),
            "The e-mail address of {e} is {v}.|You can write to {e} at {v}.|{e} reads mail sent to {v}.|"
            "Mail for {e} goes to {v}.|{e} can be reached at {v}.",
            "What is the e-mail address of {e}?|What is the email of {e}?|Where can I write to {e}?|"
            "How can I reach {e} by mail?|Which e-mail address does {e} have?",
        ),
        a(
            "phone",
            Words.phone,
            "The phone number of {e} is {v}.|{e} answers the phone under {v}.|Call {e} on {v}.|"
            "{e} has the number {v}.|You can ring {e} on {v}.",
            "What is the phone number of {e}?|How can I call {e}?|Which number do I dial for {e}?|"
            "What is the number of {e}?|On which number can I ring {e}?",
        ),
        a(
            "age",
            number(18, 90),
            "{e} is {v} years old.|{e} turned {v} this year.|{p} is {v} years of age.|At {v}, {e} is still curious.|"
            "{e} celebrated birthday number {v}.",
            "How old is {e}?|What is the age of {e}?|What age is {e}?|How many years old is {e}?|"
            "Can you tell me the age of {e}?",
            "integer",
        ),
        a(
            "language",
            listed(w.LANGUAGES),
            "{e} speaks {v}.|{e} learned {v} as a child.|{p} speaks {v} well.|The mother tongue of {e} is {v}.|"
            "At home {e} talks in {v}.",
            "Which language does {e} speak?|What language does {e} speak?|What does {e} speak?|"
            "In which language does {e} talk?|What is the language of {e}?",
        ),
        a(
            "hobby",
            listed(w.HOBBIES),
            "{e} likes {v}.|The hobby of {e} is {v}.|{p} spends weekends on {v}.|In free time {e} enjoys {v}.|"
            "{e} has a passion for {v}.",
            "What is the hobby of {e}?|What does {e} like?|What does {e} enjoy in free time?|"
            "Which hobby does {e} have?|What does {e} do for fun?",
        ),
        a(
            "pet",
            lambda words: f"{words.pick(w.ANIMALS)} named {words.first_name()}",
            "{e} has a {v}.|{e} keeps a {v}.|{p} looks after a {v}.|A {v} lives with {e}.|{e} owns a {v}.",
            "Which pet does {e} have?|What animal does {e} keep?|What pet does {e} own?|"
            "What kind of animal does {e} have?|Which animal lives with {e}?",
        ),
    ),
)

COMPANY = Kind(
    "company",
    Words.company,
    "It",
    (
        a(
            "founded",
            Words.year,
            "{e} was founded in {v}.|{e} started in {v}.|{p} was set up in {v}.|The year {v} saw the start of {e}.|"
            "{e} has existed since {v}.",
            "When was {e} founded?|In which year did {e} start?|What year was {e} founded?|When did {e} begin?|"
            "Since when has {e} existed?",
            "integer",
        ),
        a(
            "boss",
            Words.person,
            "{e} is led by {v}.|The head of {e} is {v}.|{v} runs {e}.|{p} is managed by {v}.|{v} is in charge of {e}.",
            "Who leads {e}?|Who is the head of {e}?|Who runs {e}?|Who manages {e}?|Who is in charge of {e}?",
        ),
        a(
            "town",
            Words.town,
            "{e} is based in {v}.|The head office of {e} is in {v}.|{p} has its seat in {v}.|{e} sits in {v}.|"
            "You find {e} in {v}.",
            "Where is {e} based?|Where is the head office of {e}?|In which town is {e}?|Where does {e} have its seat?|"
            "Which town is {e} in?",
        ),
        a(
            "staff",
            number(3, 990),
            "{e} has {v} employees.|{v} people work at {e}.|{p} employs {v} people.|The staff of {e} counts {v}.|"
            "{e} gives work to {v} people.",
            "How many people work at {e}?|How many employees does {e} have?|How big is the staff of {e}?|"
            "How many people does {e} employ?|What is the number of employees of {e}?",
            "integer",
        ),
        a(
            "product",
            listed([f"{thing}s" for thing in w.THINGS if not thing.endswith("s")]),
            "{e} makes {v}.|{e} sells {v}.|{p} is known for its {v}.|The main product of {e} is {v}.|{e} produces {v}.",
            "What does {e} make?|What does {e} sell?|What is {e} known for?|What is the main product of {e}?|"
            "What does {e} produce?",
        ),
    ),
)

PRODUCT = Kind(
    "product",
    lambda words: f"the {words.brand()} {words.pick(w.THINGS)}",
    "It",
    (
        a(
            "price",
            Words.price,
            "{E} costs {v}.|The price of {e} is {v}.|{p} sells for {v}.|You pay {v} for {e}.|{E} is on offer for {v}.",
            "How much does {e} cost?|What is the price of {e}?|What does {e} cost?|How much is {e}?|"
            "What do I pay for {e}?",
        ),
        a(
            "colour",
            listed(w.COLOURS),
            "{E} is {v}.|{E} comes in {v}.|{p} is painted {v}.|The colour of {e} is {v}.|They made {e} in {v}.",
            "What colour is {e}?|Which colour does {e} have?|What is the colour of {e}?|In which colour is {e} made?|"
            "What colour does {e} come in?",
        ),
        a(
            "weight",
            lambda words: f"{words.number(1, 40)} kilograms",
            "{E} weighs {v}.|The weight of {e} is {v}.|{p} weighs {v}.|{E} has a weight of {v}.|"
            "On the scale {e} shows {v}.",
            "How much does {e} weigh?|What is the weight of {e}?|How heavy is {e}?|What does {e} weigh?|"
            "Which weight does {e} have?",
        ),
        a(
            "material",
            listed(w.MATERIALS),
            "{E} is made of {v}.|The material of {e} is {v}.|{p} is built from {v}.|{E} consists of {v}.|"
            "They build {e} out of {v}.",
            "What is {e} made of?|What is the material of {e}?|Which material is {e} made of?|"
            "From which material is {e} built?|What does {e} consist of?",
        ),
        a(
            "warranty",
            lambda words: f"{words.number(2, 12)} years",
            "{E} has a warranty of {v}.|The warranty of {e} lasts {v}.|{p} comes with {v} of warranty.|"
            "{E} is covered for {v}.",
            "How long is the warranty of {e}?|What warranty does {e} have?|How long does the warranty of {e} last?|"
            "For how long is {e} covered?",
        ),
    ),
)

EVENT = Kind(
    "event",
    lambda words: f"the {words.town()} {words.pick(['fair', 'concert', 'meeting', 'festival', 'race', 'workshop'])}",
    "It",
    (
        a(
            "date",
            Words.date,
            "{E} takes place on {v}.|{E} is on {v}.|{p} will be held on {v}.|The date of {e} is {v}.|"
            "They planned {e} for {v}.",
            "When does {e} take place?|When is {e}?|On which day is {e}?|What is the date of {e}?|"
            "For which day is {e} planned?",
        ),
        a(
            "time",
            Words.time,
            "{E} starts at {v}.|{E} begins at {v}.|{p} opens at {v}.|Doors of {e} open at {v}.|"
            "The start of {e} is at {v}.",
            "When does {e} start?|At what time does {e} begin?|What time does {e} open?|When do the doors of {e} open?|"
            "What is the starting time of {e}?",
        ),
        a(
            "place",
            lambda words: f"the {words.pick(w.MATERIALS)} {words.pick(['hall', 'house', 'barn', 'tower', 'garden'])}",
            "{E} is held in {v}.|{E} happens in {v}.|{p} meets in {v}.|The place of {e} is {v}.|Come to {v} for {e}.",
            "Where is {e} held?|Where does {e} happen?|What is the place of {e}?|Where does {e} meet?|"
            "Where do I go for {e}?",
        ),
        a(
            "host",
            Words.person,
            "{E} is organised by {v}.|The host of {e} is {v}.|{v} organises {e}.|{p} is run by {v}.|"
            "{v} takes care of {e}.",
            "Who organises {e}?|Who is the host of {e}?|Who runs {e}?|By whom is {e} organised?|Who takes care of {e}?",
        ),
        a(
            "guests",
            number(10, 900),
            "{E} expects {v} guests.|{v} people will visit {e}.|{p} has room for {v} guests.|"
            "There are {v} tickets for {e}.",
            "How many guests does {e} expect?|How many people will visit {e}?|For how many guests does {e} have room?|"
            "How many tickets are there for {e}?",
            "integer",
        ),
    ),
)

PLACE = Kind(
    "place",
    lambda words: f"the {words.town()} {words.pick(['museum', 'library', 'ferry', 'station', 'pool', 'market'])}",
    "It",
    (
        a(
            "opens",
            Words.time,
            "{E} opens at {v}.|The opening hour of {e} is {v}.|{p} is open from {v}.|From {v} on, {e} is open.|"
            "{E} lets visitors in at {v}.",
            "When does {e} open?|What is the opening hour of {e}?|From when is {e} open?|At what time does {e} open?|"
            "When does {e} let visitors in?",
        ),
        a(
            "closed",
            listed(w.WEEKDAYS),
            "{E} is closed on {v}.|On {v} {e} stays closed.|{p} does not open on {v}.|{E} rests on {v}.|"
            "The doors of {e} are shut on {v}.",
            "On which day is {e} closed?|When is {e} closed?|Which day does {e} not open?|When does {e} stay closed?|"
            "On what day does {e} rest?",
        ),
        a(
            "ticket",
            Words.price,
            "A ticket for {e} costs {v}.|{E} charges {v}.|Entry to {e} is {v}.|{p} asks {v} for a ticket.|"
            "Visitors pay {v} at {e}.",
            "How much is a ticket for {e}?|What does {e} charge?|What is the entry to {e}?|"
            "How much does {e} ask for a ticket?|What do visitors pay at {e}?",
        ),
        a(
            "built",
            Words.year,
            "{E} was built in {v}.|{E} dates from {v}.|{p} was finished in {v}.|Workers completed {e} in {v}.|"
            "{E} goes back to {v}.",
            "When was {e} built?|From which year is {e}?|When was {e} finished?|In which year was {e} built?|"
            "When did workers complete {e}?",
            "integer",
        ),
        a(
            "street",
            Words.street,
            "{E} stands at {v}.|The address of {e} is {v}.|{p} is at {v}.|You find {e} at {v}.|{E} is located at {v}.",
            "What is the address of {e}?|Where does {e} stand?|At which address is {e}?|Where is {e}?|"
            "Where is {e} located?",
        ),
    ),
)

KINDS = tuple(map(more_worded, (PERSON, COMPANY, PRODUCT, EVENT, PLACE)))


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def say(frame: str, entity: str, value: str, pronoun: str) -> str:
    """A frame with its blanks filled in."""
    filled = frame.format(e=entity, E=capital(entity), v=value, p=pronoun)
    return capital(filled)
