"""Speech recognition (spec workers-ai §3.9): one kind of inputs and output, shown in the shape of each model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from groundfog import errors
from groundfog.catalog import Model
from groundfog.tasks import speech_forms as forms
from groundfog.tasks import speech_shapes as shapes
from groundfog.tasks.base import Body, Policy, Task
from groundfog.tasks.form import Form, content_type
from groundfog.tasks.unary import UnaryTask


class Inputs(msgspec.Struct, omit_defaults=True, kw_only=True):
    """`audio` is an encoded file, or raw samples when `encoding` says so (`sample_rate` in Hz).

    `language` None: find it out. Thresholds and `beam_size` left None are the engine's defaults. `options` are
    Deepgram's switches as the caller gave them (`punctuate`, `diarize`, …).
    """

    audio: bytes
    content_type: str | None = None
    task: Literal["transcribe", "translate"] = "transcribe"
    language: str | None = None
    vad_filter: bool = False
    initial_prompt: str | None = None
    prefix: str | None = None
    beam_size: int | None = None
    condition_on_previous_text: bool = True
    no_speech_threshold: float | None = None
    compression_ratio_threshold: float | None = None
    log_prob_threshold: float | None = None
    hallucination_silence_threshold: float | None = None
    encoding: str | None = None
    sample_rate: int | None = None
    channels: int | None = None
    options: dict[str, Any] = {}


class Word(msgspec.Struct):
    """`start` and `end` in seconds; `confidence` between 0 and 1."""

    word: str
    start: float
    end: float
    confidence: float = 1.0


class Segment(msgspec.Struct, kw_only=True):
    """`start` and `end` in seconds."""

    start: float
    end: float
    text: str
    temperature: float = 0.0
    avg_logprob: float = 0.0
    compression_ratio: float = 1.0
    no_speech_prob: float = 0.0
    words: list[Word] = []


class Output(msgspec.Struct, kw_only=True):
    """`duration` in seconds; `duration_after_vad` is what was left of it after silence was cut."""

    text: str
    duration: float
    language: str = "en"
    language_probability: float = 1.0
    duration_after_vad: float | None = None
    segments: list[Segment] = []
    confidence: float = 1.0
    summary: str | None = None

    @property
    def words(self) -> list[Word]:
        return [word for segment in self.segments for word in segment.words]


class SpeechRecognition(UnaryTask):
    name = "speech-recognition"
    cloudflare_task = "Automatic Speech Recognition"
    inputs = Inputs
    output = Output

    def form(self, model: Model) -> Form:
        return forms.of(model)

    def decode(self, model: Model, body: Body, policy: Policy) -> tuple[msgspec.Struct, bool]:
        if model.input_schema_kind == "websocket":
            raise errors.NOT_IMPLEMENTED(what=f"{model.id} is reached through a WebSocket only")
        return super().decode(model, body, policy)

    def read(self, model: Model, values: Mapping[str, Any], body: Body) -> Inputs:
        known = {name: value for name, value in values.items() if name in Inputs.__struct_fields__}
        known["content_type"] = content_type(body, "audio")
        known["options"] = {name: value for name, value in values.items() if name in forms.DEEPGRAM_OPTIONS}
        if "source_lang" in values:
            known["language"] = values["source_lang"]
        if "target_lang" in values and values["target_lang"] != values.get("source_lang", values["target_lang"]):
            known["task"] = "translate"
        return msgspec.convert(known, Inputs, builtin_types=(bytes,))

    def shown(self, model: Model, inputs: Inputs, output: Output) -> Any:
        return shapes.shown(model, output)

    def output_schema(self, model: Model) -> dict[str, Any]:
        return shapes.schema(model)


TASK: Task = SpeechRecognition()
