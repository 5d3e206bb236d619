"""Texts as people write them: a question to one, or its fields.

Evaluation has texts that training never draws. Training asks them within contexts and fields of all kinds, too.
"""

from __future__ import annotations

import json
import re

from tools.chat_model.sample import Sample, system, user
from tools.chat_model.skills import extract, texts
from tools.chat_model.skills.context import HEADS, REFUSAL, UNANSWERED, worn
from tools.chat_model.words import Words

UNASKED = 0.25
"""Share of the questions that the text does not answer."""
_END = re.compile(r"(?<=[.?!])\s|\n")


def make(words: Words) -> Sample:
    return answered(words) if words.rng.random() < 0.5 else filled(words)


def answered(words: Words) -> Sample:
    """A question to one text, as the copied retrieval snippet asks it."""
    one = texts.made(words)
    question, answer = words.pick(one.asks)
    sentence = next((part for part in _END.split(one.text) if texts.place_of(answer, part) >= 0), one.text)
    want = {"value": answer, "sentence": sentence, "refusal": False}
    if words.rng.random() < UNASKED:
        question, answer, want = words.pick(one.unasked), REFUSAL, UNANSWERED
    head = words.frame(HEADS).format(c=one.text)
    return Sample("context", [system(head), user(worn(words, question))], answer, want=want)


def filled(words: Words) -> Sample:
    """The fields of one to three texts."""
    noun, text, properties, data = extract.written(words)
    asked = words.frame(extract.ASKS).format(k=noun, t=text)
    answer = json.dumps(data, ensure_ascii=False)
    return Sample("extract", [user(asked)], answer, schema=extract.schema_of(properties), want=data)
