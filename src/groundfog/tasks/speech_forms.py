"""The inputs of each speech recognition model (spec workers-ai §3.9, §3.13)."""

from __future__ import annotations

from groundfog.catalog import Model
from groundfog.tasks import binary
from groundfog.tasks import schema as s
from groundfog.tasks.form import Form
from groundfog.tasks.schema import Schema

WHISPER = Form(
    fields={
        "audio": binary.byte_array("An audio file as byte values"),
        "source_lang": s.text("Language of the speech"),
        "target_lang": s.text("Language of the text; only English can be translated into", choices=("en", "english")),
    },
    required=("audio",),
    binary="audio",
)
WHISPER_TURBO = Form(
    fields={
        "audio": s.one_of(binary.base64_text(), binary.body_object(), description="An audio file"),
        "task": s.text(
            "Write down what is said, or translate it into English",
            choices=("transcribe", "translate"),
            default="transcribe",
        ),
        "language": s.text("Language of the speech; without it, it is found out", least=2),
        "vad_filter": s.boolean("Cut silence before the model listens", default=False),
        "initial_prompt": s.text("Text that shows the model which words to expect"),
        "prefix": s.text("Text that the answer begins with"),
        "beam_size": s.integer("Candidates kept while decoding", least=1, default=5),
        "condition_on_previous_text": s.boolean("Let each segment see the text before it", default=True),
        "no_speech_threshold": s.number("Above this probability a segment is silence", default=0.6),
        "compression_ratio_threshold": s.number("Above this ratio a segment repeats itself", default=2.4),
        "log_prob_threshold": s.number("Below this mean log probability a segment failed", default=-1.0),
        "hallucination_silence_threshold": s.number("Seconds of silence around what is taken for invented text"),
    },
    required=("audio",),
    binary="audio",
)
NEMOTRON = Form(
    fields={
        "audio": s.one_of(binary.base64_text(), binary.body_object(), description="An audio file or raw samples"),
        "encoding": s.text("What `audio` holds", choices=("wav", "flac", "ogg", "linear16")),
        "sample_rate": s.integer("Samples per second of linear16", least=8000, most=96000),
        "channels": s.integer("Channels of linear16", least=1, most=16),
    },
    required=("audio",),
    binary="audio",
)


def _words(description: str) -> Schema:
    return s.one_of(s.text(), s.array(s.text()), description=description)


DEEPGRAM_OPTIONS: dict[str, Schema] = {
    "custom_topic_mode": s.text("`strict` answers only the given topics", choices=("extended", "strict")),
    "custom_topic": _words("Topics to look for"),
    "custom_intent_mode": s.text("`strict` answers only the given intents", choices=("extended", "strict")),
    "custom_intent": _words("Intents to look for"),
    "detect_entities": s.boolean("Mark names, dates and the like"),
    "detect_language": s.boolean("Find out the language"),
    "diarize": s.boolean("Tell speakers apart"),
    "dictation": s.boolean("Write spoken punctuation as signs"),
    "extra": _words("Key and value that come back with the answer"),
    "filler_words": s.boolean("Keep `uh` and `um`"),
    "keyterm": _words("Terms to expect"),
    "keywords": _words("Words to favour"),
    "measurements": s.boolean("Write units short"),
    "mip_opt_out": s.boolean("Keep the data out of model improvement"),
    "mode": s.text("Kind of speech", choices=("general", "medical", "finance")),
    "multichannel": s.boolean("Hear each channel on its own"),
    "numerals": s.boolean("Write numbers as digits"),
    "paragraphs": s.boolean("Break the text into paragraphs"),
    "profanity_filter": s.boolean("Leave out swear words"),
    "punctuate": s.boolean("Set punctuation and capitals"),
    "redact": _words("What to black out: `pci`, `pii`, `numbers`, …"),
    "replace": _words("Words to replace, as `from:to`"),
    "search": _words("Words to find by sound"),
    "sentiment": s.boolean("Rate the mood"),
    "smart_format": s.boolean("Format dates, money and the like"),
    "topics": s.boolean("Find topics"),
    "utterances": s.boolean("Break the text at pauses"),
    "utt_split": s.number("Seconds of a pause that ends an utterance"),
    "interim_results": s.boolean("WebSocket: send results before they are final"),
    "endpointing": s.text("WebSocket: milliseconds of silence that end speech, or `false`"),
    "vad_events": s.boolean("WebSocket: say when speech starts"),
    "utterance_end_ms": s.one_of(s.integer(), s.boolean(), description="WebSocket: silence that ends an utterance"),
}
"""Switches of nova-3 that change how its answer is written; they reach the engine as they are."""

_ENCODINGS = ("linear16", "flac", "mulaw", "amr-nb", "amr-wb", "opus", "speex", "g729")

NOVA = Form(
    fields={
        "audio": binary.body_object("An audio file, or raw samples of `encoding`"),
        "encoding": s.text("Encoding of raw samples", choices=_ENCODINGS),
        "sample_rate": s.integer("Samples per second of raw samples", least=1),
        "channels": s.integer("Channels of raw samples", least=1),
        "language": s.text("Language of the speech (BCP 47), or `multi`; without it en-US", least=2),
        **DEEPGRAM_OPTIONS,
    },
    required=("audio",),
    binary="audio",
    # The wrapper's own spelling of the model, sent by clients of Deepgram's API.
    tolerated=frozenset({"model", "version", "tag", "callback_method"}),
)
FLUX = Form(
    fields={
        "encoding": s.text("Encoding of the samples", choices=("linear16",)),
        "sample_rate": s.text("Samples per second", pattern="^[0-9]+$"),
        "eager_eot_threshold": s.text("Confidence (0.3 to 0.9) at which an early end of turn is reported"),
        "eot_threshold": s.text("Confidence (0.5 to 0.9) at which a turn has ended", default="0.7"),
        "eot_timeout_ms": s.text("Silence in milliseconds that ends a turn in any case", default="5000"),
        "keyterm": _words("Terms to expect"),
        "mip_opt_out": s.text("`true` keeps the data out of model improvement"),
        "tag": s.text("A label for the session"),
    },
    required=("encoding", "sample_rate"),
)


def of(model: Model) -> Form:
    """The form of a model by its id."""
    name = model.id.rsplit("/", 1)[-1]
    if model.input_schema_kind == "websocket":
        return FLUX
    if name.startswith("nova"):
        return NOVA
    if name.startswith("nemotron"):
        return NEMOTRON
    return WHISPER_TURBO if "turbo" in name else WHISPER
