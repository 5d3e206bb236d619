"""What prose says of somebody or something: deeds, counts, prices, states, each with its fields."""

from __future__ import annotations

from tools.chat_model import strange
from tools.chat_model import words as w
from tools.chat_model.skills import notes
from tools.chat_model.skills.prose_parts import (
    AGENTS,
    CALLING,
    DEEDS,
    DONE,
    FEES,
    LEADING,
    LENGTHS,
    MEASURES,
    REASONS,
    STATES,
    UNITS,
    UNNAMED,
    WEIGHTS,
    Field,
    Part,
    Says,
    called,
    joined,
    kind_of,
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


def _led(words: Words) -> Part:
    """Something with a name of its own, known by the verb, is brought from or to a place."""
    verb, kinds = words.pick(LEADING)
    name = proper(words) if words.rng.random() < 0.7 else strange.word(words)
    town = strange.place(words) if words.rng.random() < 0.6 else words.town()
    way, *more = words.pick((("to", "destination", "arrival"), ("to", "destination"), ("from", "origin", "start")))
    keys = (*more, f"town_{way}", "town:town", "town:city", "where:place", "where:where")
    the = "the " if words.rng.random() < 0.8 else ""
    parts: list[Part] = [
        (f"{verb} {the}{name}", (Field((kinds[0], *kinds, f"{kinds[0]}_name", f"name_of_{kinds[0]}"), name),)),
        (f"{way} {town}", (Field(keys, town),)),
    ]
    if words.rng.random() < 0.5:
        parts.append(when(words))
    return joined(parts)


def _meets(words: Words) -> Part:
    """It has to do with something else that has a name: the two kinds tell which name is asked for."""
    verb = words.pick(DONE)[1] if words.rng.random() < 0.3 else words.pick(CALLING)
    other, fields = called(words)
    parts: list[Part] = [(f"{verb} {other.rstrip(',')}", fields)]
    if words.rng.random() < 0.3:
        parts.append(place(words))
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


OF_PEOPLE: tuple[Says, ...] = (_did, _did, _did, _deed, _deed, _deed, _led, _led, _meets, _listed)
OF_THINGS: tuple[Says, ...] = (_has, _has, _number, _number, _hours, _listed, _by, _is, _is, _meets, _meets, _meets)
