"""What an error is: a `Kind` is a row of the table, calling it builds the exception."""

from __future__ import annotations

import dataclasses
from string import Formatter
from typing import Any

_LONGEST = 2000
"""Characters of a message."""


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table. `prefix` is what the REST surface writes before the message (spec §5.2)."""

    key: str
    code: int
    status: int
    name: str
    message: str
    next: str
    prefix: str = "AiError: "
    openai_type: str = "invalid_request_error"
    outer: bool = False
    """Refused before any model was asked: `result` is null and no request id is in the text (spec §1.3)."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the placeholders in `message`."""
        return tuple(name for _, name, _, _ in Formatter().parse(self.message) if name)

    def __call__(
        self, *, retry_after: float | None = None, path: tuple[str, ...] = (), **fields: Any
    ) -> GroundfogError:
        text = self.message.format(**fields)
        # What a caller sent stands in the text, and can be of any length.
        text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
        return GroundfogError(self, text, retry_after=retry_after, path=path)


class GroundfogError(Exception):
    """An error of the table, with its message filled in.

    `description` is the text without prefixes; `retry_after` is in seconds; `path` names the field that is wrong;
    `detail` is what a surface shows beside the message (spec ai-gateway §3.7).
    """

    detail: dict[str, Any] | None = None

    def __init__(
        self, kind: Kind, description: str, *, retry_after: float | None = None, path: tuple[str, ...] = ()
    ) -> None:
        super().__init__(f"{kind.code}: {description}")
        self.kind = kind
        self.description = description
        self.retry_after = retry_after
        self.path = path

    @property
    def code(self) -> int:
        return self.kind.code

    @property
    def status(self) -> int:
        return self.kind.status

    @property
    def name(self) -> str:
        return self.kind.name

    def __reduce__(self) -> tuple[Any, ...]:
        return (from_key, (self.kind.key, self.description, self.retry_after))


KINDS: dict[str, Kind] = {}


def row(
    key: str,
    code: int,
    status: int,
    message: str,
    next: str,
    *,
    name: str = "AiError",
    prefix: str = "AiError: AiError: ",
    openai_type: str = "invalid_request_error",
    outer: bool = False,
) -> Kind:
    """Put a row into the table."""
    kind = Kind(key, code, status, name, message, next, prefix, openai_type, outer)
    KINDS[key] = kind
    return kind


def from_key(key: str, description: str, retry_after: float | None = None) -> GroundfogError:
    """Rebuild an error that crossed a process border."""
    return GroundfogError(KINDS[key], description, retry_after=retry_after)
