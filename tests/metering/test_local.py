"""What local models cost: every task by its own units, to the last digit."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog import catalog, tasks
from groundfog.call import Call
from groundfog.metering import cost, local
from groundfog.metering.money import dollars, neurons_text
from groundfog.tasks import (
    decision,
    image_classification,
    image_to_text,
    object_detection,
    rerank,
    speech_recognition,
    summarization,
    text_classification,
    text_embeddings,
    text_to_image,
    text_to_speech,
    translation,
    visual_query,
    voice_activity_detection,
)
from groundfog.tasks.text_generation import types as text
from tests.support.examples import png

PICTURES = text_to_image.Inputs


def call(model_id: str, inputs: msgspec.Struct) -> Call:
    model = catalog.default().find(model_id)
    return Call("local", model, tasks.for_model(model), inputs)


def neurons(model_id: str, inputs: msgspec.Struct, output: msgspec.Struct) -> Fraction | None:
    usage = local.usage_of(call(model_id, inputs), output)
    return None if usage.neurons is None else Fraction(usage.neurons, 10**6)


def generated(tokens_in: int, tokens_out: int, cached: int = 0) -> text.Output:
    return text.Output([], text.Usage(tokens_in, tokens_out, cached))


CASES: list[tuple[str, str, msgspec.Struct, msgspec.Struct, str | None]] = [
    # Measured bills of spec workers-ai §7.3.
    ("text-to-image", "@cf/black-forest-labs/flux-1-schnell", PICTURES(prompt="x", steps=4), b"", "172.80"),
    ("text-to-image", "@cf/leonardo/phoenix-1.0", PICTURES(prompt="x", steps=25), b"", "3120.00"),
    (
        "text-to-image",
        "@cf/leonardo/lucid-origin",
        PICTURES(prompt="x", width=1120, height=1120, steps=15),
        b"",
        "3904.69",
    ),
    ("text-to-image", "@cf/black-forest-labs/flux-2-dev", PICTURES(prompt="x", steps=50), b"", "7500.00"),
    ("text-to-image", "@cf/black-forest-labs/flux-2-klein-9b", PICTURES(prompt="x", steps=4), b"", "1363.64"),
    # Two inputs of 512x256: one tile together.
    (
        "text-to-image",
        "@cf/black-forest-labs/flux-2-klein-4b",
        PICTURES(prompt="x", width=512, height=1024, steps=4, references=[png(512, 256), png(512, 256)]),
        b"",
        "57.47",
    ),
    ("text-to-image", "@cf/stabilityai/stable-diffusion-xl-base-1.0", PICTURES(prompt="x"), b"", "0.00"),
    ("text-generation", "@cf/meta/llama-3.1-8b-instruct", text.Inputs(prompt="x"), generated(1000, 500), "63.18"),
    ("text-generation", "@cf/moonshotai/kimi-k2.6", text.Inputs(prompt="x"), generated(1000, 0, cached=800), "28.91"),
    ("text-generation", "@cf/microsoft/phi-2", text.Inputs(prompt="x"), generated(1000, 500), None),
    (
        "text-embeddings",
        "@cf/baai/bge-base-en-v1.5",
        text_embeddings.Inputs(texts=["x"]),
        text_embeddings.Output(1, 0, b"", 1_000_000),
        "6058.00",
    ),
    (
        "rerank",
        "@cf/baai/bge-reranker-base",
        rerank.Inputs(query="q", contexts=["c"]),
        rerank.Output(scores=[1.0], prompt_tokens=10_000),
        "2.83",
    ),
    (
        "text-classification",
        "@cf/huggingface/distilbert-sst-2-int8",
        text_classification.Inputs("x"),
        text_classification.Output(labels=[], prompt_tokens=10_000),
        "23.94",
    ),
    (
        "image-to-text",
        "@cf/llava-hf/llava-1.5-7b-hf",
        image_to_text.Inputs(image=b""),
        image_to_text.Output(description="x", prompt_tokens=9, completion_tokens=9),
        None,
    ),
    (
        "visual-query",
        "@cf/moondream/moondream3.1-9B-A2B",
        visual_query.Inputs(),
        visual_query.Output(metrics=visual_query.Metrics(input_tokens=1000, output_tokens=100)),
        "36.36",
    ),
    (
        "decision",
        "@cf/cloudflare/clef",
        decision.Inputs(state=1, questions={}),
        decision.Output(probabilities={}, input_tokens=1000),
        "21.82",
    ),
    (
        "image-classification",
        "@cf/microsoft/resnet-50",
        image_classification.Inputs(b""),
        image_classification.Output([]),
        "0.23",
    ),
    (
        "object-detection",
        "@cf/facebook/detr-resnet-50",
        msgspec.convert({"image": b""}, object_detection.TASK.inputs),
        object_detection.Output([]),
        "0.68",
    ),
    (
        "speech-recognition",
        "@cf/openai/whisper",
        speech_recognition.Inputs(audio=b""),
        speech_recognition.Output(text="x", duration=90.0),
        "61.71",
    ),
    (
        "speech-recognition",
        "@cf/deepgram/nova-3",
        speech_recognition.Inputs(audio=b""),
        speech_recognition.Output(text="x", duration=60.0),
        "472.73",
    ),
    (
        "text-to-speech",
        "@cf/deepgram/aura-1",
        text_to_speech.Inputs(text="é" * 500),
        text_to_speech.Output(audio=b""),
        "681.82",
    ),
    (
        "text-to-speech",
        "@cf/myshell-ai/melotts",
        text_to_speech.Inputs(text="x"),
        text_to_speech.Output(audio=b"", seconds=30.0),
        "9.32",
    ),
    (
        "translation",
        "@cf/meta/m2m100-1.2b",
        translation.Inputs(texts=["x"], source_lang="en", target_lang="fr"),
        translation.Output(translations=["x"], prompt_tokens=1000, completion_tokens=1000),
        "62.10",
    ),
    (
        "summarization",
        "@cf/facebook/bart-large-cnn",
        summarization.Inputs("x"),
        summarization.Output(summary="x", prompt_tokens=10, completion_tokens=10),
        None,
    ),
    (
        "voice-activity-detection",
        "@cf/pipecat-ai/smart-turn-v2",
        voice_activity_detection.Inputs(audio=b""),
        voice_activity_detection.Output(is_complete=True, probability=1.0, seconds=60.0),
        "30.72",
    ),
]


@pytest.mark.parametrize(("task", "model_id", "inputs", "output", "expected"), CASES, ids=lambda value: str(value)[:40])
def test_what_a_call_costs(task: str, model_id: str, inputs: Any, output: Any, expected: str | None) -> None:
    if output == b"":
        output = text_to_image.Output(b"")
    one = call(model_id, inputs)
    assert one.task.name == task
    assert isinstance(inputs, one.task.inputs)
    assert isinstance(output, one.task.output)
    found = local.usage_of(one, output)
    assert (None if found.neurons is None else neurons_text(found.neurons)) == expected


def test_every_task_is_measured() -> None:
    assert {case[0] for case in CASES} == set(tasks.NAMES)


def test_a_flux_picture_costs_172_80_neurons_and_so_many_dollars() -> None:
    inputs = text_to_image.Inputs(prompt="x", width=1024, height=1024, steps=4)
    used = local.usage_of(call("@cf/black-forest-labs/flux-1-schnell", inputs), text_to_image.Output(b""))
    assert used.neurons == 172_800_000
    priced = cost.price("workers-ai", "@cf/black-forest-labs/flux-1-schnell", used)
    assert priced.cost is not None
    # 172.80 neurons at $0.011 per thousand.
    assert str(dollars(priced.cost).normalize()) == "0.0019008"


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.data())
def test_tokens_are_exact(tokens_in: int, tokens_out: int, data: st.DataObject) -> None:
    cached = data.draw(st.integers(0, tokens_in))
    found = neurons("@cf/moonshotai/kimi-k2.6", text.Inputs(prompt="x"), generated(tokens_in, tokens_out, cached))
    assert found == Fraction((tokens_in - cached) * 86364 + cached * 14545 + tokens_out * 363636, 10**6)


@given(st.integers(1, 2500), st.integers(1, 2500), st.integers(1, 8))
def test_pictures_are_rounded_to_a_micro_neuron(width: int, height: int, steps: int) -> None:
    inputs = text_to_image.Inputs(prompt="x", width=width, height=height, steps=steps)
    found = neurons("@cf/black-forest-labs/flux-1-schnell", inputs, text_to_image.Output(b""))
    exact = Fraction(width * height, 512 * 512) * (Fraction("4.8") + Fraction("9.6") * steps)
    assert found is not None
    assert abs(found - exact) <= Fraction(1, 2 * 10**6)


def test_a_price_that_is_only_known_in_dollars_becomes_neurons_as_the_published_ones() -> None:
    # Spec workers-ai §7.5 and §7.2 give these figures for models whose catalogue rows have none.
    expected = {"@cf/cloudflare/clef": 21818, "@cf/cloudflare/clef-omni": 13636, "@cf/cloudflare/clef-flash": 3455}
    expected["@cf/google/embeddinggemma-300m"] = 1091
    for model_id, figure in expected.items():
        assert local.rates_of(catalog.default().find(model_id))["in"] == figure


def test_an_alias_costs_what_the_model_behind_it_costs() -> None:
    known = catalog.default()
    served = known.find("@cf/meta/llama-3.1-8b-instruct")
    alias = msgspec.structs.replace(served, id="@cf/meta/other", price=None, alias_of=served.id)
    assert local.rates_of(alias) == local.rates_of(served) != {}


def test_only_the_last_delta_of_a_stream_says_what_it_used() -> None:
    one = call("@cf/meta/llama-3.1-8b-instruct", text.Inputs(prompt="x"))
    assert local.usage_of_delta(one, text.Delta(text="hel")) is None
    used = local.usage_of_delta(one, text.Delta(usage=text.Usage(1000, 500)))
    assert used is not None
    assert (used.tokens_in, used.tokens_out, used.neurons) == (1000, 500, 63_181_500)
    visual = call("@cf/moondream/moondream3.1-9B-A2B", visual_query.Inputs())
    assert local.usage_of_delta(visual, visual_query.Delta(text="x")) is None
    metrics = visual_query.Metrics(input_tokens=10, output_tokens=1)
    used = local.usage_of_delta(visual, visual_query.Delta(metrics=metrics))
    assert used is not None
    assert used.neurons == 10 * 27273 + 90909


def test_a_model_outside_the_catalogue_is_measured_by_its_task() -> None:
    stranger = msgspec.structs.replace(catalog.default().find("@cf/microsoft/phi-2"), id="@cf/me/mine", price=None)
    one = Call("local", stranger, tasks.by_name("text-generation"), text.Inputs(prompt="x"))
    used = local.usage_of(one, generated(10, 5, cached=4))
    assert (used.tokens_in, used.cache_read, used.tokens_out, used.neurons) == (6, 4, 5, None)
