"""Text of an expression → tokens."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any, Literal

LONGEST = 4096
"""Characters of an expression."""
INT_MAX = (1 << 63) - 1
_TOKEN = re.compile(
    r"""(?P<space>(?:[ \t\r\n\f]+|//[^\n]*)+)
    |(?P<double>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)
    |(?P<int>0[xX][0-9a-fA-F]+|[0-9]+)(?P<unsigned>[uU])?
    |(?P<raw>[rR])?(?P<quote>'''|\"""|'|")
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<mark>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\?'\"`])|x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))"
)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_RESERVED_NAMES = "as break const continue else for function if import let loop package namespace return var void while"
_RESERVED = frozenset(_RESERVED_NAMES.split())
TokenKind = Literal["value", "name", "mark", "end"]


class CelSyntaxError(Exception):
    """What is wrong, and at which character."""

    def __init__(self, what: str, at: int) -> None:
        super().__init__(f"{what} at character {at + 1}")
        self.at = at


@dataclasses.dataclass(frozen=True, slots=True)
class Token:
    """`value` is a literal's value, a name, or a mark; `at` counts characters from 0."""

    kind: TokenKind
    value: Any
    at: int


def tokens(text: str) -> Iterator[Token]:
    """Raises CelSyntaxError."""
    if len(text) > LONGEST:
        raise CelSyntaxError(f"the expression is longer than {LONGEST} characters", LONGEST)
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise CelSyntaxError(f"unexpected {text[at]!r}", at)
        end = found.end()
        if found["quote"] is not None:
            value, end = _string(text, end, found["quote"], raw=found["raw"] is not None)
            yield Token("value", value, at)
        elif found["double"] is not None:
            yield Token("value", float(found["double"]), at)
        elif found["int"] is not None:
            if found["unsigned"] is not None:
                raise CelSyntaxError("unsigned numbers are not supported", at)
            yield Token("value", _integer(found["int"], at), at)
        elif found["name"] is not None:
            yield _name(found["name"], at)
        elif found["mark"] is not None:
            yield Token("mark", found["mark"], at)
        at = end
    yield Token("end", None, len(text))


def _integer(text: str, at: int) -> int:
    if len(text) > 20:
        raise CelSyntaxError("the number is too large", at)
    value = int(text, 16 if text[:2] in ("0x", "0X") else 10)
    # -9223372036854775808 is a minus and a number that is one too large.
    if value > INT_MAX + 1:
        raise CelSyntaxError("the number is too large", at)
    return value


def _name(name: str, at: int) -> Token:
    if name in ("true", "false"):
        return Token("value", name == "true", at)
    if name == "null":
        return Token("value", None, at)
    if name == "in":
        return Token("mark", "in", at)
    if name in _RESERVED:
        raise CelSyntaxError(f"{name} is a reserved word", at)
    return Token("name", name, at)


def _string(text: str, at: int, quote: str, *, raw: bool) -> tuple[str, int]:
    """The value of a string whose quote has been read, and where the text goes on."""
    begin = at
    parts: list[str] = []
    while True:
        if at >= len(text) or (len(quote) == 1 and text[at] in "\r\n"):
            raise CelSyntaxError("the string has no end", begin)
        if text.startswith(quote, at):
            return "".join(parts), at + len(quote)
        if text[at] == "\\" and not raw:
            found = _ESCAPE.match(text, at)
            if found is None:
                raise CelSyntaxError("unknown escape in a string", at)
            parts.append(_escaped(found, at))
            at = found.end()
        elif text[at] == "\\":
            parts.append(text[at : at + 2])
            at += 2
        else:
            parts.append(text[at])
            at += 1


def _escaped(found: re.Match[str], at: int) -> str:
    simple, x, upper_x, u, upper_u, octal = found.groups()
    if simple is not None:
        return _SIMPLE.get(simple, simple)
    number = int(octal, 8) if octal is not None else int(x or upper_x or u or upper_u, 16)
    if number > 0x10FFFF or 0xD800 <= number < 0xE000:
        raise CelSyntaxError("the escape is no character", at)
    return chr(number)
