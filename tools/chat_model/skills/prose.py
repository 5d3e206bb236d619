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
    AGENTS,
    COUNTED,
    DEEDS,
    DONE,
    FEES,
    FILLERS,
    LENGTHS,
    MEASURES,
    NUMBERED,
    REASONS,
    STATES,
    THING,
    UNITS,
    UNNAMED,
    WEIGHTS,
    Field,
    Part,
    Says,
    joined,
    kind_of,
    person,
    place,
    priced,
    proper,
    quantity,
    thing,
    when,
    who,
)
from tools.chat_model.words import Words


def _did(words: Words) -> Part:
    """What somebody did, to something, somewhere, at some time."""
    verb, past = words.pick(DONE)
    rng = words.rng
    shown, number = quantity(words)
    several = notes.several(words.noun())
    counted = Field((several, several, f"number_of_{several}", f"{several}_count", "count:count"), shown, number)
    roll = rng.random()
    parts: list[Part] = []
    if roll < 0.35:
        what, more = thing(words)
        parts.append((f"{past} {what.rstrip(',')}", more))
    elif roll < 0.7:
        parts.append((f"{past} {shown} {several}", (counted, Field((past, f"{past}_things"), f"{shown} {several}"))))
    else:
        adjective, noun = words.adjective(), words.noun()
        parts.append(
            (f"{past} the {adjective} {noun}", (Field((past, verb, f"what_was_{past}"), f"{adjective} {noun}"),))
        )
    if rng.random() < 0.5:
        parts.append(place(words))
    if rng.random() < 0.5:
        parts.append(when(words))
    return joined(parts)


def _deed(words: Words) -> Part:
    verb, kinds = words.pick(DEEDS)
    name = strange.place(words) if kinds[-1] in ("city", "town", "origin") else proper(words)
    with_the = not verb.endswith("the") and (verb in ("steered", "boarded", "launched") or words.rng.random() < 0.15)
    parts: list[Part] = [
        (f"{verb} {'the ' if with_the else ''}{name}", (Field((*kinds, f"{kinds[0]}_name"), name),)),
    ]
    if words.rng.random() < 0.5:
        parts.append(when(words))
    if words.rng.random() < 0.2 and kinds[0] not in ("town", "birthplace"):
        text, more = place(words)
        parts.append((text, more))
    return joined(parts)


def _has(words: Words) -> Part:
    """Counted things, and one of a kind."""
    several, noun = notes.several(words.noun()), words.noun()
    shown, number = quantity(words)
    colour = words.pick(w.COLOURS) if words.rng.random() < 0.5 else words.adjective()
    verb = words.pick(("has", "has", "comes with", "offers", "needs", "shows", "contains", "carries", "includes"))
    counted = Field((several, several, several, f"number_of_{several}", f"num_{several}", "count:count"), shown, number)
    one = Field((noun, noun, noun, f"{noun}_colour" if colour in w.COLOURS else f"{noun}_type"), colour)
    roll = words.rng.random()
    if roll < 0.4:
        return f"{verb} {shown} {several} and a {colour} {noun}", (counted, one)
    if roll < 0.55:
        return f"{verb} a {colour} {noun} and {shown} {several}", (counted, one)
    if roll < 0.75:
        return f"{verb} {shown} {several}", (counted,)
    without = words.rng.random() < 0.5
    truth = Field((f"has_{noun}", f"has_{noun}", f"with_{noun}"), "", truth=not without)
    return f"has {'no' if without else 'a'} {noun}", (truth,)


def _number(words: Words) -> Part:
    """A length, a price, a span, a year."""
    roll, rng = words.rng.random(), words.rng
    if roll < 0.25:
        price, amount = priced(words)
        keys: tuple[str, ...] = ("money:price", "money:price", "money:cost", "money:amount")
        verb = words.pick(("costs", "costs", "is sold for", "goes for", "is on offer for", "sells for", "is yours for"))
        return f"{verb} {price}", (Field(keys, price, amount),)
    if roll < 0.4:
        fee = words.pick(FEES)
        price, amount = priced(words)
        verb = words.pick(("has a {f} of", "asks a {f} of", "takes a {f} of", "comes with a {f} of", "pays a {f} of"))
        return f"{verb.format(f=fee)} {price}", (Field((fee, fee, f"{fee}_amount", "money:amount"), price, amount),)
    if roll < 0.6:
        shown, number = quantity(words)
        adjective, noun = words.pick(MEASURES)
        unit = words.pick(LENGTHS)
        size = Field((noun, noun, f"{noun}_{unit}", "size:size"), f"{shown} {unit}", number)
        return words.pick((f"is {shown} {unit} {adjective}", f"has a {noun} of {shown} {unit}")), (size,)
    if roll < 0.7:
        shown, number = quantity(words)
        unit = words.pick(WEIGHTS)
        return f"weighs {shown} {unit}", (Field(("weight", "weight", f"weight_{unit}"), f"{shown} {unit}", number),)
    if roll < 0.85:
        shown, number = quantity(words)
        unit = words.pick(UNITS)
        verb = words.pick(("takes", "lasts", "was away for", "runs for", "was closed for", "waited", "is open for"))
        keys = ("span:duration", "span:time", "span:how_long", "span:period")
        return f"{verb} {shown} {unit}", (Field((unit, unit), shown, number), Field(keys, f"{shown} {unit}", number))
    year = rng.randint(1650, 2030)
    past = words.pick(DONE)[1]
    keys = ("year:year", "year:year", f"{past}_in", f"year_{past}", f"{past}_year")
    return f"was {notes._PARTICIPLES.get(past, past)} in {year}", (Field(keys, str(year), year),)


def _hours(words: Words) -> Part:
    first, second = words.pick((("opens", "closes"), ("starts", "ends"), ("begins", "stops"), ("leaves", "arrives")))
    one, two = words.time(), words.time()
    keys: tuple[str, ...] = (first, f"{first.rstrip('s')}_time", "time:time", first.rstrip("s"))
    if words.rng.random() < 0.5:
        return f"{first} at {one}", (Field(keys, one),)
    until = Field((second, f"{second.rstrip('s')}_time", second.rstrip("s")), two)
    return f"{first} at {one} and {second} at {two}", (
        Field((*keys[:2], keys[3]), one),
        Field(("time:time",), ""),
        until,
    )


def _listed(words: Words) -> Part:
    """Two to four things as a list."""
    verb = words.pick(
        ("sells", "offers", "makes", "buys", "needs", "repairs", "serves", "grows", "collects", "teaches")
    )
    items = tuple(
        dict.fromkeys(
            notes.several(words.noun()) if words.rng.random() < 0.7 else f"{words.adjective()} {words.noun()}"
            for _ in range(words.rng.randint(2, 4))
        )
    )
    told = f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else items[0]
    return f"{verb} {told}", (Field(("list:items", "list:products", "list:things", verb, verb), told, None, items),)


def _by(words: Words) -> Part:
    """Who did it, said from the other side."""
    verb, past = words.pick(DONE)
    name = who(words)
    done = notes._PARTICIPLES.get(past, past)
    keys = [f"{done}_by", f"{done}_by", "person:person", "name:name", "person:by_whom"]
    if verb in AGENTS:
        keys += [AGENTS[verb]] * 3
    parts: list[Part] = [(f"was {done} by {name}", (Field(tuple(keys), name),))]
    if words.rng.random() < 0.4:
        parts.append(when(words))
    return joined(parts)


def _is(words: Words) -> Part:
    """A state, a colour, where it is, why."""
    roll = words.rng.random()
    if roll < 0.25:
        state = words.pick(STATES)
        truth = Field((f"is_{state.replace(' ', '_')}",), "", truth=True)
        return f"is {state}", (Field(("state:status", "state:state", "state:condition"), state), truth)
    if roll < 0.35:
        state = words.pick(STATES)
        return f"is not {state}", (Field((f"is_{state.replace(' ', '_')}", state.replace(" ", "_")), "", truth=False),)
    if roll < 0.5:
        colour = words.pick(w.COLOURS)
        return f"is {colour}", (Field(("colour:colour", "colour:color"), colour),)
    if roll < 0.6:
        material = words.open(w.MATERIALS)
        return f"is made of {material}", (Field(("material:material", "material:made_of"), material),)
    if roll < 0.75:
        text, fields = place(words)
        return f"{words.pick(('is', 'stands', 'lies', 'was found', 'was last seen'))} {text}", fields
    if roll < 0.9:
        kind, name = kind_of(words), proper(words)
        verb = words.pick(("belongs to", "leads to", "is part of", "is older than", "overlooks", "passes", "faces"))
        article = words.pick((f"the {kind} {name}", f"the {name} {kind}"))
        return f"{verb} {article}", (Field((kind, kind, f"{kind}_name"), name), UNNAMED)
    reason = words.pick(REASONS)
    return f"is {words.pick(('closed', 'late', 'not used'))} because of {reason}", (
        Field(("reason:reason", "reason:cause", "reason:why"), reason.removeprefix("the ").removeprefix("a ")),
    )


_OF_PEOPLE: tuple[Says, ...] = (_did, _did, _did, _deed, _deed, _deed, _listed)
_OF_THINGS: tuple[Says, ...] = (_has, _has, _number, _number, _hours, _listed, _by, _is, _is)


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
            ("Go to {k} {c}.", "It is in {k} {c}.", "{K} {c} of the {x} {n} is ready.", "See {k} {c} for the {n}.")
        )
        name = proper(words)
        fields = [Field((kind, kind, f"{kind}_number", "number:number"), code, int(code) if code.isdigit() else None)]
        if "{x}" in frame:
            fields.append(Field((noun, noun, f"{noun}_name", "name:name"), name))
        return frame.format(k=kind, K=capital(kind), c=code, n=noun, x=name), tuple(fields)
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
    says = _OF_PEOPLE if of_person else _OF_THINGS
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
