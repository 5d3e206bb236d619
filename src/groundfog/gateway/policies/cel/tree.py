"""Tokens → the tree of an expression, by recursive descent along CEL's grammar."""

from __future__ import annotations

import dataclasses
from typing import Any

from groundfog.gateway.policies.cel.tokens import INT_MAX, CelSyntaxError, Token, tokens

DEEPEST = 30
"""Brackets, and signs in a row."""
MOST_LEVELS = 150
"""Of the tree: operators, fields and calls that hang on one another. A row of `&&` or `||` is one."""
_RELATIONS = ("<", "<=", ">", ">=", "==", "!=", "in")


@dataclasses.dataclass(frozen=True, slots=True)
class Literal:
    value: Any
    at: int


@dataclasses.dataclass(frozen=True, slots=True)
class Name:
    name: str
    at: int


@dataclasses.dataclass(frozen=True, slots=True)
class Select:
    """`of.field`."""

    of: Node
    field: str
    at: int


@dataclasses.dataclass(frozen=True, slots=True)
class Index:
    of: Node
    key: Node
    at: int


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    """A function, or a method of `of`."""

    of: Node | None
    name: str
    arguments: tuple[Node, ...]
    at: int


@dataclasses.dataclass(frozen=True, slots=True)
class Operation:
    """`sign` with one, two or three operands (`?:`)."""

    sign: str
    operands: tuple[Node, ...]
    at: int


@dataclasses.dataclass(frozen=True, slots=True)
class Items:
    members: tuple[Node, ...]
    at: int


@dataclasses.dataclass(frozen=True, slots=True)
class Entries:
    members: tuple[tuple[Node, Node], ...]
    at: int


Node = Literal | Name | Select | Index | Call | Operation | Items | Entries


def parse(text: str) -> Node:
    """Raises CelSyntaxError."""
    parser = _Parser(list(tokens(text)))
    node = parser.expression()
    if parser.now.kind != "end":
        raise CelSyntaxError(f"unexpected {parser.now.value!r}", parser.now.at)
    return node


class _Parser:
    def __init__(self, given: list[Token]) -> None:
        self._tokens = given
        self._place = 0
        self._depth = 0
        self._levels: dict[int, tuple[Node, int]] = {}

    @property
    def now(self) -> Token:
        return self._tokens[self._place]

    def expression(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise CelSyntaxError("the expression is nested too deep", self.now.at)
        node = self._either()
        at = self.now.at
        if self._takes("?"):
            yes = self._either()
            self._needs(":")
            no = self.expression()
            node = self._grown(Operation("?:", (node, yes, no), at), node, yes, no)
        self._depth -= 1
        return node

    def _either(self) -> Node:
        return self._row("||", self._both)

    def _both(self) -> Node:
        return self._row("&&", self._relation)

    def _row(self, sign: str, inner: Any) -> Node:
        """`a && b && c` as one operation, so that long rows are not deep."""
        at = self.now.at
        members: list[Node] = [inner()]
        while self._takes(sign):
            members.append(inner())
        if len(members) == 1:
            return members[0]
        return self._grown(Operation(sign, tuple(members), at), *members)

    def _relation(self) -> Node:
        node = self._sum()
        while self.now.kind == "mark" and self.now.value in _RELATIONS:
            token = self._take()
            right = self._sum()
            node = self._grown(Operation(token.value, (node, right), token.at), node, right)
        return node

    def _sum(self) -> Node:
        node = self._product()
        while self.now.kind == "mark" and self.now.value in ("+", "-"):
            token = self._take()
            right = self._product()
            node = self._grown(Operation(token.value, (node, right), token.at), node, right)
        return node

    def _product(self) -> Node:
        node = self._unary()
        while self.now.kind == "mark" and self.now.value in ("*", "/", "%"):
            token = self._take()
            right = self._unary()
            node = self._grown(Operation(token.value, (node, right), token.at), node, right)
        return node

    def _unary(self) -> Node:
        signs: list[Token] = []
        while self.now.kind == "mark" and self.now.value in ("!", "-"):
            signs.append(self._take())
            if len(signs) > DEEPEST:
                raise CelSyntaxError("too many signs in a row", self.now.at)
        minus = bool(signs) and signs[-1].value == "-"
        if minus and self.now.kind == "value" and type(self.now.value) in (int, float):
            sign, token = signs.pop(), self._take()
            node = self._member(Literal(-token.value, sign.at))
        else:
            node = self._member(self._primary())
        for sign in reversed(signs):
            node = self._grown(Operation("!" if sign.value == "!" else "neg", (node,), sign.at), node)
        return node

    def _member(self, node: Node) -> Node:
        while True:
            at = self.now.at
            if self._takes("."):
                field = self._take()
                if field.kind != "name":
                    raise CelSyntaxError("a field's name is missing", field.at)
                if self._takes("("):
                    given = self._list(")")
                    node = self._grown(Call(node, field.value, given, at), node, *given)
                else:
                    node = self._grown(Select(node, field.value, at), node)
            elif self._takes("["):
                key = self.expression()
                self._needs("]")
                node = self._grown(Index(node, key, at), node, key)
            else:
                return node

    def _primary(self) -> Node:
        token = self._take()
        if token.kind == "value":
            if type(token.value) is int and token.value > INT_MAX:
                raise CelSyntaxError("the number is too large", token.at)
            return Literal(token.value, token.at)
        if token.kind == "name":
            if self._takes("("):
                given = self._list(")")
                return self._grown(Call(None, token.value, given, token.at), *given)
            return Name(token.value, token.at)
        if token.value == "(":
            node = self.expression()
            self._needs(")")
            return node
        if token.value == "[":
            items = self._list("]")
            return self._grown(Items(items, token.at), *items)
        if token.value == "{":
            return self._entries(token.at)
        what = "the expression ends too early" if token.kind == "end" else f"unexpected {token.value!r}"
        raise CelSyntaxError(what, token.at)

    def _list(self, end: str) -> tuple[Node, ...]:
        members: list[Node] = []
        while not self._takes(end):
            members.append(self.expression())
            if not self._takes(","):
                self._needs(end)
                break
        return tuple(members)

    def _entries(self, at: int) -> Node:
        members: list[tuple[Node, Node]] = []
        while not self._takes("}"):
            key = self.expression()
            self._needs(":")
            members.append((key, self.expression()))
            if not self._takes(","):
                self._needs("}")
                break
        return self._grown(Entries(tuple(members), at), *(node for pair in members for node in pair))

    def _take(self) -> Token:
        token = self.now
        if token.kind != "end":
            self._place += 1
        return token

    def _grown(self, node: Node, *below: Node) -> Node:
        """A node above others; the tree must not get too high for those who climb it."""
        level = 1 + max((self._levels[id(each)][1] for each in below if id(each) in self._levels), default=0)
        if level > MOST_LEVELS:
            raise CelSyntaxError(f"more than {MOST_LEVELS} levels", node.at)
        self._levels[id(node)] = (node, level)
        return node

    def _takes(self, mark: str) -> bool:
        if self.now.kind == "mark" and self.now.value == mark:
            self._place += 1
            return True
        return False

    def _needs(self, mark: str) -> None:
        if not self._takes(mark):
            raise CelSyntaxError(f"{mark!r} is missing", self.now.at)
