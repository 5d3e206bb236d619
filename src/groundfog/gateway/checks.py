"""Small checks of what a management request sends: each gives the value as it is kept, or raises GATEWAY_INVALID with
the path of the field.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn
from urllib.parse import urlsplit

from groundfog import errors

HIDDEN = "****"
"""Stands for a secret that is not shown."""
Path = tuple[str, ...]
Check = Callable[[Any, Path], Any]


def refuse(path: Path, what: str) -> NoReturn:
    """Raises GATEWAY_INVALID: `what` follows the field's name."""
    name = ".".join(path)
    raise errors.GATEWAY_INVALID(what=f"{name} {what}" if name else what, path=path)


def boolean(value: Any, path: Path) -> bool:
    if not isinstance(value, bool):
        refuse(path, "must be true or false")
    return value


def integer(least: int, most: int | None = None) -> Check:
    def check(value: Any, path: Path) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            refuse(path, "must be an integer")
        # SQLite and JavaScript hold no more than 53 bits safely.
        limit = most if most is not None else 2**53 - 1
        if not least <= value <= limit:
            refuse(path, f"must be {least} to {limit}" if most is not None else f"must be at least {least}")
        return value

    return check


def number(*, above: float | None = None, least: float | None = None) -> Check:
    def check(value: Any, path: Path) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            refuse(path, "must be a number")
        if above is not None and value <= above:
            refuse(path, f"must be greater than {above:g}")
        if least is not None and value < least:
            refuse(path, f"must be at least {least:g}")
        return value

    return check


def text(shortest: int = 0, longest: int = 10_000) -> Check:
    def check(value: Any, path: Path) -> str:
        if not isinstance(value, str):
            refuse(path, "must be a string")
        if not shortest <= len(value) <= longest:
            refuse(path, f"must have {shortest} to {longest} characters")
        return value

    return check


def choice(*allowed: str) -> Check:
    def check(value: Any, path: Path) -> str:
        if value not in allowed:
            refuse(path, f"must be {' or '.join(allowed)}")
        return str(value)

    return check


def nullable(check: Check) -> Check:
    def or_null(value: Any, path: Path) -> Any:
        return None if value is None else check(value, path)

    return or_null


def items(check: Check, most: int = 1000, least: int = 0) -> Check:
    def each(value: Any, path: Path) -> list[Any]:
        if not isinstance(value, list | tuple):
            refuse(path, "must be a list")
        if not least <= len(value) <= most:
            refuse(path, f"must have {least} to {most} entries")
        return [check(item, (*path, str(index))) for index, item in enumerate(value)]

    return each


def mapping(check: Check, key: Check | None = None, most: int = 1000) -> Check:
    """An object with keys of the caller's choice."""

    def each(value: Any, path: Path) -> dict[str, Any]:
        entries = as_object(value, path)
        if len(entries) > most:
            refuse(path, f"must have at most {most} entries")
        for name in entries if key is not None else ():
            assert key is not None
            key(name, (*path, name))
        return {name: check(item, (*path, name)) for name, item in entries.items()}

    return each


def fields(checks: Mapping[str, Check], required: Sequence[str] = ()) -> Check:
    """An object with these members and no others; gives those that were sent."""

    def each(value: Any, path: Path) -> dict[str, Any]:
        given = as_object(value, path)
        for name in given:
            if name not in checks:
                refuse((*path, name), "is not a field that exists")
        for name in required:
            if name not in given:
                refuse((*path, name), "is required")
        return {name: check(given[name], (*path, name)) for name, check in checks.items() if name in given}

    return each


def as_object(value: Any, path: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        refuse(path, "must be an object" if path else "The body must be a JSON object")
    return value


def url(*schemes: str) -> Check:
    """An absolute URL without credentials or fragment."""

    def check(value: Any, path: Path) -> str:
        given: str = text(1, 2000)(value, path)
        try:
            parts = urlsplit(given)
            port = parts.port
        except ValueError:
            refuse(path, "must be a URL")
        if parts.scheme not in schemes or not parts.hostname or port == 0:
            refuse(path, f"must be a URL with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        if parts.username or parts.password or parts.fragment:
            refuse(path, "must not hold credentials or a fragment")
        if any(character <= " " or character == "\x7f" for character in given):
            refuse(path, "must not hold spaces or control characters")
        return given

    return check


def header_value(value: Any, path: Path) -> str:
    given: str = text(0, 8000)(value, path)
    if not given.isprintable():
        refuse(path, "must not hold control characters")
    return given


def header_name(value: Any, path: Path) -> str:
    given: str = text(1, 200)(value, path)
    if not all(character.isascii() and (character.isalnum() or character in "!#$%&'*+-.^_`|~") for character in given):
        refuse(path, "must be a header's name")
    return given
