"""A caller's own prices: the object of the header `cf-aig-custom-cost` (spec ai-gateway §3.11)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from groundfog.metering.money import decimal_of, is_amount

_ZERO = Decimal(0)


class CustomCost(NamedTuple):
    """US dollars per token, or for the whole request. Prices of cached tokens are complete: see `read_custom`."""

    token_in: Decimal
    token_out: Decimal
    cache_read: Decimal
    cache_write: Decimal
    total: Decimal | None


def read_custom(given: Mapping[str, Any]) -> CustomCost | None:
    """The prices of a header; None when it has none that make sense.

    What is not given costs nothing, except cached tokens: they cost what other input does.
    """
    known = {name: decimal_of(value) for name, value in given.items() if name in _NAMES and is_amount(value)}
    if not known:
        return None
    token_in = known.get("per_token_in", _ZERO)
    return CustomCost(
        token_in,
        known.get("per_token_out", _ZERO),
        known.get("per_cache_read_token", token_in),
        known.get("per_cache_write_token", token_in),
        known.get("total_cost"),
    )


_NAMES = frozenset({"per_token_in", "per_token_out", "per_cache_read_token", "per_cache_write_token", "total_cost"})
