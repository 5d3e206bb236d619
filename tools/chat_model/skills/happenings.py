"""Sentences of no particular kind: somebody did something to something, somewhere, at some time; and how it is asked.

They are answered by finding the sentence that shares the question's words, which works for texts of any kind.
"""

from __future__ import annotations

import dataclasses

from tools.chat_model.vocabulary import VERBS
from tools.chat_model.words import Words, either

_PLACES = ("in {x}", "at the {n}", "near {x}", "in the {n}", "behind the {n}", "by the {n} of {x}", "in the {a} {n}")
_TIMES = ("in {year}", "on {date}", "at {time}", "last {day}", "every {day}", "for {few} years", "in {month}")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "winter", "summer", "spring")
_MONTHS = ("January", "March", "May", "June", "August", "October", "December")
_WHO = ("{who} {past} {what}", "It was {who} who {past} {what}")
_VERBS = sorted(VERBS)

_ASK_WHO = either(
    "Who {past} {what}?|Tell me who {past} {what}.|Which person {past} {what}?|{what} was {past} by whom?|"
    "By whom was {what} {past}?|Who was it that {past} {what}?"
)
_ASK_WHAT = either(
    "What did {who} {verb}?|Tell me what {who} {past}.|What {past} {who}?|{who} {past} what?|"
    "What was it that {who} {past}?|Do you know what {who} {past}?"
)
_ASK_ABOUT = either(
    "What do we know about {what}?|What happened to {what}?|Tell me about {what}.|What about {what}?|"
    "What is said about {what}?|What can you tell me of {what}?"
)
_ASK_WHERE = either(
    "Where did {who} {verb} {what}?|Tell me where {who} {past} {what}.|Where was {what} {past}?|"
    "In which place did {who} {verb} {what}?|Where was it that {who} {past} {what}?"
)
_ASK_WHEN = either(
    "When did {who} {verb} {what}?|Tell me when {who} {past} {what}.|When was {what} {past}?|"
    "At what time did {who} {verb} {what}?|Do you know when {who} {past} {what}?"
)


@dataclasses.dataclass(frozen=True)
class Happening:
    """`who` and `what` are noun phrases in the middle of a sentence; `where` and `when` may be empty."""

    who: str
    verb: str
    what: str
    where: str
    when: str

    def sentence(self, words: Words) -> str:
        text = words.pick(_WHO if words.rng.random() < 0.2 else _WHO[:1])
        text = text.format(who=self.who, past=VERBS[self.verb], what=self.what)
        parts = [part for part in (self.where, self.when) if part]
        words.rng.shuffle(parts)
        if self.when and words.rng.random() < 0.25:
            parts.remove(self.when)
            text = f"{self.when}, {text}"
        text = " ".join((text, *parts))
        return f"{text[0].upper()}{text[1:]}."

    def question(self, words: Words) -> str:
        """One of the questions that the sentence answers."""
        groups = [_ASK_WHO, _ASK_WHAT, _ASK_ABOUT]
        if self.where:
            groups.append(_ASK_WHERE)
        if self.when:
            groups.append(_ASK_WHEN)
        wording = words.frame(words.pick(groups))
        return wording.format(who=self.who, verb=self.verb, past=VERBS[self.verb], what=self.what)


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
