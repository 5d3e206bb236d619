"""The common part of tasks with one form per model that answer at once."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import Any

import msgspec
import orjson

from groundfog import errors
from groundfog.catalog import Model
from groundfog.tasks.base import Body, Policy, Rendered, Streamer
from groundfog.tasks.form import Form


class UnaryTask(abc.ABC):
    """A subclass says its names and types, the form of a model, and how an output is shown."""

    name: str
    cloudflare_task: str
    inputs: type[msgspec.Struct]
    output: type[msgspec.Struct]
    delta: type[msgspec.Struct] | None = None

    @abc.abstractmethod
    def form(self, model: Model) -> Form:
        """How the inputs of `model` are written."""

    @abc.abstractmethod
    def shown(self, model: Model, inputs: Any, output: Any) -> Any:
        """The output as JSON values, or as a `Rendered` when it is bytes."""

    @abc.abstractmethod
    def output_schema(self, model: Model) -> dict[str, Any]: ...

    def read(self, model: Model, values: Mapping[str, Any], body: Body) -> msgspec.Struct:
        """Checked values as `inputs`; override where field names differ. Names that `inputs` lacks are dropped."""
        return msgspec.convert(dict(values), self.inputs, builtin_types=(bytes,))

    def decode(self, model: Model, body: Body, policy: Policy) -> tuple[msgspec.Struct, bool]:
        return self.read(model, self.form(model).read(body, policy), body), False

    def render(self, model: Model, inputs: msgspec.Struct, output: msgspec.Struct, request_id: str) -> Rendered:
        shown = self.shown(model, inputs, output)
        return shown if isinstance(shown, Rendered) else Rendered(orjson.dumps(shown))

    def streamer(self, model: Model, inputs: msgspec.Struct, request_id: str) -> Streamer:
        raise errors.BAD_INPUT(what=f"{model.id} has no stream")

    def input_schema(self, model: Model) -> dict[str, Any]:
        return self.form(model).published
