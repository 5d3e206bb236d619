"""Image-to-text (spec workers-ai §3.8): a description of an image."""

from __future__ import annotations

from typing import Any

import msgspec

from groundfog.catalog import Model
from groundfog.tasks import binary
from groundfog.tasks import schema as s
from groundfog.tasks.base import Task
from groundfog.tasks.form import Form
from groundfog.tasks.unary import UnaryTask


class Turn(msgspec.Struct):
    role: str
    content: str


class Inputs(msgspec.Struct, omit_defaults=True, kw_only=True):
    """`image` is an encoded image; `max_tokens` in tokens. Sampling fields left None are the engine's defaults."""

    image: bytes
    prompt: str | None = None
    messages: list[Turn] = []
    max_tokens: int = 512
    raw: bool = False
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    seed: int | None = None
    repetition_penalty: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    ignore_eos: bool = False


class Output(msgspec.Struct, kw_only=True):
    description: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


FORM = Form(
    fields={
        "image": s.one_of(
            binary.byte_array(), binary.base64_text(), binary.body_object(), description="An encoded image"
        ),
        "prompt": s.text("What to say of the image"),
        "messages": s.array(
            s.thing({"role": s.text("Who speaks"), "content": s.text("What is said")}, ("role", "content")),
            "A conversation about the image, instead of a prompt",
        ),
        "max_tokens": s.integer("Most tokens of the answer", least=1, default=512),
        "raw": s.boolean("Give the prompt to the model as it is, without its chat template", default=False),
        "temperature": s.number("How freely tokens are drawn", least=0, most=5),
        "top_p": s.number("Draw from the most probable tokens that together have this probability", least=0, most=2),
        "top_k": s.integer("Draw from so many of the most probable tokens", least=1, most=50),
        "seed": s.integer("The same seed gives the same answer", least=1, most=9_999_999_999),
        "repetition_penalty": s.number("Make repeated tokens less probable", least=0, most=2),
        "frequency_penalty": s.number("Make tokens less probable the more often they came", least=-2, most=2),
        "presence_penalty": s.number("Make tokens less probable once they came", least=-2, most=2),
        "ignore_eos": s.boolean("Go on to the token limit", default=False),
    },
    required=("image",),
    binary="image",
)


class ImageToText(UnaryTask):
    name = "image-to-text"
    cloudflare_task = "Image-to-Text"
    inputs = Inputs
    output = Output

    def form(self, model: Model) -> Form:
        return FORM

    def shown(self, model: Model, inputs: Inputs, output: Output) -> Any:
        return {"description": output.description}

    def output_schema(self, model: Model) -> dict[str, Any]:
        return s.json_output(s.thing({"description": s.text("What the image shows")}, ("description",)))


TASK: Task = ImageToText()
