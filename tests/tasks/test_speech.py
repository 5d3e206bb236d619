"""Speech: what each recogniser takes and answers, and the voices of the synthesisers (spec §3.9, §3.10, §3.12)."""

from __future__ import annotations

import base64
from typing import Any

import jsonschema
import pytest

from groundfog import catalog, tasks
from groundfog.tasks import BinaryBody, voice_activity_detection
from groundfog.tasks import text_to_speech as tts
from groundfog.tasks.speech_recognition import Inputs, Output, Segment, Word
from groundfog.tasks.speech_shapes import web_vtt
from tests.support.native import decode, refusal, refused_text, render, render_json

WHISPER = "@cf/openai/whisper"
TURBO = "@cf/openai/whisper-large-v3-turbo"
NOVA = "@cf/deepgram/nova-3"
NEMOTRON = "@cf/nvidia/nemotron-speech-streaming-en-0.6b"
AURA = "@cf/deepgram/aura-2-en"
MELO = "@cf/myshell-ai/melotts"
TURN = "@cf/pipecat-ai/smart-turn-v2"

ENCODED = base64.b64encode(b"RIFF").decode()
HEARD = Output(
    text="Hello there.",
    duration=2.5,
    language="en",
    language_probability=0.9,
    duration_after_vad=2.0,
    confidence=0.8,
    segments=[
        Segment(start=0.0, end=1.25, text=" Hello", words=[Word("Hello", 0.0, 1.25, 0.7)]),
        Segment(start=1.25, end=2.5, text=" there.", words=[Word("there.", 1.25, 2.5, 0.9)]),
    ],
)


def test_whisper_takes_bytes_but_no_base64() -> None:
    assert decode(WHISPER, {"audio": [82, 73]}).audio == b"RI"
    assert decode(WHISPER, BinaryBody(b"RIFF", "audio/wav")) == Inputs(audio=b"RIFF", content_type="audio/wav")
    assert refused_text(WHISPER, {"audio": ENCODED}) == "Type mismatch of '/audio', 'string' not in 'array','binary'"


def test_whisper_translates_into_english_only() -> None:
    asked = decode(WHISPER, {"audio": [1], "source_lang": "de", "target_lang": "en"})
    assert (asked.task, asked.language) == ("translate", "de")
    assert decode(WHISPER, {"audio": [1], "source_lang": "en", "target_lang": "en"}).task == "transcribe"
    assert refused_text(WHISPER, {"audio": [1], "target_lang": "fr"}) == "enum fr not in en,english at '/target_lang'"


def test_turbo_takes_base64_or_an_object_and_finds_out_the_language() -> None:
    inputs = decode(TURBO, {"audio": ENCODED})
    assert (inputs.audio, inputs.language, inputs.beam_size, inputs.no_speech_threshold) == (b"RIFF", None, 5, 0.6)
    wrapped = decode(TURBO, {"audio": {"body": ENCODED, "contentType": "audio/wav"}, "language": "de"})
    assert (wrapped.audio, wrapped.content_type, wrapped.language) == (b"RIFF", "audio/wav", "de")
    assert refused_text(TURBO, {"audio": [1, 2]}) == "Type mismatch of '/audio', 'array' not in 'string','object'"
    assert refused_text(TURBO, {"audio": ENCODED, "task": "sing"}) == "enum sing not in transcribe,translate at '/task'"
    assert refusal(TURBO, {"audio": "no base64!"}).code == 5004


def test_nova_keeps_its_switches_for_the_engine() -> None:
    inputs = decode(NOVA, {"audio": {"body": ENCODED, "contentType": "audio/wav"}, "punctuate": True, "language": "es"})
    assert (inputs.audio, inputs.language, inputs.options) == (b"RIFF", "es", {"punctuate": True})
    assert refused_text(NOVA, {"audio": {"body": ENCODED}}) == "required properties at '/audio' are 'body,contentType'"


def test_nemotron_takes_raw_samples() -> None:
    inputs = decode(NEMOTRON, {"audio": ENCODED, "encoding": "linear16", "sample_rate": 16000, "channels": 1})
    assert (inputs.encoding, inputs.sample_rate, inputs.channels) == ("linear16", 16000, 1)


def test_a_websocket_model_says_that_it_is_one() -> None:
    error = refusal("@cf/deepgram/flux", {"encoding": "linear16", "sample_rate": "16000"})
    assert (error.status, "WebSocket" in error.description) == (501, True)


@pytest.mark.parametrize("model_id", [WHISPER, TURBO, NOVA, NEMOTRON])
def test_every_answer_meets_the_models_schema(model_id: str) -> None:
    model = catalog.default().find(model_id)
    answer = render_json(model_id, Inputs(audio=b""), HEARD)
    jsonschema.validate(answer, tasks.for_model(model).output_schema(model))


def test_the_four_answer_shapes() -> None:
    whisper, turbo, nova, nemotron = (
        render_json(name, Inputs(audio=b""), HEARD) for name in (WHISPER, TURBO, NOVA, NEMOTRON)
    )
    words = [{"word": "Hello", "start": 0.0, "end": 1.25}, {"word": "there.", "start": 1.25, "end": 2.5}]
    vtt = "WEBVTT\n\n00:00.000 --> 00:01.250\nHello\n\n00:01.250 --> 00:02.500\nthere.\n"
    assert whisper == {"text": "Hello there.", "word_count": 2, "words": words, "vtt": vtt}
    assert turbo["transcription_info"] == {
        "language": "en",
        "language_probability": 0.9,
        "duration": 2.5,
        "duration_after_vad": 2.0,
    }
    assert [segment["words"] for segment in turbo["segments"]] == [words[:1], words[1:]]
    (alternative,) = nova["results"]["channels"][0]["alternatives"]
    assert alternative["transcript"] == "Hello there."
    assert alternative["words"][1] == {**words[1], "confidence": 0.9}
    assert nemotron == {"text": "Hello there.", "duration": 2.5}


def test_subtitles_count_hours() -> None:
    assert "01:02:03.004 --> 01:02:04.000" in web_vtt([Segment(start=3723.004, end=3724.0, text="a")])


def test_words_are_counted_without_word_times() -> None:
    assert render_json(WHISPER, Inputs(audio=b""), Output(text="one two three", duration=1.0))["word_count"] == 3


@pytest.mark.parametrize(
    ("model_id", "default", "count"),
    [("@cf/deepgram/aura-1", "angus", 12), (AURA, "luna", 40), ("@cf/deepgram/aura-2-es", "aquila", 10)],
)
def test_each_aura_has_its_speakers(model_id: str, default: str, count: int) -> None:
    inputs = decode(model_id, {"text": "hi"})
    assert (inputs.speaker, inputs.encoding) == (default, "mp3")
    speakers = tts.FORMS[model_id.rsplit("/", 1)[-1]].fields["speaker"]["enum"]
    assert len(set(speakers)) == count
    assert refused_text(model_id, {"text": "hi", "speaker": "nobody"}).startswith(f"enum nobody not in {speakers[0]},")


def test_a_voice_is_a_speaker() -> None:
    assert decode(AURA, {"text": "hi", "voice": "zeus", "speed": 1.5}).speaker == "zeus"
    both = {"text": "hi", "voice": "zeus", "speaker": "hera"}
    assert refused_text(AURA, both) == "speaker and voice are mutually exclusive"
    assert decode("@cf/deepgram/aura-2-es", {"text": "hola"}).language == "es"
    assert decode(MELO, {"prompt": "salut", "lang": "FR", "voice": "any"}).language == "fr"


@pytest.mark.parametrize(
    ("options", "content_type"),
    [
        ({}, "audio/mpeg"),
        ({"encoding": "linear16"}, "audio/wav"),
        ({"encoding": "linear16", "container": "none"}, "audio/l16"),
        ({"encoding": "mulaw"}, "audio/wav"),
        ({"encoding": "opus"}, "audio/ogg"),
        ({"encoding": "flac"}, "audio/flac"),
        ({"encoding": "aac"}, "audio/aac"),
    ],
)
def test_an_encoding_has_its_content_type(options: dict[str, Any], content_type: str) -> None:
    assert tts.audio_type(decode(AURA, {"text": "hi", **options})) == content_type


def test_aura_answers_bytes_and_melotts_base64() -> None:
    spoken = render(AURA, decode(AURA, {"text": "hi"}), tts.Output(audio=b"ID3", content_type="audio/wav"))
    assert (spoken.content, spoken.content_type) == (b"ID3", "audio/wav")
    assert render_json(MELO, decode(MELO, {"prompt": "hi"}), tts.Output(audio=b"RIFF")) == {"audio": ENCODED}


def test_a_turn_is_complete_or_not() -> None:
    inputs = decode(TURN, {"audio": {"body": ENCODED, "contentType": "audio/wav"}, "dtype": "uint8"})
    assert (inputs.audio, inputs.content_type, inputs.dtype) == (b"RIFF", "audio/wav", "uint8")
    answer = render_json(TURN, inputs, voice_activity_detection.Output(is_complete=True, probability=0.75))
    assert answer == {"is_complete": True, "probability": 0.75}
    assert refused_text(TURN, {"audio": ENCODED, "dtype": "int8"}) == (
        "enum int8 not in uint8,float32,float64 at '/dtype'"
    )
