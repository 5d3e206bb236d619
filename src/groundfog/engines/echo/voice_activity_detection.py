"""Whether a turn is over: quiet at the end says yes, where the samples can be read; else content decides."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from groundfog.engines.echo import sound
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.seeds import digest
from groundfog.tasks.voice_activity_detection import Inputs, Output

RATE = 16_000
_TAIL = RATE // 5


def answer(model: EchoModel, inputs: Inputs) -> Output:
    """`probability` rises as the last fifth of a second gets quieter than the whole."""
    samples = _samples(inputs)
    length = len(samples) / RATE if inputs.dtype and samples is not None else sound.seconds(inputs.audio)
    whole = float(np.sqrt(np.mean(samples**2))) if samples is not None and len(samples) else 0.0
    if samples is not None and whole > 0:
        tail = float(np.sqrt(np.mean(samples[-_TAIL:] ** 2)))
        probability = 1 / (1 + (2 * tail / whole) ** 4)
    else:
        probability = digest(model.id, inputs.audio) / (1 << 64)
    probability = round(probability, 4)
    return Output(is_complete=probability > 0.5, probability=probability, seconds=round(length, 3))


def _samples(inputs: Inputs) -> npt.NDArray[np.float64] | None:
    """Samples between -1 and 1 of raw audio or a 16-bit WAV file; None for everything else."""
    audio = inputs.audio
    if inputs.dtype == "uint8":
        return (np.frombuffer(audio, np.uint8).astype(np.float64) - 128) / 128
    if inputs.dtype is not None:
        kind = np.dtype("<f4" if inputs.dtype == "float32" else "<f8")
        whole = audio[: len(audio) // kind.itemsize * kind.itemsize]
        return np.nan_to_num(np.frombuffer(whole, kind).astype(np.float64), posinf=1.0, neginf=-1.0)
    if audio[:4] == b"RIFF" and audio[20:22] == b"\x01\x00" and audio[34:36] == b"\x10\x00":
        start = audio.find(b"data") + 8
        return np.frombuffer(audio[start : start + (len(audio) - start) // 2 * 2], "<i2").astype(np.float64) / 32768
    return None
