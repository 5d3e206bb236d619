"""Decisions (Clef, spec workers-ai §3.6): typed questions about a state, answered with probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from groundfog import errors
from groundfog.catalog import Model
from groundfog.tasks import binary
from groundfog.tasks import schema as s
from groundfog.tasks.base import Body, Task
from groundfog.tasks.form import Form
from groundfog.tasks.images import size_of
from groundfog.tasks.schema import Schema
from groundfog.tasks.unary import UnaryTask

MIB = 1024 * 1024


class Question(msgspec.Struct):
    """`options` are what probabilities are given for, in this order; `notes` describe them (None: not described).

    noul: `true`, `false`; choice: the keys of the criteria; score: the levels `0`, `1`, …
    """

    type: Literal["noul", "choice", "score"]
    instructions: str
    options: list[str]
    notes: list[str | None]


class Media(msgspec.Struct):
    content: bytes
    content_type: str


class Inputs(msgspec.Struct, omit_defaults=True, kw_only=True):
    """`state` is any JSON value; `questions` by id."""

    state: Any
    questions: dict[str, Question]
    images: list[Media] = []
    audio: list[Media] = []
    videos: list[Media] = []


class Output(msgspec.Struct, kw_only=True):
    """`probabilities` per question id, one number per option, summing to 1."""

    probabilities: dict[str, list[float]]
    input_tokens: int = 0


_INSTRUCTIONS = s.text("What is asked", least=1)
_NOUL = s.thing(
    {
        "type": {"type": "string", "const": "noul"},
        "instructions": _INSTRUCTIONS,
        "criteria": s.thing({"true": s.text(), "false": s.text()}, description="What true and false mean"),
    },
    ("type", "instructions"),
    "A statement that is true or false",
)
_CHOICE = s.thing(
    {
        "type": {"type": "string", "const": "choice"},
        "instructions": _INSTRUCTIONS,
        "criteria": {
            "type": "object",
            "minProperties": 2,
            "maxProperties": 255,
            "additionalProperties": {"type": ["string", "null"]},
            "description": "The options, each with what it means or null",
        },
    },
    ("type", "instructions", "criteria"),
    "One of several options",
)
_SCORE = s.thing(
    {
        "type": {"type": "string", "const": "score"},
        "instructions": _INSTRUCTIONS,
        "criteria": s.array(s.text(), "The levels from the lowest (0) up", least=2, most=10),
    },
    ("type", "instructions", "criteria"),
    "A level on a scale",
)


def _media(description: str, most: int) -> Schema:
    encoded = s.thing({"content_type": s.text(), "base64": s.text(least=1)}, ("content_type", "base64"))
    return s.array(s.one_of(s.text(pattern="^data:[^,]*;base64,"), encoded), description, most=most)


def _form(segment: str) -> Form:
    fields: dict[str, Schema] = {
        "model": s.text("The model's own name, the last part of its id", choices=(segment,)),
        "state": {"description": "What the questions are about: any JSON value"},
        "questions": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 64,
            "propertyNames": {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,100}$"},
            "additionalProperties": {"oneOf": [_NOUL, _CHOICE, _SCORE]},
            "description": "Questions by id",
        },
        "images": _media("PNG, JPEG or WebP, at most 4 MiB each and 8 MiB together", 4),
    }
    if segment.endswith("-omni"):
        fields["audio"] = _media("Sound of up to 300 seconds, at most 8 MiB each", 4)
        fields["videos"] = _media("Films of up to 60 seconds, at most 16 MiB each", 2)
    return Form(fields=fields, required=("model", "state", "questions"))


_FORMS = {segment: _form(segment) for segment in ("clef", "clef-flash", "clef-omni")}
_IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})


class Decision(UnaryTask):
    name = "decision"
    cloudflare_task = "Text Generation"
    inputs = Inputs
    output = Output

    def form(self, model: Model) -> Form:
        segment = model.id.rsplit("/", 1)[-1]
        return _FORMS.get(segment) or _form(segment)

    def read(self, model: Model, values: Mapping[str, Any], body: Body) -> Inputs:
        try:
            msgspec.msgpack.encode(values["state"])
        except OverflowError:
            # It has to reach the process that has the model.
            raise errors.BAD_INPUT(what="'/state' has an integer of more than 64 bits: write it as a string") from None
        media = {name: _read_media(values.get(name, ()), name) for name in ("images", "audio", "videos")}
        for name, each in (("images", 4), ("audio", 8), ("videos", 16)):
            for index, item in enumerate(media[name]):
                if len(item.content) > each * MIB:
                    raise errors.BAD_INPUT(what=f"Length of '/{name}/{index}' must be <= {each * MIB} bytes")
        images = sum(len(item.content) for item in media["images"])
        everything = images + sum(len(item.content) for item in (*media["audio"], *media["videos"]))
        if images > 8 * MIB or everything > 16 * MIB:
            raise errors.BAD_INPUT(what="the media must have at most 8 MiB of images and 16 MiB together")
        for index, item in enumerate(media["images"]):
            if item.content_type not in _IMAGE_TYPES:
                types = ",".join(sorted(_IMAGE_TYPES))
                raise errors.BAD_INPUT(what=f"enum {item.content_type} not in {types} at '/images/{index}'")
            width, height = size_of(item.content) or (0, 0)
            if width * height > 16_000_000:
                raise errors.BAD_INPUT(what=f"'/images/{index}' must have at most 16 megapixels, got {width}x{height}")
        questions = {name: _question(asked) for name, asked in values["questions"].items()}
        return Inputs(state=values["state"], questions=questions, **media)

    def shown(self, model: Model, inputs: Inputs, output: Output) -> Any:
        answers = {name: _answer(question, output.probabilities[name]) for name, question in inputs.questions.items()}
        usage = {"input_tokens": output.input_tokens, "output_tokens": 0}
        return {"model": model.id.rsplit("/", 1)[-1], "answers": answers, "usage": usage}

    def output_schema(self, model: Model) -> dict[str, Any]:
        probability = s.number(least=0, most=1)
        confidence = s.number("0: every option as probable, 1: certain", least=0, most=1)
        noul = {"type": {"const": "noul"}, "noul": s.number("Probability of true", least=0, most=1)}
        choice = {
            "type": {"const": "choice"},
            "choice": s.text("The most probable option"),
            "probabilities": {"type": "object", "additionalProperties": probability},
            "confidence": confidence,
        }
        score = {
            "type": {"const": "score"},
            "score": s.number("Mean level", least=0),
            "legend": s.array(s.text(), "The levels as they were asked"),
            "probabilities": s.array(probability, "One per level"),
            "confidence": confidence,
        }
        answer = {"oneOf": [s.thing(kind, tuple(kind)) for kind in (noul, choice, score)]}
        fields = {
            "model": s.text(),
            "answers": {"type": "object", "additionalProperties": answer},
            "usage": s.thing({"input_tokens": s.integer(), "output_tokens": s.integer()}),
        }
        return s.json_output(s.thing(fields, tuple(fields)))


TASK: Task = Decision()


def _question(asked: Mapping[str, Any]) -> Question:
    criteria = asked.get("criteria")
    match asked["type"]:
        case "noul":
            meanings = criteria or {}
            options, notes = ["true", "false"], [meanings.get("true"), meanings.get("false")]
        case "choice":
            assert criteria is not None
            options, notes = list(criteria), list(criteria.values())
        case _:
            assert criteria is not None
            options, notes = [str(level) for level in range(len(criteria))], list(criteria)
    return Question(asked["type"], asked["instructions"], options, notes)


def _answer(question: Question, probabilities: Sequence[float]) -> dict[str, Any]:
    """Numbers have four digits; confidence is (sum of squares - 1/n) / (1 - 1/n)."""
    rounded = [round(p, 4) for p in probabilities]
    if question.type == "noul":
        return {"type": "noul", "noul": rounded[0]}
    even = 1 / len(probabilities)
    confidence = round(max(0.0, (sum(p * p for p in probabilities) - even) / (1 - even)), 4)
    if question.type == "choice":
        best = max(range(len(rounded)), key=probabilities.__getitem__)
        return {
            "type": "choice",
            "choice": question.options[best],
            "probabilities": dict(zip(question.options, rounded, strict=True)),
            "confidence": confidence,
        }
    mean = sum(level * p for level, p in enumerate(probabilities))
    return {
        "type": "score",
        "score": round(mean, 4),
        "legend": question.notes,
        "probabilities": rounded,
        "confidence": confidence,
    }


def _read_media(given: Sequence[Any], name: str) -> list[Media]:
    found = []
    for item in given:
        if isinstance(item, str):
            found.append(Media(binary.from_text(item), binary.content_type_of(item) or ""))
        else:
            found.append(Media(binary.from_text(item["base64"]), item["content_type"]))
    return found
