"""Text-to-speech (spec workers-ai §3.10): Aura answers raw audio, MeloTTS base64 in JSON."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from groundfog.catalog import Model
from groundfog.tasks import schema as s
from groundfog.tasks.base import Body, Rendered, Task
from groundfog.tasks.form import Form
from groundfog.tasks.unary import UnaryTask

AURA_1 = "angus asteria arcas orion orpheus athena luna zeus perseus helios hera stella"
AURA_2_EN = (
    "amalthea andromeda apollo arcas aries asteria athena atlas aurora callista cora cordelia delia draco electra "
    "harmonia helena hera hermes hyperion iris janus juno jupiter luna mars minerva neptune odysseus ophelia orion "
    "orpheus pandora phoebe pluto saturn thalia theia vesta zeus"
)
AURA_2_ES = "sirio nestor carina celeste alvaro diana aquila selena estrella javier"

Encoding = Literal["linear16", "flac", "mulaw", "alaw", "mp3", "opus", "aac"]
Container = Literal["none", "wav", "ogg"]


class Inputs(msgspec.Struct, omit_defaults=True, kw_only=True):
    """`speaker` is a voice of the model, `language` a code; `sample_rate` in Hz and `bit_rate` in bits per second."""

    text: str
    language: str = "en"
    speaker: str | None = None
    encoding: Encoding = "mp3"
    container: Container | None = None
    """None: the usual one of the encoding (WAV for linear16, mulaw and alaw, Ogg for opus)."""
    sample_rate: int | None = None
    bit_rate: int | None = None
    speed: float | None = None


class Output(msgspec.Struct, kw_only=True):
    """`seconds` of sound, for metering."""

    audio: bytes
    content_type: str = "audio/mpeg"
    seconds: float = 0.0


def audio_type(inputs: Inputs) -> str:
    """The content type of audio in the encoding and container that were asked for."""
    if inputs.container == "ogg" or (inputs.encoding == "opus" and inputs.container is None):
        return "audio/ogg"
    if inputs.encoding in ("linear16", "mulaw", "alaw"):
        raw = {"linear16": "audio/l16", "mulaw": "audio/mulaw", "alaw": "audio/alaw"}
        return raw[inputs.encoding] if inputs.container == "none" else "audio/wav"
    return {"mp3": "audio/mpeg", "flac": "audio/flac", "aac": "audio/aac", "opus": "audio/opus"}[inputs.encoding]


def _aura(speakers: str, default: str) -> Form:
    names = tuple(speakers.split())
    return Form(
        fields={
            "text": s.text("What to say", least=1),
            "speaker": s.text("The voice", choices=names, default=default),
            "voice": s.text("The same as `speaker`, as other APIs call it", choices=names),
            "encoding": s.text(
                "How the sound is encoded; without it MP3",
                choices=("linear16", "flac", "mulaw", "alaw", "mp3", "opus", "aac"),
            ),
            "container": s.text("The file format around the encoding", choices=("none", "wav", "ogg")),
            "sample_rate": s.integer("Samples per second", least=8000, most=48000),
            "bit_rate": s.integer("Bits per second of a compressed encoding", least=4000, most=650000),
            "speed": s.number("1 is the usual speed", least=0.25, most=4),
        },
        required=("text",),
        aliases={"voice": "speaker"},
    )


FORMS = {
    "aura-1": _aura(AURA_1, "angus"),
    "aura-2-en": _aura(AURA_2_EN, "luna"),
    "aura-2-es": _aura(AURA_2_ES, "aquila"),
}
MELO = Form(
    fields={
        "prompt": s.text("What to say", least=1),
        "lang": s.text("Language of the text: en, es, fr, zh, jp or kr", least=2, default="en"),
        "speed": s.number("1 is the usual speed", least=0.25, most=4),
    },
    required=("prompt",),
    tolerated=frozenset({"voice"}),
)


class TextToSpeech(UnaryTask):
    name = "text-to-speech"
    cloudflare_task = "Text-to-Speech"
    inputs = Inputs
    output = Output

    def form(self, model: Model) -> Form:
        return FORMS.get(model.id.rsplit("/", 1)[-1], MELO)

    def read(self, model: Model, values: Mapping[str, Any], body: Body) -> Inputs:
        if "prompt" in values:
            return Inputs(text=values["prompt"], language=values["lang"].lower(), speed=values.get("speed"))
        language = "es" if model.id.endswith("-es") else "en"
        return msgspec.convert({**values, "language": language}, Inputs)

    def shown(self, model: Model, inputs: Inputs, output: Output) -> Any:
        if _is_json(model):
            return {"audio": base64.b64encode(output.audio).decode()}
        return Rendered(output.audio, output.content_type)

    def output_schema(self, model: Model) -> dict[str, Any]:
        if _is_json(model):
            return s.json_output(s.thing({"audio": s.text("MP3, base64")}, ("audio",)))
        return s.binary_output("audio/mpeg", "The sound, in the encoding that was asked for")


TASK: Task = TextToSpeech()


def _is_json(model: Model) -> bool:
    return model.output_kind == "audio-base64-json"
