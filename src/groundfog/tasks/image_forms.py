"""The inputs of each family of text-to-image models (spec workers-ai §3.7)."""

from __future__ import annotations

from groundfog.catalog import Model
from groundfog.tasks import binary
from groundfog.tasks import schema as s
from groundfog.tasks.form import Form
from groundfog.tasks.schema import Schema

_PROMPT = s.text("What the image shows", least=1)
_NEGATIVE = s.text("What the image does not show")
_SEED = s.integer("The same seed gives the same image", least=0)


def _picture(description: str) -> Schema:
    return {
        "anyOf": [binary.byte_array(), binary.byte_rows(), binary.base64_text(), binary.body_object()],
        "description": description,
    }


def _stable_diffusion(size: int) -> Form:
    return Form(
        fields={
            "prompt": _PROMPT,
            "negative_prompt": _NEGATIVE,
            "height": s.integer("Pixels", least=256, most=2048, default=size),
            "width": s.integer("Pixels", least=256, most=2048, default=size),
            "image": _picture("The image to start from"),
            "image_b64": binary.base64_text("The image to start from, as base64"),
            "mask": _picture("Where to paint: white is painted, black is kept"),
            "num_steps": s.integer("Denoising steps", least=1, most=20, default=20),
            "strength": s.number("How far to leave `image`: 1 ignores it", least=0, most=1, default=1),
            "guidance": s.number("How closely to follow the prompt", default=7.5),
            "seed": _SEED,
        },
        required=("prompt",),
        aliases={"image_b64": "image"},
    )


SDXL = _stable_diffusion(1024)
SD15 = _stable_diffusion(512)

FLUX_1 = Form(
    fields={
        "prompt": s.text("What the image shows", least=1, most=2048),
        "steps": s.integer("Denoising steps", least=1, most=8, default=4),
        "num_steps": s.integer("The same as `steps`", least=1, most=8),
    },
    required=("prompt",),
    aliases={"num_steps": "steps"},
    ignore_extras=True,
)
LUCID = Form(
    fields={
        "prompt": _PROMPT,
        "guidance": s.number("How closely to follow the prompt", least=0, most=10, default=4.5),
        "seed": _SEED,
        "height": s.integer("Pixels", least=0, most=2500, default=1120),
        "width": s.integer("Pixels", least=0, most=2500, default=1120),
        "num_steps": s.integer("Denoising steps", least=1, most=40, default=15),
        "steps": s.integer("The same as `num_steps`", least=1, most=40),
    },
    required=("prompt",),
    aliases={"steps": "num_steps"},
)
PHOENIX = Form(
    fields={
        "prompt": _PROMPT,
        "guidance": s.number("How closely to follow the prompt", least=2, most=10, default=2),
        "seed": _SEED,
        "height": s.integer("Pixels", least=0, most=2048, default=1024),
        "width": s.integer("Pixels", least=0, most=2048, default=1024),
        "num_steps": s.integer("Denoising steps", least=1, most=50, default=25),
        "negative_prompt": _NEGATIVE,
    },
    required=("prompt",),
)

REFERENCES = tuple(f"input_image_{index}" for index in range(4))


def _flux_2(steps: Schema) -> Form:
    reference: Schema = {"type": "string", "format": "binary", "description": "A reference image below 512x512 pixels"}
    return Form(
        fields={
            "prompt": s.text("What the image shows; may be a scene described in JSON", least=1),
            **dict.fromkeys(REFERENCES, reference),
            "steps": steps,
            "guidance": s.number("How closely to follow the prompt"),
            "width": s.integer("Pixels", least=256, most=1920, default=1024),
            "height": s.integer("Pixels", least=256, most=1920, default=768),
            "seed": _SEED,
        },
        required=("prompt",),
    )


FLUX_2_DEV = _flux_2(s.integer("Denoising steps", least=1, most=50, default=50))
FLUX_2_KLEIN = _flux_2(s.integer("Denoising steps; fixed", least=4, most=4, default=4))


def of(model: Model) -> Form:
    """The form of a model by its id."""
    name = model.id.rsplit("/", 1)[-1]
    if name.startswith("flux-2"):
        return FLUX_2_KLEIN if "klein" in name else FLUX_2_DEV
    if name.startswith("flux-1"):
        return FLUX_1
    if name.startswith("lucid"):
        return LUCID
    if name.startswith("phoenix"):
        return PHOENIX
    return SDXL if "xl" in name else SD15
