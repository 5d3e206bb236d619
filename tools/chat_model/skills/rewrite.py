"""Rewrite: upper and lower case, bullets, the first sentence, words for digits, repeat, count."""

from __future__ import annotations

from tools.chat_model import words as w
from tools.chat_model.facts import KINDS, say
from tools.chat_model.sample import Sample, user
from tools.chat_model.words import Words, more

UPPER = more(
    "Upper case: {t}|Turn this into upper case: {t}|Change to upper case: {t}|{t}\nWrite this in capitals.|"
    "In capitals: {t}|Please put this in upper case: {t}|{t}\nNow in upper case.|Use capital letters: {t}|"
    "Make this capitals: {t}|Put in upper case: {t}|Give me this in capital letters: {t}",
    "Write this in upper case: {t}|Make this upper case: {t}|{t}\nIn capital letters, please.|"
    "Put this in capitals: {t}",
)
LOWER = more(
    "Lower case: {t}|Turn this into lower case: {t}|Change to lower case: {t}|{t}\nWrite this in small letters.|"
    "In lower case: {t}|Please put this into lower case: {t}|{t}\nNow in lower case.|Use small letters: {t}|"
    "Make this small: {t}|Put in lower case: {t}|Give me this in small letters: {t}",
    "Write this in lower case: {t}|Make this lower case: {t}|In small letters please: {t}|Put this in lower case: {t}",
)
BULLETS = more(
    "Bullets: {t}|{t}\nAs a list, please.|Give me a list of: {t}|Put these in a list: {t}|As bullets: {t}|"
    "{t}\nMake bullets of this.|Write a list: {t}|Show these as a list: {t}|Format as bullets: {t}|"
    "Bullet points, please: {t}|Put these as bullets: {t}",
    "Write as bullets: {t}|Turn this into a list: {t}|Make a bullet list of: {t}|List these as bullets: {t}",
)
FIRST = more(
    "First sentence only: {t}|Cut to the first sentence: {t}|{t}\nWhat is the first sentence?|"
    "Say the first sentence of this: {t}|Keep only the first sentence of this: {t}|{t}\nShorten to one sentence.|"
    "The first sentence of this, please: {t}|Which is the first sentence? {t}|Show the first sentence: {t}",
    "Shorten to the first sentence: {t}|Give me only the first sentence: {t}|{t}\nKeep the first sentence.|"
    "What is the first sentence of this? {t}",
)
DIGITS = more(
    "{t} in words|{t} as a word|How do you write {t} in words?|Spell the number {t}.|Put {t} in words.|"
    "Turn {t} into a word.|The number {t} as a word, please.|Give me the word for {t}.|Write {t} as a word.|"
    "Say the number {t}.|Which word is {t}?",
    "Write the number {t} in words.|What is {t} in words?|Spell out {t}.|Say {t} as a word.",
)
REPEAT = more(
    "Repeat: {t}|Say this: {t}|Copy: {t}|{t}\nSay that again.|Write exactly this: {t}|{t}\nRepeat the text.|"
    "Please repeat: {t}|Echo: {t}|Copy this: {t}|Repeat this text: {t}|Say the same: {t}",
    "Repeat after me: {t}|Say exactly: {t}|Repeat this: {t}|Copy this text: {t}",
)


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
    return Sample("rewrite", [user(words.frame(ask).format(t=text))], answer, want=answer)
