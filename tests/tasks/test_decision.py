"""Decisions: questions of three kinds, media with limits, answers with probabilities (spec §3.6)."""

from __future__ import annotations

import base64
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog import catalog, tasks
from groundfog.tasks.decision import MIB, Output
from tests.support.examples import data_uri, png
from tests.support.native import decode, refused_text, render_json

CLEF = "@cf/cloudflare/clef"
OMNI = "@cf/cloudflare/clef-omni"
QUESTIONS: dict[str, Any] = {
    "refund": {"type": "noul", "instructions": "Refund?", "criteria": {"true": "asks for money back"}},
    "team": {"type": "choice", "instructions": "Team?", "criteria": {"billing": "money", "it": None}},
    "urgency": {"type": "score", "instructions": "Urgent?", "criteria": ["can wait", "soon", "today"]},
}
HUGE_PNG = base64.b64encode(png()[:16] + (10_000).to_bytes(4, "big") * 2).decode()
"""The beginning of an image of 10,000 x 10,000 pixels."""
ASKED: dict[str, Any] = {"model": "clef", "state": ["any", {"json": 1}], "questions": QUESTIONS}


def test_questions_become_options_in_order() -> None:
    inputs = decode(CLEF, ASKED)
    assert inputs.state == ["any", {"json": 1}]
    assert [(question.options, question.notes) for question in inputs.questions.values()] == [
        (["true", "false"], ["asks for money back", None]),
        (["billing", "it"], ["money", None]),
        (["0", "1", "2"], ["can wait", "soon", "today"]),
    ]


def test_answers_are_rounded_and_say_how_sure_they_are() -> None:
    probabilities = {"refund": [0.912345, 0.087655], "team": [0.25, 0.75], "urgency": [0.2, 0.3, 0.5]}
    answer = render_json(CLEF, decode(CLEF, ASKED), Output(probabilities=probabilities, input_tokens=12))
    assert answer["model"] == "clef"
    assert answer["usage"] == {"input_tokens": 12, "output_tokens": 0}
    assert answer["answers"] == {
        "refund": {"type": "noul", "noul": 0.9123},
        "team": {"type": "choice", "choice": "it", "probabilities": {"billing": 0.25, "it": 0.75}, "confidence": 0.25},
        "urgency": {
            "type": "score",
            "score": 1.3,
            "legend": ["can wait", "soon", "today"],
            "probabilities": [0.2, 0.3, 0.5],
            "confidence": 0.07,
        },
    }


@given(weights=st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda found: sum(found) > 0.01))
def test_any_distribution_makes_a_valid_answer(weights: list[float]) -> None:
    score = [weight / sum(weights) for weight in weights]
    model = catalog.default().find(CLEF)
    output = Output(probabilities={"refund": score[:2], "team": score[:2], "urgency": score})
    answer = render_json(CLEF, decode(CLEF, ASKED), output)
    jsonschema.validate(answer, tasks.for_model(model).output_schema(model))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"model": "clef-flash"}, "enum clef-flash not in clef at '/model'"),
        ({"state": [-(2**63) - 1]}, "'/state' has an integer of more than 64 bits: write it as a string"),
        ({"questions": {}}, "minProperties at '/questions' is 1, got 0"),
        ({"questions": {"a b": QUESTIONS["refund"]}}, "'/questions/a b' failed test ^[A-Za-z0-9_.-]{1,100}$ pattern"),
        ({"images": [data_uri()] * 5}, "Length of '/images' must be <= 4"),
        ({"audio": [data_uri()]}, "Additional or unevaluated properties '/audio' at '/' not allowed"),
        (
            {"images": [{"content_type": "image/gif", "base64": "R0lG"}]},
            "enum image/gif not in image/jpeg,image/png,image/webp at '/images/0'",
        ),
        (
            {"images": [{"content_type": "image/png", "base64": base64.b64encode(bytes(4 * MIB + 1)).decode()}]},
            f"Length of '/images/0' must be <= {4 * MIB} bytes",
        ),
        (
            {
                "images": [
                    {
                        "content_type": "image/png",
                        "base64": base64.b64encode(png(5000, 1)[:16] + b"\0\0\x27\x10" * 2).decode(),
                    }
                ]
            },
            "'/images/0' must have at most 16 megapixels, got 10000x10000",
        ),
    ],
)
def test_limits_are_named(change: dict[str, Any], text: str) -> None:
    assert refused_text(CLEF, {**ASKED, **change}) == text


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (
            {"type": "choice", "instructions": "a", "criteria": {"one": None}},
            "minProperties at '/questions/q/criteria' is 2, got 1",
        ),
        ({"type": "score", "instructions": "a", "criteria": ["one"]}, "Length of '/questions/q/criteria' must be >= 2"),
        (
            {"type": "score", "instructions": "a", "criteria": ["x"] * 11},
            "Length of '/questions/q/criteria' must be <= 10",
        ),
        (
            {"type": "noul"},
            "oneOf at '/questions/q' not met, 0 matches: "
            "required properties at '/questions/q' are 'type,instructions', "
            "required properties at '/questions/q' are 'type,instructions,criteria'",
        ),
        (
            {"type": "rank", "instructions": "a", "criteria": []},
            "oneOf at '/questions/q' not met, 0 matches: const rank doesn't match noul at '/questions/q/type', "
            "const rank doesn't match choice at '/questions/q/type', "
            "const rank doesn't match score at '/questions/q/type'",
        ),
    ],
)
def test_a_malformed_question_is_told_as_what_it_means_to_be(question: dict[str, Any], text: str) -> None:
    assert refused_text(CLEF, {**ASKED, "questions": {"q": question}}) == text


def test_only_omni_hears_and_watches() -> None:
    sound = {"content_type": "audio/wav", "base64": "UklGRg=="}
    inputs = decode(OMNI, {**ASKED, "model": "clef-omni", "images": [data_uri()], "audio": [sound], "videos": [sound]})
    assert inputs.images[0].content == png()
    assert (inputs.audio[0].content, inputs.videos[0].content_type) == (b"RIFF", "audio/wav")
