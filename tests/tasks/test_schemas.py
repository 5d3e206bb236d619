"""Every model of the catalogue has a task with valid schemas, and documented examples that fit them."""

from __future__ import annotations

import base64
from typing import Any

import jsonschema
import msgspec
import orjson
import pytest

from groundfog import catalog, tasks
from groundfog.catalog import Model
from groundfog.errors import GroundfogError
from groundfog.tasks import BinaryBody, Body, JsonBody, Policy
from tests.support.examples import SEED_MODELS, data_uri, png, wav

CATALOG = catalog.default()
KNOWN = [model for model in CATALOG.models if tasks.name_for(model) is not None]

DOCUMENTED: dict[str, dict[str, Any]] = {
    "@cf/baai/bge-m3": {"query": "Which one is cool?", "contexts": [{"text": "a story"}, {"text": "a poem"}]},
    "@cf/baai/bge-reranker-base": {
        "query": "Which one is cool?",
        "contexts": [{"text": "a"}, {"text": "b"}],
        "top_k": 1,
    },
    "@cf/huggingface/distilbert-sst-2-int8": {"text": "This pizza is great!"},
    "@cf/microsoft/resnet-50": {"image": list(png())},
    "@cf/facebook/detr-resnet-50": {"image": list(png())},
    "@cf/facebook/bart-large-cnn": {"input_text": "A long story.", "max_length": 64},
    "@cf/meta/m2m100-1.2b": {
        "text": "I'll have an order of the moule frites",
        "source_lang": "english",
        "target_lang": "french",
    },
    "@cf/ai4bharat/indictrans2-en-indic-1B": {"text": ["Hello"], "target_language": "hin_Deva"},
    "@cf/openai/whisper": {"audio": list(wav(0.01))},
    "@cf/openai/whisper-tiny-en": {"audio": list(wav(0.01)), "source_lang": "en"},
    "@cf/openai/whisper-large-v3-turbo": {
        "audio": {"body": base64.b64encode(wav(0.01)).decode(), "contentType": "audio/wav"},
        "task": "translate",
        "language": "de",
        "vad_filter": True,
        "beam_size": 3,
    },
    "@cf/deepgram/nova-3": {
        "audio": {"body": base64.b64encode(wav(0.01)).decode(), "contentType": "audio/wav"},
        "detect_language": True,
        "keyterm": ["harbour"],
        "mode": "medical",
    },
    "@cf/nvidia/nemotron-speech-streaming-en-0.6b": {
        "audio": base64.b64encode(b"\0\1" * 9).decode(),
        "encoding": "linear16",
        "sample_rate": 16000,
        "channels": 1,
    },
    "@cf/myshell-ai/melotts": {"prompt": "hello", "lang": "fr"},
    "@cf/deepgram/aura-1": {"text": "hello", "speaker": "angus", "encoding": "linear16", "container": "wav"},
    "@cf/pipecat-ai/smart-turn-v2": {"audio": base64.b64encode(b"\0" * 8).decode(), "dtype": "float32"},
    "@cf/llava-hf/llava-1.5-7b-hf": {"image": list(png()), "prompt": "Describe", "max_tokens": 64, "temperature": 0.2},
    "@cf/moondream/moondream3.1-9B-A2B": {"task": "detect", "image": data_uri(), "target": "boat", "max_objects": 3},
    "@cf/cloudflare/clef": {
        "model": "clef",
        "state": {"ticket": "charged twice"},
        "questions": {
            "refund": {"type": "noul", "instructions": "Is a refund asked for?"},
            "team": {"type": "choice", "instructions": "Which team?", "criteria": {"billing": "money", "it": None}},
            "urgency": {"type": "score", "instructions": "How urgent?", "criteria": ["can wait", "today"]},
        },
        "images": [data_uri()],
    },
    "@cf/stabilityai/stable-diffusion-xl-base-1.0": {"prompt": "a harbour", "width": 512, "image": list(png())},
    "@cf/runwayml/stable-diffusion-v1-5-inpainting": {
        "prompt": "a boat",
        "image": [list(png()[:4]), list(png()[4:])],
        "mask": base64.b64encode(png()).decode(),
        "strength": 0.5,
    },
    "@cf/leonardo/lucid-origin": {"prompt": "a harbour", "steps": 10, "guidance": 3, "seed": 0},
    "@cf/leonardo/phoenix-1.0": {"prompt": "a harbour", "negative_prompt": "boats"},
    "@cf/black-forest-labs/flux-1-schnell": {"prompt": "a harbour", "steps": 8},
}


@pytest.mark.parametrize("model", KNOWN, ids=lambda model: model.id)
def test_both_schemas_are_valid_json_schema(model: Model) -> None:
    task = tasks.for_model(model)
    for schema in (task.input_schema(model), task.output_schema(model)):
        jsonschema.Draft202012Validator.check_schema(schema)
        assert orjson.loads(orjson.dumps(schema)) == schema
    assert "contentType" in str(task.output_schema(model))


def test_only_a_model_of_unknown_task_has_none() -> None:
    assert [model.id for model in CATALOG.models if model not in KNOWN] == ["@cf/cloudflare/clairic"]
    with pytest.raises(GroundfogError, match="5007: No such model @cf/cloudflare/clairic or task"):
        tasks.for_model(CATALOG.find("@cf/cloudflare/clairic"))


def test_every_task_does_some_model() -> None:
    assert {tasks.name_for(model) for model in KNOWN} == set(tasks.NAMES)
    assert {name: task.name for name, task in tasks.register().items()} == {name: name for name in tasks.NAMES}


def test_an_unknown_task_name_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        tasks.by_name("os.path")


def cases() -> list[tuple[str, Body]]:
    found: list[tuple[str, Body]] = [(name, JsonBody(data)) for name, data in DOCUMENTED.items()]
    for name, example in SEED_MODELS.items():
        raw = BinaryBody(example.content, example.content_type)
        found.append((name, raw if example.json is None else JsonBody(example.json)))
    return found


@pytest.mark.parametrize(("model_id", "body"), cases(), ids=[name for name, _ in cases()])
def test_a_documented_input_decodes_and_crosses_a_process_border(model_id: str, body: Body) -> None:
    model = CATALOG.find(model_id)
    task = tasks.for_model(model)
    inputs, _ = task.decode(model, body, Policy())
    assert isinstance(inputs, task.inputs)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(inputs), type=task.inputs) == inputs
    if isinstance(body, JsonBody):
        jsonschema.validate(body.data, task.input_schema(model))


def test_the_documented_examples_reach_every_task() -> None:
    assert {tasks.name_for(CATALOG.find(model_id)) for model_id, _ in cases()} == set(tasks.NAMES)


@pytest.mark.parametrize("model_id", DOCUMENTED)
def test_a_field_that_no_schema_has_is_refused_by_name_or_dropped_by_setting(model_id: str) -> None:
    model = CATALOG.find(model_id)
    task = tasks.for_model(model)
    data = {**DOCUMENTED[model_id], "no_such_field": 1}
    if model_id.endswith("flux-1-schnell"):
        task.decode(model, JsonBody(data), Policy())
    with pytest.raises(
        GroundfogError, match="Additional or unevaluated properties '/no_such_field' at '/' not allowed"
    ):
        task.decode(model, JsonBody(data), Policy(unknown_fields="strict"))
    ignored, _ = task.decode(model, JsonBody(data), Policy(unknown_fields="ignore"))
    assert ignored == task.decode(model, JsonBody(DOCUMENTED[model_id]), Policy())[0]


@pytest.mark.parametrize("model_id", DOCUMENTED)
def test_nulls_and_request_options_are_no_inputs(model_id: str) -> None:
    model = CATALOG.find(model_id)
    task = tasks.for_model(model)
    data = {
        **DOCUMENTED[model_id],
        "stop": None,
        "seed": DOCUMENTED[model_id].get("seed"),
        "options": {"rejectIfBusy": True},
    }
    assert task.decode(model, JsonBody(data), Policy()) == task.decode(model, JsonBody(DOCUMENTED[model_id]), Policy())


@pytest.mark.parametrize("model_id", [name for name in DOCUMENTED if tasks.name_for(CATALOG.find(name)) != "decision"])
def test_an_empty_body_names_what_is_required(model_id: str) -> None:
    model = CATALOG.find(model_id)
    if model_id == "@cf/moondream/moondream3.1-9B-A2B":
        assert tasks.for_model(model).decode(model, JsonBody({}), Policy())[1]
        return
    with pytest.raises(GroundfogError, match="required properties at '/' are '"):
        tasks.for_model(model).decode(model, JsonBody({}), Policy())
