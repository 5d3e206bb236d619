"""Scripted answers: a TOML file of rules, the first that matches answers (docs/echo.md has the format)."""

from __future__ import annotations

import asyncio
import re
import tomllib
from collections.abc import AsyncIterator, Awaitable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec

from groundfog import errors, tasks
from groundfog.engines.echo import tokens
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.text_generation.pieces import split
from groundfog.engines.echo.text_generation.prompt import read
from groundfog.tasks.text_generation.types import Choice, FinishReason, Inputs, Output, ToolCall, Usage

TEXT_FIELDS: dict[str, str] = {}
"""Task → the field of its output that `text` sets, where the other fields have defaults."""


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


class _File(msgspec.Struct, forbid_unknown_fields=True):
    answer: list[Rule] = []


class Script:
    """The rules for one model, with the number of times that each has matched."""

    def __init__(self, rules: list[Rule], model: EchoModel) -> None:
        self._model = model
        self._rules = [rule for rule in rules if fnmatchcase(model.id.lower(), rule.model.lower())]
        self._patterns = [re.compile(rule.matches) if rule.matches else None for rule in self._rules]
        self._matched = [0] * len(self._rules)
        for rule in self._rules:
            _kind(rule)

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

    def answer(self, task: str, inputs: msgspec.Struct) -> msgspec.Struct | Awaitable[msgspec.Struct] | None:
        """The scripted output, one that comes later, or None when no rule matches. Raises scripted errors."""
        rule = self._find(task, inputs)
        if rule is None:
            return None
        if rule.delay or rule.chunk_delay:
            return self._later(rule, task, inputs)
        return self._output(rule, task, inputs)

    def stream(
        self, task: str, inputs: msgspec.Struct
    ) -> Iterator[msgspec.Struct] | AsyncIterator[msgspec.Struct] | None:
        rule = self._find(task, inputs)
        if rule is None:
            return None
        if rule.delay or rule.chunk_delay:
            return self._slowly(rule, task, inputs)
        if rule.error is not None and not rule.chunks:
            raise self._error(rule)
        return self._deltas(rule, task, inputs)

    async def _later(self, rule: Rule, task: str, inputs: msgspec.Struct) -> msgspec.Struct:
        await asyncio.sleep(rule.delay + rule.chunk_delay * len(rule.chunks))
        return self._output(rule, task, inputs)

    async def _slowly(self, rule: Rule, task: str, inputs: msgspec.Struct) -> AsyncIterator[msgspec.Struct]:
        await asyncio.sleep(rule.delay)
        if rule.error is not None and not rule.chunks:
            raise self._error(rule)
        for delta in self._deltas(rule, task, inputs):
            yield delta
            if rule.chunk_delay:
                await asyncio.sleep(rule.chunk_delay)

    def _find(self, task: str, inputs: msgspec.Struct) -> Rule | None:
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

    def _error(self, rule: Rule) -> errors.GroundfogError:
        kind = _kind(rule)
        assert kind is not None
        if rule.message is not None:
            return errors.GroundfogError(kind, rule.message)
        fields: dict[str, Any] = {name: self._model.id if name == "model" else "scripted" for name in kind.fields}
        return kind(**fields)

    def _output(self, rule: Rule, task: str, inputs: msgspec.Struct) -> msgspec.Struct:
        if rule.error is not None:
            raise self._error(rule)
        if rule.output is not None:
            return msgspec.convert(rule.output, tasks.by_name(task).output)
        if isinstance(inputs, Inputs):
            return self._generated(rule, inputs)
        if rule.text is not None and task in TEXT_FIELDS:
            return msgspec.convert({TEXT_FIELDS[task]: rule.text}, tasks.by_name(task).output)
        raise errors.BAD_MODEL_FILE(file="echo script", what=f"a rule for {task} needs `output` or `error`")

    def _generated(self, rule: Rule, inputs: Inputs) -> Output:
        text = "".join(rule.chunks) if rule.chunks else rule.text or ""
        if rule.json is not msgspec.UNSET:
            text = msgspec.json.encode(rule.json).decode()
        calls = [
            ToolCall(call.name, msgspec.json.encode(call.arguments).decode(), f"call_scripted{number}")
            for number, call in enumerate(rule.tools)
        ]
        thought = tokens.count(rule.reasoning) if rule.reasoning else 0
        used = thought + tokens.count(text) + sum(tokens.count(call.name + call.arguments) for call in calls)
        finish = rule.finish_reason or ("tool_calls" if calls else "stop")
        choice = Choice(text, finish, rule.reasoning, calls)
        return Output([choice] * inputs.n, Usage(read(inputs).tokens, used * inputs.n, 0, thought * inputs.n))

    def _deltas(self, rule: Rule, task: str, inputs: msgspec.Struct) -> Iterator[msgspec.Struct]:
        if not isinstance(inputs, Inputs):
            raise errors.BAD_MODEL_FILE(file="echo script", what=f"a rule cannot stream {task}; use `output`")
        output = self._generated(rule, inputs)
        for delta in split(output, rule.chunks):
            if rule.error is not None and delta.finish_reason:
                raise self._error(rule)
            yield delta


def _kind(rule: Rule) -> errors.Kind | None:
    """The row of a rule's error. Raises ValueError when the table has none."""
    if rule.error is None:
        return None
    for kind in errors.KINDS.values():
        if rule.error in (kind.code, kind.key):
            return kind
    raise ValueError(f"error {rule.error} is not in groundfog's table of errors")


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
