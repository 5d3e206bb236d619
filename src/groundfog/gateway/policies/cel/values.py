"""What CEL's operators and functions do with values. Types are strict: 1 is not "1", and true is not 1."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from groundfog.errors import GroundfogError
from groundfog.gateway.linear import compile_pattern
from groundfog.gateway.policies.cel.tokens import INT_MAX


class CelError(Exception):
    """The expression has no value: types that do not go together, a division by zero, an overflow."""


class Missing(CelError):
    """A field that was named is not there; `field` is its dotted name."""

    def __init__(self, field: str) -> None:
        super().__init__(f"there is no {field}")
        self.field = field


def kind(value: Any) -> str:
    """CEL's name of the type."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, float):
        return "double"
    if isinstance(value, str):
        return "string"
    if isinstance(value, Mapping):
        return "map"
    return "null_type" if value is None else "list"


def equal(left: Any, right: Any) -> bool:
    """Values of different types are not equal, but for numbers; lists and maps member by member."""
    kinds = {kind(left), kind(right)}
    if kinds <= {"int", "double"}:
        return bool(left == right)
    if len(kinds) > 1:
        return False
    if isinstance(left, Mapping):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(equal, left, right))
    return bool(left == right)


def ordered(sign: str, left: Any, right: Any) -> bool:
    kinds = {kind(left), kind(right)}
    if not (kinds <= {"int", "double"} or kinds in ({"string"}, {"bool"})):
        raise no_overload(sign, left, right)
    if sign == "<":
        return bool(left < right)
    if sign == "<=":
        return bool(left <= right)
    return bool(left > right) if sign == ">" else bool(left >= right)


def contained(member: Any, container: Any) -> bool:
    if isinstance(container, Mapping) and kind(member) in ("string", "int", "double", "bool"):
        return any(equal(member, key) for key in container)
    if isinstance(container, list | tuple):
        return any(equal(member, each) for each in container)
    raise no_overload("in", member, container)


def arithmetic(sign: str, left: Any, right: Any) -> Any:
    kinds = {kind(left), kind(right)}
    if kinds == {"int"}:
        return _integer(sign, left, right)
    if kinds == {"double"} and sign != "%":
        return _double(sign, left, right)
    if sign == "+" and kinds == {"string"}:
        return left + right
    if sign == "+" and kinds == {"list"}:
        return [*left, *right]
    raise no_overload(sign, left, right)


def negative(value: Any) -> Any:
    if kind(value) == "int":
        return checked(-value)
    if kind(value) == "double":
        return -value
    raise no_overload("-", value)


def checked(value: int) -> int:
    if not -INT_MAX - 1 <= value <= INT_MAX:
        raise CelError("the number overflows")
    return value


def _integer(sign: str, left: int, right: int) -> int:
    if sign in "/%":
        if right == 0:
            raise CelError("division by zero")
        # CEL cuts towards zero, Python downwards.
        quotient = abs(left) // abs(right) * (1 if (left < 0) is (right < 0) else -1)
        return checked(quotient if sign == "/" else left - quotient * right)
    return checked(left + right if sign == "+" else left - right if sign == "-" else left * right)


def _double(sign: str, left: float, right: float) -> float:
    if sign == "/":
        if right == 0:
            return (
                math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(1, right)
            )
        return left / right
    return left + right if sign == "+" else left - right if sign == "-" else left * right


def size(value: Any) -> int:
    if isinstance(value, str | list | tuple | Mapping):
        return len(value)
    raise no_overload("size", value)


def to_string(value: Any) -> str:
    match kind(value):
        case "string":
            return str(value)
        case "bool":
            return "true" if value else "false"
        case "int":
            return str(value)
        case "double":
            return repr(value).removesuffix(".0")
    raise no_overload("string", value)


def to_int(value: Any) -> int:
    try:
        match kind(value):
            case "int":
                return int(value)
            case "double" | "string":
                return checked(int(value))
    except (ValueError, OverflowError):
        raise CelError("it is no whole number") from None
    raise no_overload("int", value)


def to_double(value: Any) -> float:
    try:
        if kind(value) in ("int", "double", "string"):
            return float(value)
    except ValueError:
        raise CelError("it is no number") from None
    raise no_overload("double", value)


def to_bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "True", "TRUE", "t", "1"):
        return True
    if value in ("false", "False", "FALSE", "f", "0"):
        return False
    raise no_overload("bool", value)


def matches(text: Any, pattern: Any) -> bool:
    """RE2, anywhere in the text."""
    strings(text, pattern, name="matches")
    try:
        return compile_pattern(pattern, where="matches()").search(text) is not None
    except GroundfogError as error:
        raise CelError(error.description) from None


def strings(*values: Any, name: str) -> None:
    if any(kind(value) != "string" for value in values):
        raise no_overload(name, *values)


def no_overload(name: str, *values: Any) -> CelError:
    return CelError(f"{name} does not go with {', '.join(map(kind, values))}")


def _text_method(name: str, work: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    def method(text: Any, part: Any) -> bool:
        strings(text, part, name=name)
        return work(text, part)

    return method


def _case(name: str, work: Callable[[str], str]) -> Callable[[Any], str]:
    def method(text: Any) -> str:
        strings(text, name=name)
        return "".join(work(letter) if letter.isascii() else letter for letter in text)

    return method


FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "size": size,
    "string": to_string,
    "int": to_int,
    "double": to_double,
    "bool": to_bool,
    "dyn": lambda value: value,
}
METHODS: Mapping[str, Callable[..., Any]] = {
    "startsWith": _text_method("startsWith", str.startswith),
    "endsWith": _text_method("endsWith", str.endswith),
    "contains": _text_method("contains", str.__contains__),
    "matches": matches,
    "size": size,
    "lowerAscii": _case("lowerAscii", str.lower),
    "upperAscii": _case("upperAscii", str.upper),
}
ARGUMENTS: Mapping[str, int] = {
    "startsWith": 1,
    "endsWith": 1,
    "contains": 1,
    "matches": 1,
    "size": 0,
    "lowerAscii": 0,
    "upperAscii": 0,
}
