"""Numbers within bounds and on a step."""

from __future__ import annotations

import math
from fractions import Fraction

from groundfog.engines.echo.json_values.budget import Budget
from groundfog.engines.echo.json_values.check import fits
from groundfog.engines.echo.json_values.hints import Hints
from groundfog.engines.echo.json_values.schema import Impossible, Schema
from groundfog.engines.echo.seeds import Random

_SPAN = 100
_KEYWORDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def make_integer(schema: Schema, hints: Hints, random: Random, budget: Budget) -> int:
    """A whole number; one of the text's when it fits."""
    bounds = {name: schema[name] for name in _KEYWORDS if name in schema}
    for number in hints.numbers:
        if number.is_integer() and fits(bounds, int(number), budget):
            hints.numbers.remove(number)
            return int(number)
    low, high = _bounds(schema)
    if low is None and high is None:
        low = 0
    least = math.ceil(low) if low is not None else None
    most = math.floor(high) if high is not None else None
    step = schema.get("multipleOf", 1)
    whole = step if isinstance(step, int) else _whole_step(step)
    first = math.ceil(least / whole) if least is not None else None
    last = math.floor(most / whole) if most is not None else None
    return int(_pick(first, last, random, whole, bounds, budget))


def make_number(schema: Schema, hints: Hints, random: Random, budget: Budget) -> float | int:
    bounds = {name: schema[name] for name in _KEYWORDS if name in schema}
    for number in hints.numbers:
        if fits(bounds, number, budget):
            hints.numbers.remove(number)
            return int(number) if number.is_integer() else number
    low, high = _bounds(schema)
    step = schema.get("multipleOf")
    if step is not None:
        first = math.ceil(low / step) if low is not None else None
        last = math.floor(high / step) if high is not None else None
        return _pick(first, last, random, step, bounds, budget)
    if low is None:
        low = 0.0 if high is None or high > 0 else high - _SPAN
    if high is None:
        high = low + _SPAN
    for digits in (2, 6, 15):
        made = round(low + (high - low) * random.unit(), digits)
        if fits(bounds, made, budget):
            return made
    for made in (low, high, (low + high) / 2):
        if fits(bounds, made, budget):
            return made
    raise Impossible("no number is within the bounds")


def _bounds(schema: Schema) -> tuple[float | None, float | None]:
    lows = [schema[name] for name in ("minimum", "exclusiveMinimum") if _is_number(schema.get(name))]
    highs = [schema[name] for name in ("maximum", "exclusiveMaximum") if _is_number(schema.get(name))]
    return max(lows, default=None), min(highs, default=None)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole_step(step: float) -> int:
    """The smallest whole multiple of a step: 1 of 0.1, 3 of 1.5."""
    return Fraction(str(step)).numerator


def _pick(first: int | None, last: int | None, random: Random, step: float, bounds: Schema, budget: Budget) -> float:
    """A multiple of `step`, from `first` to `last` times it, that keeps the bounds (which may be exclusive)."""
    if first is None:
        first = 0 if last is None or last >= 0 else last - _SPAN
    if last is None:
        last = first + _SPAN
    if first <= last:
        middle = random.between(first, min(last, first + _SPAN * 10))
        for times in (middle, *(first + i for i in range(64)), *(last - i for i in range(8))):
            if not first <= times <= last:
                continue
            # 3 × 0.1 is 0.30000000000000004: the rounded product is the nicer one, where it holds.
            for made in (round(times * step, 10), times * step):
                if fits(bounds, made, budget):
                    return made
    raise Impossible("no number is within the bounds")
