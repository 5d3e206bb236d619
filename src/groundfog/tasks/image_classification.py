"""Image classification (spec workers-ai §3.12): what an image shows."""

from __future__ import annotations

from typing import Any

import msgspec

from groundfog.catalog import Model
from groundfog.tasks import binary, labels
from groundfog.tasks import schema as s
from groundfog.tasks.base import Task
from groundfog.tasks.form import Form
from groundfog.tasks.labels import Label
from groundfog.tasks.unary import UnaryTask


class Inputs(msgspec.Struct):
    """`image` is an encoded image (PNG, JPEG, WebP, …)."""

    image: bytes


class Output(msgspec.Struct):
    """The best five labels, best first."""

    labels: list[Label]


FORM = Form(
    fields={
        "image": s.one_of(
            binary.byte_array(), binary.base64_text(), binary.body_object(), description="An encoded image"
        )
    },
    required=("image",),
    binary="image",
)


class ImageClassification(UnaryTask):
    name = "image-classification"
    cloudflare_task = "Image Classification"
    inputs = Inputs
    output = Output

    def form(self, model: Model) -> Form:
        return FORM

    def shown(self, model: Model, inputs: Inputs, output: Output) -> Any:
        return labels.shown(output.labels)

    def output_schema(self, model: Model) -> dict[str, Any]:
        return s.json_output(s.array(labels.LABEL, "The most probable labels, best first"))


TASK: Task = ImageClassification()
