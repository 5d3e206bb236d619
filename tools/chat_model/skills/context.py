"""Answer from the context: the sentence that answers, or that the context does not say."""

from __future__ import annotations

from tools.chat_model.facts import KINDS, Attribute, Kind, capital, say
from tools.chat_model.sample import Sample, assistant, system, user
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


def passage(words: Words, kind: Kind, entity: str, attributes: list[Attribute]) -> list[tuple[Attribute, str, str]]:
    """(attribute, value, sentence) for each attribute, in order; later sentences may use the pronoun."""
    told: list[tuple[Attribute, str, str]] = []
    for attribute in attributes:
        frames = words.side(attribute.statements)
        first = [frame for frame in frames if not frame.startswith("{p}")]
        frame = words.pick(first if not told else frames)
        value = attribute.value(words)
        told.append((attribute, value, say(frame, entity, value, kind.pronoun)))
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


def make(words: Words) -> Sample:
    rng = words.rng
    told: list[tuple[Kind, str, Attribute, str, str]] = []
    passages: list[str] = []
    used: set[str] = set()
    kind = words.pick(KINDS)  # type: ignore[arg-type]
    for _ in range(rng.choices((1, 2, 3, 4, 5), (3, 3, 2, 1, 1))[0]):
        kind = kind if rng.random() < 0.5 else rng.choice(KINDS)
        entity = kind.made(words)
        if entity in used:
            continue
        used.add(entity)
        chosen = rng.sample(kind.attributes, rng.randint(1, min(4, len(kind.attributes))))
        sentences = []
        for attribute, value, sentence in passage(words, kind, entity, chosen):
            told.append((kind, entity, attribute, value, sentence))
            sentences.append(sentence)
            if rng.random() < 0.12:
                sentences.append(words.frame(FILLER))
        passages.append(" ".join(sentences))
    joint = rng.choice(("\n\n", "\n", "\n- ", " "))
    text = ("- " if joint == "\n- " else "") + joint.join(passages)
    kind, entity, attribute, value, sentence = rng.choice(told)
    known = rng.random() < 0.8
    if known:
        answer, want = sentence, {"value": value, "refusal": False}
    else:
        if rng.random() < 0.5:
            entity = kind.made(words)
            while entity in used:
                entity = kind.made(words)
        else:
            said = {one.key for _, name, one, _, _ in told if name == entity}
            left = [one for one in kind.attributes if one.key not in said]
            if not left:
                return make(words)
            attribute = rng.choice(left)
        answer, want = REFUSAL, {"value": None, "refusal": True}
    question = sloppy(words, capital(words.frame(attribute.questions).format(e=entity)))
    if rng.random() < 0.8:
        messages = [system(words.frame(HEADS).format(c=text)), user(question)]
        if rng.random() < 0.15:
            _, other, asked, _, reply = rng.choice(told)
            before = capital(words.frame(asked.questions).format(e=other))
            messages[1:1] = [user(before), assistant(reply)]
    else:
        messages = [user(words.frame(IN_ONE).format(c=text, q=question))]
    return Sample("context", messages, answer, want=want)
