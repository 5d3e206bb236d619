"""Visual queries (Moondream, spec workers-ai §3.6): ask, caption, point and detect in an image."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec
import orjson

from groundfog import errors
from groundfog.catalog import Model
from groundfog.tasks import schema as s
from groundfog.tasks.base import Body, Policy, Streamer, Task
from groundfog.tasks.form import Form
from groundfog.tasks.unary import UnaryTask

TaskName = Literal["query", "caption", "point", "detect"]


class Inputs(msgspec.Struct, omit_defaults=True, kw_only=True):
    """At most one of `image` (an encoded image) and `image_url` (https) is set; without either it is a plain question.

    `question` is for query, `caption_length` for caption, `target` and `max_objects` for point and detect.
    """

    task: TaskName = "query"
    image: bytes | None = None
    image_url: str | None = None
    question: str = "What's in this image?"
    caption_length: Literal["short", "normal", "long"] = "normal"
    target: str = "person"
    reasoning: bool = True
    temperature: float = 0.5
    top_p: float = 0.9
    max_tokens: int = 768
    max_objects: int = 150


class Point(msgspec.Struct):
    """Fractions (0–1) of the image's width and height, from its upper left corner."""

    x: float
    y: float


class Area(msgspec.Struct):
    """Corners as fractions (0–1) of the image's width and height."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float


class Metrics(msgspec.Struct):
    """Tokens of the model's own tokenizer, and milliseconds."""

    input_tokens: int = 0
    output_tokens: int = 0
    prefill_time_ms: float = 0.0
    decode_time_ms: float = 0.0
    ttft_ms: float = 0.0


class Output(msgspec.Struct, kw_only=True):
    """`text` is the answer or caption; `points` and `objects` are set by their own tasks only."""

    text: str = ""
    points: list[Point] | None = None
    objects: list[Area] | None = None
    reasoning: str | None = None
    finish_reason: str = "stop"
    metrics: Metrics = msgspec.field(default_factory=Metrics)


class Delta(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A piece of an answer or caption; the last one carries `finish_reason` and `metrics`."""

    text: str = ""
    reasoning: str = ""
    finish_reason: str | None = None
    metrics: Metrics | None = None


FORM = Form(
    fields={
        "task": s.text("What to do with the image", choices=("query", "caption", "point", "detect"), default="query"),
        "image": {
            "type": "string",
            "format": "binary",
            "pattern": "^(https://|data:)",
            "description": "An https URL or a data URI; only a query does without",
        },
        "question": s.text("query: what to answer", least=1, default="What's in this image?"),
        "caption_length": s.text("caption: how much to say", choices=("short", "normal", "long"), default="normal"),
        "target": s.text("point, detect: what to look for", least=1, default="person"),
        "reasoning": s.boolean("Think before the answer", default=True),
        "temperature": s.number("How freely tokens are drawn", least=0, most=2, default=0.5),
        "top_p": s.number("Draw from the most probable tokens up to this probability", least=0, most=1, default=0.9),
        "max_tokens": s.integer("Most tokens of the answer", least=1, most=2048, default=768),
        "max_objects": s.integer("point, detect: most finds", least=1, most=500, default=150),
        "stream": s.boolean("Answer piece by piece; point and detect always answer at once", default=True),
    },
    binary="image",
)


class VisualQuery(UnaryTask):
    name = "visual-query"
    cloudflare_task = "Image-to-Text"
    inputs = Inputs
    output = Output
    delta = Delta

    def form(self, model: Model) -> Form:
        return FORM

    def decode(self, model: Model, body: Body, policy: Policy) -> tuple[Inputs, bool]:
        given = FORM.given(body)
        url = given.get("image")
        remote = isinstance(url, str) and url.startswith("https://")
        values = FORM.check({**given, "image": b""} if remote else given, policy)
        if "image" not in given and values["task"] != "query":
            raise errors.BAD_INPUT(what="required properties at '/' are 'image'")
        if remote:
            values |= {"image": None, "image_url": url}
        inputs = msgspec.convert(values, Inputs, builtin_types=(bytes,))
        return inputs, values["stream"] and inputs.task in ("query", "caption")

    def shown(self, model: Model, inputs: Inputs, output: Output) -> Any:
        return {
            "finish_reason": output.finish_reason,
            "metrics": msgspec.to_builtins(output.metrics),
            "answer": output.text if inputs.task == "query" else None,
            "caption": output.text if inputs.task == "caption" else None,
            "points": msgspec.to_builtins(output.points),
            "objects": msgspec.to_builtins(output.objects),
            "reasoning": None if output.reasoning is None else {"text": output.reasoning},
        }

    def streamer(self, model: Model, inputs: msgspec.Struct, request_id: str) -> Streamer:
        assert isinstance(inputs, Inputs)
        return VisualStreamer("caption" if inputs.task == "caption" else "answer")

    def output_schema(self, model: Model) -> dict[str, Any]:
        def maybe(schema: dict[str, Any]) -> dict[str, Any]:
            return {"anyOf": [schema, {"type": "null"}]}

        point = s.thing({"x": s.number("Fraction of the width"), "y": s.number("Fraction of the height")}, ("x", "y"))
        corners = {name: s.number("Fraction of the image's side") for name in ("x_min", "y_min", "x_max", "y_max")}
        metrics = {
            "input_tokens": s.integer("Tokens of the question and image"),
            "output_tokens": s.integer("Tokens of the answer"),
            "prefill_time_ms": s.number("Time to read the input"),
            "decode_time_ms": s.number("Time to write the answer"),
            "ttft_ms": s.number("Time to the first token"),
        }
        fields = {
            "finish_reason": s.text("`stop` or `length`"),
            "metrics": s.thing(metrics),
            "answer": maybe(s.text("query: the answer")),
            "caption": maybe(s.text("caption: the caption")),
            "points": maybe(s.array(point, "point: where the target is")),
            "objects": maybe(s.array(s.thing(corners, tuple(corners)), "detect: boxes around the target")),
            "reasoning": maybe(s.thing({"text": s.text("What was thought before")})),
        }
        return {"anyOf": [s.json_output(s.thing(fields, ("finish_reason", "metrics"))), s.event_stream_output()]}


class VisualStreamer:
    """Events are parts of the unary answer: pieces of `answer` or `caption`, then one with reason and metrics."""

    def __init__(self, field: str) -> None:
        self._field = field

    def feed(self, delta: msgspec.Struct) -> Iterable[bytes]:
        assert isinstance(delta, Delta)
        if delta.reasoning:
            yield orjson.dumps({"reasoning": {"text": delta.reasoning}})
        if delta.text:
            yield orjson.dumps({self._field: delta.text})
        if delta.finish_reason is not None or delta.metrics is not None:
            metrics = msgspec.to_builtins(delta.metrics or Metrics())
            yield orjson.dumps({"finish_reason": delta.finish_reason, "metrics": metrics})

    def finish(self) -> Iterable[bytes]:
        return ()


TASK: Task = VisualQuery()
