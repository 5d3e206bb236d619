"""Text-to-image (spec workers-ai §3.7): raw image bytes or base64 in JSON, by model."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from groundfog import errors
from groundfog.catalog import Model
from groundfog.tasks import binary, multipart, validate
from groundfog.tasks import image_forms as forms
from groundfog.tasks import schema as s
from groundfog.tasks.base import BinaryBody, Body, FormBody, JsonBody, Policy, Rendered, Task
from groundfog.tasks.form import Form
from groundfog.tasks.images import size_of
from groundfog.tasks.unary import UnaryTask

REFERENCE_SIDE = 512


class Inputs(msgspec.Struct, omit_defaults=True, kw_only=True):
    """`width` and `height` in pixels. `image` is what to start from, `mask` where to paint (white), `references` what
    to keep to; all are encoded images. `format` is how the model answers.
    """

    prompt: str
    negative_prompt: str | None = None
    width: int = 1024
    height: int = 1024
    steps: int = 20
    guidance: float | None = None
    strength: float = 1.0
    seed: int | None = None
    image: bytes | None = None
    mask: bytes | None = None
    references: list[bytes] = []
    format: Literal["png", "jpeg"] = "png"


class Output(msgspec.Struct):
    """An encoded image in the format that `inputs.format` asked for."""

    image: bytes


class TextToImage(UnaryTask):
    name = "text-to-image"
    cloudflare_task = "Text-to-Image"
    inputs = Inputs
    output = Output

    def form(self, model: Model) -> Form:
        return forms.of(model)

    def decode(self, model: Model, body: Body, policy: Policy) -> tuple[msgspec.Struct, bool]:
        """FLUX.2 takes forms only: a JSON body needs one under `multipart`."""
        return super().decode(model, _form_body(body) if _is_multipart(model) else body, policy)

    def read(self, model: Model, values: Mapping[str, Any], body: Body) -> Inputs:
        known = {name: value for name, value in values.items() if name in Inputs.__struct_fields__}
        known["steps"] = values.get("num_steps", values.get("steps"))
        if forms.of(model) is forms.FLUX_1:
            known["steps"] = values["steps"]
        for side in ("width", "height"):
            # The Leonardo models take 0 for "as the model likes".
            if values.get(side) == 0:
                known[side] = self.form(model).fields[side]["default"]
        known["references"] = [values[name] for name in forms.REFERENCES if name in values]
        for index, content in enumerate(known["references"]):
            size = size_of(content)
            if size is None:
                raise errors.UPSTREAM_REFUSED(what=f"Invalid input image[{index}]: unable to decode image file")
            if max(size) >= REFERENCE_SIDE:
                raise errors.BAD_INPUT(
                    what=f"'/input_image_{index}' must be smaller than {REFERENCE_SIDE}x{REFERENCE_SIDE} pixels, "
                    f"got {size[0]}x{size[1]}"
                )
        known["format"] = "png" if _content_type(model) == "image/png" else "jpeg"
        return msgspec.convert(known, Inputs, builtin_types=(bytes,))

    def shown(self, model: Model, inputs: Inputs, output: Output) -> Any:
        if _is_json(model):
            return {"image": base64.b64encode(output.image).decode()}
        return Rendered(output.image, _content_type(model))

    def input_schema(self, model: Model) -> dict[str, Any]:
        published = self.form(model).published
        if not _is_multipart(model):
            return published
        encoded = binary.body_object()["properties"]["body"]["oneOf"]
        body = {"oneOf": [*encoded, published], "description": "A multipart form with these fields"}
        content_type = s.text("`multipart/form-data; boundary=…`")
        form = s.thing({"body": body, "contentType": content_type}, ("body", "contentType"))
        return s.thing({"multipart": form}, ("multipart",))

    def output_schema(self, model: Model) -> dict[str, Any]:
        if _is_json(model):
            return s.json_output(s.thing({"image": s.text("JPEG, base64")}, ("image",)))
        return s.binary_output(_content_type(model), "The image")


TASK: Task = TextToImage()


def _is_multipart(model: Model) -> bool:
    return model.input_schema_kind == "multipart"


def _is_json(model: Model) -> bool:
    return model.output_kind == "image-base64-json"


def _content_type(model: Model) -> str:
    """PNG for the Stable Diffusion family, JPEG for all others."""
    return "image/png" if forms.of(model) in (forms.SDXL, forms.SD15) else "image/jpeg"


def _form_body(body: Body) -> FormBody:
    match body:
        case FormBody():
            return body
        case BinaryBody(content=content, content_type=content_type, extra=extra):
            return FormBody(multipart.parse(content, content_type), extra)
        case JsonBody(data=data):
            schema = s.thing({"multipart": binary.body_object()}, ("multipart",))
            validate.check(schema, {"multipart": data["multipart"]} if data.get("multipart") is not None else {})
            given = data["multipart"]
            return FormBody(multipart.parse(binary.to_bytes(given), given["contentType"]))
    raise TypeError(f"unknown body {type(body).__name__}")
