"""A rule of the script, performed: its output, its stream, its error, its delays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import msgspec

from groundfog import errors, tasks
from groundfog.engines.echo import tokens
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.script import Rule
from groundfog.engines.echo.text_generation.pieces import split
from groundfog.engines.echo.text_generation.prompt import read
from groundfog.tasks.text_generation.types import Choice, Inputs, Output, ToolCall, Usage


class Performance:
    """`module` is that of the task: its `say` puts a scripted text into the task's output."""

    def __init__(self, rule: Rule, model: EchoModel, task: str, module: Any) -> None:
        self.rule = rule
        self.model = model
        self.task = task
        self.module = module

    def answer(self, inputs: msgspec.Struct) -> msgspec.Struct | Awaitable[msgspec.Struct]:
        """The output, or one that comes later. Raises the rule's error."""
        rule = self.rule
        if rule.delay or rule.chunk_delay:
            return self._later(inputs)
        return self._output(inputs)

    def stream(self, inputs: msgspec.Struct) -> Iterator[msgspec.Struct] | AsyncIterator[msgspec.Struct]:
        """The deltas. An error without chunks is raised before the first, one with chunks after the last of them."""
        rule = self.rule
        if rule.delay or rule.chunk_delay:
            return self._slowly(inputs)
        if rule.error is not None and not rule.chunks:
            raise self._error()
        return self._deltas(self._output(inputs, failing=False))

    async def _later(self, inputs: msgspec.Struct) -> msgspec.Struct:
        await asyncio.sleep(self.rule.delay + self.rule.chunk_delay * len(self.rule.chunks))
        return self._output(inputs)

    async def _slowly(self, inputs: msgspec.Struct) -> AsyncIterator[msgspec.Struct]:
        await asyncio.sleep(self.rule.delay)
        if self.rule.error is not None and not self.rule.chunks:
            raise self._error()
        for delta in self._deltas(self._output(inputs, failing=False)):
            yield delta
            if self.rule.chunk_delay:
                await asyncio.sleep(self.rule.chunk_delay)

    def _deltas(self, output: msgspec.Struct) -> Iterator[msgspec.Struct]:
        rule = self.rule
        if isinstance(output, Output):
            deltas: Iterator[Any] = split(output, rule.chunks)
        else:
            deltas = self._method("pieces")(output)
        for delta in deltas:
            if rule.error is not None and delta.finish_reason:
                raise self._error()
            yield delta

    def _output(self, inputs: msgspec.Struct, failing: bool = True) -> msgspec.Struct:
        rule = self.rule
        if failing and rule.error is not None:
            raise self._error()
        if rule.output is not None:
            return msgspec.convert(rule.output, tasks.by_name(self.task).output)
        if isinstance(inputs, Inputs):
            return self._generated(inputs)
        said: msgspec.Struct = self._method("say")(self.model, inputs, "".join(rule.chunks) or rule.text or "")
        return said

    def _generated(self, inputs: Inputs) -> Output:
        rule = self.rule
        text = "".join(rule.chunks) or rule.text or ""
        if rule.json is not msgspec.UNSET:
            text = msgspec.json.encode(rule.json).decode()
        calls = [
            ToolCall(call.name, msgspec.json.encode(call.arguments).decode(), f"call_scripted{number}")
            for number, call in enumerate(rule.tools)
        ]
        thought = tokens.count(rule.reasoning) if rule.reasoning else 0
        used = thought + tokens.count(text)
        used += sum(tokens.count(call.name) + tokens.count(call.arguments) for call in calls)
        finish = rule.finish_reason or ("tool_calls" if calls else "stop")
        choice = Choice(text, finish, rule.reasoning, calls)
        return Output([choice] * inputs.n, Usage(read(inputs).tokens, used * inputs.n, 0, thought * inputs.n))

    def _method(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] | None = getattr(self.module, name, None)
        if method is None:
            raise errors.EXECUTION_FAILED(what=f"the echo script's rule for {self.task} needs `output` or `error`")
        return method

    def _error(self) -> errors.GroundfogError:
        kind = self.rule.kind()
        assert kind is not None
        if self.rule.message is not None:
            return errors.GroundfogError(kind, self.rule.message)
        fields: dict[str, Any] = {name: self.model.id if name == "model" else "scripted" for name in kind.fields}
        return kind(**fields)
