"""Summarisation (spec workers-ai §3.12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from groundfog.catalog import Model
from groundfog.tasks import schema as s
from groundfog.tasks.base import Body, Task
from groundfog.tasks.form import Form
from groundfog.tasks.unary import UnaryTask


class Inputs(msgspec.Struct):
    """`max_length` is in tokens of the summary."""

    text: str
    max_length: int = 1024


class Output(msgspec.Struct, kw_only=True):
    summary: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


FORM = Form(
    fields={
        "input_text": s.text("The text to shorten", least=1),
        "max_length": s.integer("Most tokens of the summary", least=1, default=1024),
    },
    required=("input_text",),
)


class Summarization(UnaryTask):
    name = "summarization"
    cloudflare_task = "Summarization"
    inputs = Inputs
    output = Output

    def form(self, model: Model) -> Form:
        return FORM

    def read(self, model: Model, values: Mapping[str, Any], body: Body) -> Inputs:
        return Inputs(values["input_text"], values["max_length"])

    def shown(self, model: Model, inputs: Inputs, output: Output) -> Any:
        return {"summary": output.summary}

    def output_schema(self, model: Model) -> dict[str, Any]:
        return s.json_output(s.thing({"summary": s.text("The shortened text")}, ("summary",)))


TASK: Task = Summarization()
