"""What local models cost: the catalogue's prices in neurons, applied to what a call used (spec workers-ai §7).

A model is *measured* by one function, made once: (inputs, output) → tokens and micro-neurons. Nothing is rounded
before the end, and then to a micro-neuron.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from groundfog import catalog, tasks
from groundfog.call import Call
from groundfog.catalog import Model
from groundfog.catalog.defaults import defaults
from groundfog.metering.money import MICRO, PICO, decimal_of, round_div
from groundfog.metering.usage import Usage
from groundfog.tasks.images import size_of

TILE = 512 * 512
MEGAPIXEL = 1024 * 1024
MEASURED_FREE = frozenset(
    {
        "@cf/bytedance/stable-diffusion-xl-lightning",
        "@cf/lykon/dreamshaper-8-lcm",
        "@cf/runwayml/stable-diffusion-v1-5-img2img",
        "@cf/runwayml/stable-diffusion-v1-5-inpainting",
        "@cf/stabilityai/stable-diffusion-xl-base-1.0",
    }
)
"""Without a price in the catalogue, and billed 0.00 neurons (spec workers-ai §7.3)."""

UNREPORTED = frozenset({"@cf/leonardo/phoenix-1.0"})
"""Answers that come without the header `cf-ai-neurons` (observed, spec workers-ai §1.5)."""


class Units(NamedTuple):
    """What a call used; `tokens_in` without `cached` ones, `neurons` in micro-neurons. None: not counted, unknown."""

    tokens_in: int | None = None
    tokens_out: int | None = None
    cached: int = 0
    neurons: int | None = None


Measure = Callable[[Any, Any], Units]


def pico_of_neurons(micro: int) -> int:
    """Pico-dollars of micro-neurons, exactly (spec §7: 1,000 neurons are $0.011)."""
    return micro * _pico_per_micro()


def usage_of(call: Call, output: msgspec.Struct) -> Usage:
    """What a whole answer of a local model used."""
    units = measure_of(call.model)(call.inputs, output)
    return Usage(
        model=call.model.id,
        tokens_in=units.tokens_in,
        tokens_out=units.tokens_out,
        cache_read=units.cached,
        neurons=units.neurons,
    )


def usage_of_delta(call: Call, delta: msgspec.Struct) -> Usage | None:
    """What a streamed answer used, as the last delta says; None for all other deltas."""
    if getattr(delta, "usage", None) is None and getattr(delta, "metrics", None) is None:
        return None
    return usage_of(call, delta)


def neurons_of(call: Call, output: msgspec.Struct) -> int | None:
    """Micro-neurons of a whole answer; None where the model has no known price."""
    return measure_of(call.model)(call.inputs, output).neurons


def neurons_of_all(call: Call, outputs: Sequence[msgspec.Struct]) -> int | None:
    """Micro-neurons of an answer that several calls like `call` made together."""
    if len(outputs) == 1:
        return neurons_of(call, outputs[0])
    each = [neurons_of(call, output) for output in outputs]
    return sum(one for one in each if one is not None) if None not in each else None


def tokens_price(model: Model, usage: Usage) -> int | None:
    """Micro-neurons of an answer of which only the tokens are known: Workers AI of somebody else."""
    rates = rates_of(model)
    if "in" not in rates or usage.tokens_in is None:
        return None
    total = usage.tokens_in + usage.cache_write
    return total * rates["in"] + usage.cache_read * rates["cached"] + (usage.tokens_out or 0) * rates["out"]


def rates_of(model: Model) -> dict[str, int]:
    """Prices of a model in micro-neurons by unit (see `_UNITS`); empty where none is known.

    `in`, `cached`, `out` per token; the others per tile, step, megapixel, audio minute, thousand characters, image or
    request.
    """
    priced = model if model.price else catalog.default().served(model)
    rates: dict[str, int] = {}
    for price in priced.price or ():
        known = _UNITS.get(price.unit)
        if known is None:
            continue
        name, units = known
        neurons = decimal_of(price.neurons) if price.neurons is not None else _from_dollars(price.usd, units)
        if neurons is not None:
            rates[name] = int(neurons * MICRO / units)
    if "in" in rates:
        rates.setdefault("cached", rates["in"])
        rates.setdefault("out", 0)
    if not rates and priced.id in MEASURED_FREE:
        rates["free"] = 0
    return rates


def measure_of(model: Model) -> Measure:
    """The function that measures a model's answers."""
    return _measures().get(model.id) or _measure(model)


@functools.cache
def _measures() -> dict[str, Measure]:
    """Of the whole catalogue, by id."""
    return {model.id: _measure(model) for model in catalog.default().models if tasks.name_for(model) is not None}


def _measure(model: Model) -> Measure:
    return _MEASURES[tasks.for_model(model).name](rates_of(model))


def image_neurons(rates: dict[str, int], width: int, height: int, steps: int, inputs: list[bytes]) -> int | None:
    """The formulas of spec workers-ai §7.3: a price per step is per step and tile; tiles are counted in fractions."""
    pixels = width * height
    if "free" in rates:
        return 0
    if "tile" in rates:
        return round_div((rates["tile"] + rates.get("step", 0) * steps) * pixels, TILE)
    if "out tile step" in rates:
        given = sum(_pixels(content) for content in inputs)
        return round_div((rates["out tile step"] * pixels + rates.get("in tile step", 0) * given) * steps, TILE)
    if "out tile" in rates:
        given = sum(_pixels(content) for content in inputs)
        return round_div(rates["out tile"] * pixels + rates.get("in tile", 0) * given, TILE)
    if "first mp" in rates:
        more = max(0, pixels - MEGAPIXEL)
        given = sum(_pixels(content) for content in inputs)
        return rates["first mp"] + round_div(rates.get("next mp", 0) * more + rates.get("in mp", 0) * given, MEGAPIXEL)
    return None


def _pixels(content: bytes) -> int:
    """Of an input image; one that does not say counts as the largest that is taken."""
    size = size_of(content)
    return TILE if size is None else size[0] * size[1]


def _tokens(rates: dict[str, int], tokens_in: int, tokens_out: int | None, cached: int = 0) -> Units:
    if "in" not in rates:
        return Units(tokens_in - cached, tokens_out, cached, None)
    fresh = tokens_in - cached
    neurons = fresh * rates["in"] + cached * rates["cached"] + (tokens_out or 0) * rates["out"]
    return Units(fresh, tokens_out, cached, neurons)


def _generation(rates: dict[str, int]) -> Measure:
    if "in" not in rates:
        return lambda _, output: _tokens(
            rates, output.usage.prompt_tokens, output.usage.completion_tokens, output.usage.cached_tokens
        )
    rate_in, rate_cached, rate_out = rates["in"], rates["cached"], rates["out"]

    def measure(_: Any, output: Any) -> Units:
        usage = output.usage
        cached, tokens_out = usage.cached_tokens, usage.completion_tokens
        fresh = usage.prompt_tokens - cached
        return Units(fresh, tokens_out, cached, fresh * rate_in + cached * rate_cached + tokens_out * rate_out)

    return measure


def _prompt_only(rates: dict[str, int]) -> Measure:
    return lambda _, output: _tokens(rates, output.prompt_tokens, None)


def _prompt_and_completion(rates: dict[str, int]) -> Measure:
    return lambda _, output: _tokens(rates, output.prompt_tokens, output.completion_tokens)


def _decision(rates: dict[str, int]) -> Measure:
    return lambda _, output: _tokens(rates, output.input_tokens, None)


def _visual(rates: dict[str, int]) -> Measure:
    return lambda _, output: _tokens(rates, output.metrics.input_tokens, output.metrics.output_tokens)


def _image(rates: dict[str, int]) -> Measure:
    def measure(inputs: Any, _: Any) -> Units:
        given = [*inputs.references, *([inputs.image] if inputs.image else [])]
        return Units(neurons=image_neurons(rates, inputs.width, inputs.height, inputs.steps, given))

    return measure


def _seconds(rates: dict[str, int], seconds: float) -> Units:
    minute = rates.get("minute")
    if minute is None:
        return Units()
    return Units(neurons=round_div(minute * round(seconds * 1_000_000), 60_000_000))


def _heard(rates: dict[str, int]) -> Measure:
    return lambda _, output: _seconds(rates, output.duration)


def _turn(rates: dict[str, int]) -> Measure:
    return lambda _, output: _seconds(rates, output.seconds)


def _spoken(rates: dict[str, int]) -> Measure:
    if "characters" not in rates:
        return _turn(rates)
    return lambda inputs, _: Units(neurons=round_div(rates["characters"] * len(inputs.text), 1000))


def _single(name: str) -> Callable[[dict[str, int]], Measure]:
    """Tasks that cost the same for every request."""
    return lambda rates: lambda *_: Units(neurons=rates.get(name))


def _from_dollars(usd: float | None, units: int) -> Decimal | None:
    """Neurons of a price that is only published in dollars, rounded as the published ones are: to whole neurons per
    million, to hundredths for other units.
    """
    if usd is None:
        return None
    exact = decimal_of(usd) * PICO / MICRO / _pico_per_micro()
    return exact.quantize(Decimal(1) if units == MICRO else Decimal("0.01"))


@functools.cache
def _pico_per_micro() -> int:
    return int(decimal_of(defaults().neurons.usd_per_1000) * PICO / 1000 / MICRO)


_UNITS = {
    "per M input tokens": ("in", MICRO),
    "per M cached input tokens": ("cached", MICRO),
    "per M output tokens": ("out", MICRO),
    "per M images": ("image", MICRO),
    "per inference request": ("request", 1),
    "per 512x512 tile": ("tile", 1),
    "per step": ("step", 1),
    "per output 512x512 tile, per step": ("out tile step", 1),
    "per input 512x512 tile, per step": ("in tile step", 1),
    "per output 512x512 tile": ("out tile", 1),
    "per input 512x512 tile": ("in tile", 1),
    "per first MP (1024x1024)": ("first mp", 1),
    "per subsequent MP": ("next mp", 1),
    "per input image MP": ("in mp", 1),
    "per audio minute": ("minute", 1),
    "per audio minute input": ("minute", 1),
    "per 1k characters input": ("characters", 1),
}
"""The catalogue's units: ours, and how many of ours are in one. Those of WebSockets are not measured yet."""

_MEASURES: dict[str, Callable[[dict[str, int]], Measure]] = {
    "text-generation": _generation,
    "text-embeddings": _prompt_only,
    "rerank": _prompt_only,
    "text-classification": _prompt_only,
    "text-to-image": _image,
    "image-to-text": _prompt_and_completion,
    "visual-query": _visual,
    "decision": _decision,
    "image-classification": _single("image"),
    "object-detection": _single("request"),
    "speech-recognition": _heard,
    "text-to-speech": _spoken,
    "translation": _prompt_and_completion,
    "summarization": _prompt_and_completion,
    "voice-activity-detection": _turn,
}
