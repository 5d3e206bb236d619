"""What the conditions and keys of a route may look at: the request's body, headers and metadata (spec §3.15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundfog.gateway.request import Request, Step

ROOTS = ("metadata", "headers", "body")


class Facts:
    """Looked at only as far as a route asks."""

    __slots__ = ("_headers", "_request", "_step")

    def __init__(self, request: Request, step: Step) -> None:
        self._request = request
        self._step = step
        self._headers: dict[str, str] | None = None

    def values(self, root: str, path: tuple[str, ...]) -> list[Any]:
        """Every value that a dotted path leads to; lists are entered as MongoDB does: by number, or all of them."""
        if root == "metadata":
            metadata = {**(self._request.options.metadata or {}), **(self._step.options.metadata or {})}
            name = ".".join(path)
            return [metadata[name]] if name in metadata else []
        if root == "headers":
            value = self._header(".".join(path).lower())
            return [] if value is None else [value]
        found: list[Any] = [self._step.data() or {}]
        for part in path:
            found = [value for each in found for value in _enter(each, part)]
        return found

    def text(self, key: str) -> str | None:
        """The value of `metadata.user` and the like as a text; None where the request has none."""
        root, _, rest = key.partition(".")
        for value in self.values(root, tuple(rest.split("."))):
            if isinstance(value, bool):
                return "true" if value else "false"
            if isinstance(value, str | int | float):
                return str(value)
        return None

    def _header(self, name: str) -> str | None:
        if self._headers is None:
            self._headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in self._step.headers}
        return self._headers.get(name)


def _enter(value: Any, part: str) -> list[Any]:
    if isinstance(value, Mapping):
        return [value[part]] if part in value else []
    if isinstance(value, list):
        if part.isdecimal() and part.isascii():
            return [value[int(part)]] if len(part) < 10 and int(part) < len(value) else []
        return [inner for each in value if isinstance(each, Mapping) for inner in _enter(each, part)]
    return []
