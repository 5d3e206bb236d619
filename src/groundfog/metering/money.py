"""Exact money: whole pico-dollars (10⁻¹² USD) and micro-neurons (10⁻⁶); text and floats only on the way in and out."""

from __future__ import annotations

import decimal
import math
from decimal import Decimal

PICO = 10**12
"""Pico-dollars in a dollar."""
MICRO = 10**6
"""Micro-neurons in a neuron."""
Number = int | float | str | Decimal


def decimal_of(number: Number) -> Decimal:
    """The number as it was written: 0.1 is a tenth, not the nearest binary fraction. Raises ValueError for others."""
    try:
        value = (
            number if isinstance(number, Decimal) else Decimal(repr(number) if isinstance(number, float) else number)
        )
    except (decimal.InvalidOperation, TypeError, ValueError):
        raise ValueError(f"{number!r} is no number") from None
    if not value.is_finite():
        raise ValueError(f"{number!r} is no number")
    return value


def pico_of(dollars: Number) -> int:
    """Dollars in pico-dollars; what is finer is rounded to the nearest, halves to even."""
    return int((decimal_of(dollars) * PICO).to_integral_value())


def dollars(pico: int) -> Decimal:
    """Exact."""
    return Decimal(pico).scaleb(-12)


def dollars_float(pico: int) -> float:
    """For JSON, which knows no decimals: the nearest float."""
    return pico / PICO


def micro_of(neurons: Number) -> int:
    """Neurons in micro-neurons."""
    return int((decimal_of(neurons) * MICRO).to_integral_value())


def neurons(micro: int) -> Decimal:
    """Exact."""
    return Decimal(micro).scaleb(-6)


def neurons_text(micro: int) -> str:
    """With two digits, as in the header `cf-ai-neurons` (spec workers-ai §1.5): `172.80`. Halves go up."""
    hundredths = (micro + 5000) // 10_000
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def ceil_div(amount: int, divisor: int) -> int:
    """For upper bounds: the next whole number."""
    return -(-amount // divisor)


def round_div(amount: int, divisor: int) -> int:
    """The nearest whole number, halves up; both positive."""
    return (2 * amount + divisor) // (2 * divisor)


def is_amount(number: object) -> bool:
    """A price somebody sent: a number that is neither negative, infinite nor a truth value."""
    return isinstance(number, int | float) and not isinstance(number, bool) and math.isfinite(number) and number >= 0
