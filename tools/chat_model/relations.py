"""A grammar of ways to say and to ask the facts of `facts.py`, for training only.

With wordings by the dozen a model learns sentences by heart; put together from predicates, nouns, heads and hulls there
are thousands, so that it has to learn which words mean the same. What evaluation keeps for itself is left out.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from tools.chat_model.phrases.predicates import RELATIONS, Relation
from tools.chat_model.words import Words, either, held_of

_AUXILIARIES = ("is", "was", "are", "were", "can", "will", "has been", "has reached", "has stood")
_PREPOSITIONS = frozenset(
    [
        "in",
        "at",
        "on",
        "of",
        "as",
        "by",
        "for",
        "from",
        "to",
        "with",
        "under",
        "near",
        "about",
        "since",
        "until",
        "out",
        "into",
        "behind",
        "after",
        "during",
        "around",
    ]
)
_VAGUE = frozenset(
    either(
        "has|uses|knows|keeps|is|is from|is with|has the address|takes|wants|is of age|has reached the age of|"
        "is at the age of|has the age of|comes to|lets people in for|sells tickets for|has an entry fee of"
    )
)
"""What these ask for with a mere "what" could be anything."""
_BASES = {"has": "have", "goes": "go", "does": "do", "is": "be", "lies": "lie"}

_ASKING = either(
    "Tell me {i}.|Please tell me {i}.|Can you tell me {i}?|Could you tell me {i}?|Do you know {i}?|I want to know {i}.|"
    "I would like to know {i}.|I'd like to know {i}.|I wonder {i}.|Say {i}.|Please say {i}.|Find out {i}.|"
    "Does it say {i}?|Is it known {i}?|I need to know {i}.|I am asking {i}.|Any idea {i}?|Let me know {i}.|"
    "Do we know {i}?|Explain {i}.|I forgot {i}.|I have to find out {i}.|Does anyone know {i}?|"
    "Look up {i}.|Check {i}.|My question is {i}.|Remind me {i}.|Can you see {i}?|Can you find out {i}?"
)
_NOUN_ASKS = either(
    "What is the {n} of {e}?|What is {e}'s {n}?|Tell me the {n} of {e}.|Give me the {n} of {e}.|Give me {e}'s {n}.|"
    "I need the {n} of {e}.|{n} of {e}?|The {n} of {e}?|{e}: {n}?|Name the {n} of {e}.|Do you know the {n} of {e}?|"
    "Please find the {n} of {e}.|Which {n} does {e} have?|What {n} does {e} have?|What's the {n} of {e}?|"
    "What is said about the {n} of {e}?|Can you give me the {n} of {e}?|Look up the {n} of {e}.|{e}'s {n}, please.|"
    "I am looking for the {n} of {e}.|Find {e}'s {n}.|What do we know about the {n} of {e}?|What was the {n} of {e}?|"
    "What would be the {n} of {e}?|The {n} of {e}, please.|State the {n} of {e}.|Tell me about the {n} of {e}.|"
    "What {n} is given for {e}?|Which {n} is the one of {e}?|And the {n} of {e}?|What about the {n} of {e}?"
)
_NOUN_SAYS = either(
    "The {n} of {e} is {v}.|{E}'s {n} is {v}.|As {n} of {e}, we note {v}.|{v} is the {n} of {e}.|{E} – {n}: {v}.|"
    "For {e}, the {n} is {v}.|The {n} of {e}: {v}.|In the case of {e} the {n} is {v}.|They give {v} as the {n} of {e}.|"
    "{E} has {v} as its {n}.|It says that the {n} of {e} is {v}.|Our list has {v} as the {n} of {e}."
)
_HULLS = either(
    "I heard that {s}.|People say that {s}.|It is known that {s}.|As we know, {s}.|By the way, {s}.|Note that {s}.|"
    "In fact, {s}.|It is true that {s}.|Today {s}.|You should know that {s}.|They told me that {s}.|We read that {s}.|"
    "According to the paper, {s}.|As far as I know, {s}.|The report says that {s}.|Since last year, {s}.|Also, {s}.|"
    "At the moment {s}.|It turns out that {s}.|Everyone knows that {s}.|For your information, {s}.|Officially, {s}.|"
    "If I remember well, {s}.|On top of that, {s}.|However, {s}.|Then again, {s}.|Luckily, {s}.|As it happens, {s}."
)
_TAILS = either(
    ", as everyone knows| these days|, they say| now|, which surprised nobody|, and that is a good thing|, I think|"
    " at the moment|, by the way|, as far as we know|, and people like it| as before|, if that helps|, for a change|"
    ", which is quite normal|, as you may have heard|, and nothing has changed since|, according to the office"
)
_LEADS = either(
    "{q}|{q}|{q}|Quick question: {q}|I have a question. {q}|Hello, {q}|Excuse me, {q}|So, {q}|Well, {q}|Ok, {q}|"
    "Can you help me? {q}|Sorry, but {q}|One more thing: {q}|According to the text, {q}|From the context: {q}|"
    "Look at the context. {q}|My boss asks: {q}|Hey, {q}|Just tell me: {q}|In short: {q}|And {q}|Now, {q}"
)


def _base(verb: str) -> str:
    """ "lives" to "live"."""
    if verb in _BASES:
        return _BASES[verb]
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if verb.endswith(("ches", "shes", "sses", "xes")):
        return verb[:-2]
    return verb.removesuffix("s")


@dataclasses.dataclass(frozen=True)
class _Predicate:
    """ "lives in" taken apart: auxiliary and base form as questions use them, and the preposition at its end."""

    said: str
    auxiliary: str
    rest: str
    preposition: str

    @classmethod
    def of(cls, text: str) -> _Predicate:
        base, past, said = text.rpartition(">")
        words = said.split()
        preposition = words[-1] if words[-1] in _PREPOSITIONS and len(words) > 1 else ""
        inner = words[:-1] if preposition else words
        for be in _AUXILIARIES:
            if said.startswith(f"{be} "):
                first, *more = be.split()
                return cls(said, first, " ".join((*more, *inner[len(be.split()) :])), preposition)
        if past:
            return cls(said, "did", " ".join((base, *inner[1:])), preposition)
        return cls(said, "does", " ".join((_base(inner[0]), *inner[1:])), preposition)


def _plain(text: str) -> str:
    """Without case and punctuation, for comparing wordings."""
    return re.sub(r"[^a-z{} ]", "", text.lower()).strip()


def _asked(words: Words, relation: Relation) -> str:
    """A question as a frame of `{e}`."""
    roll = words.rng.random()
    if relation.nouns and roll < 0.35:
        return words.pick(_NOUN_ASKS).format(n=words.pick(relation.nouns), e="{e}")
    if relation.inverse and roll < 0.6:
        said = words.pick(relation.inverse).rpartition(">")[2]
        who = words.pick([f"how many {unit}" for unit in relation.units] or ["who", "who", "which person"])
        if relation.nouns[0] == "pet":
            who = words.pick(("what", "which animal", "which pet"))
        elif relation.nouns[0] == "place":
            who = words.pick(("what", "which building", "which place"))
        elif relation.nouns[0] == "employer":
            who = words.pick(("who", "which company", "which firm"))
        return _direct_or_not(words, f"{who} {said} {{e}}", f"{who} {said} {{e}}")
    predicate = _Predicate.of(words.pick(relation.preds))
    heads: list[tuple[str, bool]] = [(wh.lower(), True) for wh in relation.wh] * 2
    heads += [(f"{ask} {noun}", False) for noun in relation.which for ask in ("which", "what")]
    heads += [(f"how many {unit}", False) for unit in relation.units]
    if "person" in relation.which:
        heads += [("whom", False)] * 4
    elif not relation.units and predicate.said not in _VAGUE:
        heads += [("what", False)] * 2
    head, adverb = words.pick(heads)
    rest, preposition = predicate.rest, predicate.preposition
    end = "" if adverb else preposition
    if preposition and not adverb and (head == "whom" or words.rng.random() < 0.4):
        head, end = f"{preposition} {head}", ""
    question = f"{head} {predicate.auxiliary} {{e}} {rest} {end}"
    if predicate.auxiliary in ("does", "did"):
        told = predicate.said.removesuffix(f" {preposition}") if preposition else predicate.said
    else:
        told = f"{predicate.auxiliary} {rest}"
    indirect = f"{head} {{e}} {told} {end}"
    if words.rng.random() < 0.06 and not adverb and not end:
        return f"{{e}} {predicate.said} what?"
    return _direct_or_not(words, question, indirect)


def _direct_or_not(words: Words, question: str, indirect: str) -> str:
    question, indirect = " ".join(question.split()), " ".join(indirect.split())
    if words.rng.random() < 0.45:
        return words.pick(_ASKING).format(i=indirect)
    return led(words, f"{question}?")


def led(words: Words, question: str) -> str:
    """A question with what people say before it."""
    lead = words.pick(_LEADS)
    if lead.startswith("{q}") or lead.endswith((". {q}", "? {q}")):
        question = question[:1].upper() + question[1:]
    return lead.replace("{q}", question)


def _told(words: Words, relation: Relation) -> str:
    """A statement as a frame of `{e}`, `{E}`, `{v}` and `{p}`."""
    roll = words.rng.random()
    value = "{v} " + words.pick(relation.units) if relation.units else f"{relation.article}{{v}}"
    if roll < 0.25 and not relation.units and not relation.article:
        frame = words.pick(_NOUN_SAYS).replace("{n}", words.pick(relation.nouns))
    elif relation.inverse and roll < 0.55:
        frame = f"{value} {words.pick(relation.inverse).rpartition('>')[2]} {{e}}."
    else:
        start = "{E}" if words.rng.random() < 0.75 else "{p}"
        frame = f"{start} {words.pick(relation.preds).rpartition('>')[2]} {value}."
    roll = words.rng.random()
    if roll < 0.12:
        frame = frame[:-1] + words.pick(_TAILS) + "."
    elif roll < 0.3 and not frame.startswith(("{p}", "{v}")):
        inner = frame[:-1].replace("{E}", "{e}")
        inner = inner if inner.startswith("{") else inner[0].lower() + inner[1:]
        frame = words.pick(_HULLS).format(s=inner)
    return frame


def holds(frame: str, held: frozenset[str]) -> bool:
    """Whether it has one of these wordings in it."""
    plain = _plain(frame)
    return any(one in plain for one in held)


def held_wordings(frames: Sequence[str]) -> frozenset[str]:
    """The wordings that evaluation keeps, without case and punctuation."""
    return frozenset(_plain(frame) for frame in frames[len(frames) - held_of(frames) :])


def statement(words: Words, key: str, held: frozenset[str], *, first: bool) -> str:
    """A statement that evaluation does not keep; one without a pronoun where it comes `first`."""
    while True:
        frame = _told(words, RELATIONS[key])
        if not (first and frame.startswith("{p}")) and not holds(frame, held):
            return frame


def question(words: Words, key: str, held: frozenset[str]) -> str:
    """A question that evaluation does not keep."""
    while holds(frame := _asked(words, RELATIONS[key]), held):
        pass
    return frame
