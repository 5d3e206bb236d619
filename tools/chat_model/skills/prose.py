"""Free prose with fields: somebody or something, what is said of it, and the words that a form asks for.

Training alone draws it. A field's value is the shortest span of the text that says it: no article, no title, and for
numbers no unit. A field is named by a word of the text ("captain" for "Captain Ogram"), or by its sort ("name",
"price"), where the text has one of the sort only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tools.chat_model import strange
from tools.chat_model import words as w
from tools.chat_model.facts import capital
from tools.chat_model.skills import notes
from tools.chat_model.skills.prose_parts import (
    COUNTED,
    DONE,
    FILLERS,
    NUMBERED,
    THING,
    UNITS,
    Field,
    Part,
    person,
    priced,
    proper,
    quantity,
    thing,
    when,
)
from tools.chat_model.skills.prose_says import OF_PEOPLE, OF_THINGS
from tools.chat_model.words import Words


def _notice(words: Words) -> Part:
    """A sentence of its own: a notice, a request, where to call."""
    rng, roll = words.rng, words.rng.random()
    noun, verb = words.noun(), words.pick(DONE)[0]
    if roll < 0.2:
        phone = words.phone() if rng.random() < 0.5 else f"{rng.randint(100, 999)} {rng.randint(1000, 9999)}"
        frame = words.pick(
            ("Call {p} to {v} the {n}.", "The number is {p}.", "To {v} the {n}, dial {p}.", "Phone: {p}.")
        )
        return frame.format(p=phone, v=verb, n=noun), (
            Field(("phone:phone", "phone:phone", "phone:phone_number", "number:number", "phone:telephone"), phone),
        )
    if roll < 0.3:
        mail = words.email(strange.one(rng).capitalize())
        frame = words.pick(("Write to {m} for the {n}.", "Send the {n} to {m}.", "Our address is {m}.", "Mail: {m}"))
        return frame.format(m=mail, n=noun), (Field(("email:email", "email:mail", "email:contact"), mail),)
    if roll < 0.5:
        shown, number = quantity(words)
        unit, several = words.pick(UNITS), notes.several(noun)
        frame = words.pick(
            ("Bring back all {n} after {s} {u}.", "{N} are kept for {s} {u}.", "You have {s} {u} to {v} the {n}.")
        )
        text = frame.format(n=several, N=capital(several), s=shown, u=unit, v=verb)
        keys = ("span:duration", "span:time_limit", "span:period")
        return text, (Field((unit, unit, unit), shown, number), Field(keys, f"{shown} {unit}", number))
    if roll < 0.7:
        kind = words.pick(NUMBERED)
        code = words.pick(
            (
                str(rng.randint(1, 99)),
                f"{rng.randint(1, 9)}.{rng.randint(0, 9)}",
                f"{rng.choice('ABCDEFGHKLMNPRSTUVXZ')}{rng.randint(1, 99)}",
                f"{rng.randint(1, 40)}{rng.choice('ABCDEF')}",
            )
        )
        frame = words.pick(
            (
                "Go to {k} {c}.",
                "It is in {k} {c}.",
                "{K} {c} of the {x} {n} is ready.",
                "See {k} {c} for the {n}.",
                "{K} {c} of the {x} {n} {d} {o}.",
                "{K} {c} of the {x} {n} {d} {o}. Who has {k} {z} must wait.",
                "{K} {c} of the {n} {x} comes after {k} {z}.",
                "Not {k} {z} but {k} {c} of the {x} {n} was {y}.",
            )
        )
        name, deed = proper(words), words.pick(DONE)[1]
        # Never the same, nor a part of it.
        other = str(int(code[0]) + 1 if "." in code else rng.randint(100, 140))
        more = {
            "z": other,
            "d": deed,
            "o": f"the {words.adjective()} {words.noun()}",
            "y": notes._PARTICIPLES.get(deed, deed),
        }
        fields = [Field((kind, kind, f"{kind}_number", "number:number"), code, int(code) if code.isdigit() else None)]
        if "{x}" in frame:
            fields.append(Field((noun, noun, f"{noun}_name", "name:name"), name))
        return frame.format(k=kind, K=capital(kind), c=code, n=noun, x=name, **more), tuple(fields)
    if roll < 0.85:
        first = words.pick((words.noun, words.adjective, words.town))()
        kind = words.pick(("night", "show", "concert", "fair", "tour", "match", "play", "dinner", "course", "race"))
        time, day = words.time(), words.pick(w.WEEKDAYS)
        frame = words.pick(
            (
                "The {f} {k} starts at {t} on {d}.",
                "Come to the {f} {k} on {d} at {t}.",
                "On {d} at {t} the {f} {k} begins.",
            )
        )
        return frame.format(f=first, k=kind, t=time, d=day), (
            Field(("event", "event", "event_name", "event_title", kind), f"{first} {kind}"),
            Field(("time:time", "start_time", "starts", "begins"), time),
            Field(("day:day", "day:weekday", "event_day"), day),
        )
    price, amount = priced(words)
    first = words.pick((words.noun, words.adjective, words.odd))()
    group = words.pick(COUNTED)
    frame = words.pick(
        ("A {f} {n} is {p}.", "One {f} {n} costs {p}.", "For {p} you get a {f} {n}.", "{G} pay {p} for a {f} {n}.")
    )
    fields = [
        Field(THING, f"{first} {noun}"),
        Field(("money:price", "money:price", "money:cost", f"{noun}_price"), price, amount),
    ]
    return frame.format(f=first, n=noun, p=price, G=capital(group)), tuple(fields)


def sentence(words: Words) -> Part:
    """A subject with one or two things said of it, or a notice."""
    roll, rng = words.rng.random(), words.rng
    if roll < 0.25:
        return _notice(words)
    of_person = roll < 0.6
    subject, fields = person(words) if of_person else thing(words)
    says = OF_PEOPLE if of_person else OF_THINGS
    text, more = words.pick(says)(words)
    fields += more
    told = f"{subject} {text}"
    if rng.random() < 0.5:
        text, more = words.pick(says)(words)
        fields += more
        again = words.pick(("He", "She")) if of_person else "It"
        told += words.pick((f". {again} ", f". {again} ", f", and {again.lower()} ", " and ")) + text
    elif rng.random() < 0.15:
        at, more = when(words)
        fields += more
        told = f"{at}, {told}"
    return f"{capital(told)}.", fields


def _key(words: Words, field: Field, alone: dict[str, int], others: str) -> str:
    """A name that means this field and no other, if there is one."""
    for _ in range(4):
        sort, _, key = words.pick(field.keys).rpartition(":")
        if sort:
            if alone[sort] == 1:
                return key
        elif alone[key] == 1 and f" {key.split('_')[0]}" not in others:
            return key
    return ""


def typed(words: Words, field: Field) -> tuple[dict[str, Any], Any]:
    """The field's schema, and its value."""
    roll = words.rng.random()
    if field.truth is not None:
        return {"type": "boolean"}, field.truth
    if field.items:
        return {"type": "array", "items": {"type": "string"}}, list(field.items)
    if field.number is not None and roll < 0.55:
        whole = isinstance(field.number, int) and roll < 0.45
        return {"type": "integer" if whole else "number"}, field.number
    schema: dict[str, Any] = {"type": "string"}
    if roll > 0.95:
        schema["enum"] = words.rng.sample([field.value, words.noun(), words.adjective()], 3)
    return schema, field.value


def styled(words: Words, keys: Sequence[str]) -> list[str]:
    """Names as people write them: with underscores, in camel case, with spaces or capitals."""
    roll = words.rng.random()
    if roll < 0.7:
        return list(keys)
    if roll < 0.9:
        return [key.split("_")[0] + "".join(map(capital, key.split("_")[1:])) for key in keys]
    return [capital(key) if roll < 0.95 else key.replace("_", " ") for key in keys]


_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiou])")


def made(words: Words) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A text, the properties of its schema, and its data."""
    rng = words.rng
    while True:
        parts = [sentence(words) for _ in range(rng.choice((1, 1, 2, 2, 2, 3, 3, 4)))]
        alone: dict[str, int] = {}
        for _, fields in parts:
            for field in fields:
                for sort in {key.partition(":")[0] for key in field.keys}:
                    alone[sort] = alone.get(sort, 0) + 1
        options = [(number, field) for number, (_, fields) in enumerate(parts) for field in fields]
        rng.shuffle(options)
        found: dict[str, Field] = {}
        for number, field in options:
            told = field.truth is not None or (field.value and field.value in parts[number][0])
            if len(found) == 5 or not told:
                continue
            others = " ".join(text for other, (text, _) in enumerate(parts) if other != number).lower()
            key = _key(words, field, alone, f" {others}")
            if key and key not in found:
                found[key] = field
        if len(found) < min(2, len(options)) or not found:
            continue
        keys = list(found)[: rng.choice((1, 2, 2, 2, 3, 3, 4, 5))]
        if rng.random() < 0.6:
            keys.sort(key=lambda key: options.index(next(pair for pair in options if pair[1] is found[key])))
        texts = [text for text, _ in parts]
        if rng.random() < 0.25:
            texts.insert(rng.randint(0, len(texts)), words.pick(FILLERS))
        both = {name: typed(words, found[key]) for name, key in zip(styled(words, keys), keys, strict=True)}
        text = _ARTICLE.sub(r"\1n ", words.pick((" ", " ", " ", "\n")).join(texts))
        return (
            text,
            {key: schema for key, (schema, _) in both.items()},
            {key: value for key, (_, value) in both.items()},
        )
