"""The tree of an expression → a function of the facts (`Program`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from groundfog.errors import GroundfogError
from groundfog.gateway.linear import compile_pattern
from groundfog.gateway.policies.cel import values
from groundfog.gateway.policies.cel.tokens import CelSyntaxError
from groundfog.gateway.policies.cel.tree import (
    Call,
    Entries,
    Index,
    Items,
    Literal,
    Name,
    Node,
    Operation,
    Select,
    parse,
)
from groundfog.gateway.policies.cel.values import CelError, Missing

__all__ = ["CelError", "Missing", "Program", "compile_program"]

MAX_ROUNDS = 10_000
"""Members that the macros of one expression may look at."""
_LISTS = ("all", "exists", "exists_one", "filter", "map")


class _Scope:
    """Names while an expression is computed."""

    __slots__ = ("names", "rounds")

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = dict(names)
        self.rounds = 0

    def count(self) -> None:
        self.rounds += 1
        if self.rounds > MAX_ROUNDS:
            raise CelError("the expression takes too long")


Run = Callable[[_Scope], Any]


class Program:
    """An expression, compiled. Thread-safe."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def value(self, facts: Mapping[str, Any]) -> Any:
        """The value for these variables. Raises CelError, and Missing for a field that is not there."""
        return self._run(_Scope(facts))


def compile_program(text: str, variables: Collection[str]) -> Program:
    """Raises CelSyntaxError: for what is no expression, for other names than `variables`, for unknown functions."""
    return Program(_compile(parse(text), frozenset(variables)))


def _compile(node: Node, names: frozenset[str]) -> Run:
    match node:
        case Literal(value=value):
            return lambda scope: value
        case Name(name=name, at=at):
            if name not in names:
                raise CelSyntaxError(f"there is no {name}; there are {', '.join(sorted(names))}", at)
            return lambda scope: scope.names[name]
        case Select():
            return _select(node, names)
        case Index():
            return _index(node, names)
        case Call():
            return _call(node, names)
        case Operation():
            return _operation(node, names)
        case Items(members=members):
            runs = [_compile(member, names) for member in members]
            return lambda scope: [run(scope) for run in runs]
        case Entries(members=pairs):
            entries = [(_compile(key, names), _compile(value, names)) for key, value in pairs]
            return lambda scope: _map([(key(scope), value(scope)) for key, value in entries])


def _map(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for key, value in pairs:
        if values.kind(key) not in ("string", "int", "bool"):
            raise CelError(f"a key may not be {values.kind(key)}")
        if any(values.equal(key, other) for other in made):
            raise CelError("a key stands twice in a map")
        made[key] = value
    return made


def _select(node: Select, names: frozenset[str]) -> Run:
    run, field, name = _compile(node.of, names), node.field, _dotted(node)

    def select(scope: _Scope) -> Any:
        found = run(scope)
        if not isinstance(found, Mapping):
            raise CelError(f"{values.kind(found)} has no field {field}")
        if field not in found:
            raise Missing(name)
        return found[field]

    return select


def _dotted(node: Node) -> str:
    if isinstance(node, Select):
        return f"{_dotted(node.of)}.{node.field}"
    if isinstance(node, Index) and isinstance(node.key, Literal):
        return f"{_dotted(node.of)}.{node.key.value}"
    return node.name if isinstance(node, Name) else "…"


def _index(node: Index, names: frozenset[str]) -> Run:
    run, key_run, name = _compile(node.of, names), _compile(node.key, names), _dotted(node)

    def index(scope: _Scope) -> Any:
        found, key = run(scope), key_run(scope)
        if isinstance(found, Mapping):
            for each in found:
                if values.equal(each, key):
                    return found[each]
            raise Missing(name)
        if isinstance(found, list | tuple) and values.kind(key) == "int":
            if not 0 <= key < len(found):
                raise CelError("the index is out of the list")
            return found[key]
        raise values.no_overload("[]", found, key)

    return index


def _call(node: Call, names: frozenset[str]) -> Run:
    if node.of is None:
        if node.name == "has":
            return _has(node, names)
        function = values.FUNCTIONS.get(node.name)
        if function is None:
            if node.name == "matches" and len(node.arguments) == 2:
                return _matches(node.arguments[0], node.arguments[1], names)
            raise CelSyntaxError(f"there is no function {node.name}", node.at)
        if len(node.arguments) != 1:
            raise CelSyntaxError(f"{node.name} takes one argument", node.at)
        argument = _compile(node.arguments[0], names)
        return lambda scope: function(argument(scope))
    if node.name in _LISTS and len(node.arguments) == 2:
        return _macro(node.of, node, names)
    method = values.METHODS.get(node.name)
    if method is None:
        raise CelSyntaxError(f"there is no method {node.name}", node.at)
    if len(node.arguments) != values.ARGUMENTS[node.name]:
        raise CelSyntaxError(f"{node.name} takes {values.ARGUMENTS[node.name]} arguments", node.at)
    if node.name == "matches":
        return _matches(node.of, node.arguments[0], names)
    runs = [_compile(each, names) for each in (node.of, *node.arguments)]
    return lambda scope: method(*[run(scope) for run in runs])


def _matches(text_node: Node, pattern_node: Node, names: frozenset[str]) -> Run:
    """A pattern that stands in the expression is compiled with it."""
    text, pattern = _compile(text_node, names), _compile(pattern_node, names)
    if not isinstance(pattern_node, Literal) or not isinstance(pattern_node.value, str):
        return lambda scope: values.matches(text(scope), pattern(scope))
    try:
        search = compile_pattern(pattern_node.value, where="the pattern of matches()").search
    except GroundfogError as error:
        raise CelSyntaxError(error.description, pattern_node.at) from None

    def run(scope: _Scope) -> bool:
        found = text(scope)
        values.strings(found, name="matches")
        return search(found) is not None

    return run


def _has(node: Call, names: frozenset[str]) -> Run:
    if len(node.arguments) != 1 or not isinstance(node.arguments[0], Select):
        raise CelSyntaxError("has() takes a field, as in has(metadata.team)", node.at)
    of, field = _compile(node.arguments[0].of, names), node.arguments[0].field

    def has(scope: _Scope) -> bool:
        found = of(scope)
        if not isinstance(found, Mapping):
            raise CelError(f"{values.kind(found)} has no fields")
        return field in found

    return has


def _macro(of: Node, node: Call, names: frozenset[str]) -> Run:
    variable = node.arguments[0]
    if not isinstance(variable, Name):
        raise CelSyntaxError(f"{node.name} takes a name and an expression", node.at)
    name, kind = variable.name, node.name
    members, body = _compile(of, names), _compile(node.arguments[1], names | {name})

    def each(scope: _Scope) -> list[tuple[Any, Any]]:
        """The members with what the expression gives for each: its value, or its error."""
        found = members(scope)
        if not isinstance(found, list | tuple | Mapping):
            raise CelError(f"{kind} does not go with {values.kind(found)}")
        shadowed = scope.names.get(name, scope)
        results = []
        for member in found:
            scope.count()
            scope.names[name] = member
            results.append((member, _caught(body, scope)))
        if shadowed is scope:
            scope.names.pop(name, None)
        else:
            scope.names[name] = shadowed
        return results

    if kind == "all":
        return lambda scope: _joined(False, [result for _, result in each(scope)])
    if kind == "exists":
        return lambda scope: _joined(True, [result for _, result in each(scope)])
    if kind == "map":
        return lambda scope: [_raised(result) for _, result in each(scope)]
    if kind == "filter":
        return lambda scope: [member for member, result in each(scope) if _true(_raised(result))]
    return lambda scope: sum(_true(_raised(result)) for _, result in each(scope)) == 1


def _operation(node: Operation, names: frozenset[str]) -> Run:
    sign = node.sign
    runs = [_compile(operand, names) for operand in node.operands]
    first = runs[0]
    if sign in ("&&", "||"):
        return lambda scope: _joined_lazily(sign == "||", runs, scope)
    if sign == "?:":
        _, yes, no = runs
        return lambda scope: yes(scope) if _true(first(scope)) else no(scope)
    if sign == "!":
        return lambda scope: not _true(first(scope))
    if sign == "neg":
        return lambda scope: values.negative(first(scope))
    second = runs[1]
    if sign == "==":
        return lambda scope: values.equal(first(scope), second(scope))
    if sign == "!=":
        return lambda scope: not values.equal(first(scope), second(scope))
    if sign == "in":
        return lambda scope: values.contained(first(scope), second(scope))
    if sign in ("<", "<=", ">", ">="):
        return lambda scope: values.ordered(sign, first(scope), second(scope))
    return lambda scope: values.arithmetic(sign, first(scope), second(scope))


def _joined_lazily(decides: bool, runs: list[Run], scope: _Scope) -> bool:
    """Or (`decides` is true) and and: one operand that decides hides the errors of the others."""
    return _joined(decides, (_caught(run, scope) for run in runs))


def _joined(decides: bool, results: Iterable[Any]) -> bool:
    failure: CelError | None = None
    for result in results:
        if isinstance(result, bool) and result is decides:
            return result
        if not isinstance(result, bool) and failure is None:
            failure = result if isinstance(result, CelError) else CelError(f"{values.kind(result)} is no truth value")
    if failure is not None:
        raise failure
    return not decides


def _caught(run: Run, scope: _Scope) -> Any:
    try:
        return run(scope)
    except CelError as error:
        return error


def _raised(result: Any) -> Any:
    if isinstance(result, CelError):
        raise result
    return result


def _true(value: Any) -> bool:
    if not isinstance(value, bool):
        raise CelError(f"{values.kind(value)} is no truth value")
    return value
