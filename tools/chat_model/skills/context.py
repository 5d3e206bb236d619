"""Answer from the context: the words of it that answer, or that the context does not say."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from tools.chat_model import relations
from tools.chat_model.facts import KINDS, Attribute, Kind, capital, say
from tools.chat_model.sample import Sample, assistant, system, user
from tools.chat_model.skills import happenings, notes, texts
from tools.chat_model.words import Words, either

REFUSAL = "The context does not say."
UNANSWERED: dict[str, Any] = {"value": None, "sentence": None, "refusal": True}
"""What the evaluation wants of it."""
HAPPENINGS = 0.18
"""Share of happenings among a training's passages."""
NOTES = 0.12
"""Share of notes of any kind, which evaluation does not have."""
TEXTS = 0.45
"""Share of texts as people write them, of which evaluation keeps some for itself."""
REFUSALS = 0.15
"""Share of questions that a training's context does not answer: with more, every new wording is refused."""
TWINS = 0.4
"""Share of what a training asks for twice: once as the context answers it, once almost so, which it does not answer."""
MOST = 12
"""Turns of a training."""
ALIKE = 0.35
"""Share of things that are called almost as the one before."""
UNSURE = tuple(map(frozenset, (("date", "time"), ("email", "phone"), ("job", "hobby"), ("job", "employer"))))
"""What may be asked for alike: a question for the one is never put where only the other is told."""

HEADS = (
    "Answer using this context:\n{c}",
    "Answer using this context:\n\n{c}",
    "Use this context to answer:\n{c}",
    "Context:\n{c}\n\nAnswer from the context only.",
    "You are a helpful assistant. Answer using this context:\n{c}",
    "Answer the question with the help of this context:\n{c}",
    "Answer using only the following context:\n{c}",
)
IN_ONE = (
    "{c}\n\n{q}",
    "Context: {c}\nQuestion: {q}",
    "{q}\n\nContext:\n{c}",
    "Read this: {c}\n\nNow answer: {q}",
)
FILLER = either(
    "It was a long day.|Many people came by in the morning.|Nobody expected that.|"
    "The weather stayed fine all week.|There is more to tell another time.|All of this was in the paper.|"
    "Visitors often ask about it.|That was not always so.|The neighbours were pleased.|"
    "Some say it will change soon.|Time will tell.|This page was last updated in spring."
)


WRAPS = (
    "{q}",
    "{q} Thanks!",
    "Hi! {q}",
    "Question: {q}",
    "Please tell me: {q}",
    "One question: {q}",
    "{q} Please answer.",
)


Ask = Callable[[], tuple[str, str]]
"""Gives a question and its answer."""


@dataclasses.dataclass(frozen=True)
class Told:
    """A sentence of the context: about whom it is, and a way to ask for something that it says, with the answer."""

    entity: str
    sentence: str
    ask: Ask
    twin: Callable[[Sequence[Told]], tuple[str, str, str]]
    """Of all that is told: a question, its answer, and one like it that nothing answers (or nothing)."""
    about: tuple[Kind, str] | None = None
    """The kind and the attribute's key."""


def described(words: Words, kind: Kind, entity: str, count: int) -> tuple[list[Told], Ask | None]:
    """`count` sentences on one thing, later ones perhaps with a pronoun; and a question that they do not answer."""
    attributes = words.rng.sample(kind.attributes, len(kind.attributes))
    told: list[Told] = []
    for attribute in attributes[:count]:
        frame = attribute.said(words, first=not told)
        value = attribute.value(words)
        sentence = say(frame, entity, value, kind.pronoun)
        ask = partial(asked, words, attribute, entity, value)
        twin = partial(twins, words, kind, attribute, entity, value)
        told.append(Told(entity, sentence, ask, twin, (kind, attribute.key)))
    rest = attributes[count:]
    if words.split == "train":
        known = {attribute.key for attribute in attributes[:count]}
        rest = [attribute for attribute in rest if not unsure(attribute.key, known)]
    return told, partial(asked, words, rest[0], entity) if rest else None


def unsure(key: str, known: set[str]) -> bool:
    """Whether one of the `known` could be meant as well."""
    return any(key in pair and known & (pair - {key}) for pair in UNSURE)


def alike(words: Words, kind: Kind, name: str) -> str:
    """A thing of the kind, often with a name that has a part of another's."""
    new = kind.made(words)
    first, _, last = name.rpartition(" ")
    new_first, _, new_last = new.rpartition(" ")
    roll = words.rng.random()
    if not first or not new_first or roll < 0.3:
        return new
    return f"{first} {new_last}" if roll < 0.65 else f"{new_first} {last}"


def twins(
    words: Words, kind: Kind, attribute: Attribute, entity: str, value: str, told: Sequence[Told]
) -> tuple[str, str, str]:
    """A question for what is told of a thing, and the same of a thing alike, or of one that is there, but not so."""
    frame = attribute.asked(words)
    question = frame.format(e=entity)
    known: dict[str, set[str]] = {}
    for one in told:
        if one.about and one.about[0] is kind:
            known.setdefault(one.entity, set()).add(one.about[1])
    lacking = [name for name, keys in known.items() if attribute.key not in keys and not unsure(attribute.key, keys)]
    if lacking and words.rng.random() < 0.5:
        return question, value, frame.format(e=words.pick(lacking))
    if words.rng.random() < 0.3:
        keys = known[entity]
        rest = [other for other in kind.attributes if other.key not in keys and not unsure(other.key, keys)]
        if rest:
            return question, value, words.pick(rest).asked(words).format(e=entity)
    other = alike(words, kind, words.pick(tuple(known)))
    if any(other in one.sentence or one.entity in other for one in told):
        return question, value, ""
    return question, value, frame.format(e=other)


def asked(words: Words, attribute: Attribute, entity: str, value: str = "") -> tuple[str, str]:
    """A question and its answer."""
    return attribute.asked(words).format(e=entity), value


def happened(words: Words, count: int) -> list[Told]:
    """`count` sentences that have little to do with each other."""
    told = []
    ones: list[happenings.Happening] = []
    for _ in range(count):
        one = happenings.made(words)
        sentence = one.sentence(words)
        ones.append(one)
        told.append(
            Told(one.who, sentence, partial(one.question, words, sentence), partial(_near, words, one, sentence, ones))
        )
    return told


def _near(
    words: Words, one: happenings.Happening, sentence: str, ones: list[happenings.Happening], _: Sequence[Told]
) -> tuple[str, str, str]:
    return one.twin(words, sentence, ones)


def noted(words: Words, count: int) -> list[Told]:
    """`count` notes; each stands for itself."""
    drawn = [notes.made(words) for _ in range(count)]
    return [Told(one.text, one.text, partial(asked_of, words, one), partial(_beside, words, one)) for one in drawn]


def written(words: Words, one: texts.Text) -> list[Told]:
    """A text of several sentences: each question to it stands for something that it tells."""

    def told(question: str, answer: str) -> Told:
        def twin(_: Sequence[Told]) -> tuple[str, str, str]:
            return question, answer, words.pick(one.unasked)

        return Told(one.title, one.text, lambda: (question, answer), twin)

    return [told(*pair) for pair in one.asks]


def unanswered(words: Words, one: texts.Text) -> tuple[str, str]:
    """A question that belongs to a text and is not answered by it."""
    return words.pick(one.unasked), ""


def _beside(words: Words, note: notes.Note, _: Sequence[Told]) -> tuple[str, str, str]:
    question, answer, near = note.twin(words)
    if words.rng.random() < 0.2:
        return relations.led(words, question), answer, relations.led(words, near) if near else ""
    return question, answer, near


def asked_of(words: Words, note: notes.Note) -> tuple[str, str]:
    """A question to a note and its answer."""
    question, answer = words.pick(note.asks)
    return (relations.led(words, question) if words.rng.random() < 0.2 else question), answer


def sloppy(words: Words, question: str) -> str:
    """How people type: without the question mark, in small letters, with a slip."""
    roll = words.rng.random()
    if roll < 0.1:
        return question.rstrip("?")
    if roll < 0.16:
        return question.lower()
    if roll < 0.2:
        place = words.rng.randrange(4, len(question) - 2)
        return question[:place] + question[place + 1 :] if question[place] in "aeiou" else question
    return question


def passages(words: Words) -> tuple[list[str], list[Told], Ask]:
    """The passages, what they tell, and a question that none of them answers."""
    rng = words.rng
    told: list[Told] = []
    parts: list[str] = []
    longest = 1 + round(4 * words.level)
    count = min(longest, rng.choices((1, 2, 3, 4, 5), (4, 3, 2, 1, 1))[0])
    if words.level == 1 and rng.random() < 0.02:
        count = rng.randint(8, 28)
    kind = rng.choice(KINDS)
    unasked: Ask = partial(happenings.made(words).question, words)
    for _ in range(count):
        before = kind
        kind = kind if rng.random() < 0.5 else rng.choice(KINDS)
        entity = kind.made(words)
        if words.split == "train" and told and told[-1].about and kind is before and rng.random() < ALIKE:
            entity = alike(words, kind, told[-1].entity)
        if any(entity == one.entity for one in told):
            continue
        roll, happenings_below = rng.random(), 0.4 if words.split == "eval" else HAPPENINGS
        if roll < happenings_below:
            said = happened(words, rng.randint(1, 3))
        elif words.split == "train" and roll < HAPPENINGS + NOTES:
            said = noted(words, rng.randint(1, 4))
            if rng.random() < 0.5:
                unasked = partial(asked_of, words, notes.made(words))
        elif words.split == "train" and roll < HAPPENINGS + NOTES + TEXTS:
            one = texts.made(words)
            if any(one.title == other.entity for other in told):
                continue
            said = written(words, one)
            unasked = partial(unanswered, words, one)
        else:
            said, missing = described(words, kind, entity, rng.randint(1, 4))
            if missing and rng.random() < 0.6:
                unasked = missing
            elif rng.random() < 0.5:
                unasked = partial(asked, words, rng.choice(kind.attributes), kind.made(words))
        told += said
        sentences = list(dict.fromkeys(one.sentence for one in said))
        if rng.random() < 0.2:
            sentences.insert(rng.randint(1, len(sentences)), words.frame(FILLER))
        parts.append(" ".join(sentences))
    return parts, told, unasked


def turn(words: Words, one: Told, unasked: Ask) -> tuple[str, str, dict[str, Any]]:
    """A question about `one`, or now and then one that nothing answers; its answer; and what the evaluation wants."""
    question, answer = one.ask()
    want: dict[str, Any] = {"value": answer, "sentence": one.sentence, "refusal": False}
    if words.rng.random() < (0.22 if words.split == "eval" else REFUSALS):
        question, answer, want = unasked()[0], REFUSAL, UNANSWERED
    return worn(words, question), answer, want


def worn(words: Words, question: str) -> str:
    """A question as somebody types it."""
    question = sloppy(words, capital(question))
    if words.rng.random() < 0.2:
        question = words.frame(WRAPS[1:]).format(q=question)
    return question


def turns_of(words: Words, asked: Sequence[Told], told: Sequence[Told], unasked: Ask) -> list[tuple[str, str, Any]]:
    """A training's turns on a text: now and then a question beside one much like it that the text does not answer."""
    turns = []
    for one in asked:
        if words.rng.random() < TWINS:
            question, answer, near = one.twin(told)
            want = {"value": answer, "sentence": one.sentence, "refusal": False}
            turns.append((worn(words, question), answer, want))
            if near:
                turns.append((worn(words, near), REFUSAL, UNANSWERED))
        else:
            turns.append(turn(words, one, unasked))
    words.rng.shuffle(turns)
    return turns[:MOST]


def make(words: Words) -> Sample:
    rng = words.rng
    parts, told, unasked = passages(words)
    joint = rng.choice(("\n\n", "\n", "\n- ", " "))
    text = ("- " if joint == "\n- " else "") + joint.join(parts)
    # Training asks about the same text several times: reading it is most of the work, and every answer teaches.
    count = 1 if words.split == "eval" else rng.randint(1, min(MOST, 2 * len(told) + 2))
    asked_of = rng.sample(told, min(count, len(told)))
    asked = (*asked_of, *rng.choices(told, k=count - len(asked_of)))
    if words.split == "train":
        turns = turns_of(words, asked, told, unasked)
    else:
        turns = [turn(words, one, unasked) for one in asked]
    messages: list[dict[str, Any]] = []
    if rng.random() < 0.8:
        messages = [system(words.frame(HEADS).format(c=text))]
        if rng.random() < 0.15:
            question, answer = rng.choice(told).ask()
            messages += [user(capital(question)), assistant(answer)]
    else:
        question, answer, want = turns[0]
        turns[0] = (words.frame(IN_ONE).format(c=text, q=question), answer, want)
    for question, answer, _ in turns[:-1]:
        messages += [user(question), assistant(answer)]
    question, answer, want = turns[-1]
    return Sample("context", [*messages, user(question)], answer, want=want)
