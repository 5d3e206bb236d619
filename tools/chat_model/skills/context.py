"""Answer from the context: the words of it that answer, or that the context does not say."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

from tools.chat_model import relations
from tools.chat_model.facts import KINDS, Attribute, Kind, capital, say
from tools.chat_model.sample import Sample, assistant, system, user
from tools.chat_model.skills import happenings, notes
from tools.chat_model.words import Words, either

REFUSAL = "The context does not say."
HAPPENINGS = 0.3
"""Share of happenings among a training's passages."""
NOTES = 0.35
"""Share of notes of any kind, which evaluation does not have."""
REFUSALS = 0.28
"""Share of questions that a training's context does not answer: with more, every new wording is refused."""

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


def described(words: Words, kind: Kind, entity: str, count: int) -> tuple[list[Told], Ask | None]:
    """`count` sentences on one thing, later ones perhaps with a pronoun; and a question that they do not answer."""
    attributes = words.rng.sample(kind.attributes, len(kind.attributes))
    told: list[Told] = []
    for attribute in attributes[:count]:
        frame = attribute.said(words, first=not told)
        value = attribute.value(words)
        sentence = say(frame, entity, value, kind.pronoun)
        told.append(Told(entity, sentence, partial(asked, words, attribute, entity, value)))
    rest = attributes[count:]
    return told, partial(asked, words, rest[0], entity) if rest else None


def asked(words: Words, attribute: Attribute, entity: str, value: str = "") -> tuple[str, str]:
    """A question and its answer."""
    return attribute.asked(words).format(e=entity), value


def happened(words: Words, count: int) -> list[Told]:
    """`count` sentences that have little to do with each other."""
    told = []
    for _ in range(count):
        one = happenings.made(words)
        sentence = one.sentence(words)
        told.append(Told(one.who, sentence, partial(one.question, words, sentence)))
    return told


def noted(words: Words, count: int) -> list[Told]:
    """`count` notes; each stands for itself."""
    drawn = [notes.made(words) for _ in range(count)]
    return [Told(one.text, one.text, partial(asked_of, words, one)) for one in drawn]


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
    texts: list[str] = []
    longest = 1 + round(4 * words.level)
    count = min(longest, rng.choices((1, 2, 3, 4, 5), (4, 3, 2, 1, 1))[0])
    if words.level == 1 and rng.random() < 0.02:
        count = rng.randint(8, 28)
    kind = rng.choice(KINDS)
    unasked: Ask = partial(happenings.made(words).question, words)
    for _ in range(count):
        kind = kind if rng.random() < 0.5 else rng.choice(KINDS)
        entity = kind.made(words)
        if any(entity == one.entity for one in told):
            continue
        roll, happenings_below = rng.random(), 0.4 if words.split == "eval" else HAPPENINGS
        if roll < happenings_below:
            said = happened(words, rng.randint(1, 3))
        elif words.split == "train" and roll < HAPPENINGS + NOTES:
            said = noted(words, rng.randint(1, 4))
            if rng.random() < 0.5:
                unasked = partial(asked_of, words, notes.made(words))
        else:
            said, missing = described(words, kind, entity, rng.randint(1, 4))
            if missing and rng.random() < 0.6:
                unasked = missing
            elif rng.random() < 0.5:
                unasked = partial(asked, words, rng.choice(kind.attributes), kind.made(words))
        told += said
        sentences = [one.sentence for one in said]
        if rng.random() < 0.2:
            sentences.insert(rng.randint(1, len(sentences)), words.frame(FILLER))
        texts.append(" ".join(sentences))
    return texts, told, unasked


def turn(words: Words, one: Told, unasked: Ask) -> tuple[str, str, dict[str, Any]]:
    """A question about `one`, or now and then one that nothing answers; its answer; and what the evaluation wants."""
    question, answer = one.ask()
    want = {"value": answer, "sentence": one.sentence, "refusal": False}
    if words.rng.random() < (0.22 if words.split == "eval" else REFUSALS):
        question, answer, want = unasked()[0], REFUSAL, {"value": None, "sentence": None, "refusal": True}
    question = sloppy(words, capital(question))
    if words.rng.random() < 0.2:
        question = words.frame(WRAPS[1:]).format(q=question)
    return question, answer, want


def make(words: Words) -> Sample:
    rng = words.rng
    texts, told, unasked = passages(words)
    joint = rng.choice(("\n\n", "\n", "\n- ", " "))
    text = ("- " if joint == "\n- " else "") + joint.join(texts)
    # Training asks about the same text several times: reading it is most of the work, and every answer teaches.
    count = 1 if words.split == "eval" else rng.randint(1, min(9, len(told) + 2))
    asked_of = rng.sample(told, min(count, len(told)))
    turns = [turn(words, one, unasked) for one in (*asked_of, *rng.choices(told, k=count - len(asked_of)))]
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
