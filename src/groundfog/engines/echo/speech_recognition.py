"""A transcript that says how long the recording is; its words are spread evenly over that time."""

from __future__ import annotations

from groundfog import errors
from groundfog.engines.echo import sound
from groundfog.engines.echo.model import EchoModel
from groundfog.engines.echo.seeds import Random, digest
from groundfog.tasks.speech_recognition import Inputs, Output, Segment, Word

_RAW_BYTES = {"linear16": 2, "mulaw": 1}
_WORDS_PER_SEGMENT = 8


def answer(model: EchoModel, inputs: Inputs) -> Output:
    """Raises UPSTREAM_REFUSED when there are no bytes."""
    if not inputs.audio:
        raise errors.UPSTREAM_REFUSED(what="Invalid input audio: there are no bytes")
    length = round(_seconds(inputs), 3)
    text = f"This is groundfog's echo of a recording of {length:g} seconds; nothing was recognised."
    if inputs.task == "translate":
        text += " Nothing was translated."
    if inputs.prefix:
        text = f"{inputs.prefix} {text}"
    return say(model, inputs, text)


def say(model: EchoModel, inputs: Inputs, text: str) -> Output:
    """An output with this transcript, echo's own or a scripted one."""
    length = round(_seconds(inputs), 3)
    random = Random(digest(model.id, inputs.audio))
    words = text.split() or [""]
    step = length / len(words)
    timed = [
        Word(word, round(i * step, 3), round((i + 1) * step, 3), round(0.9 + 0.1 * random.unit(), 4))
        for i, word in enumerate(words)
    ]
    parts = [timed[start : start + _WORDS_PER_SEGMENT] for start in range(0, len(timed), _WORDS_PER_SEGMENT)]
    segments = [
        Segment(
            start=part[0].start,
            end=part[-1].end,
            text=" ".join(word.word for word in part),
            avg_logprob=round(-0.1 - 0.2 * random.unit(), 4),
            words=part,
        )
        for part in parts
    ]
    return Output(
        text=text,
        duration=length,
        language=(inputs.language or "en").lower(),
        language_probability=1.0 if inputs.language else round(0.9 + 0.1 * random.unit(), 4),
        duration_after_vad=length,
        segments=segments,
        confidence=round(sum(word.confidence for word in timed) / len(timed), 4),
        summary=f"A recording of {length:g} seconds." if inputs.options.get("summarize") else None,
    )


def _seconds(inputs: Inputs) -> float:
    """By the header, or by what the caller says of raw samples."""
    width = _RAW_BYTES.get(inputs.encoding or "")
    if width is not None and inputs.sample_rate and inputs.audio[:4] != b"RIFF":
        return len(inputs.audio) / (width * inputs.sample_rate * (inputs.channels or 1))
    return sound.seconds(inputs.audio)
