"""Extract into a JSON schema: every field from the text, in the schema's order."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tools.chat_model import words as w
from tools.chat_model.facts import KINDS, capital, say
from tools.chat_model.sample import Sample, system, user
from tools.chat_model.skills import notes
from tools.chat_model.words import Split, Words

Draw = Callable[[Words], tuple[str, str, dict[str, Any], dict[str, Any]]]
"""Gives a noun, a text, the properties of its schema, and its data."""

ASKS = (
    "{t}",
    "Extract the data: {t}",
    "Extract information from the text.\n{t}",
    "{t}\n\nReturn JSON.",
    "Fill in the {k}: {t}",
    "Tell me about the {k}: {t}",
    "Parse this {k}: {t}",
    "Turn this into JSON: {t}",
    "Extract the {k} from this text: {t}",
    "Extract the {k} as JSON: {t}",
    "{t}\n\nExtract the {k}.",
    "Return the {k} as JSON.\n{t}",
    "Read the text and fill in the {k}.\n\n{t}",
    "Text: {t}\nGive me the {k} as JSON.",
)


FIELDS = (
    "{K}: {v}",
    "The {k} is {v}.",
    "{K} = {v}",
    "- {k}: {v}",
    "Its {k} is {v}.",
    "As {k} we have {v}.",
)


def schema_of(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def thing(words: Words) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    """(noun, text, properties, data) of one described thing."""
    kind = words.rng.choice(KINDS)
    name = kind.made(words)
    properties: dict[str, Any] = {"name": {"type": "string"}}
    data: dict[str, Any] = {"name": name}
    sentences: list[str] = []
    for attribute in words.rng.sample(kind.attributes, words.rng.randint(1, 4)):
        value = attribute.value(words)
        sentences.append(say(attribute.said(words, first=not sentences), name, value, kind.pronoun))
        properties[attribute.key] = {"type": attribute.kind}
        data[attribute.key] = int(value) if attribute.kind == "integer" else value
    return kind.name, " ".join(sentences), properties, data


def recipe(words: Words) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    name, minutes = words.pick(w.FOODS), words.number(5, 120)
    items = words.rng.sample(w.INGREDIENTS, words.rng.randint(2, 5))
    told = ", ".join(items[:-1]) + " and " + items[-1]
    frames = (
        "For {n} you need {i}. It takes {m} minutes.",
        "{N} is ready in {m} minutes. Take {i}.",
        "To cook {n}, buy {i}. Plan {m} minutes.",
        "You make {n} with {i} in {m} minutes.",
    )
    text = words.frame(frames).format(n=name, N=capital(name), i=told, m=minutes)
    properties = {
        "name": {"type": "string"},
        "ingredients": {"type": "array", "items": {"type": "string"}},
        "minutes": {"type": "integer"},
    }
    return "recipe", text, properties, {"name": name, "ingredients": items, "minutes": int(minutes)}


def invoice(words: Words) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    number, company, total = words.number(1000, 99999), words.company(), words.number(10, 4000)
    due = words.date()
    frames = (
        "Invoice {n} from {c}. The total is {t} euros, due on {d}.",
        "{c} sends invoice number {n} over {t} euros. Please pay by {d}.",
        "Please pay {t} euros to {c} until {d}. The invoice has the number {n}.",
        "We owe {c} {t} euros for invoice {n}; it is due on {d}.",
    )
    properties = {
        "number": {"type": "integer"},
        "company": {"type": "string"},
        "total": {"type": "integer"},
        "due": {"type": "string"},
    }
    data = {"number": int(number), "company": company, "total": int(total), "due": due}
    return "invoice", words.frame(frames).format(n=number, c=company, t=total, d=due), properties, data


def fields(words: Words) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    """Fields of any name: what the key says stands in the text."""
    rng = words.rng
    keys = list(dict.fromkeys(words.noun() for _ in range(rng.randint(2, 5))))
    properties: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for key in keys:
        if rng.random() < 0.3:
            data[key], properties[key] = rng.randint(1, 9999), {"type": "integer"}
        else:
            data[key], properties[key] = words.anything(), {"type": "string"}
    frame = words.frame(FIELDS)
    joint = words.pick(("\n", " "))
    told = joint.join(frame.format(k=key, K=capital(key), v=value) for key, value in data.items())
    kept = keys if rng.random() < 0.6 else rng.sample(keys, rng.randint(1, len(keys)))
    return "data", told, {key: properties[key] for key in kept}, {key: data[key] for key in kept}


def contact(words: Words) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    name = words.person()
    data = {"name": name, "email": words.email(name), "phone": words.phone(), "address": words.street()}
    frames = (
        "{n}, {a}, {e}, phone {p}.",
        "Contact {n} at {e} or {p}. The address is {a}.",
        "{n} lives at {a}. Call {p} or write to {e}.",
        "Name: {n}\nE-mail: {e}\nPhone: {p}\nAddress: {a}",
        "You reach {n} under {p} and {e}; send letters to {a}.",
        "My name is {n}, my number is {p}, my mail is {e}, and I live at {a}.",
    )
    text = words.frame(frames).format(n=name, e=data["email"], p=data["phone"], a=data["address"])
    keys = words.rng.sample(list(data), words.rng.randint(2, 4))
    return "contact", text, {key: {"type": "string"} for key in keys}, {key: data[key] for key in keys}


def noted(words: Words) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    """Notes of any kind, with fields that are named by their words; for training."""
    rng = words.rng
    properties: dict[str, Any] = {}
    data: dict[str, Any] = {}
    texts: list[str] = []
    for note in (notes.made(words) for _ in range(rng.randint(1, 3))):
        if note.fields.keys() & data.keys():
            continue
        texts.append(note.text)
        for key, value in note.fields.items():
            number = value.isdigit() and not value.startswith("0") and rng.random() < 0.6
            properties[key] = {"type": "integer" if number else "string"}
            data[key] = int(value) if number else value
    keys = rng.sample(list(data), rng.randint(min(2, len(data)), len(data)))
    return (
        words.pick(("data", "note", "facts")),
        " ".join(texts),
        {k: properties[k] for k in keys},
        {k: data[k] for k in keys},
    )


KINDS_OF_TEXT: dict[Split, tuple[tuple[Draw, ...], tuple[float, ...]]] = {
    "eval": ((thing, recipe, invoice, fields, contact), (5, 1, 1, 3, 1)),
    "train": ((thing, recipe, invoice, fields, contact, noted), (5, 1, 1, 3, 1, 4)),
}


def make(words: Words) -> Sample:
    rng = words.rng
    makers, weights = KINDS_OF_TEXT[words.split]
    noun, text, properties, data = rng.choices(makers, weights)[0](words)
    keys = list(properties)
    if rng.random() < 0.3:
        rng.shuffle(keys)
    schema = schema_of({key: properties[key] for key in keys})
    answer = json.dumps({key: data[key] for key in keys}, ensure_ascii=False)
    messages = [user(words.frame(ASKS).format(k=noun, t=text))]
    if rng.random() < 0.3:
        hint = json.dumps(schema, ensure_ascii=False) if rng.random() < 0.5 else ", ".join(keys)
        messages.insert(0, system(f"Answer in JSON with these fields: {hint}"))
    return Sample("extract", messages, answer, schema=schema, want={key: data[key] for key in keys})
