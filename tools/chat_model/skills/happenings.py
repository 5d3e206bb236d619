"""Sentences of no particular kind: somebody did something to something, somewhere, at some time; and how it is asked.

The sentence that answers shares words with the question, which holds for texts of any kind.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from tools.chat_model.phrases import grammar
from tools.chat_model.phrases import happenings as phrases
from tools.chat_model.vocabulary import VERBS
from tools.chat_model.words import Frames, Words, either, more

_PLACES = ("in {x}", "at the {n}", "near {x}", "in the {n}", "behind the {n}", "by the {n} of {x}", "in the {a} {n}")
_TIMES = ("in {year}", "on {date}", "at {time}", "last {day}", "every {day}", "for {few} years", "in {month}")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "winter", "summer", "spring")
_MONTHS = ("January", "March", "May", "June", "August", "October", "December")
_WHO = ("{who} {past} {what}", "It was {who} who {past} {what}")
_VERBS = sorted(VERBS)

_ASK_WHO = more(
    "Who has {past} {what}?|Which one {past} {what}?|Say who {past} {what}.|I want to know who {past} {what}.|"
    "Who was the one that {past} {what}?|{what} was {past} by which person?|Can you tell me who {past} {what}?|"
    "Please say who {past} {what}.|Do you remember who {past} {what}?|Name the one who {past} {what}.",
    "Who {past} {what}?|Tell me who {past} {what}.|Which person {past} {what}?|{what} was {past} by whom?|"
    "By whom was {what} {past}?|Who was it that {past} {what}?",
)
_ASK_WHAT = more(
    "What has {who} {past}?|Which thing did {who} {verb}?|Say what {who} {past}.|I want to know what {who} {past}.|"
    "What was {past} by {who}?|What is the thing that {who} {past}?|Can you tell me what {who} {past}?|"
    "Please say what {who} {past}.|Do you remember what {who} {past}?|Name what {who} {past}.",
    "What did {who} {verb}?|Tell me what {who} {past}.|What {past} {who}?|{who} {past} what?|"
    "What was it that {who} {past}?|Do you know what {who} {past}?",
)
_ASK_ABOUT = more(
    "What do you know about {what}?|What do you know of {what}?|Say something about {what}.|What was done with {what}?|"
    "Do you know anything about {what}?|What does the text say about {what}?|Can you tell me about {what}?",
    "What do we know about {what}?|What happened to {what}?|Tell me about {what}.|What about {what}?|"
    "What is said about {what}?|What can you tell me of {what}?",
)
_ASK_WHERE = more(
    "Where has {who} {past} {what}?|At which place did {who} {verb} {what}?|Say where {who} {past} {what}.|"
    "I want to know where {who} {past} {what}.|{who} {past} {what} where?|Can you tell me where {who} {past} {what}?|"
    "Do you remember where {who} {past} {what}?|Do you know where {who} {past} {what}?|"
    "What is the place where {who} {past} {what}?",
    "Where did {who} {verb} {what}?|Tell me where {who} {past} {what}.|Where was {what} {past}?|"
    "In which place did {who} {verb} {what}?|Where was it that {who} {past} {what}?",
)
_ASK_WHEN = more(
    "When has {who} {past} {what}?|On which day did {who} {verb} {what}?|Say when {who} {past} {what}.|"
    "I want to know when {who} {past} {what}.|{who} {past} {what} when?|Can you tell me when {who} {past} {what}?|"
    "Do you remember when {who} {past} {what}?|What is the time when {who} {past} {what}?|"
    "When was it that {who} {past} {what}?",
    "When did {who} {verb} {what}?|Tell me when {who} {past} {what}.|When was {what} {past}?|"
    "At what time did {who} {verb} {what}?|Do you know when {who} {past} {what}?",
)
_LISTS = (_ASK_WHO, _ASK_WHAT, _ASK_WHERE, _ASK_WHEN, _ASK_ABOUT)
_KEPT = [wording for wordings in _LISTS for wording in grammar.kept_of(wordings)]


def _asking(lines: str, given: Frames) -> Frames:
    return grammar.joined(lines, given, 700, _KEPT)


_ASK_WHO = _asking(phrases.WHO, _ASK_WHO)
_ASK_WHAT = _asking(phrases.WHAT, _ASK_WHAT)
_ASK_WHERE = _asking(phrases.WHERE, _ASK_WHERE)
_ASK_WHEN = _asking(phrases.WHEN, _ASK_WHEN)
_ASK_ABOUT = _asking(phrases.ABOUT, _ASK_ABOUT)


def _needed(shape: str) -> tuple[str, ...]:
    """The blanks in front of a shape, which must not be empty."""
    front = shape.partition(" that ")[0] if shape.startswith("it was {wh") else shape.partition(",")[0]
    fronted = front.startswith(("{where}", "{when}", "it was {where}"))
    return tuple(slot for slot in ("where", "when") if fronted and f"{{{slot}}}" in front)


_SHAPES = [(shape, _needed(shape)) for shape in either(phrases.SHAPES)]
_ASIDES, _TAILS, _HULLS = either(phrases.ASIDES), either(phrases.TAILS), either(phrases.HULLS)
_PARTICIPLES = {"drew": "drawn", "saw": "seen", "stole": "stolen", "hid": "hidden", "showed": "shown"}
_PARTICIPLES |= {"threw": "thrown", "forgot": "forgotten"}
OTHERWISE = 0.45
"""Share of a training's sentences that have a shape of `phrases`."""


@dataclasses.dataclass(frozen=True)
class Happening:
    """`who` and `what` are noun phrases in the middle of a sentence; `where` and `when` may be empty."""

    who: str
    verb: str
    what: str
    where: str
    when: str

    def sentence(self, words: Words) -> str:
        if words.split == "train" and words.rng.random() < OTHERWISE:
            return self._otherwise(words)
        text = words.pick(_WHO if words.rng.random() < 0.2 else _WHO[:1])
        text = text.format(who=self.who, past=VERBS[self.verb], what=self.what)
        parts = [part for part in (self.where, self.when) if part]
        words.rng.shuffle(parts)
        if self.when and words.rng.random() < 0.25:
            parts.remove(self.when)
            text = f"{self.when}, {text}"
        text = " ".join((text, *parts))
        return f"{text[0].upper()}{text[1:]}."

    def _otherwise(self, words: Words) -> str:
        """A sentence with its parts in another order, turned about, or with something beside it."""
        shape, needed = words.pick(_SHAPES)
        while not all(getattr(self, slot) for slot in needed):
            shape, needed = words.pick(_SHAPES)
        past = VERBS[self.verb]
        text = shape.format(
            who=self.who,
            past=past,
            done=_PARTICIPLES.get(past, past),
            was="were" if self.what.startswith("two ") else "was",
            what=self.what,
            where=self.where,
            when=self.when,
            aside=words.pick(_ASIDES),
            tail=words.pick(_TAILS),
            hull=words.pick(_HULLS),
        )
        text = " ".join(text.split()).replace(" .", ".").replace(" ,", ",")
        return f"{text[0].upper()}{text[1:]}"

    def _asked(self, words: Words, sentence: str) -> tuple[str, str]:
        """A frame of a question and its answer."""
        groups = [(_ASK_WHO, self.who), (_ASK_WHAT, self.what)] * 3 + [(_ASK_ABOUT, sentence)]
        if words.split == "train":
            groups += [(_ASK_WHO, self.who)] * 4 + [(_ASK_WHAT, self.what)] + [(_ASK_ABOUT, sentence)] * 2
        if self.where:
            groups += [(_ASK_WHERE, self.where)] * 4
        if self.when:
            groups += [(_ASK_WHEN, self.when)] * 4
        wordings, answer = words.pick(groups)
        return words.frame(wordings), answer

    def _of(self, frame: str) -> str:
        return frame.format(who=self.who, verb=self.verb, past=VERBS[self.verb], what=self.what)

    def question(self, words: Words, sentence: str = "") -> tuple[str, str]:
        """One of the questions that the sentence answers, and the words of it that do; all of them where it is open."""
        frame, answer = self._asked(words, sentence)
        return self._of(frame), answer

    def twin(self, words: Words, sentence: str, told: Sequence[Happening]) -> tuple[str, str, str]:
        """A question, its answer, and a question much like it that none of those `told` answers; or nothing for it."""
        frame, answer = self._asked(words, sentence)
        if not (self.where and self.when) and words.rng.random() < 0.15:
            wanting = _ASK_WHEN if self.where else _ASK_WHERE
            return self._of(frame), answer, self._of(words.frame(wanting))
        used = [slot for slot in ("who", "what") if f"{{{slot}}}" in frame]
        used += ["verb"] if "{verb}" in frame or "{past}" in frame else []
        for _ in range(4):
            other = words.pick(told) if words.rng.random() < 0.5 else made(words)
            slot = words.pick(used)
            near = dataclasses.replace(self, **{slot: getattr(other, slot)})
            if not any(all(getattr(one, slot) == getattr(near, slot) for slot in used) for one in told):
                return self._of(frame), answer, near._of(frame)
        return self._of(frame), answer, ""


def _thing(words: Words) -> str:
    rng = words.rng
    article = words.pick(("the", "the", "a", "his", "her", "two", "their"))
    noun = words.odd() if rng.random() < 0.15 else words.noun()
    if article == "two":
        noun += "s"
    return f"{article} {words.adjective() + ' ' if rng.random() < 0.4 else ''}{noun}"


def made(words: Words) -> Happening:
    rng = words.rng
    who = words.person() if rng.random() < 0.6 else f"the {words.open(('baker', 'teacher', 'nurse', 'mayor', 'cook'))}"
    where = when = ""
    if rng.random() < 0.5:
        frame = words.pick(_PLACES)
        where = frame.format(x=words.town(), n=words.noun(), a=words.adjective())
    if rng.random() < 0.5:
        few, day, month = rng.randint(2, 40), words.pick(_DAYS), words.pick(_MONTHS)
        frame = words.pick(_TIMES)
        when = frame.format(year=words.year(), date=words.date(), time=words.time(), day=day, few=few, month=month)
    return Happening(who, words.pick(_VERBS), _thing(words), where, when)
