"""What an answer costs, once it is known what it used (spec ai-gateway §3.11). What it may cost before: `bounds`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from groundfog import catalog
from groundfog.errors import GroundfogError
from groundfog.metering import local, prices
from groundfog.metering.bounds import Bound, bound
from groundfog.metering.custom import CustomCost, read_custom
from groundfog.metering.ledger_store import MOST
from groundfog.metering.money import PICO
from groundfog.metering.prices import Rates
from groundfog.metering.usage import Media, Usage

__all__ = ["Bound", "Priced", "bound", "price", "worst_case"]


class Priced(NamedTuple):
    """`cost` in pico-dollars, `neurons` in micro-neurons, None where unknown; `custom`: by the caller's own price."""

    cost: int | None
    neurons: int | None
    custom: bool


def price(provider: str, model: str | None, usage: Usage, custom: Mapping[str, Any] | None = None) -> Priced:
    """The cost of an answer of `model` at `provider` (slug). `custom` is the object of `cf-aig-custom-cost`.

    A caller's own prices count when the answer has tokens, or when they are a total. A model that is not in the table
    (a deployment, an alias) has the price of the one that the answer names.
    """
    if custom:
        prices_given = read_custom(custom)
        cost = None if prices_given is None else custom_price(prices_given, usage)
        if cost is not None:
            return Priced(cost, usage.neurons, True)
    if usage.neurons is not None:
        return Priced(local.pico_of_neurons(usage.neurons), usage.neurons, False)
    if usage.tokens_in is None and usage.tokens_out is None:
        return Priced(None, None, False)
    if provider == "workers-ai":
        return _of_workers_ai(model or usage.model or "", usage)
    rates = prices.rates(provider, model) if model else None
    if rates is None and usage.model:
        rates = prices.rates(provider, usage.model)
    return Priced(None if rates is None else tokens_price(rates, usage), None, False)


def worst_case(
    provider: str,
    model: str | None,
    data: dict[str, Any] | None,
    body_length: int,
    kind: str = "",
    custom: Mapping[str, Any] | None = None,
) -> int | None:
    """An upper bound of what the request may cost, pico-dollars; None where no price is known (see `bounds.bound`)."""
    found = bound(provider, model, data, body_length, kind, custom)
    return None if found is None else found.worst


def tokens_price(rates: Rates, usage: Usage) -> int:
    """Tokens by a row of the price table, pico-dollars. Cached tokens without a price of their own are input."""
    tokens_in, cache_read, cache_write = usage.tokens_in or 0, usage.cache_read, usage.cache_write
    rate_in, rate_out, rate_read = rates.input, rates.output, rates.cache_read
    if rates.long_from is not None and tokens_in + cache_read + cache_write > rates.long_from:
        rate_in = rates.long_input if rates.long_input is not None else rate_in
        rate_out = rates.long_output if rates.long_output is not None else rate_out
        rate_read = rates.long_cache_read if rates.long_cache_read is not None else rate_read
    cost = tokens_in * rate_in + (usage.tokens_out or 0) * rate_out
    if cache_read:
        cost += cache_read * (rate_in if rate_read is None else rate_read)
    if cache_write:
        cost += cache_write * (rate_in if rates.cache_write is None else rates.cache_write)
    return cost if usage.media is None else cost + _media(rates, usage.media)


def _media(rates: Rates, media: Media) -> int:
    """What sound and pictures cost more than text, where they have prices of their own."""
    text_read = rates.input if rates.cache_read is None else rates.cache_read
    more = 0
    if rates.audio_input is not None:
        read = _read_price(rates, rates.audio_input, rates.audio_cache_read)
        more += media.audio_in * (rates.audio_input - rates.input) + media.audio_read * (read - text_read)
    if rates.audio_output is not None:
        more += media.audio_out * (rates.audio_output - rates.output)
    if rates.image_input is not None:
        read = _read_price(rates, rates.image_input, rates.image_cache_read)
        more += media.image_in * (rates.image_input - rates.input) + media.image_read * (read - text_read)
    return more


def _read_price(rates: Rates, fresh: int, cached: int | None) -> int:
    """Of cached sound or pictures: their own price, else what all cached tokens cost, else what fresh ones do."""
    if cached is not None:
        return cached
    return fresh if rates.cache_read is None else rates.cache_read


def custom_price(given: CustomCost, usage: Usage) -> int | None:
    """A caller's own prices, rounded to a pico-dollar in the end; None for an answer that has no token counts."""
    if given.total is not None:
        return _pico(given.total)
    if usage.tokens_in is None and usage.tokens_out is None:
        return None
    return _pico(
        (usage.tokens_in or 0) * given.token_in
        + (usage.tokens_out or 0) * given.token_out
        + usage.cache_read * given.cache_read
        + usage.cache_write * given.cache_write
    )


def _pico(dollars: Decimal) -> int:
    return min(int((dollars * PICO).to_integral_value()), MOST)


def _of_workers_ai(model: str, usage: Usage) -> Priced:
    """An answer of Workers AI elsewhere, of which only the tokens are known."""
    try:
        neurons = local.tokens_price(catalog.default().find(model), usage)
    except GroundfogError:
        neurons = None
    return Priced(None if neurons is None else local.pico_of_neurons(neurons), neurons, False)
