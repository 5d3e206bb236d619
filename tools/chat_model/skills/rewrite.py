"""Rewrite: upper and lower case, bullets, the first sentence, words for digits, repeat, count."""

from __future__ import annotations

from tools.chat_model import words as w
from tools.chat_model.facts import KINDS, say
from tools.chat_model.sample import Sample, user
from tools.chat_model.words import Words

UPPER = "Write this in upper case: {t}|Make this upper case: {t}|{t}\nIn capital letters, please.|"
"Put this in capitals: {t}"
LOWER = "Write this in lower case: {t}|Make this lower case: {t}|In small letters please: {t}|"
"Put this in lower case: {t}"
BULLETS = "Write as bullets: {t}|Turn this into a list: {t}|Make a bullet list of: {t}|List these as bullets: {t}"
FIRST = (
    "Shorten to the first sentence: {t}|Give me only the first sentence: {t}|{t}\nKeep the first sentence.|"
    "What is the first sentence of this? {t}"
)
DIGITS = "Write the number {t} in words.|What is {t} in words?|Spell out {t}.|Say {t} as a word."
REPEAT = "Repeat after me: {t}|Say exactly: {t}|Repeat this: {t}|Copy this text: {t}"


def sentence(words: Words) -> str:
    kind = words.rng.choice(KINDS)
    attribute = words.rng.choice(kind.attributes)
    frames = [frame for frame in words.side(attribute.statements) if not frame.startswith("{p}")]
    return say(words.pick(frames), kind.made(words), attribute.value(words), kind.pronoun)


def phrase(words: Words) -> str:
    return f"{words.pick(w.COLOURS)} {words.pick(w.THINGS)} from {words.town()}"


def make(words: Words) -> Sample:
    rng = words.rng
    form = rng.randrange(6)
    if form == 0:
        text = phrase(words)
        ask, answer = UPPER, text.upper()
    elif form == 1:
        answer = phrase(words).lower()
        text, ask = answer.upper(), LOWER
    elif form == 2:
        items = rng.sample(w.INGREDIENTS + w.THINGS, rng.randint(2, 6))
        text, ask = ", ".join(items[:-1]) + rng.choice((" and ", ", ")) + items[-1], BULLETS
        answer = "\n".join(f"- {item}" for item in items)
    elif form == 3:
        told = [sentence(words) for _ in range(rng.randint(2, 4))]
        text, ask, answer = " ".join(told), FIRST, told[0]
    elif form == 4:
        number = rng.randint(0, 20)
        text, ask, answer = str(number), DIGITS, w.SMALL[number]
    else:
        text = sentence(words)
        ask, answer = REPEAT, text
    return Sample("rewrite", [user(words.frame(ask.split("|")).format(t=text))], answer, want=answer)
