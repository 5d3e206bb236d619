"""The answer shapes of speech recognition (spec workers-ai §3.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundfog.catalog import Model
from groundfog.tasks import schema as s
from groundfog.tasks.schema import Schema

if TYPE_CHECKING:
    from groundfog.tasks.speech_recognition import Output, Segment, Word

_SECONDS = s.number("Seconds from the start")


def shown(model: Model, output: Output) -> dict[str, Any]:
    """The output as the model answers it."""
    name = model.id.rsplit("/", 1)[-1]
    if model.output_kind == "deepgram-results-json":
        return _nova(output)
    if name.startswith("nemotron"):
        return {"text": output.text, "duration": output.duration}
    return _turbo(output) if "turbo" in name else _whisper(output)


def web_vtt(segments: list[Segment]) -> str:
    """Subtitles in WebVTT, one cue per segment."""
    cues = [f"{_clock(part.start)} --> {_clock(part.end)}\n{part.text.strip()}\n" for part in segments]
    return "\n".join(["WEBVTT\n", *cues])


def _clock(seconds: float) -> str:
    """`MM:SS.mmm`, with hours before it when there are any."""
    milliseconds = max(0, round(seconds * 1000))
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    clock = f"{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
    return f"{hours:02d}:{clock}" if hours else clock


def _times(word: Word) -> dict[str, Any]:
    return {"word": word.word, "start": word.start, "end": word.end}


def _word_count(output: Output) -> int:
    return len(output.words) or len(output.text.split())


def _whisper(output: Output) -> dict[str, Any]:
    return {
        "text": output.text,
        "word_count": _word_count(output),
        "words": [_times(word) for word in output.words],
        "vtt": web_vtt(output.segments),
    }


def _turbo(output: Output) -> dict[str, Any]:
    after = output.duration if output.duration_after_vad is None else output.duration_after_vad
    return {
        "transcription_info": {
            "language": output.language,
            "language_probability": output.language_probability,
            "duration": output.duration,
            "duration_after_vad": after,
        },
        "text": output.text,
        "word_count": _word_count(output),
        "segments": [
            {
                "start": part.start,
                "end": part.end,
                "text": part.text,
                "temperature": part.temperature,
                "avg_logprob": part.avg_logprob,
                "compression_ratio": part.compression_ratio,
                "no_speech_prob": part.no_speech_prob,
                "words": [_times(word) for word in part.words],
            }
            for part in output.segments
        ],
        "vtt": web_vtt(output.segments),
    }


def _nova(output: Output) -> dict[str, Any]:
    words = [{**_times(word), "confidence": word.confidence} for word in output.words]
    alternative = {"transcript": output.text, "confidence": output.confidence, "words": words}
    results: dict[str, Any] = {"channels": [{"alternatives": [alternative]}]}
    if output.summary is not None:
        results["summary"] = {"result": "success", "short": output.summary}
    return {"results": results}


_TIMES = {"word": s.text(), "start": _SECONDS, "end": _SECONDS}
_WORDS = s.array(s.thing(_TIMES, tuple(_TIMES)), "Words with their times")
_COUNT = s.integer("Number of words", least=0)
_VTT = s.text("Subtitles in WebVTT")


def schema(model: Model) -> Schema:
    """JSON Schema of what `shown` answers."""
    name = model.id.rsplit("/", 1)[-1]
    if model.input_schema_kind == "websocket":
        return _turn_schema()
    if model.output_kind == "deepgram-results-json":
        return _nova_schema()
    if name.startswith("nemotron"):
        fields = {"text": s.text("What was said"), "duration": s.number("Seconds of audio")}
        return s.json_output(s.thing(fields, tuple(fields)))
    if "turbo" in name:
        return _turbo_schema()
    fields = {"text": s.text("What was said"), "word_count": _COUNT, "words": _WORDS, "vtt": _VTT}
    return s.json_output(s.thing(fields, ("text",)))


def _turbo_schema() -> Schema:
    info = {
        "language": s.text("Language that was heard"),
        "language_probability": s.number(least=0, most=1),
        "duration": s.number("Seconds of audio"),
        "duration_after_vad": s.number("Seconds left after silence was cut"),
    }
    segment = {
        "start": _SECONDS,
        "end": _SECONDS,
        "text": s.text(),
        "temperature": s.number("Temperature the segment was decoded with"),
        "avg_logprob": s.number("Mean log probability of its tokens"),
        "compression_ratio": s.number("How much its text repeats itself"),
        "no_speech_prob": s.number("Probability of silence", least=0, most=1),
        "words": _WORDS,
    }
    fields = {
        "transcription_info": s.thing(info),
        "text": s.text("What was said"),
        "word_count": _COUNT,
        "segments": s.array(s.thing(segment, ("start", "end", "text"))),
        "vtt": _VTT,
    }
    return s.json_output(s.thing(fields, ("text",)))


def _nova_schema() -> Schema:
    confidence = s.number(least=0, most=1)
    word = s.thing({**_TIMES, "confidence": confidence}, tuple(_TIMES))
    fields = {"transcript": s.text("What was said"), "confidence": confidence, "words": s.array(word)}
    channel = s.thing({"alternatives": s.array(s.thing(fields, ("transcript",)))}, ("alternatives",))
    summary = s.thing({"result": s.text(), "short": s.text()})
    results = s.thing(
        {"channels": s.array(channel), "summary": summary, "sentiments": {"type": "object"}}, ("channels",)
    )
    return s.json_output(s.thing({"results": results}, ("results",)))


def _turn_schema() -> Schema:
    events = ("Update", "StartOfTurn", "EagerEndOfTurn", "TurnResumed", "EndOfTurn")
    word = s.thing({"word": s.text(), "confidence": s.number(least=0, most=1)}, ("word",))
    fields = {
        "request_id": s.text(),
        "sequence_id": s.integer(least=0),
        "event": s.text(choices=events),
        "turn_index": s.integer(least=0),
        "audio_window_start": _SECONDS,
        "audio_window_end": _SECONDS,
        "transcript": s.text(),
        "words": s.array(word),
        "end_of_turn_confidence": s.number(least=0, most=1),
    }
    return s.json_output(s.thing(fields, ("event", "turn_index"), "One message of the WebSocket"))
