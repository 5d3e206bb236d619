"""Answer from the context: the sentence that answers, or that the context does not say."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

from tools.chat_model.facts import KINDS, Attribute, Kind, capital, say
from tools.chat_model.sample import Sample, assistant, system, user
from tools.chat_model.skills import happenings
from tools.chat_model.words import Words, either

REFUSAL = "The context does not say."

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


@dataclasses.dataclass(frozen=True)
class Told:
    """A sentence of the context: about whom it is, what it says of it, and a way to ask for that."""

    entity: str
    value: str
    sentence: str
    ask: Callable[[], str]


def described(words: Words, kind: Kind, entity: str, count: int) -> tuple[list[Told], Callable[[], str] | None]:
    """`count` sentences on one thing, later ones perhaps with a pronoun; and a question that they do not answer."""
    attributes = words.rng.sample(kind.attributes, len(kind.attributes))
    told: list[Told] = []
    for attribute in attributes[:count]:
        frames = words.side(attribute.statements)
        frame = words.pick(frames if told else [frame for frame in frames if not frame.startswith("{p}")])
        value = attribute.value(words)
        sentence = say(frame, entity, value, kind.pronoun)
        told.append(Told(entity, value, sentence, partial(asked, words, attribute, entity)))
    rest = attributes[count:]
    return told, partial(asked, words, rest[0], entity) if rest else None


def asked(words: Words, attribute: Attribute, entity: str) -> str:
    return capital(words.frame(attribute.questions).format(e=entity))


def happened(words: Words, count: int) -> list[Told]:
    """`count` sentences that have little to do with each other."""
    told = []
    for _ in range(count):
        one = happenings.made(words)
        sentence = one.sentence(words)
        told.append(Told(one.who, sentence, sentence, partial(one.question, words)))
    return told


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


def passages(words: Words) -> tuple[list[str], list[Told], Callable[[], str]]:
    """The passages, what they tell, and a question that none of them answers."""
    rng = words.rng
    told: list[Told] = []
    texts: list[str] = []
    longest = 1 + round(4 * words.level)
    count = min(longest, rng.choices((1, 2, 3, 4, 5), (4, 3, 2, 1, 1))[0])
    if words.level == 1 and rng.random() < 0.02:
        count = rng.randint(8, 28)
    kind = rng.choice(KINDS)
    unasked: Callable[[], str] = partial(happenings.made(words).question, words)
    for _ in range(count):
        kind = kind if rng.random() < 0.5 else rng.choice(KINDS)
        entity = kind.made(words)
        if any(entity == one.entity for one in told):
            continue
        if rng.random() < 0.4:
            said = happened(words, rng.randint(1, 3))
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


def make(words: Words) -> Sample:
    rng = words.rng
    texts, told, unasked = passages(words)
    joint = rng.choice(("\n\n", "\n", "\n- ", " "))
    text = ("- " if joint == "\n- " else "") + joint.join(texts)
    one = rng.choice(told)
    answer, want = one.sentence, {"value": one.value, "refusal": False}
    question = one.ask()
    if rng.random() < 0.22:
        question, answer, want = unasked(), REFUSAL, {"value": None, "refusal": True}
    question = sloppy(words, capital(question))
    if rng.random() < 0.2:
        question = words.frame(WRAPS[1:]).format(q=question)
    if rng.random() < 0.8:
        messages = [system(words.frame(HEADS).format(c=text)), user(question)]
        if rng.random() < 0.15:
            before = rng.choice(told)
            messages[1:1] = [user(capital(before.ask())), assistant(before.sentence)]
    else:
        messages = [user(words.frame(IN_ONE).format(c=text, q=question))]
    return Sample("context", messages, answer, want=want)
