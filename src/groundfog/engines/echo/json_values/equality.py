"""When two values are the same JSON: `1` and `1.0` are, `1` and `true` are not."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from groundfog.engines.echo.json_values.budget import CHECKING, Budget


def key(value: Any, budget: Budget) -> Hashable:
    """What all values that are the same JSON have in common, and no others."""
    budget.spend(1, CHECKING)
    if isinstance(value, bool):
        return bool, value
    if isinstance(value, list):
        return list, tuple(key(item, budget) for item in value)
    if isinstance(value, dict):
        return dict, frozenset((name, key(item, budget)) for name, item in value.items())
    return value  # type: ignore[no-any-return]


def same(one: Any, other: Any, budget: Budget) -> bool:
    """Whether two values are the same JSON."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list | dict) and isinstance(other, list | dict):
        return key(one, budget) == key(other, budget)
    return bool(one == other)
