"""The header `cf-ai-neurons`: what a whole answer of a local model costs (spec workers-ai §1.5)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import httpx
import pytest

from groundfog import catalog
from groundfog.metering import local as prices
from tests.support.wire import ACCOUNT, CHAT, EMBED, Local

FLUX = "@cf/black-forest-labs/flux-1-schnell"
PICTURE = {"prompt": "a harbour at dawn", "width": 1024, "height": 1024, "steps": 4}


def tokens_cost(model_id: str, usage: dict[str, Any]) -> str:
    rates = prices.rates_of(catalog.default().find(model_id))
    micro = usage["prompt_tokens"] * rates["in"] + usage.get("completion_tokens", 0) * rates["out"]
    return str((Decimal(micro) / 10**6 + Decimal("0.0000001")).quantize(Decimal("0.01")))


def binding(server: Local, model: str, inputs: dict[str, Any]) -> httpx.Response:
    headers = {"host": "workers-binding.ai", "cf-consn-model-id": model}
    return server.client.post("/run?version=3", headers=headers, json={"inputs": inputs, "options": {}})


def test_a_flux_picture_of_a_megapixel_in_four_steps_costs_172_80_neurons(server: Local) -> None:
    for answer in (
        server.run(FLUX, {key: PICTURE[key] for key in ("prompt", "steps")}),
        binding(server, FLUX, PICTURE),
    ):
        assert answer.status_code == 200
        assert answer.headers["cf-ai-neurons"] == "172.80"


def test_the_unified_path_has_it_too(server: Local) -> None:
    answer = server.client.post(ACCOUNT + "/ai/run", json={"model": FLUX, "input": {"prompt": "x", "steps": 8}})
    assert answer.headers["cf-ai-neurons"] == "326.40"


def test_text_costs_its_tokens(server: Local) -> None:
    native = server.run(CHAT, {"prompt": "hello " * 300})
    assert native.headers["cf-ai-neurons"] == tokens_cost(CHAT, native.json()["result"]["usage"])
    inner = binding(server, CHAT, {"prompt": "hello " * 300})
    assert inner.headers["cf-ai-neurons"] == native.headers["cf-ai-neurons"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("chat/completions", {"model": CHAT, "messages": [{"role": "user", "content": "hello " * 300}]}),
        ("completions", {"model": CHAT, "prompt": "hello " * 300}),
        # Two calls in one answer.
        ("completions", {"model": CHAT, "prompt": ["hello " * 300, "good evening " * 50]}),
        ("embeddings", {"model": EMBED, "input": ["hello " * 50] * 8}),
    ],
)
def test_the_openai_dialect_has_it_too(server: Local, path: str, body: dict[str, Any]) -> None:
    answer = server.client.post(f"{ACCOUNT}/ai/v1/{path}", json=body)
    assert answer.status_code == 200
    assert answer.headers["cf-ai-neurons"] == tokens_cost(str(body["model"]), answer.json()["usage"])


def test_the_responses_dialect_has_it_too(server: Local) -> None:
    body = {"model": "@cf/openai/gpt-oss-20b", "input": "hello " * 300}
    answer = server.client.post(f"{ACCOUNT}/ai/v1/responses", json=body)
    used = answer.json()["usage"]
    counted = {"prompt_tokens": used["input_tokens"], "completion_tokens": used["output_tokens"]}
    assert answer.headers["cf-ai-neurons"] == tokens_cost(str(body["model"]), counted)


def test_a_stream_cannot_say_it_in_a_header(server: Local) -> None:
    answer = server.run(CHAT, {"prompt": "hello", "stream": True})
    assert answer.headers["content-type"] == "text/event-stream"
    assert "cf-ai-neurons" not in answer.headers


def test_an_unknown_price_is_not_zero(server: Local) -> None:
    assert "cf-ai-neurons" not in server.run("@cf/microsoft/phi-2", {"prompt": "hello"}).headers


def test_what_was_measured_to_be_free_is_zero(server: Local) -> None:
    answer = server.run("@cf/stabilityai/stable-diffusion-xl-base-1.0", {"prompt": "x"})
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cf-ai-neurons"] == "0.00"


def test_phoenix_does_not_say(server: Local) -> None:
    answer = server.run("@cf/leonardo/phoenix-1.0", {"prompt": "x"})
    assert answer.status_code == 200
    assert "cf-ai-neurons" not in answer.headers


def test_errors_cost_nothing(server: Local) -> None:
    answer = server.run(CHAT, {"nonsense": 1})
    assert answer.status_code == 400
    assert "cf-ai-neurons" not in answer.headers


def test_the_form_is_a_decimal_with_two_digits(server: Local) -> None:
    for words in (1, 10, 100, 400):
        found = server.run(EMBED, {"text": "word " * words}).headers["cf-ai-neurons"]
        assert re.fullmatch(r"\d+\.\d\d", found)
