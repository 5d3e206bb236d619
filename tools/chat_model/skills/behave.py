"""Behave: follow a system message on style, in simple forms, and end."""

from __future__ import annotations

from tools.chat_model.sample import Sample, system, user
from tools.chat_model.skills import converse, rewrite
from tools.chat_model.words import Words

STYLES = {
    "upper": "Always answer in upper case.|Answer in capital letters.|Use only capital letters.|"
    "Reply in upper case only.",
    "lower": "Always answer in lower case.|Answer in small letters.|Use only small letters.|Reply in lower case only.",
    "end": "End every answer with {x}.|Finish each answer with {x}.|Put {x} at the end of every answer.|"
    "Close with {x}.",
    "start": "Begin every answer with {x}.|Start each answer with {x}.|Put {x} first in every answer.|Open with {x}.",
}


def make(words: Words) -> Sample:
    rng = words.rng
    inner = (converse.make if rng.random() < 0.6 else rewrite.make)(words)
    while len(inner.messages) > 1 or "\n" in inner.answer:
        inner = (converse.make if rng.random() < 0.6 else rewrite.make)(words)
    style = rng.choice(list(STYLES))
    sign = rng.choice(("Ahoy!", "Yes!", "Over.", "Done.", "Listen:", "Well,", words.brand() + "!"))
    told = words.frame(STYLES[style].split("|")).format(x=sign)
    plain = inner.answer
    answer = {"upper": plain.upper(), "lower": plain.lower(), "end": f"{plain} {sign}", "start": f"{sign} {plain}"}[
        style
    ]
    name = words.brand()
    persona = rng.random() < 0.2
    if persona:
        told = f"You are {name}."
        asked = words.frame(("Who are you?", "What is your name?", "What are you called?"))
        return Sample("behave", [system(told), user(asked)], f"I am {name}.", want={"style": "name", "sign": name})
    return Sample(
        "behave", [system(told), user(inner.messages[0]["content"])], answer, want={"style": style, "sign": sign}
    )
