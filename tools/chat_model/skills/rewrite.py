"""Rewrite: upper and lower case, bullets, the first sentence, words for digits, repeat, count."""

from __future__ import annotations

from tools.chat_model import words as w
from tools.chat_model.facts import KINDS, capital, say
from tools.chat_model.phrases import rewrite as asked
from tools.chat_model.phrases.grammar import joined
from tools.chat_model.sample import Sample, assistant, user
from tools.chat_model.vocabulary import VERBS
from tools.chat_model.words import Words, either

UPPER = joined(
    asked.UPPER,
    either(
        "Write this in upper case: {t}|Make this upper case: {t}|{t}\nIn capital letters, please.|Put this in "
        "capitals: {t}"
    ),
)
LOWER = joined(
    asked.LOWER,
    either(
        "Write this in lower case: {t}|Make this lower case: {t}|In small letters please: {t}|Put this in lower "
        "case: {t}"
    ),
)
BULLETS = joined(
    asked.BULLETS,
    either(
        "Write as bullets: {t}|Turn this into a list: {t}|Make a bullet list of: {t}|List these as bullets: {t}",
    ),
)
FIRST = joined(
    asked.FIRST,
    either(
        "Shorten to the first sentence: {t}|Give me only the first sentence: {t}|{t}\nKeep the first sentence.|"
        "What is the first sentence of this? {t}",
    ),
)
DIGITS = joined(
    asked.DIGITS,
    either("Write the number {t} in words.|What is {t} in words?|Spell out {t}.|Say {t} as a word."),
)
REPEAT = joined(
    asked.REPEAT,
    either("Repeat after me: {t}|Say exactly: {t}|Repeat this: {t}|Copy this text: {t}"),
)
ASKS = (UPPER, LOWER, BULLETS, FIRST, DIGITS, REPEAT)
DEEDS = sorted(VERBS.values())
LINES = either(
    "The {a} {n} {v} the {m}.|{p} {v} a {n} in {t}.|My {n} is {a}.|We {v} the {n} and the {m}.|"
    "There is a {a} {n} behind the {m}.|Is the {n} still {a}?|Please bring the {n} to {p}!|I never {v} your {n}.|"
    "{p} and {q} {v} it on {d}.|They {v} {k} {m}s last week.|No, the {n} was too {a}.|On {d} we {v} the {a} {n}.|"
    "Nobody in {t} has a {n}.|{p} said that the {n} is {a}.|The {n} costs {c}.|Our train to {t} leaves at {h}.|"
    "Where did {p} put the {n}?|What a {a} {n}!|The {m} of {t} is {a} and {b}.|It was {a}, but the {n} was not.|"
    "You can write to {e}.|{p} lives in {t} and works for {o}.|Room {k} has a {n}, a {m} and a {g}."
)


DONE = either(
    "celebrates|produces|takes|counts|sings|waits for|talks to|rests on|covers|starts|lies behind|gives|goes to|runs "
    "from|"
    "plans|employs|worked at|looks after|dreams of|falls on|costs|weighs|leads|belongs to|was born in|moved to|lets in|"
    "speaks of|stays near|grows|smells of|turned into|dates from|lasts|opens at|shuts "
    "on|holds|hears|needs|wants|prefers|"
    "hosts|keeps|rides|ate|drank|hates|met|left|broke|bakes|cooks|paid for|laughed at|wrote to|thinks of|arrives at"
)
LITTLE = either(
    "the|a|of|and|in|on|my|no|with|for|at|one|two|every|under|behind|near|by|again|not|very|or|to|from|but|as|then|if|"
    "their|our|his|her|this|some|still|only|more|out of|since|until|about|during|without|between|so|too|than"
)


def jumble(words: Words) -> str:
    """Words in no order, or nearly a sentence: what can only be copied word by word."""
    rng = words.rng
    if rng.random() < 0.6:
        who = words.pick((words.person, words.company, words.first_name, words.noun, words.brand))()
        end = words.pick((words.anything, words.noun, words.town, words.number, words.date, words.time, words.price))()
        link = f"{words.pick(LITTLE)} " if rng.random() < 0.5 else ""
        return f"{capital(who)} {words.pick(DONE)} {link}{words.adjective()} {words.noun()} {words.pick(LITTLE)} {end}."
    pieces = (words.noun, words.adjective, words.anything)
    said = " ".join(
        words.pick(pieces)() if rng.random() < 0.6 else words.pick(words.pick((DONE, LITTLE)))
        for _ in range(rng.randint(3, 9))
    )
    return capital(said) + words.pick((".", ".", "!", "?"))


def sentence(words: Words) -> str:
    kind = words.rng.choice(KINDS)
    attribute = words.rng.choice(kind.attributes)
    frames = [frame for frame in words.side(attribute.statements) if not frame.startswith("{p}")]
    return say(words.pick(frames), kind.made(words), attribute.value(words), kind.pronoun)


def line(words: Words) -> str:
    """A sentence of any kind, for training."""
    roll = words.rng.random()
    if roll < 0.7:
        return sentence(words) if roll < 0.4 else jumble(words)
    first, second = words.first_name(), words.person()
    return capital(
        words.pick(LINES).format(
            a=words.adjective(),
            b=words.adjective(),
            n=words.noun(),
            m=words.noun(),
            g=words.noun(),
            v=words.pick(DEEDS),
            p=second,
            q=first,
            t=words.town(),
            d=words.pick(w.WEEKDAYS),
            k=words.number(),
            c=words.price(),
            h=words.time(),
            e=words.email(first),
            o=words.company(),
        )
    )


def phrase(words: Words) -> str:
    return f"{words.pick(w.COLOURS)} {words.pick(w.THINGS)} from {words.town()}"


def any_phrase(words: Words) -> str:
    """A few words, mostly ones that nobody has heard of, for training: letters have to be looked at one by one."""
    roll = words.rng.random()
    if roll < 0.5:
        return phrase(words)
    if roll < 0.62:
        return " ".join(words.anything() for _ in range(words.rng.randint(1, 3)))
    if roll < 0.75:
        made = words.pick((words.town, words.person, words.company, words.brand))
        start, link = words.pick(("the", "a", "my", "one")), words.pick(("from", "of", "for", "near"))
        return f"{start} {words.adjective()} {words.noun()} {link} {made()}"
    if roll < 0.9:
        return ", ".join(
            words.pick((words.town, words.first_name, words.brand))() for _ in range(words.rng.randint(1, 3))
        )
    return line(words)


def things(words: Words) -> list[str]:
    """Things to list, for training."""
    rng = words.rng
    kind, count = rng.random(), rng.randint(2, 6)
    if kind < 0.5:
        return rng.sample(w.INGREDIENTS + w.THINGS, count)
    if kind < 0.7:
        return list(dict.fromkeys(words.noun() for _ in range(count + 1)))
    if kind < 0.85:
        return [f"{words.adjective()} {words.noun()}" for _ in range(count)]
    make = words.pick((words.town, words.first_name, words.odd, words.brand))
    return [make() for _ in range(count)]


def make(words: Words) -> Sample:
    """Training often asks for several texts, one after the other."""
    asks, answer = turn(words)
    turns = []
    if words.split == "train":
        for _ in range(words.rng.choice((0, 0, 1, 1, 2, 3))):
            turns += [user(asks), assistant(answer)]
            asks, answer = turn(words)
    return Sample("rewrite", [*turns, user(asks)], answer, want=answer)


LETTERS = (0, 0, 0, 1, 1, 1, 1, 1, 2, 3, 3, 4, 5, 5)
"""Forms by number, as often as training has them: letters are harder than the rest, small ones most of all."""
SPOKEN = (0, 0, 1, 1, 3, 3, 4, 5, 5, 5)
"""Those whose answers are of one line."""


def turn(words: Words, forms: tuple[int, ...] = LETTERS) -> tuple[str, str]:
    """A request and its answer; training's form is one of those given."""
    rng, train = words.rng, words.split == "train"
    form = rng.choice(forms) if train else rng.randrange(6)
    if form == 0:
        text = any_phrase(words) if train else phrase(words)
        answer = text.upper()
    elif form == 1:
        answer = (any_phrase(words) if train else phrase(words)).lower()
        text = answer if train and rng.random() < 0.05 else answer.upper()
        if train and rng.random() < 0.15:
            text = answer.title()
    elif form == 2:
        items = things(words) if train else rng.sample(w.INGREDIENTS + w.THINGS, rng.randint(2, 6))
        text = ", ".join(items[:-1]) + rng.choice((" and ", ", ")) + items[-1]
        if train and rng.random() < 0.15:
            text = rng.choice(("\n", "; ", " / ", " and ")).join(items)
        answer = "\n".join(f"- {item}" for item in items)
    elif form == 3:
        told = [line(words) if train else sentence(words) for _ in range(rng.randint(2, 4))]
        text, answer = " ".join(told), told[0]
    elif form == 4:
        number = rng.randint(0, 20)
        text, answer = str(number), w.SMALL[number]
    else:
        text = answer = (line if rng.random() < 0.6 else any_phrase)(words) if train else sentence(words)
    return words.frame(ASKS[form]).format(t=text), answer
