"""Looking at images: Moondream's four tasks, captions, labels and boxes (spec §3.6, §3.8, §3.12)."""

from __future__ import annotations

import jsonschema
import orjson
import pytest

from groundfog import catalog, tasks
from groundfog.tasks import BinaryBody, image_classification, image_to_text, object_detection, visual_query
from groundfog.tasks.labels import Label
from groundfog.tasks.visual_query import Area, Delta, Inputs, Metrics, Output, Point
from tests.support.examples import data_uri, png
from tests.support.native import decode, decode_with_stream, refused_text, render_json

MOONDREAM = "@cf/moondream/moondream3.1-9B-A2B"
LLAVA = "@cf/llava-hf/llava-1.5-7b-hf"
RESNET = "@cf/microsoft/resnet-50"
DETR = "@cf/facebook/detr-resnet-50"


def test_a_query_has_the_documented_defaults_and_streams() -> None:
    inputs, stream = decode_with_stream(MOONDREAM, {"image": data_uri()})
    assert stream
    assert inputs == Inputs(image=png())
    assert (inputs.task, inputs.question, inputs.reasoning) == ("query", "What's in this image?", True)
    assert (inputs.temperature, inputs.top_p, inputs.max_tokens, inputs.max_objects) == (0.5, 0.9, 768, 150)


@pytest.mark.parametrize(("task", "streams"), [("query", True), ("caption", True), ("point", False), ("detect", False)])
def test_only_text_is_streamed(task: str, streams: bool) -> None:
    assert decode_with_stream(MOONDREAM, {"task": task, "image": data_uri()})[1] is streams
    assert decode_with_stream(MOONDREAM, {"task": task, "image": data_uri(), "stream": False})[1] is False


def test_an_image_is_a_data_uri_a_link_or_raw_bytes() -> None:
    linked = decode(MOONDREAM, {"image": "https://example.com/a.png"})
    assert (linked.image, linked.image_url) == (None, "https://example.com/a.png")
    assert decode(MOONDREAM, BinaryBody(png(), "image/png", {"task": "caption"})).image == png()
    assert refused_text(MOONDREAM, {"image": "iVBORw0KGgo="}) == "'/image' failed test ^(https://|data:) pattern"
    assert decode(MOONDREAM, {"question": "Why?"}).image is None
    assert refused_text(MOONDREAM, {"task": "detect"}) == "required properties at '/' are 'image'"
    assert refused_text(MOONDREAM, {"image": data_uri(), "max_tokens": 2049}) == "'/max_tokens' must be <= 2048"


@pytest.mark.parametrize(
    ("task", "output"),
    [
        ("query", Output(text="A boat.", reasoning="I see a hull.", metrics=Metrics(9, 3, 1.5, 2.5, 1.75))),
        ("caption", Output(text="A boat.", finish_reason="length")),
        ("point", Output(points=[Point(0.25, 0.5)])),
        ("detect", Output(objects=[Area(0.0, 0.25, 0.5, 1.0)])),
    ],
)
def test_each_task_fills_its_own_field(task: str, output: Output) -> None:
    model = catalog.default().find(MOONDREAM)
    answer = render_json(MOONDREAM, decode(MOONDREAM, {"task": task, "image": data_uri()}), output)
    jsonschema.validate(answer, tasks.for_model(model).output_schema(model))
    field = {"query": "answer", "caption": "caption", "point": "points", "detect": "objects"}[task]
    others = {"answer", "caption", "points", "objects"} - {field}
    assert answer[field]
    assert [answer[name] for name in others] == [None] * 3
    assert answer["reasoning"] == ({"text": "I see a hull."} if task == "query" else None)


def test_a_stream_is_made_of_parts_of_the_answer() -> None:
    model = catalog.default().find(MOONDREAM)
    streamer = visual_query.TASK.streamer(model, Inputs(task="caption"), "request")
    deltas = [
        Delta(reasoning="Hm."),
        Delta(text="A "),
        Delta(text="boat."),
        Delta(finish_reason="stop", metrics=Metrics(1, 2)),
    ]
    events = [orjson.loads(event) for delta in deltas for event in streamer.feed(delta)]
    assert [*streamer.finish()] == []
    assert events[:3] == [{"reasoning": {"text": "Hm."}}, {"caption": "A "}, {"caption": "boat."}]
    assert events[3]["finish_reason"] == "stop"
    assert events[3]["metrics"]["output_tokens"] == 2


def test_captions_labels_and_boxes() -> None:
    described = render_json(LLAVA, decode(LLAVA, {"image": [1]}), image_to_text.Output(description="A boat."))
    assert described == {"description": "A boat."}
    labelled = render_json(
        RESNET, decode(RESNET, {"image": [1]}), image_classification.Output([Label("boat", 0.75), Label("ship", 0.25)])
    )
    assert labelled == [{"label": "boat", "score": 0.75}, {"label": "ship", "score": 0.25}]
    box = object_detection.Box(1, 2, 3, 4)
    found = object_detection.Output([object_detection.Detection("boat", 0.5, box)])
    assert render_json(DETR, decode(DETR, BinaryBody(b"x", "image/png")), found) == [
        {"score": 0.5, "label": "boat", "box": {"xmin": 1.0, "ymin": 2.0, "xmax": 3.0, "ymax": 4.0}}
    ]


def test_a_caption_may_be_asked_as_a_conversation() -> None:
    inputs = decode(LLAVA, {"image": [1], "messages": [{"role": "user", "content": "What?"}]})
    assert inputs.messages == [image_to_text.Turn("user", "What?")]
    assert inputs.max_tokens == 512
    assert refused_text(LLAVA, {"image": [1], "messages": [{"role": "user"}]}) == (
        "required properties at '/messages/0' are 'role,content'"
    )
