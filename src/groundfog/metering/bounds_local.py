"""What a request to a local model may cost at most, from its inputs as they were sent (see `bounds`)."""

from __future__ import annotations

from typing import Any

from groundfog import catalog, tasks
from groundfog.catalog import Model
from groundfog.errors import GroundfogError
from groundfog.metering.bounds_body import content_of
from groundfog.metering.local import image_neurons, pico_of_neurons, rates_of
from groundfog.metering.money import ceil_div
from groundfog.tasks import JsonBody, Policy
from groundfog.tasks.text_generation import facts

OVERHEAD_TOKENS = 1024
IMAGE_TOKENS = 8_192
"""What the vision models of the catalogue make of one image, at most."""
FALLBACK_WINDOW = 131_072
LEAST_BYTES_PER_SECOND = 200
"""Audio is not packed tighter: 1.6 kbit/s, a fifth of the lowest speech codec's usual rate."""
SECONDS_PER_CHARACTER = 2
"""Speech is not slower: a character takes a fifteenth of a second, a letter read out alone at a quarter of the speed
less than two."""
FORM_SIDE = 1920
"""Longest side of a picture that is asked for in a form, and below it the steps and inputs (spec workers-ai §3.7)."""
FORM_STEPS = 50
FORM_INPUTS = 4


def bound(model_id: str, data: dict[str, Any] | None, body_length: int, endpoint: str) -> tuple[int, int, int] | None:
    """(pico-dollars of the input, of an output token, most output tokens); None where no price is known."""
    try:
        model = catalog.default().find(model_id)
        task = tasks.for_model(model).name
    except GroundfogError:
        return None
    rates = rates_of(model)
    if not rates:
        return None
    if data is not None and isinstance(data.get("input"), dict):
        # The unified path has the model's inputs one level down.
        data = data["input"]
    if "in" in rates:
        return _tokens(model, task, rates, data, body_length, endpoint)
    neurons = _neurons(model, task, rates, data, body_length)
    return None if neurons is None else (pico_of_neurons(neurons), 0, 0)


def _tokens(
    model: Model, task: str, rates: dict[str, int], data: dict[str, Any] | None, body_length: int, endpoint: str
) -> tuple[int, int, int]:
    content = content_of(data)
    tokens_in = max(0, body_length - content.inline) + content.images * IMAGE_TOKENS + OVERHEAD_TOKENS
    if task in ("image-to-text", "visual-query", "decision"):
        # Pictures come as raw bytes, as lists of numbers, or by address.
        tokens_in = max(tokens_in, IMAGE_TOKENS + OVERHEAD_TOKENS)
    if content.referred:
        tokens_in = max(tokens_in, model.context_window or FALLBACK_WINDOW)
    if task in ("text-embeddings", "rerank") and data is not None:
        # A query is read once with each text.
        texts = data.get("contexts", data.get("text", data.get("input", data.get("documents"))))
        count = len(texts) if isinstance(texts, list) else 1
        query = data.get("query")
        tokens_in += count * ((len(query.encode()) if isinstance(query, str) else 0) + 16)
    rate_in = max(rates["in"], rates["cached"])
    most = 0
    if rates["out"]:
        most = content.most or _most_tokens(model, task, data, body_length, endpoint)
    return pico_of_neurons(tokens_in * rate_in), pico_of_neurons(rates["out"]), most * content.answers


def _most_tokens(model: Model, task: str, data: dict[str, Any] | None, body_length: int, endpoint: str) -> int:
    """Tokens of the longest answer, where the request does not say."""
    if task == "translation":
        return 4 * body_length + 256
    if task == "summarization":
        return 1024
    if task in ("image-to-text", "visual-query"):
        return 1024
    usual = facts.default_max_tokens(model)
    prompts = data.get("prompt") if data is not None and "completions" in endpoint else None
    many = len(prompts) if isinstance(prompts, list) else 1
    return (usual or model.context_window or FALLBACK_WINDOW) * many


def _neurons(
    model: Model, task: str, rates: dict[str, int], data: dict[str, Any] | None, body_length: int
) -> int | None:
    """Micro-neurons of tasks that are not billed by tokens."""
    if "image" in rates:
        return rates["image"]
    if "request" in rates:
        return rates["request"]
    if "characters" in rates:
        return ceil_div(rates["characters"] * body_length, 1000)
    if "minute" in rates:
        seconds = SECONDS_PER_CHARACTER * body_length if task == "text-to-speech" else _heard(body_length)
        return ceil_div(rates["minute"] * seconds, 60)
    return _picture(model, rates, data)


def _heard(body_length: int) -> int:
    return ceil_div(body_length, LEAST_BYTES_PER_SECOND)


def _picture(model: Model, rates: dict[str, int], data: dict[str, Any] | None) -> int | None:
    """Exactly what the picture will cost; where it is asked for in a form, which is not read here, the dearest one."""
    if data is not None and "multipart" not in data:
        try:
            inputs: Any = tasks.for_model(model).decode(model, JsonBody(dict(data)), Policy(unknown_fields="ignore"))[0]
        except GroundfogError:
            return 0
        given = [*inputs.references, *([inputs.image] if inputs.image else [])]
        return image_neurons(rates, inputs.width, inputs.height, inputs.steps, given)
    return image_neurons(rates, FORM_SIDE, FORM_SIDE, FORM_STEPS, [b""] * FORM_INPUTS)
