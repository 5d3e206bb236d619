"""Object detection (spec workers-ai §3.12): what is where in an image."""

from __future__ import annotations

from typing import Any

import msgspec

from groundfog.catalog import Model
from groundfog.tasks import schema as s
from groundfog.tasks.base import Task
from groundfog.tasks.form import Form
from groundfog.tasks.image_classification import FORM, Inputs
from groundfog.tasks.unary import UnaryTask

__all__ = ["TASK", "Box", "Detection", "Inputs", "Output"]


class Box(msgspec.Struct):
    """Corners in pixels of the image, from its upper left corner."""

    xmin: float
    ymin: float
    xmax: float
    ymax: float


class Detection(msgspec.Struct):
    """`score` is a probability between 0 and 1."""

    label: str
    score: float
    box: Box


class Output(msgspec.Struct):
    """Objects by score, best first."""

    objects: list[Detection]


class ObjectDetection(UnaryTask):
    name = "object-detection"
    cloudflare_task = "Object Detection"
    inputs = Inputs
    output = Output

    def form(self, model: Model) -> Form:
        return FORM

    def shown(self, model: Model, inputs: Inputs, output: Output) -> Any:
        return [
            {"score": found.score, "label": found.label, "box": msgspec.structs.asdict(found.box)}
            for found in output.objects
        ]

    def output_schema(self, model: Model) -> dict[str, Any]:
        corners = {name: s.number("Pixels") for name in ("xmin", "ymin", "xmax", "ymax")}
        row = s.thing(
            {
                "score": s.number("Probability"),
                "label": s.text("What was found"),
                "box": s.thing(corners, tuple(corners)),
            },
            ("score", "label", "box"),
        )
        return s.json_output(s.array(row, "Objects, best first"))


TASK: Task = ObjectDetection()
