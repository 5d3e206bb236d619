"""Extract into a JSON schema: every field from the text, in the schema's order."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from tools.chat_model import strange
from tools.chat_model import words as w
from tools.chat_model.facts import KINDS, capital, say
from tools.chat_model.phrases import extract as phrases
from tools.chat_model.phrases.grammar import drawn, joined
from tools.chat_model.sample import Sample, assistant, system, user
from tools.chat_model.skills import notes, prose, texts
from tools.chat_model.words import Split, Words, either

Draw = Callable[[Words], tuple[str, str, dict[str, Any], dict[str, Any]]]
"""Gives a noun, a text, the properties of its schema, and its data."""

ASKS = joined(
    phrases.ASKS,
    (
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
    ),
    2500,
)


FIELDS = joined(
    phrases.FIELDS,
    (
        "{K}: {v}",
        "The {k} is {v}.",
        "{K} = {v}",
        "- {k}: {v}",
        "Its {k} is {v}.",
        "As {k} we have {v}.",
    ),
    2500,
)

RECIPES = joined(
    phrases.RECIPE,
    (
        "For {n} you need {i}. It takes {m} minutes.",
        "{N} is ready in {m} minutes. Take {i}.",
        "To cook {n}, buy {i}. Plan {m} minutes.",
        "You make {n} with {i} in {m} minutes.",
    ),
    2500,
)

INVOICES = joined(
    phrases.INVOICE,
    (
        "Invoice {n} from {c}. The total is {t} euros, due on {d}.",
        "{c} sends invoice number {n} over {t} euros. Please pay by {d}.",
        "Please pay {t} euros to {c} until {d}. The invoice has the number {n}.",
        "We owe {c} {t} euros for invoice {n}; it is due on {d}.",
    ),
    2500,
)

CONTACTS = joined(
    phrases.CONTACT,
    (
        "{n}, {a}, {e}, phone {p}.",
        "Contact {n} at {e} or {p}. The address is {a}.",
        "{n} lives at {a}. Call {p} or write to {e}.",
        "Name: {n}\nE-mail: {e}\nPhone: {p}\nAddress: {a}",
        "You reach {n} under {p} and {e}; send letters to {a}.",
        "My name is {n}, my number is {p}, my mail is {e}, and I live at {a}.",
    ),
    1500,
)


APART, HINTS, HELPERS = (drawn(lines, ASKS[-ASKS.held :]) for lines in (phrases.APART, phrases.HINTS, phrases.HELPERS))


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
    text = words.frame(RECIPES).format(n=name, N=capital(name), i=told, m=minutes)
    properties = {
        "name": {"type": "string"},
        "ingredients": {"type": "array", "items": {"type": "string"}},
        "minutes": {"type": "integer"},
    }
    return "recipe", text, properties, {"name": name, "ingredients": items, "minutes": int(minutes)}


def invoice(words: Words) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    number, company, total = words.number(1000, 99999), words.company(), words.number(10, 4000)
    due = words.date()
    properties = {
        "number": {"type": "integer"},
        "company": {"type": "string"},
        "total": {"type": "integer"},
        "due": {"type": "string"},
    }
    data = {"number": int(number), "company": company, "total": int(total), "due": due}
    return "invoice", words.frame(INVOICES).format(n=number, c=company, t=total, d=due), properties, data


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
            odd = words.split == "train" and rng.random() < 0.3
            data[key], properties[key] = strange.name(words) if odd else words.anything(), {"type": "string"}
    frame = words.frame(FIELDS)
    joint = words.pick(("\n", " "))
    mixed = words.split == "train" and rng.random() < 0.5
    lines = [
        (words.frame(FIELDS) if mixed else frame).format(k=key, K=capital(key), v=value) for key, value in data.items()
    ]
    if mixed and joint == " ":
        lines = [f"{line}." if line[-1].isalnum() else line for line in lines]
    told = joint.join(lines)
    kept = keys if rng.random() < 0.6 else rng.sample(keys, rng.randint(1, len(keys)))
    return "data", told, {key: properties[key] for key in kept}, {key: data[key] for key in kept}


def contact(words: Words) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    name = words.person()
    data = {"name": name, "email": words.email(name), "phone": words.phone(), "address": words.street()}
    text = words.frame(CONTACTS).format(n=name, e=data["email"], p=data["phone"], a=data["address"])
    keys = words.rng.sample(list(data), words.rng.randint(2, 4))
    return "contact", text, {key: {"type": "string"} for key in keys}, {key: data[key] for key in keys}


_BEFORE = ("the ", "a ", "an ", "their ", "in ", *(f"{title} " for title in notes._TITLES))


_GENERAL = either("name|person|year|place|where|when|time|day|days|price|cost|number|phone|reason|date")
"""Names that could mean a word of any note: only for one that is alone."""


def bare(told: str) -> str:
    """The shortest words that say it: no article, no title before a name."""
    for before in _BEFORE:
        if told.startswith(before) and (before != "in " or told[len(before)].isupper()):
            return told[len(before) :]
    return told


def noted(words: Words) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    """Notes of any kind, with fields that are named by their words; for training."""
    rng = words.rng
    properties: dict[str, Any] = {}
    data: dict[str, Any] = {}
    texts: list[str] = []
    count = rng.randint(1, 3)
    for note in (notes.made(words) for _ in range(count)):
        if note.fields.keys() & data.keys():
            continue
        texts.append(note.text)
        for key, told in note.fields.items():
            if count > 1 and key in _GENERAL:
                continue
            value = bare(told)
            number = value.isdigit() and not value.startswith("0") and rng.random() < 0.6
            properties[key] = {"type": "integer" if number else "string"}
            data[key] = int(value) if number else value
    if not data:
        return noted(words)
    keys = rng.sample(list(data), rng.randint(min(2, len(data)), len(data)))
    return (
        words.pick(("data", "note", "facts")),
        " ".join(texts),
        {k: properties[k] for k in keys},
        {k: data[k] for k in keys},
    )


NOUNS = ("data", "data", "facts", "note", "details", "message", "record")


def typed(words: Words, value: Any) -> tuple[dict[str, Any], Any]:
    """A schema for words of a text, and the value: a count also as a number."""
    if isinstance(value, bool):
        return {"type": "boolean"}, value
    if isinstance(value, list):
        return {"type": "array", "items": {"type": "string"}}, value
    roll = words.rng.random()
    if roll < 0.04:
        return {"type": "string", "enum": words.rng.sample([value, words.noun(), words.adjective()], 3)}, value
    number = number_of(value)
    if number is None or roll < 0.5:
        return {"type": "string"}, value
    return {"type": "integer" if roll < 0.9 else "number"}, number


def number_of(value: str) -> int | None:
    """What a whole number says that is written in digits or, up to twenty, in words; None for anything else."""
    if value in w.SMALL:
        return w.SMALL.index(value)
    plain = value.replace(",", "")
    return int(plain) if plain.isdigit() and len(plain) < 9 and (plain == "0" or plain[0] != "0") else None


def written(words: Words) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    """One to three texts as people write them, with some of their fields."""
    rng = words.rng
    drawn = texts.several(words, rng.choice((1, 1, 1, 1, 2, 2, 3)))
    count = Counter(key for one in drawn for keys, _ in one.fields for key in keys)
    chosen: dict[str, Any] = {}
    for one in drawn:
        for keys, value in one.fields:
            alone = [key for key in keys if count[key] == 1 and not (len(drawn) > 1 and key in _GENERAL)]
            if alone:
                chosen[words.pick((alone[0], *alone))] = value
    if not chosen:
        return written(words)
    keys = rng.sample(list(chosen), min(len(chosen), rng.choice((1, 2, 2, 3, 3, 4, 5, 6))))
    if rng.random() < 0.6:
        keys.sort(key=list(chosen).index)
    both = {name: typed(words, chosen[key]) for name, key in zip(prose.styled(words, keys), keys, strict=True)}
    return (
        words.pick(NOUNS),
        words.pick((" ", "\n", "\n\n")).join(one.text for one in drawn),
        {key: schema for key, (schema, _) in both.items()},
        {key: value for key, (_, value) in both.items()},
    )


def free(words: Words) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    """Prose of any kind; for training."""
    text, properties, data = prose.made(words)
    return words.pick(NOUNS), text, properties, data


KINDS_OF_TEXT: dict[Split, tuple[tuple[Draw, ...], tuple[float, ...]]] = {
    "eval": ((thing, recipe, invoice, fields, contact), (5, 1, 1, 3, 1)),
    "train": ((thing, recipe, invoice, fields, contact, noted, free, written), (2.5, 0.5, 0.8, 2, 0.6, 1.5, 5, 14)),
}


def make(words: Words) -> Sample:
    return trained(words) if words.split == "train" else asked_once(words)


def ordered(words: Words) -> tuple[str, str, dict[str, Any], dict[str, Any], str]:
    """(noun, text, schema, data, answer) of one text, its keys in the schema's order or in any."""
    rng = words.rng
    makers, weights = KINDS_OF_TEXT[words.split]
    noun, text, properties, data = rng.choices(makers, weights)[0](words)
    keys = list(properties)
    if rng.random() < 0.3:
        rng.shuffle(keys)
    data = {key: data[key] for key in keys}
    schema = schema_of({key: properties[key] for key in keys})
    return noun, text, schema, data, json.dumps(data, ensure_ascii=False)


def asked_once(words: Words) -> Sample:
    """As evaluation asks."""
    rng = words.rng
    noun, text, schema, data, answer = ordered(words)
    messages = [user(words.frame(ASKS).format(k=noun, t=text))]
    if rng.random() < 0.3:
        hint = json.dumps(schema, ensure_ascii=False) if rng.random() < 0.5 else ", ".join(data)
        messages.insert(0, system(f"Answer in JSON with these fields: {hint}"))
    return Sample("extract", messages, answer, schema=schema, want=data)


def shown(words: Words, schema: dict[str, Any], noun: str) -> str:
    """A form as prompts show it: a schema, now and then with descriptions, or the names of its fields."""
    keys = list(schema["properties"])
    roll = words.rng.random()
    if roll < 0.3:
        return words.pick((", ", ", ", "; ", "\n", " ")).join(keys)
    if roll < 0.5:
        kinds = {key: given["type"] for key, given in schema["properties"].items()}
        return json.dumps(kinds) if roll < 0.4 else ", ".join(f"{key} ({kind})" for key, kind in kinds.items())
    if roll < 0.65:
        described = {
            key: given | {"description": f"The {key.replace('_', ' ')} of the {noun}"}
            for key, given in schema["properties"].items()
        }
        return json.dumps(schema | {"properties": described}, ensure_ascii=False)
    return json.dumps(schema, ensure_ascii=False)


def trained(words: Words) -> Sample:
    """As training asks: the form shown or not, the text in either message, and now and then another text behind it."""
    rng = words.rng
    messages: list[dict[str, Any]] = []
    for turns_left in range(rng.choice((0, 0, 0, 1, 1, 2)), -1, -1):
        noun, text, schema, data, answer = ordered(words)
        asked = words.frame(ASKS).format(k=noun, t=text)
        roll = rng.random()
        if messages or roll < 0.65:
            messages.append(user(asked))
        elif roll < 0.8:
            hint = "Answer in JSON with these fields: {h}" if rng.random() < 0.3 else words.pick(HINTS)
            messages += [system(hint.replace("{h}", shown(words, schema, noun))), user(asked)]
        elif roll < 0.86:
            messages.append(user(f"{asked}\n{words.pick(HINTS).replace('{h}', shown(words, schema, noun))}"))
        elif roll < 0.93:
            messages += [system(words.pick(HELPERS)), user(asked)]
        else:
            messages += [system(text), user(words.pick(APART).format(k=noun))]
        if turns_left:
            messages.append(assistant(answer))
    return Sample("extract", messages, answer, schema=schema, want=data)
