"""A voice of tones: one per word, its pitch by the word and the speaker, as long as it would take to say."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from groundfog.engines.echo.seeds import stable_hash

SECONDS_PER_LETTER = 0.06
PAUSE = 0.08
_LOUDNESS = 0.3

Samples = npt.NDArray[np.float32]


def speak(text: str, speaker: str, rate: int, speed: float = 1.0) -> Samples:
    """Samples between -1 and 1 at `rate` per second; a short pause follows each word."""
    base = 90 + stable_hash(speaker) % 120
    parts = [np.zeros(int(PAUSE * rate / speed), np.float32)]
    for word in text.split():
        length = int(SECONDS_PER_LETTER * len(word) * rate / speed)
        parts += [_tone(base * (1 + stable_hash(word.lower()) % 12 / 12), length, rate), parts[0]]
    return np.concatenate(parts)


def duration(text: str) -> float:
    """Seconds that `speak` takes, give or take a sample for each word."""
    words = text.split()
    return PAUSE * (1 + len(words)) + SECONDS_PER_LETTER * sum(map(len, words))


def _tone(pitch: float, length: int, rate: int) -> Samples:
    angle = np.arange(length, dtype=np.float32) * np.float32(2 * np.pi * pitch / rate)
    wave = np.sin(angle) + 0.5 * np.sin(2 * angle) + 0.25 * np.sin(3 * angle)
    edge = np.minimum(np.arange(length, dtype=np.float32) / (0.01 * rate), 1)
    tone: Samples = (wave * edge * edge[::-1] * np.float32(_LOUDNESS / 1.75)).astype(np.float32)
    return tone
