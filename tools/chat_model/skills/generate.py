"""Write JSON of a shape that the prompt spells out, with no grammar to help: what a library shows of its schema.

Not evaluated by itself: what is right depends on taste; the hand-written passages of the tests ask for it.
"""

from __future__ import annotations

import json
from typing import Any

from tools.chat_model import words as w
from tools.chat_model.facts import capital
from tools.chat_model.sample import Sample, user
from tools.chat_model.words import Words

_STANDARD = {"version": 1, "vendor": "zod"}
_STRING = {"_def": {"checks": [], "typeName": "ZodString", "coerce": False}, "~standard": _STANDARD}
_NUMBER = {"_def": {"checks": [], "typeName": "ZodNumber", "coerce": False}, "~standard": _STANDARD}
_STRINGS = {
    "_def": {"type": _STRING, "minLength": None, "maxLength": None, "exactLength": None, "typeName": "ZodArray"},
    "~standard": _STANDARD,
}
_ZOD = {"string": _STRING, "number": _NUMBER, "array": _STRINGS}
_SCHEMA = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "array": {"type": "array", "items": {"type": "string"}},
}
_STEPS = (
    "Mix {x} and {y}.",
    "Cook {x} with {y}.",
    "Add {x} to {y}.",
    "Wash {x}.",
    "Bake it.",
    "Serve warm.",
    "Cut {x}.",
)
_DISHES = ("soup", "pie", "salad", "cake", "stew", "bread", "curry", "pancakes", "rolls", "noodles")
_ASKS = (
    "Generate {n}. Return ONLY valid JSON matching this schema: {s}",
    "Generate JSON for {n} matching: {s}",
    "Write {n} as JSON matching this schema: {s}",
    "Return {n} as JSON. Schema: {s}",
    "I need {n}. Answer with JSON only, in this shape: {s}",
    "{s}\n\nWrite {n} in the shape above, as JSON.",
    "Make up {n}. Output JSON that fits this schema:\n{s}",
    "Give me {n} as a JSON object with these keys: {s}",
)


def shown(words: Words, kinds: dict[str, str]) -> str:
    """The shape as zod's `JSON.stringify(schema.shape)`, as JSON Schema, or as a list of names and types."""
    roll = words.rng.random()
    if roll < 0.5:
        return json.dumps({key: _ZOD[kind] for key, kind in kinds.items()}, separators=(",", ":"))
    if roll < 0.75:
        schema = {"type": "object", "properties": {key: _SCHEMA[kind] for key, kind in kinds.items()}}
        return json.dumps(schema, separators=(",", ":") if words.rng.random() < 0.5 else None)
    return json.dumps(kinds)


def make(words: Words) -> Sample:
    rng = words.rng
    dish = (
        words.pick(w.FOODS)
        if rng.random() < 0.4
        else f"{words.pick((words.noun, words.odd, words.adjective))()} {words.pick(_DISHES)}"
    )
    items = rng.sample(w.INGREDIENTS, rng.randint(2, 4))
    steps = [words.pick(_STEPS).format(x=rng.choice(items), y=rng.choice(items)) for _ in range(rng.randint(2, 3))]
    name, text, time = rng.choice(("name", "title", "dish")), rng.choice(("instructions", "steps")), "prepTime"
    ingredients = rng.choice(("ingredients", "ingredients", "items"))
    values: dict[str, Any] = {name: capital(dish), ingredients: items, text: steps}
    kinds = {name: "string", ingredients: "array", text: "array"}
    values[time], kinds[time] = rng.choice((10, 15, 20, 30, 40, 45, 60)), "number"
    for key in (text, time, ingredients):
        if rng.random() < 0.2 and len(kinds) > 2:
            del kinds[key], values[key]
    asked = words.pick(_ASKS).format(n=f"a recipe for {dish}", s=shown(words, kinds))
    return Sample("generate", [user(asked)], json.dumps(values, ensure_ascii=False))
