"""What a request may cost at most, before it is sent: the amount that is reserved (spec ai-gateway §3.6).

A token is at least a byte of the body, since every tokenizer falls back to bytes; what the body only refers to (files,
earlier answers) can fill the context window. The answer has as many tokens as the request allows, or as the model can
give.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from groundfog.metering import bounds_local, prices
from groundfog.metering.bounds_body import Content, content_of
from groundfog.metering.custom import CustomCost, read_custom
from groundfog.metering.ledger_store import MOST
from groundfog.metering.money import PICO
from groundfog.metering.prices import Rates

OVERHEAD_TOKENS = 1024
"""What a chat template and the instructions for tools may add to a prompt."""
IMAGE_TOKENS = 20_000
"""An image may be so many tokens. What gpt-4o-mini counts is inflated, so that it costs what gpt-4o's images cost."""
IMAGE_TOKENS_4O_MINI = 50_000
ROUNDS = 10
"""How often a provider that runs tools itself may read the whole context again."""
FALLBACK_OUTPUT = 131_072
"""Tokens of an answer where neither request nor table say how long it can be."""
FREE = ("count_tokens", "counttokens", "input_tokens", "files", "batches", "moderations")
"""Ends of endpoints that take a model's name and cost nothing."""


@dataclasses.dataclass(slots=True)
class Bound:
    """Pico-dollars: `input` for what is sent, `output` for each of at most `tokens` tokens that come back."""

    input: int
    output: int = 0
    tokens: int = 0

    @property
    def worst(self) -> int:
        return min(self.input + self.output * self.tokens, MOST)

    def passed(self, size: int) -> int:
        """The most that an answer can have cost of which `size` bytes came."""
        return min(self.input + self.output * min(self.tokens, size), MOST)


def bound(
    provider: str,
    model: str | None,
    data: dict[str, Any] | None,
    body_length: int,
    endpoint: str = "",
    custom: Mapping[str, Any] | None = None,
) -> Bound | None:
    """The bound of a request: `data` is its body as JSON (None for others), `body_length` in bytes.

    None where no price is known: a limit in dollars cannot be held there.
    """
    if custom:
        given = read_custom(custom)
        if given is not None:
            return _custom(given, provider, model, data, body_length)
    if not model or endpoint.rpartition("/")[2].rpartition(":")[2].lower() in FREE:
        return None
    if provider == "workers-ai":
        found = bounds_local.bound(model, data, body_length, endpoint)
        return None if found is None else Bound(*found)
    rates = prices.rates(provider, model)
    return None if rates is None else _priced(rates, model, data, body_length)


def _priced(rates: Rates, model: str, data: dict[str, Any] | None, body_length: int) -> Bound | None:
    content = content_of(data)
    tokens_in = _tokens_in(content, rates.context, model, body_length)
    if tokens_in is None:
        return None
    long = rates.long_from is not None and tokens_in > rates.long_from
    rate_in = max(rates.input, rates.audio_input or 0, (rates.long_input or 0) if long else 0)
    if content.cache_written:
        # An hour's cache costs twice the input, the usual one what the table says.
        rate_in = max(rate_in, rates.cache_write or 0, 2 * rate_in if content.cached_long else 0)
    rate_out = max(rates.output, (rates.long_output or 0) if long else 0)
    if not rate_out:
        return Bound(tokens_in * rate_in)
    return Bound(tokens_in * rate_in, rate_out, _tokens_out(content, rates.max_output, body_length))


def _custom(
    given: CustomCost, provider: str, model: str | None, data: dict[str, Any] | None, body_length: int
) -> Bound | None:
    if given.total is not None:
        return Bound(_pico(given.total))
    known = prices.rates(provider, model) if model else None
    content = content_of(data)
    tokens_in = _tokens_in(content, known.context if known else None, model or "", body_length)
    if tokens_in is None:
        return None
    rate_in, rate_out = max(given.token_in, given.cache_read, given.cache_write), given.token_out
    tokens_out = _tokens_out(content, known.max_output if known else None, body_length)
    # One token's price may be finer than a pico-dollar: up.
    return Bound(_pico(tokens_in * rate_in), _pico(rate_out), tokens_out if rate_out else 0)


def _tokens_in(content: Content, context: int | None, model: str, body_length: int) -> int | None:
    per_image = IMAGE_TOKENS_4O_MINI if "4o-mini" in model else IMAGE_TOKENS
    tokens = max(0, body_length - content.inline) + content.images * per_image + OVERHEAD_TOKENS
    if not content.referred and not content.server_tools:
        return tokens
    if context is None:
        return None
    return max(tokens, context) * (ROUNDS if content.server_tools else 1)


def _tokens_out(content: Content, most: int | None, body_length: int) -> int:
    """All answers together; a prediction that was wrong is paid like an answer."""
    tokens = content.most or most or FALLBACK_OUTPUT
    if content.predicted:
        tokens += body_length
    return tokens * content.answers * (ROUNDS if content.server_tools else 1)


def _pico(dollars: Any) -> int:
    return min(int(-(-dollars * PICO // 1)), MOST)
