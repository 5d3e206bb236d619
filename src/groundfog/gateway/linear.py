"""Regular expressions that others write, run in time linear in the text (RE2: no look-around, no back-references).

RE2 comes with the extra `groundfog[dlp]`. Nothing here falls back to `re`, which a pattern can hold up for ever.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any, Protocol

from groundfog import errors

LONGEST_PATTERN = 1000
"""Characters."""
MAX_MEMORY = 4 << 20
"""Bytes that one compiled pattern may take."""
INSTALL = "pip install 'groundfog[dlp]'"


class Match(Protocol):
    def start(self) -> int: ...

    def end(self) -> int: ...

    def group(self) -> str: ...


class Pattern(Protocol):
    def search(self, text: str) -> Match | None: ...

    def fullmatch(self, text: str) -> Match | None: ...

    def finditer(self, text: str) -> Iterator[Match]: ...


def compile_pattern(
    pattern: object, *, ignore_case: bool = False, where: str = "pattern", path: tuple[str, ...] = ()
) -> Pattern:
    """A pattern in RE2's syntax. Raises GATEWAY_INVALID: it is none, it is too long, or RE2 is not installed."""
    if not isinstance(pattern, str) or not pattern:
        raise errors.GATEWAY_INVALID(what=f"{where} must be a regular expression", path=path)
    if len(pattern) > LONGEST_PATTERN:
        raise errors.GATEWAY_INVALID(what=f"{where} is longer than {LONGEST_PATTERN} characters", path=path)
    try:
        re2: Any = importlib.import_module("re2")
    except ImportError:
        raise errors.GATEWAY_INVALID(what=f"{where} needs RE2: {INSTALL}", path=path) from None
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MAX_MEMORY
    options.case_sensitive = not ignore_case
    try:
        compiled: Pattern = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else error
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise errors.GATEWAY_INVALID(what=f"{where} is no regular expression of RE2: {text}", path=path) from None
    return compiled
