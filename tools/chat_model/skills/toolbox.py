"""What a tool is: how it is described, how one asks for it, and how its result is told."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from tools.chat_model import words as w
from tools.chat_model.phrases.grammar import drawn
from tools.chat_model.words import Frames, Words, either

Value = Callable[[Words], Any]
Form = str | Mapping[str, Any]
"""A JSON type, or a piece of JSON schema."""


@dataclasses.dataclass(frozen=True)
class Said:
    """A value that is said in other words than it is written."""

    text: str
    value: Any

    def __str__(self) -> str:
        return self.text

    def __format__(self, spec: str) -> str:
        return self.text


@dataclasses.dataclass(frozen=True)
class Tool:
    """`names` are wordings of its name, `asks` have blanks named as the arguments; `told` puts the result into words.

    An argument that a wording has no blank for is left out of the call; `optional` ones are not required.
    """

    names: list[str]
    descriptions: list[str]
    arguments: dict[str, tuple[Form, Value]]
    asks: Frames
    result: dict[str, Value]
    told: str
    optional: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        return self.descriptions[0]


@dataclasses.dataclass(frozen=True)
class Offer:
    """A tool as one dialogue describes it: under a name, with names of its arguments."""

    tool: Tool
    name: str
    description: str
    keys: Mapping[str, str]

    def described(self) -> dict[str, Any]:
        properties = {
            self.keys[key]: dict(form) if isinstance(form, Mapping) else {"type": form}
            for key, (form, _) in self.tool.arguments.items()
        }
        required = [self.keys[key] for key in self.tool.arguments if key not in self.tool.optional]
        parameters = {"type": "object", "properties": properties, "required": required}
        return {"name": self.name, "description": self.description, "parameters": parameters}

    def asked(self, words: Words) -> tuple[str, dict[str, Any]]:
        """A request, and the arguments of the call that answers it."""
        values = {key: value(words) for key, (_, value) in self.tool.arguments.items()}
        frame = words.frame(self.tool.asks)
        given = {
            self.keys[key]: value.value if isinstance(value, Said) else value
            for key, value in values.items()
            if f"{{{key}}}" in frame
        }
        return frame.format(**values), given


def text(value: Value) -> tuple[Form, Value]:
    return "string", value


def integer(low: int, high: int) -> tuple[Form, Value]:
    return "integer", lambda words: words.rng.randint(low, high)


def item(options: list[str]) -> Value:
    return lambda words: words.pick(options)


def one_of(options: list[str]) -> tuple[Form, Value]:
    return {"type": "string", "enum": options}, item(options)


def on_or_off(yes: str, no: str) -> tuple[Form, Value]:
    return "boolean", lambda words: Said(yes, True) if words.rng.random() < 0.5 else Said(no, False)


def list_of(value: Value) -> tuple[Form, Value]:
    """Two to four things, said with commas and "and"."""

    def made(words: Words) -> Said:
        things = list(dict.fromkeys(str(value(words)) for _ in range(words.rng.randint(2, 4))))
        if len(things) == 1:
            return Said(things[0], things)
        return Said(f"{', '.join(things[:-1])} and {things[-1]}", things)

    return {"type": "array", "items": {"type": "string"}}, made


def numeral(low: int, high: int) -> tuple[Form, Value]:
    """A number that is said as a word now and then."""

    def made(words: Words) -> int | Said:
        number = words.rng.randint(low, high)
        return Said(w.SMALL[number], number) if number <= 20 and words.rng.random() < 0.4 else number

    return "integer", made


def decimal(low: int, high: int) -> tuple[Form, Value]:
    return "number", lambda words: words.rng.randint(low * 2, high * 2) / 2


def tool(
    names: str,
    descriptions: str,
    arguments: dict[str, tuple[Form, Value]],
    asks: list[str],
    result: dict[str, Value],
    told: str,
    optional: tuple[str, ...] = (),
) -> Tool:
    frames = drawn("\n".join(asks), (), 300)
    return Tool(either(names), either(descriptions), arguments, Frames(frames, 0), result, told, optional)


def thing(words: Words) -> str:
    return words.pick(w.THINGS) if words.rng.random() < 0.5 else words.noun()
