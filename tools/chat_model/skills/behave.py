"""Behave: follow a system message on style, in simple forms, and end."""

from __future__ import annotations

from tools.chat_model.sample import Sample, assistant, system, user
from tools.chat_model.skills import converse, rewrite
from tools.chat_model.words import Frames, Words, either, more

STYLES = {
    "upper": more(
        "Write everything in upper case.|Upper case only.|Answer in capitals.|Speak in capital letters.|"
        "You answer in upper case.|All your answers are in upper case.|Please reply in capital letters.|"
        "Respond in upper case.|Use capitals only.|Your replies are in capital letters only.",
        "Always answer in upper case.|Answer in capital letters.|Use only capital letters.|Reply in upper case only.",
    ),
    "lower": more(
        "Write everything in lower case.|Lower case only.|Answer without capitals.|Speak in small letters.|"
        "You answer in lower case.|All your answers are in lower case.|Please reply in small letters.|"
        "Respond in lower case.|Use small letters only.|Your replies are in small letters only.",
        "Always answer in lower case.|Answer in small letters.|Use only small letters.|Reply in lower case only.",
    ),
    "end": more(
        "The last word of every answer is {x}.|Your answers end with {x}.|Always finish with {x}.|"
        "You close every answer with {x}.|Say {x} at the end.|After each answer write {x}.|Always say {x} last.|"
        "Close all your answers with {x}.|End with {x}.|Close every reply with {x}.",
        "End every answer with {x}.|Finish each answer with {x}.|Put {x} at the end of every answer.|Close with {x}.",
    ),
    "start": more(
        "The first word of every answer is {x}.|Your answers begin with {x}.|Always start with {x}.|"
        "You open every answer with {x}.|Say {x} at the start.|Before each answer write {x}.|Always say {x} first.|"
        "Open all your answers with {x}.|Begin with {x}.|Open every reply with {x}.",
        "Begin every answer with {x}.|Start each answer with {x}.|Put {x} first in every answer.|Open with {x}.",
    ),
}
PERSONAS = either(
    "Tell me your name.|What is your name, please?|Who is this?|Who am I talking to?|How are you called?|"
    "Say your name.|What should I call you?|What's your name?|Introduce yourself.|"
    "Who are you?|What is your name?|What are you called?"
)


def plain(words: Words) -> tuple[str, str]:
    """A question and its answer, both short."""
    while True:
        inner = (converse.make if words.rng.random() < 0.6 else rewrite.make)(words)
        if len(inner.messages) == 1 and "\n" not in inner.answer:
            return inner.messages[0]["content"], inner.answer


def styled(style: str, sign: str, answer: str) -> str:
    forms = {"upper": answer.upper(), "lower": answer.lower(), "end": f"{answer} {sign}", "start": f"{sign} {answer}"}
    return forms[style]


def make(words: Words) -> Sample:
    rng = words.rng
    if rng.random() < 0.2:
        name = words.brand()
        asked = words.frame(Frames(PERSONAS, 1))
        told = f"You are {name}."
        return Sample("behave", [system(told), user(asked)], f"I am {name}.", want={"style": "name", "sign": name})
    style = rng.choice(list(STYLES))
    sign = rng.choice(("Ahoy!", "Yes!", "Over.", "Done.", "Listen:", "Well,", words.brand() + "!"))
    messages = [system(words.frame(STYLES[style]).format(x=sign))]
    for _ in range(rng.randint(0, 3) if words.split == "train" else 0):
        question, answer = plain(words)
        messages += [user(question), assistant(styled(style, sign, answer))]
    question, answer = plain(words)
    want = {"style": style, "sign": sign}
    return Sample("behave", [*messages, user(question)], styled(style, sign, answer), want=want)
