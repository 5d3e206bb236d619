"""The route table's rows, and how a path finds its row.

Dispatch and authorisation both look at the decoded `scope["path"]` only, never at a rebuilt URL, so that they cannot
disagree; a model id may come with plain slashes, `%2F` or `%40`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Literal

from starlette.routing import compile_path

from groundfog import errors
from groundfog.wire.exchange import Answer, Dialect, Exchange

Handler = Callable[[Exchange], Awaitable[Answer]]
Scope = Literal["run", "read", "admin"]


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """One row: who may call it (`scope`; None: anybody), how its errors look (`dialect`), and what answers."""

    methods: frozenset[str]
    path: str
    handler: Handler
    dialect: Dialect = "rest"
    scope: Scope | None = "run"
    summary: str = ""
    any_account: bool = False
    """About the caller and not about an account: a key for whatever accounts may ask."""
    pattern: re.Pattern[str] = dataclasses.field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", compile_path(self.path)[0])


def route(
    methods: str | Iterable[str],
    path: str,
    handler: Handler,
    *,
    dialect: Dialect = "rest",
    scope: Scope | None = "run",
    summary: str = "",
    any_account: bool = False,
) -> Route:
    """A row of the table. `methods` is one name or several; `*` is any. `{name}` in the path is one segment,
    `{name:path}` the rest of it."""
    names = {methods} if isinstance(methods, str) else set(methods)
    return Route(frozenset(names), path, handler, dialect, scope, summary, any_account)


class RouteTable:
    """All rows, in order; the first whose path and method fit wins."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = tuple(routes)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, Any]]:
        """The row and its path parameters. Raises METHOD_NOT_ALLOWED or NOT_ROUTABLE; a trailing slash is tolerated."""
        if len(path) > 1:
            path = path.rstrip("/") or "/"
        wrong_method = False
        for row in self.routes:
            match = row.pattern.match(path)
            if match is None:
                continue
            if method in row.methods or "*" in row.methods or (method == "HEAD" and "GET" in row.methods):
                return row, match.groupdict()
            wrong_method = True
        if wrong_method:
            raise errors.METHOD_NOT_ALLOWED(method=method)
        raise errors.NOT_ROUTABLE(uri=path)

    def dialect(self, path: str) -> Dialect:
        """How errors about a path look that no row answers: as those of the rows that share most of its beginning."""
        best, found = 0, set[Dialect]()
        for row in self.routes:
            if row.dialect == "gateway":
                # Their paths are anything behind two names, so that they share a beginning with everything.
                continue
            shared = _shared(row.path, path)
            if shared > best:
                best, found = shared, set()
            if shared == best:
                found.add(row.dialect)
        if found == {"openai", "anthropic"}:
            return "openai"
        return found.pop() if len(found) == 1 else "rest"

    def methods(self, path: str) -> list[str]:
        """What may be done with a path (for a preflight)."""
        path = path.rstrip("/") or "/"
        found = {name for row in self.routes if row.pattern.match(path) for name in row.methods}
        return sorted(found)


def _shared(pattern: str, path: str) -> int:
    """How many segments at the beginning of a path are those of a row."""
    count = 0
    for want, given in zip(pattern.strip("/").split("/"), path.strip("/").split("/"), strict=False):
        if want != given and not want.startswith("{"):
            break
        count += 1
    return count
