"""Text-to-image: every family has its own fields, defaults and answer (spec §3.7)."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from groundfog.tasks import BinaryBody, FormBody, FormPart, Policy
from groundfog.tasks.images import size_of
from groundfog.tasks.text_to_image import Inputs, Output
from tests.support.examples import png
from tests.support.native import decode, refusal, refused_text, render, render_json

SDXL = "@cf/stabilityai/stable-diffusion-xl-base-1.0"
DREAMSHAPER = "@cf/lykon/dreamshaper-8-lcm"
SCHNELL = "@cf/black-forest-labs/flux-1-schnell"
DEV = "@cf/black-forest-labs/flux-2-dev"
KLEIN = "@cf/black-forest-labs/flux-2-klein-4b"
LUCID = "@cf/leonardo/lucid-origin"
PHOENIX = "@cf/leonardo/phoenix-1.0"


@pytest.mark.parametrize(
    ("model_id", "size", "steps", "guidance", "kind"),
    [
        (SDXL, (1024, 1024), 20, 7.5, "png"),
        (DREAMSHAPER, (512, 512), 20, 7.5, "png"),
        (SCHNELL, (1024, 1024), 4, None, "jpeg"),
        (LUCID, (1120, 1120), 15, 4.5, "jpeg"),
        (PHOENIX, (1024, 1024), 25, 2, "jpeg"),
    ],
)
def test_defaults_are_the_models_own(
    model_id: str, size: tuple[int, int], steps: int, guidance: float | None, kind: str
) -> None:
    inputs = decode(model_id, {"prompt": "a harbour"})
    assert ((inputs.width, inputs.height), inputs.steps, inputs.guidance, inputs.format) == (
        size,
        steps,
        guidance,
        kind,
    )


@pytest.mark.parametrize(
    ("model_id", "data", "text"),
    [
        (SDXL, {"num_steps": 21}, "'/num_steps' must be <= 20"),
        (SDXL, {"width": 255}, "'/width' must be >= 256"),
        (SDXL, {"height": 2049}, "'/height' must be <= 2048"),
        (SDXL, {"strength": 1.5}, "'/strength' must be <= 1"),
        (SDXL, {"steps": 4}, "Additional or unevaluated properties '/steps' at '/' not allowed"),
        (SCHNELL, {"steps": 9}, "'/steps' must be <= 8"),
        (SCHNELL, {"prompt": "x" * 2049}, "Length of '/prompt' must be <= 2048"),
        (LUCID, {"guidance": 11}, "'/guidance' must be <= 10"),
        (LUCID, {"width": 2501}, "'/width' must be <= 2500"),
        (PHOENIX, {"guidance": 1}, "'/guidance' must be >= 2"),
        (PHOENIX, {"num_steps": 51}, "'/num_steps' must be <= 50"),
        (DEV, {}, "required properties at '/' are 'multipart'"),
    ],
)
def test_ranges_are_the_models_own(model_id: str, data: dict[str, Any], text: str) -> None:
    assert refused_text(model_id, {"prompt": "a", **data}) == text


def test_flux_1_takes_both_names_of_steps_and_ignores_what_it_lacks() -> None:
    assert decode(SCHNELL, {"prompt": "a", "num_steps": 6}).steps == 6
    assert decode(SCHNELL, {"prompt": "a", "steps": 6, "num_steps": 6}).steps == 6
    both = {"prompt": "a", "steps": 2, "num_steps": 6}
    assert refused_text(SCHNELL, both) == "steps and num_steps are mutually exclusive"
    assert decode(SCHNELL, {"prompt": "a", "width": 256, "height": 256, "seed": 1}).width == 1024
    assert refused_text(SCHNELL, {"prompt": "a", "width": 1, "height": 1}, Policy(unknown_fields="strict")) == (
        "Additional or unevaluated properties '/width, /height' at '/' not allowed"
    )


def test_lucid_takes_both_names_of_steps_and_zero_for_its_own_size() -> None:
    inputs = decode(LUCID, {"prompt": "a", "steps": 7, "width": 0})
    assert (inputs.steps, inputs.width) == (7, 1120)


def test_the_image_to_start_from_may_be_bytes_or_base64() -> None:
    encoded = base64.b64encode(png()).decode()
    found = [
        decode(SDXL, {"prompt": "a", **image}).image
        for image in ({"image": list(png())}, {"image": [list(png())]}, {"image": encoded}, {"image_b64": encoded})
    ]
    assert found == [png()] * 4
    assert decode(SDXL, {"prompt": "a"}).image is None


def form(**fields: bytes) -> FormBody:
    return FormBody([FormPart(name, content) for name, content in fields.items()])


def test_flux_2_reads_a_form() -> None:
    inputs = decode(DEV, form(prompt=b"a", steps=b"25", width=b"512", input_image_0=png(), input_image_1=png(8, 8)))
    assert (inputs.prompt, inputs.steps, inputs.width, inputs.height) == ("a", 25, 512, 768)
    assert inputs.references == [png(), png(8, 8)]
    assert decode(KLEIN, form(prompt=b"a")).steps == 4
    assert refused_text(KLEIN, form(prompt=b"a", steps=b"8")) == "'/steps' must be <= 4"
    assert refused_text(DEV, form(prompt=b"a", width=b"2000")) == "'/width' must be <= 1920"


def test_flux_2_reads_a_form_out_of_raw_bytes_or_json() -> None:
    raw = b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na\r\n--b--\r\n'
    assert decode(DEV, BinaryBody(raw, "multipart/form-data")).prompt == "a"
    wrapped = {"multipart": {"body": base64.b64encode(raw).decode(), "contentType": "multipart/form-data; boundary=b"}}
    assert decode(DEV, wrapped).prompt == "a"
    assert refused_text(DEV, {"multipart": {"body": "AAAA"}}) == (
        "required properties at '/multipart' are 'body,contentType'"
    )


def test_reference_images_are_small_and_readable() -> None:
    assert refused_text(DEV, form(prompt=b"a", input_image_0=png(512, 8))) == (
        "'/input_image_0' must be smaller than 512x512 pixels, got 512x8"
    )
    error = refusal(DEV, form(prompt=b"a", input_image_0=b"no image"))
    assert (error.code, error.description) == (3030, "Invalid input image[0]: unable to decode image file")


@pytest.mark.parametrize("model_id", [SCHNELL, LUCID, DEV])
def test_some_models_answer_base64_in_json(model_id: str) -> None:
    assert render_json(model_id, Inputs(prompt="a"), Output(b"\xff\xd8\xff")) == {"image": "/9j/"}


@pytest.mark.parametrize(("model_id", "content_type"), [(SDXL, "image/png"), (PHOENIX, "image/jpeg")])
def test_other_models_answer_raw_bytes(model_id: str, content_type: str) -> None:
    rendered = render(model_id, Inputs(prompt="a"), Output(b"bytes"))
    assert (rendered.content, rendered.content_type, rendered.is_json) == (b"bytes", content_type, False)


def test_sizes_are_read_from_the_first_bytes() -> None:
    lossy = (
        b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a" + (640).to_bytes(2, "little") + (480).to_bytes(2, "little")
    )
    lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + ((639) | (479 << 14)).to_bytes(4, "little")
    extended = b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")
    jpeg = b"\xff\xd8\xff\xe0\x00\x04\0\0\xff\xc0\x00\x11\x08" + (480).to_bytes(2, "big") + (640).to_bytes(2, "big")
    gif = b"GIF89a" + (640).to_bytes(2, "little") + (480).to_bytes(2, "little")
    assert [size_of(content) for content in (png(640, 480), lossy, lossless, extended, jpeg, gif)] == [(640, 480)] * 6
    assert [size_of(content) for content in (b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"BM")] == [None] * 4
