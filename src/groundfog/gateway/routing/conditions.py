"""Conditions of a route in MongoDB's query language, compiled to a function (spec ai-gateway §3.15).

`{"metadata.plan": "pro", "body.max_tokens": {"$gt": 100}}`: every entry must hold. Paths begin with `metadata.`,
`headers.` or `body.`; operators are $eq $ne $gt $gte $lt $lte $in $nin $exists $regex (with $options "i") $not, and
$and $or $nor around whole conditions. Texts and numbers are compared with their own kind only, as MongoDB does; a
header, which is always text, is compared with a number by its value.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from groundfog import errors
from groundfog.gateway.linear import Pattern, compile_pattern
from groundfog.gateway.routing.facts import ROOTS, Facts

Test = Callable[[Facts], bool]
Check = Callable[[list[Any]], bool]
"""Whether the values found at a path meet one operator."""
MAX_DEPTH = 20
_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}


def compile_test(given: object, where: str, path: tuple[str, ...] = (), depth: int = 0) -> Test:
    """Raises GATEWAY_INVALID that names the part; `where` begins its message."""
    if depth > MAX_DEPTH:
        _refuse(where, path, f"is nested deeper than {MAX_DEPTH}")
    if not isinstance(given, Mapping) or not given:
        _refuse(where, path, "must be an object with at least one entry")
    tests = [_entry(str(name), value, where, (*path, str(name)), depth) for name, value in given.items()]
    return tests[0] if len(tests) == 1 else lambda facts: all(test(facts) for test in tests)


def _entry(name: str, value: object, where: str, path: tuple[str, ...], depth: int) -> Test:
    if name in ("$and", "$or", "$nor"):
        if not isinstance(value, list) or not value:
            _refuse(where, path, f"`{name}` must be a list of conditions")
        tests = [compile_test(each, where, (*path, str(number)), depth + 1) for number, each in enumerate(value)]
        if name == "$and":
            return lambda facts: all(test(facts) for test in tests)
        if name == "$or":
            return lambda facts: any(test(facts) for test in tests)
        return lambda facts: not any(test(facts) for test in tests)
    if name == "$not":
        inner = compile_test(value, where, path, depth + 1)
        return lambda facts: not inner(facts)
    if name.startswith("$"):
        _refuse(where, path, f"`{name}` is no operator for a whole condition; there are $and, $or, $nor and $not")
    root, _, rest = name.partition(".")
    if root not in ROOTS or not rest:
        _refuse(where, path, f"the field `{name}` must begin with metadata., headers. or body.")
    steps = tuple(rest.split("."))
    check = _checks(value, where, path, depth, text_only=root == "headers")
    return lambda facts: check(facts.values(root, steps))


def _checks(value: object, where: str, path: tuple[str, ...], depth: int, *, text_only: bool) -> Check:
    """Of one field: a value to be equal to, or an object of operators that must all hold."""
    if depth > MAX_DEPTH:
        _refuse(where, path, f"is nested deeper than {MAX_DEPTH}")
    if not isinstance(value, Mapping) or not value or not all(str(name).startswith("$") for name in value):
        return _equal(value, text_only)
    checks: list[Check] = []
    for name, operand in value.items():
        here = (*path, str(name))
        if name == "$options":
            if "$regex" not in value:
                _refuse(where, here, "`$options` goes with `$regex`")
            continue
        if name == "$regex":
            options = value.get("$options", "")
            if options not in ("", "i"):
                _refuse(where, here, '`$options` may be "i"')
            pattern = compile_pattern(
                operand, ignore_case=options == "i", where=f"{where}: `{'.'.join(here[-2:])}`", path=here
            )
            checks.append(_matching(pattern))
        else:
            checks.append(_operator(str(name), operand, where, here, depth, text_only=text_only))
    return checks[0] if len(checks) == 1 else lambda found: all(check(found) for check in checks)


def _operator(name: str, operand: object, where: str, path: tuple[str, ...], depth: int, *, text_only: bool) -> Check:
    if name == "$eq":
        return _equal(operand, text_only)
    if name == "$ne":
        equal = _equal(operand, text_only)
        return lambda found: not equal(found)
    if name in ("$in", "$nin"):
        if not isinstance(operand, list):
            _refuse(where, path, f"`{name}` must be a list")
        each_equal = [_equal(each, text_only) for each in operand]
        wanted = name == "$in"
        return lambda found: any(equal(found) for equal in each_equal) is wanted
    if name in _ORDERS:
        if isinstance(operand, bool) or not isinstance(operand, str | int | float):
            _refuse(where, path, f"`{name}` must be a number or a text")
        return _ordered(_ORDERS[name], operand, text_only)
    if name == "$exists":
        if not isinstance(operand, bool):
            _refuse(where, path, "`$exists` must be true or false")
        return lambda found: bool(found) is operand
    if name == "$not":
        if not isinstance(operand, Mapping):
            _refuse(where, path, "`$not` must be an object of operators")
        inner = _checks(operand, where, path, depth + 1, text_only=text_only)
        return lambda found: not inner(found)
    return _refuse(
        where,
        path,
        f"`{name}` is no operator; there are $eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $exists, $regex and $not",
    )


def _equal(operand: object, text_only: bool) -> Check:
    if operand is None:
        return lambda found: not found or any(each is None for each in _flat(found))
    if text_only:
        wanted = ("true" if operand else "false") if isinstance(operand, bool) else operand
        return lambda found: any(
            each == wanted if isinstance(wanted, str) else _number(each) == wanted for each in found
        )
    return lambda found: any(_same(each, operand) for each in _flat(found))


def _ordered(compare: Callable[[Any, Any], bool], operand: str | int | float, text_only: bool) -> Check:
    if isinstance(operand, str):
        return lambda found: any(isinstance(each, str) and compare(each, operand) for each in _flat(found))

    def check(found: list[Any]) -> bool:
        for each in _flat(found):
            number = _number(each) if text_only else each
            if isinstance(number, int | float) and not isinstance(number, bool) and compare(number, operand):
                return True
        return False

    return check


def _matching(pattern: Pattern) -> Check:
    return lambda found: any(isinstance(each, str) and pattern.search(each) is not None for each in _flat(found))


def _flat(found: list[Any]) -> list[Any]:
    """The values, and the members of those that are lists."""
    if any(isinstance(each, list) for each in found):
        return [*found, *(inner for each in found if isinstance(each, list) for inner in each)]
    return found


def _same(value: Any, operand: Any) -> bool:
    """Equal, and of one kind: 1 is not true."""
    return isinstance(value, bool) is isinstance(operand, bool) and bool(value == operand)


def _number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def _refuse(where: str, path: tuple[str, ...], what: str) -> NoReturn:
    raise errors.GATEWAY_INVALID(what=f"{where}: {what}", path=path)
