"""Speech as tones, in the encoding and container that were asked for; see `audio_files` for the silent ones."""

from __future__ import annotations

from groundfog import errors
from groundfog.engines.echo import audio_files, voice
from groundfog.engines.echo.model import EchoModel
from groundfog.tasks.text_to_speech import Inputs, Output, audio_type

_CONTAINERS = {"linear16": ("none", "wav"), "mulaw": ("none", "wav"), "alaw": ("none", "wav"), "opus": ("ogg",)}
_RATES = {"linear16": 24_000, "flac": 24_000, "mulaw": 8_000, "alaw": 8_000}


def answer(model: EchoModel, inputs: Inputs) -> Output:
    """Raises BAD_INPUT for an encoding that does not go into the container."""
    allowed = _CONTAINERS.get(inputs.encoding, ("none",))
    if inputs.container is not None and inputs.container not in allowed:
        raise errors.BAD_INPUT(what=f"enum {inputs.container} not in {','.join(allowed)} at '/container'")
    speed = inputs.speed or 1.0
    if inputs.encoding in _RATES:
        rate = inputs.sample_rate or _RATES[inputs.encoding]
        samples = voice.speak(inputs.text, f"{inputs.language} {inputs.speaker}", rate, speed)
        return Output(audio=_sound(inputs, samples, rate), content_type=audio_type(inputs), seconds=len(samples) / rate)
    seconds = voice.duration(inputs.text) / speed
    silence = {
        "mp3": audio_files.mp3_silence,
        "aac": audio_files.aac_silence,
        "opus": audio_files.opus_silence,
    }[inputs.encoding]
    return Output(audio=silence(seconds), content_type=audio_type(inputs), seconds=seconds)


def _sound(inputs: Inputs, samples: voice.Samples, rate: int) -> bytes:
    if inputs.encoding == "flac":
        return audio_files.flac(samples, rate)
    encode = {"linear16": audio_files.linear16, "mulaw": audio_files.mulaw, "alaw": audio_files.alaw}[inputs.encoding]
    data = encode(samples)
    return data if inputs.container == "none" else audio_files.wav(data, inputs.encoding, rate)
