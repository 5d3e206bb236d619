"""A server and a platform in the same process answer the same, for every task and every kind of answer."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import numpy as np
import pytest

from groundfog import AI, AsyncAI
from groundfog.catalog import default
from groundfog.client import AIError, Form
from groundfog.client.asynchronous import PER_PAGE
from groundfog.tasks import NAMES, for_model
from tests.support.examples import SEED_MODELS, Example, data_uri, png, wav

LLAMA = "@cf/meta/llama-3.1-8b-instruct"
QUESTIONS = {"calm": {"type": "noul", "instructions": "Is it calm?"}}
WEATHER = {
    "type": "function",
    "function": {
        "name": "getWeather",
        "description": "The weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}

MORE: list[tuple[str, Any]] = [
    ("@cf/baai/bge-m3", {"query": "fog", "contexts": [{"text": "fog over water"}, {"text": "rails"}]}),
    ("@cf/baai/bge-m3", {"contexts": [{"text": "fog over water"}]}),
    ("@cf/baai/bge-reranker-base", {"query": "fog", "contexts": [{"text": "rails"}, {"text": "fog"}], "top_k": 1}),
    ("@cf/huggingface/distilbert-sst-2-int8", {"text": "I love fog"}),
    ("@cf/microsoft/resnet-50", png()),
    ("@cf/microsoft/resnet-50", {"image": list(png())}),
    ("@cf/facebook/detr-resnet-50", png()),
    ("@cf/facebook/bart-large-cnn", {"input_text": "Fog is low cloud. It is wet.", "max_length": 6}),
    ("@cf/meta/m2m100-1.2b", {"text": "Fog", "target_lang": "french"}),
    ("@cf/ai4bharat/indictrans2-en-indic-1B", {"text": ["Fog", "Mist"]}),
    ("@cf/cloudflare/clef", {"model": "clef", "state": {"sea": "calm"}, "questions": QUESTIONS}),
    ("@cf/pipecat-ai/smart-turn-v2", {"audio": wav()}),
    ("@cf/moondream/moondream3.1-9B-A2B", {"task": "detect", "image": data_uri(), "target": "fog"}),
    ("@cf/moondream/moondream3.1-9B-A2B", {"task": "query", "image": png(), "question": "Fog?", "stream": False}),
    ("@cf/unum/uform-gen2-qwen-500m", {"image": png(), "prompt": "What is it?"}),
    ("@cf/openai/whisper", wav()),
    ("@cf/openai/whisper-large-v3-turbo", {"audio": wav(), "language": "fr", "vad_filter": True}),
    ("@cf/deepgram/nova-3", {"audio": wav(), "detect_language": True, "keywords": ["fog", "mist"]}),
    ("@cf/myshell-ai/melotts", {"prompt": "Fog", "lang": "en"}),
    ("@cf/deepgram/aura-1", {"text": "Fog", "encoding": "linear16"}),
    ("@cf/black-forest-labs/flux-2-dev", Form(prompt="Fog", width=256, height=256, input_image_0=png())),
    ("@cf/runwayml/stable-diffusion-v1-5-img2img", {"prompt": "Fog", "image": png(), "strength": 0.5}),
    ("@cf/meta/llama-guard-3-8b", {"messages": [{"role": "user", "content": "How to bake bread?"}]}),
    ("@cf/zai-org/glm-4.7-flash", {"messages": [{"role": "user", "content": "The weather?"}], "tools": [WEATHER]}),
    (LLAMA, {"messages": [{"role": "user", "content": "The weather in Oslo?"}], "tools": [WEATHER]}),
    (LLAMA, {"prompt": "Two numbers", "response_format": {"type": "json_schema", "json_schema": {"type": "array"}}}),
]


def inputs_of(example: Example) -> Any:
    return example.json if example.json is not None else example.content


CALLS = [(model, inputs_of(example)) for model, example in SEED_MODELS.items()] + MORE


def settled(answer: Any, request_id: str | None) -> Any:
    """An answer without what differs from call to call: the request's id and the time."""
    if isinstance(answer, bytes):
        return answer
    return json.loads(shown(json.dumps(answer, sort_keys=True), request_id))


def shown(text: str, request_id: str | None) -> str:
    assert request_id
    compact = request_id.replace("-", "")
    for name in (request_id, compact, compact[:16]):
        text = text.replace(name, "ID")
    return re.sub(r'"(created|created_at|completed_at)": ?\d+', r'"\1":0', text)


def test_every_task_is_called() -> None:
    called = {for_model(default().find(model)).name for model, _ in CALLS}
    assert called == set(NAMES)


@pytest.mark.parametrize(("model", "inputs"), CALLS, ids=[f"{i}-{model}" for i, (model, _) in enumerate(CALLS)])
async def test_a_call_is_answered_the_same(remote: AsyncAI, here: AsyncAI, model: str, inputs: Any) -> None:
    one = settled(await remote.run(model, inputs), remote.last_request_id)
    other = settled(await here.run(model, inputs), here.last_request_id)
    assert one == other
    assert one
    assert (remote.last_source, here.last_source) == ("echo", "echo")
    assert (remote.last_engine, here.last_engine) == ("echo", "echo")
    assert remote.last_request_id
    assert here.last_request_id


STREAMS: list[tuple[str, Any]] = [
    (LLAMA, {"prompt": "Tell me of fog"}),
    (LLAMA, {"messages": [{"role": "user", "content": "The weather in Oslo?"}], "tools": [WEATHER]}),
    ("@cf/zai-org/glm-4.7-flash", {"messages": [{"role": "user", "content": "Fog?"}], "n": 2, "logprobs": True}),
    ("@cf/zai-org/glm-4.7-flash", {"messages": [{"role": "user", "content": "The weather?"}], "tools": [WEATHER]}),
    ("@cf/qwen/qwen3-30b-a3b-fp8", {"prompt": "Fog is"}),
    ("@cf/openai/gpt-oss-20b", {"input": "Fog?"}),
    ("@cf/deepseek-ai/deepseek-r1-distill-qwen-32b", {"prompt": "Why fog?"}),
    ("@cf/moondream/moondream3.1-9B-A2B", {"image": data_uri(), "question": "Is it foggy?"}),
]


@pytest.mark.parametrize(("model", "inputs"), STREAMS, ids=[f"{i}-{model}" for i, (model, _) in enumerate(STREAMS)])
async def test_a_stream_is_the_same(remote: AsyncAI, here: AsyncAI, model: str, inputs: Any) -> None:
    one = [delta async for delta in await remote.stream(model, inputs)]
    other = [delta async for delta in await here.stream(model, inputs)]
    for deltas, ai in ((one, remote), (other, here)):
        for delta in deltas:
            for call in getattr(delta, "tool_calls", ()):
                call.id = settled(call.id, ai.last_request_id)
    assert one == other
    assert len(one) > 3
    assert one[-1].finish_reason or getattr(one[-1], "usage", None)


@pytest.mark.parametrize(("model", "inputs"), STREAMS, ids=[f"{i}-{model}" for i, (model, _) in enumerate(STREAMS)])
async def test_a_raw_stream_is_the_same(remote: AsyncAI, here: AsyncAI, model: str, inputs: Any) -> None:
    found = []
    for ai in (remote, here):
        frames = [frame.decode() async for frame in await ai.stream(model, inputs, raw=True)]
        found.append([shown(frame, ai.last_request_id) for frame in frames])
    one, other = found
    assert one == other
    assert one[-1] == "data: [DONE]\n\n"
    assert all(frame.startswith("data: ") and frame.endswith("\n\n") for frame in one)


REFUSED: list[tuple[str, Any]] = [
    ("@cf/nobody/nothing", {}),
    (LLAMA, {}),
    (LLAMA, {"prompt": 5}),
    (LLAMA, {"prompt": "x", "max_tokens": 1_000_000}),
    (LLAMA, {"prompt": "please refuse"}),
    (LLAMA, {"prompt": "fail before"}),
    (LLAMA, {"prompt": "fail before", "stream": True}),
    ("@cf/deepgram/flux", {"audio": wav()}),
    ("@cf/baai/bge-base-en-v1.5", {"text": ["x"] * 101}),
    ("@cf/baai/bge-base-en-v1.5", b"raw"),
]


@pytest.mark.parametrize(("model", "inputs"), REFUSED)
async def test_an_error_is_the_same(remote: AsyncAI, here: AsyncAI, model: str, inputs: Any) -> None:
    found = []
    for ai in (remote, here):
        with pytest.raises(AIError) as caught:
            await ai.run(model, inputs)
        error = caught.value
        assert error.request_id
        assert ai.last_request_id == error.request_id
        assert ai.last_source is None
        found.append((type(error), error.code, error.status, error.description, error.next, error.retry_after))
    assert found[0] == found[1]


async def test_embed_gives_the_same_arrays(remote: AsyncAI, here: AsyncAI) -> None:
    model = "@cf/baai/bge-base-en-v1.5"
    one, other = await remote.embed(model, ["fog", "mist"]), await here.embed(model, ["fog", "mist"])
    assert one.shape == (2, 768)
    assert one.dtype == np.float32
    assert np.array_equal(one, other)
    single = await here.embed(model, "fog", pooling="cls")
    assert single.shape == (768,)
    assert not np.allclose(single, one[0])


async def test_models_are_listed_the_same_over_all_pages(
    remote: AsyncAI, here: AsyncAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert PER_PAGE > 10
    monkeypatch.setattr("groundfog.client.asynchronous.PER_PAGE", 10)
    queries: list[dict[str, Any]] = [
        {},
        {"search": "llama"},
        {"task": "Text Embeddings"},
        {"author": "meta", "include_deprecated": True},
        {"source": 2},
        {"hide_experimental": True},
        {"search": "no such thing"},
    ]
    counts = []
    for query in queries:
        one = [model async for model in remote.models(**query)]
        other = [model async for model in here.models(**query)]
        assert one == other
        counts.append(len(one))
    assert counts[0] > 30
    assert counts[-1] == 0
    assert len(set(counts)) >= 5


async def test_a_schema_is_the_same(remote: AsyncAI, here: AsyncAI) -> None:
    for model in (LLAMA, "@cf/baai/bge-m3", "@cf/deepgram/aura-1"):
        assert await remote.schema(model) == await here.schema(model)
    for ai in (remote, here):
        with pytest.raises(AIError) as caught:
            await ai.schema("@cf/nobody/nothing")
        assert caught.value.code == 5007


def test_the_plain_sdk_answers_both_ways(plain: AI) -> None:
    answer = plain.run(LLAMA, {"prompt": "Fog?"})
    assert "Fog?" in answer["response"]
    assert plain.run(LLAMA, {"prompt": "Fog?"}, {"sessionAffinity": "s1", "tags": ["a"]}) == answer
    assert plain.last_request_id
    assert plain.last_source == "echo"
    assert "".join(delta.text for delta in plain.stream(LLAMA, {"prompt": "Fog?"})) == answer["response"]
    assert list(plain.stream(LLAMA, {"prompt": "Fog?"}, raw=True))[-1] == b"data: [DONE]\n\n"
    assert plain.embed("@cf/baai/bge-base-en-v1.5", "fog").shape == (768,)
    assert any(model["name"] == LLAMA for model in plain.models(search="llama", include_deprecated=True))
    assert "input" in plain.schema(LLAMA)
    assert plain.run("@cf/stabilityai/stable-diffusion-xl-base-1.0", {"prompt": "fog"})[:4] == b"\x89PNG"
    image = plain.run("@cf/black-forest-labs/flux-1-schnell", {"prompt": "fog"})["image"]
    assert base64.b64decode(image)[:3] == b"\xff\xd8\xff"
    with pytest.raises(AIError):
        plain.run("@cf/nobody/nothing", {})
