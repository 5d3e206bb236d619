"""Upper bounds: whatever a request comes to cost, it was reserved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog import catalog, tasks
from groundfog.metering import cost, local
from groundfog.metering.bounds import IMAGE_TOKENS, OVERHEAD_TOKENS, ROUNDS, bound
from groundfog.metering.usage import Usage
from groundfog.platform import Platform
from groundfog.settings import Settings
from groundfog.tasks import BinaryBody, FormBody, FormPart, JsonBody
from tests.support.examples import SEED_MODELS, png, wav

IN, OUT = 150_000, 600_000
"""gpt-4o-mini, pico-dollars a token."""
LONGEST = 16_384
CONTEXT = 128_000


def worst(data: dict[str, Any], provider: str = "openai", model: str = "gpt-4o-mini", **more: Any) -> int | None:
    return cost.worst_case(provider, model, data, len(orjson.dumps(data)), **more)


def text_bound(data: dict[str, Any], tokens_out: int) -> int:
    return (len(orjson.dumps(data)) + OVERHEAD_TOKENS) * IN + tokens_out * OUT


@pytest.mark.parametrize(
    "limits",
    [
        {"max_tokens": 100},
        {"max_completion_tokens": 100},
        {"max_output_tokens": 100},
        {"max_tokens_to_sample": 100},
        {"max_gen_len": 100},
        {"generationConfig": {"maxOutputTokens": 100}},
        {"inferenceConfig": {"maxTokens": 100}},
        {"textGenerationConfig": {"maxTokenCount": 100}},
        {"parameters": {"max_new_tokens": 100}},
        {"input": {"max_tokens": 100}},
        # The larger one counts, whichever the provider reads.
        {"max_tokens": 1, "max_completion_tokens": 100},
    ],
)
def test_the_longest_answer_in_every_dialects_spelling(limits: dict[str, Any]) -> None:
    data = {"messages": [{"role": "user", "content": "hi"}], **limits}
    assert worst(data) == text_bound(data, 100)


@pytest.mark.parametrize("wrong", [{}, {"max_tokens": None}, {"max_tokens": "5"}, {"max_tokens": 0}])
def test_an_answer_without_a_limit_is_as_long_as_the_model_can(wrong: dict[str, Any]) -> None:
    data = {"messages": [{"role": "user", "content": "hi"}], **wrong}
    assert worst(data) == text_bound(data, LONGEST)


@pytest.mark.parametrize("several", [{"n": 3}, {"best_of": 3, "n": 2}, {"generationConfig": {"candidateCount": 3}}])
def test_several_answers(several: dict[str, Any]) -> None:
    data = {"max_tokens": 10, **several}
    assert worst(data) == text_bound(data, 30)


def test_a_wrong_prediction_is_paid_like_an_answer() -> None:
    data = {"max_tokens": 10, "prediction": {"type": "content", "content": "x" * 500}}
    assert worst(data) == text_bound(data, 10 + len(orjson.dumps(data)))


PICTURE = "A" * 40_000


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}"}},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PICTURE}},
        {"type": "input_image", "image_url": f"data:image/png;base64,{PICTURE}"},
        {"inlineData": {"mimeType": "image/png", "data": PICTURE}},
        {"image": {"format": "png", "source": {"bytes": PICTURE}}},
    ],
)
def test_a_picture_counts_as_a_picture_and_not_by_its_bytes(part: dict[str, Any]) -> None:
    data = {"max_tokens": 1, "messages": [{"role": "user", "content": [part]}]}
    least, most = 2_500_000 * IMAGE_TOKENS, 2_500_000 * (IMAGE_TOKENS + OVERHEAD_TOKENS + 400) + 10_000_000
    found = worst(data, model="gpt-4o")
    assert found is not None
    assert least < found < most


def test_long_text_is_not_taken_for_a_picture() -> None:
    data = {"max_tokens": 1, "x": {"type": "image", "description": "long text " * 10_000}}
    found = worst(data)
    assert found is not None
    assert found > 100_000 * IN


@pytest.mark.parametrize(
    "reference",
    [
        {"previous_response_id": "r"},
        {"conversation": {"id": "c"}},
        {"cachedContent": "cachedContents/1"},
        {"prompt": {"id": "p"}},
        {"messages": [{"content": [{"type": "file", "file": {"file_id": "f"}}]}]},
        {"messages": [{"content": [{"type": "document", "source": {"type": "url", "url": "https://x"}}]}]},
        {"contents": [{"parts": [{"fileData": {"fileUri": "gs://x"}}]}]},
        {"contents": [{"parts": [{"inlineData": {"mimeType": "application/pdf", "data": "JVBERi0"}}]}]},
    ],
)
def test_what_the_body_only_refers_to_can_fill_the_context_window(reference: dict[str, Any]) -> None:
    assert worst({"max_tokens": 1, **reference}) == CONTEXT * IN + OUT


@pytest.mark.parametrize(
    "tools",
    [
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        {"tools": [{"googleSearch": {}}]},
        {"tools": [{"type": "mcp", "server_url": "https://x"}]},
        {"web_search_options": {"search_context_size": "low"}},
    ],
)
def test_tools_that_the_provider_runs_read_the_context_again_and_again(tools: dict[str, Any]) -> None:
    assert worst({"max_tokens": 1, **tools}) == (CONTEXT * IN + OUT) * ROUNDS


@pytest.mark.parametrize(
    "tools",
    [
        [{"type": "function", "function": {"name": "f"}}],
        [{"name": "f", "input_schema": {"type": "object"}}],
        [{"functionDeclarations": [{"name": "f"}]}],
        [{"type": "bash_20250124", "name": "bash"}],
    ],
)
def test_tools_of_the_callers_are_text(tools: list[dict[str, Any]]) -> None:
    data = {"max_tokens": 1, "tools": tools}
    assert worst(data) == text_bound(data, 1)


def test_writing_to_the_cache_is_dearer_than_reading_nothing() -> None:
    plain = {"max_tokens": 1, "messages": [{"content": [{"type": "text", "text": "x"}]}]}
    cached: dict[str, Any] = {
        "max_tokens": 1,
        "messages": [{"content": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}]}],
    }
    hour = orjson.loads(orjson.dumps(cached).replace(b'"ephemeral"', b'"ephemeral","ttl":"1h"'))
    bounds = [worst(data, "anthropic", "claude-sonnet-4-5") for data in (plain, cached, hour)]
    tokens = [len(orjson.dumps(data)) + OVERHEAD_TOKENS for data in (plain, cached, hour)]
    rates = [3_000_000, 3_750_000, 6_000_000]
    assert bounds == [n * rate + 15_000_000 for n, rate in zip(tokens, rates, strict=True)]


def test_embeddings_have_no_answer() -> None:
    data = {"model": "text-embedding-3-small", "input": "hello"}
    assert worst(data, model="text-embedding-3-small") == (len(orjson.dumps(data)) + OVERHEAD_TOKENS) * 20_000


def test_an_unknown_price_has_no_bound() -> None:
    assert worst({"max_tokens": 1}, model="nobody-knows") is None
    assert cost.worst_case("openai", None, None, 0) is None
    assert worst({"max_tokens": 1}, "anthropic", "claude-sonnet-4-5", kind="v1/messages/count_tokens") is None


def test_a_callers_own_prices_bound_too() -> None:
    data = {"max_tokens": 10}
    given = {"per_token_in": 0.001, "per_token_out": 0.01, "per_cache_write_token": 0.002}
    tokens = len(orjson.dumps(data)) + OVERHEAD_TOKENS
    assert worst(data, "custom-x", "m", custom=given) == tokens * 2 * 10**9 + 10 * 10**10
    assert worst(data, "custom-x", "m", custom={"total_cost": 0.5}) == 5 * 10**11


def test_what_passed_bounds_an_answer_that_broke_off() -> None:
    data = {"max_tokens": 1000, "messages": []}
    limit = bound("openai", "gpt-4o-mini", data, len(orjson.dumps(data)))
    assert limit is not None
    assert limit.passed(0) == limit.input
    assert limit.passed(10) == limit.input + 10 * OUT
    assert limit.passed(10**6) == limit.worst


@given(
    st.text(max_size=200),
    st.integers(1, 500),
    st.integers(0, 500),
    st.sampled_from(["gpt-4o-mini", "gpt-5.4", "gpt-4.1-nano"]),
)
def test_no_answer_costs_more_than_its_bound(prompt: str, most: int, used: int, model: str) -> None:
    """The dearest usage that a provider can report: every byte a token, and the longest answer."""
    data = {"max_tokens": most, "messages": [{"role": "user", "content": prompt}]}
    length = len(orjson.dumps(data))
    priced = cost.price("openai", model, Usage(tokens_in=length, tokens_out=min(used, most)))
    limit = cost.worst_case("openai", model, data, length)
    assert priced.cost is not None
    assert limit is not None
    assert priced.cost <= limit


NAMES = ["type", "tools", "messages", "input", "image", "max_tokens", "n", "prompt", "parameters", "plugins", "x"]
bodies = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | st.just("image_url"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=30,
)


@given(st.dictionaries(st.sampled_from(NAMES), bodies, max_size=8), st.sampled_from(["openai", "workers-ai"]))
def test_any_body_has_a_bound(data: dict[str, Any], provider: str) -> None:
    model = {"openai": "gpt-4o-mini", "workers-ai": "@cf/meta/llama-3.1-8b-instruct"}[provider]
    found = cost.worst_case(provider, model, data, 1000)
    assert found is not None
    assert found > 0


OTHERS: dict[str, tuple[dict[str, Any] | None, bytes]] = {
    "@cf/moondream/moondream3.1-9B-A2B": ({"task": "query", "question": "What is it?", "stream": False}, b""),
    "@cf/cloudflare/clef": (
        {"state": "x", "questions": {"a": {"type": "noul", "instructions": "Is it so?"}}, "model": "clef"},
        b"",
    ),
    "@cf/baai/bge-reranker-base": ({"query": "a harbour", "contexts": [{"text": "ship"}] * 20}, b""),
    "@cf/baai/bge-m3": ({"query": "a harbour", "contexts": [{"text": "ship"}] * 20}, b""),
    "@cf/huggingface/distilbert-sst-2-int8": ({"text": "I am glad"}, b""),
    "@cf/meta/m2m100-1.2b": ({"text": "How are you?", "source_lang": "en", "target_lang": "fr"}, b""),
    "@cf/microsoft/resnet-50": (None, png()),
    "@cf/facebook/detr-resnet-50": (None, png()),
    "@cf/openai/whisper": (None, wav(2)),
    "@cf/pipecat-ai/smart-turn-v2": (None, wav(2)),
    "@cf/deepgram/aura-1": ({"text": "Grüße"}, b""),
    "@cf/myshell-ai/melotts": ({"prompt": "Hello from the workshop."}, b""),
    "@cf/leonardo/lucid-origin": ({"prompt": "x", "width": 2500, "height": 2500, "num_steps": 40}, b""),
}
JOBS = {**{name: (example.json, example.content) for name, example in SEED_MODELS.items()}, **OTHERS}


@pytest.fixture
async def platform(tmp_path: Path) -> AsyncIterator[Platform]:
    async with Platform(Settings(state=tmp_path, sources=("echo",))) as platform:
        yield platform


async def charged(platform: Platform, model_id: str, body: Any) -> int | None:
    reply = await platform.run(platform.call(model_id, body))
    assert reply.output is not None
    used = local.usage_of(reply.call, reply.output)
    return cost.price("workers-ai", model_id, used).cost


@pytest.mark.parametrize("model_id", JOBS)
async def test_no_local_answer_costs_more_than_its_bound(platform: Platform, model_id: str) -> None:
    data, content = JOBS[model_id]
    body = JsonBody(dict(data)) if data is not None else BinaryBody(content, "application/octet-stream")
    length = len(orjson.dumps(data)) if data is not None else len(content)
    actual = await charged(platform, model_id, body)
    limit = cost.worst_case("workers-ai", model_id, data, length, model_id)
    if actual is None:
        assert limit is None
    else:
        assert limit is not None
        assert actual <= limit


def test_the_unified_path_is_looked_through() -> None:
    picture = {"prompt": "x", "steps": 8}
    outer = {"model": "@cf/black-forest-labs/flux-1-schnell", "input": picture}
    bounds = [
        cost.worst_case("workers-ai", str(outer["model"]), data, len(orjson.dumps(data)), "run")
        for data in (picture, outer)
    ]
    assert bounds == [326_400_000 * 11] * 2


async def test_a_picture_that_is_asked_for_in_a_form_is_bounded_by_the_dearest(platform: Platform) -> None:
    form = FormBody([FormPart("prompt", b"x"), FormPart("width", b"1920"), FormPart("height", b"1920")])
    model_id = "@cf/black-forest-labs/flux-2-dev"
    actual = await charged(platform, model_id, form)
    limit = cost.worst_case("workers-ai", model_id, None, 300, model_id)
    assert actual is not None
    assert limit is not None
    assert actual <= limit


def test_every_task_with_a_price_has_a_bound() -> None:
    known = catalog.default()
    bounded = {tasks.name_for(known.find(model_id)) for model_id in JOBS}
    unpriced = {"summarization", "image-to-text"}
    assert bounded | unpriced == set(tasks.NAMES)
    for model in known.models:
        if local.rates_of(model) and tasks.name_for(model) is not None:
            assert bound("workers-ai", model.id, None, 1000, model.id) is not None, model.id
