"""Behave: follow a system message on style, in simple forms, and end."""

from __future__ import annotations

from tools.chat_model import words as w
from tools.chat_model.phrases import behave as phrases
from tools.chat_model.phrases.grammar import joined
from tools.chat_model.sample import Sample, assistant, system, user
from tools.chat_model.skills import converse, rewrite
from tools.chat_model.words import Frames, Words, either

STYLES = {
    "upper": joined(
        phrases.UPPER,
        either(
            "Always answer in upper case.|Answer in capital letters.|Use only capital letters.|Reply in upper case "
            "only."
        ),
    ),
    "lower": joined(
        phrases.LOWER,
        either(
            "Always answer in lower case.|Answer in small letters.|Use only small letters.|Reply in lower case only.",
        ),
    ),
    "end": joined(
        phrases.END,
        either(
            "End every answer with {x}.|Finish each answer with {x}.|Put {x} at the end of every answer.|Close with "
            "{x}."
        ),
        4000,
    ),
    "start": joined(
        phrases.START,
        either(
            "Begin every answer with {x}.|Start each answer with {x}.|Put {x} first in every answer.|Open with {x}.",
        ),
        4000,
    ),
}
PERSONAS = joined(
    phrases.WHO,
    Frames(
        either(
            "Tell me your name.|What is your name, please?|Who is this?|Who am I talking to?|How are you called?|"
            "Say your name.|What should I call you?|What's your name?|Introduce yourself.|"
            "Who are you?|What is your name?|What are you called?"
        ),
        1,
    ),
)
DRILLED = ("end",) * 7 + ("start",) * 5 + ("lower",) * 6 + ("upper",) * 5
"""How often training has each style: names in small letters, and what stands last, are hard."""
NAMED = joined(phrases.NAMED, Frames(["You are {x}.", "You are {x}."], 1), 800)
SIGNS = either(phrases.SIGNS)
KNOWN = 0.3
"""Share of facts among what a training has in upper or lower case."""


def plain(words: Words, style: str) -> tuple[str, str]:
    """A question and its answer, both short."""
    while True:
        if words.split == "train":
            roll = words.rng.random()
            if style in ("upper", "lower") and roll < KNOWN:
                # What is known by heart has to be known in capitals, too.
                topic, answer, _ = words.pick(converse.FACTS)
                asks = converse.asked_about(words, topic)
            elif roll < 0.6:
                asks, answer, _ = converse.single(words)
            else:
                asks, answer = rewrite.turn(words, rewrite.SPOKEN)
            if "\n" not in answer:
                return asks, answer
            continue
        inner = (converse.make if words.rng.random() < 0.6 else rewrite.make)(words)
        if len(inner.messages) == 1 and "\n" not in inner.answer:
            return inner.messages[0]["content"], inner.answer


def styled(style: str, sign: str, answer: str) -> str:
    forms = {"upper": answer.upper(), "lower": answer.lower(), "end": f"{answer} {sign}", "start": f"{sign} {answer}"}
    return forms[style]


def make(words: Words) -> Sample:
    rng, train = words.rng, words.split == "train"
    if rng.random() < (0.15 if train else 0.2):
        return named(words)
    style = rng.choice(DRILLED if train else list(STYLES))
    sign = rng.choice(("Ahoy!", "Yes!", "Over.", "Done.", "Listen:", "Well,", words.brand() + "!"))
    if train and rng.random() < 0.5:
        sign = rng.choice((words.pick(SIGNS), words.brand() + words.pick(("!", "!", ".", "", ":", "?")), words.odd()))
    quoted = f'"{sign}"' if train and rng.random() < 0.15 else sign
    messages = [system(words.frame(STYLES[style]).format(x=quoted))]
    for _ in range(rng.choice((0, 0, 1, 2, 3)) if train else 0):
        question, answer = plain(words, style)
        messages += [user(question), assistant(styled(style, sign, answer))]
    question, answer = plain(words, style)
    want = {"style": style, "sign": sign}
    return Sample("behave", [*messages, user(question)], styled(style, sign, answer), want=want)


def named(words: Words) -> Sample:
    """A persona: its name is in the system message."""
    name = words.brand()
    asked = words.frame(PERSONAS)
    if words.split == "train":
        rng = words.rng
        name = rng.choice((words.brand, words.brand, words.first_name, words.person, words.odd))()
        values = {"x": name, "j": words.pick(w.JOBS), "y": words.pick((words.company, words.town))()}
        messages = [system(words.frame(NAMED).format(**values))]
        if rng.random() < 0.4:
            question, answer, _ = converse.single(words)
            if answer != converse.WHO:
                messages += [user(question), assistant(answer)]
        messages.append(user(asked.format(f=words.first_name())))
        if rng.random() < 0.3:
            messages += [assistant(f"I am {name}."), user(words.frame(PERSONAS).format(f=words.first_name()))]
    else:
        messages = [system(f"You are {name}."), user(asked)]
    return Sample("behave", messages, f"I am {name}.", want={"style": "name", "sign": name})
