"""Voice activity detection (spec workers-ai §3.12): whether a speaker has finished their turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from groundfog.catalog import Model
from groundfog.tasks import binary
from groundfog.tasks import schema as s
from groundfog.tasks.base import Body, Task
from groundfog.tasks.form import Form, content_type
from groundfog.tasks.unary import UnaryTask


class Inputs(msgspec.Struct, omit_defaults=True, kw_only=True):
    """`audio` is an encoded file, or raw samples of `dtype` (16 kHz, mono) when that is given."""

    audio: bytes
    content_type: str | None = None
    dtype: Literal["uint8", "float32", "float64"] | None = None


class Output(msgspec.Struct, kw_only=True):
    """`probability` that the turn is over, between 0 and 1; `seconds` of audio that were heard."""

    is_complete: bool
    probability: float
    seconds: float = 0.0


FORM = Form(
    fields={
        "audio": s.one_of(binary.base64_text(), binary.body_object(), description="The speech up to now"),
        "dtype": s.text("Type of raw samples; without it the audio is a file", choices=("uint8", "float32", "float64")),
    },
    required=("audio",),
    binary="audio",
)


class VoiceActivityDetection(UnaryTask):
    name = "voice-activity-detection"
    cloudflare_task = "Voice Activity Detection"
    inputs = Inputs
    output = Output

    def form(self, model: Model) -> Form:
        return FORM

    def read(self, model: Model, values: Mapping[str, Any], body: Body) -> Inputs:
        return Inputs(audio=values["audio"], dtype=values.get("dtype"), content_type=content_type(body, "audio"))

    def shown(self, model: Model, inputs: Inputs, output: Output) -> Any:
        return {"is_complete": output.is_complete, "probability": output.probability}

    def output_schema(self, model: Model) -> dict[str, Any]:
        fields = {
            "is_complete": s.boolean("Whether the speaker has finished"),
            "probability": s.number("Probability of that", least=0, most=1),
        }
        return s.json_output(s.thing(fields, tuple(fields)))


TASK: Task = VoiceActivityDetection()
