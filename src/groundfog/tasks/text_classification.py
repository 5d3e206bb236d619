"""Text classification (spec workers-ai §3.12): the mood of a text."""

from __future__ import annotations

from typing import Any

import msgspec

from groundfog.catalog import Model
from groundfog.tasks import labels
from groundfog.tasks import schema as s
from groundfog.tasks.base import Task
from groundfog.tasks.form import Form
from groundfog.tasks.labels import Label
from groundfog.tasks.unary import UnaryTask


class Inputs(msgspec.Struct):
    text: str


class Output(msgspec.Struct, kw_only=True):
    """Every label of the model, in the model's order (NEGATIVE, POSITIVE)."""

    labels: list[Label]
    prompt_tokens: int = 0


FORM = Form(fields={"text": s.text("The text to classify", least=1)}, required=("text",))


class TextClassification(UnaryTask):
    name = "text-classification"
    cloudflare_task = "Text Classification"
    inputs = Inputs
    output = Output

    def form(self, model: Model) -> Form:
        return FORM

    def shown(self, model: Model, inputs: Inputs, output: Output) -> Any:
        return labels.shown(output.labels)

    def output_schema(self, model: Model) -> dict[str, Any]:
        return s.json_output(s.array(labels.LABEL, "One per label"))


TASK: Task = TextClassification()
