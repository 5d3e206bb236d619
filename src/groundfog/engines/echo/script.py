"""Scripted answers: a TOML file of rules, the first that matches answers (docs/echo.md has the format)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec

from groundfog import errors
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.text_generation.prompt import read
from groundfog.tasks.text_generation.types import FinishReason, Inputs


class ScriptedCall(msgspec.Struct, forbid_unknown_fields=True):
    """A tool call of the answer."""

    name: str
    arguments: dict[str, Any] = {}


class Rule(msgspec.Struct, forbid_unknown_fields=True):
    """When it matches, and what it answers. Conditions that are not given match everything."""

    model: str = "*"
    task: str = "*"
    contains: str | list[str] = []
    matches: str | None = None
    call: int | list[int] | None = None
    text: str | None = None
    json: Any = msgspec.UNSET
    tools: list[ScriptedCall] = []
    chunks: list[str] = []
    output: dict[str, Any] | None = None
    error: int | str | None = None
    message: str | None = None
    reasoning: str | None = None
    finish_reason: FinishReason | None = None
    delay: float = 0.0
    chunk_delay: float = 0.0

    def kind(self) -> errors.Kind | None:
        """The row of the rule's error. Raises ValueError when the table has none."""
        if self.error is None:
            return None
        for kind in errors.KINDS.values():
            if self.error in (kind.code, kind.key):
                return kind
        raise ValueError(f"error {self.error} is not in groundfog's table of errors")


class _File(msgspec.Struct, forbid_unknown_fields=True):
    answer: list[Rule] = []


class Script:
    """The rules for one model, with the number of times that each has matched."""

    def __init__(self, rules: list[Rule], model: EchoModel) -> None:
        self._rules = [rule for rule in rules if fnmatchcase(model.id.lower(), rule.model.lower())]
        self._patterns = [re.compile(rule.matches) if rule.matches else None for rule in self._rules]
        self._matched = [0] * len(self._rules)
        for rule in self._rules:
            rule.kind()

    @classmethod
    def load(cls, path: str, model: EchoModel) -> Script:
        """Raises BAD_MODEL_FILE, naming what is wrong with the file."""
        try:
            rules = msgspec.convert(tomllib.loads(Path(path).read_text("utf-8")), _File).answer
            return cls(rules, model)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise errors.BAD_MODEL_FILE(file=path, what=str(error)) from None
        except (re.error, ValueError) as error:
            raise errors.BAD_MODEL_FILE(file=path, what=str(error)) from None

    def find(self, task: str, inputs: msgspec.Struct) -> Rule | None:
        """The rule that answers, counted as matched; None when the echo speaks for itself."""
        text: str | None = None
        for place, rule in enumerate(self._rules):
            if not fnmatchcase(task, rule.task):
                continue
            pattern = self._patterns[place]
            if rule.contains or pattern:
                text = request_text(inputs) if text is None else text
                needles = [rule.contains] if isinstance(rule.contains, str) else rule.contains
                if not all(needle in text for needle in needles) or (pattern and not pattern.search(text)):
                    continue
            self._matched[place] += 1
            wanted = [rule.call] if isinstance(rule.call, int) else rule.call
            if wanted is None or self._matched[place] in wanted:
                return rule
        return None


def request_text(inputs: Any) -> str:
    """The text that `contains` and `matches` look at: the user's last message, or all texts of other tasks."""
    if isinstance(inputs, Inputs):
        return read(inputs).text
    return "\n".join(_texts(msgspec.to_builtins(inputs, builtin_types=(bytes,))))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
