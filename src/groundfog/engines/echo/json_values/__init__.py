"""Values that are valid for a JSON Schema: deterministic in (schema, seed, text), or a plain refusal."""

from __future__ import annotations

from typing import Any

from groundfog import errors
from groundfog.engines.echo.json_values.budget import Budget
from groundfog.engines.echo.json_values.check import fits
from groundfog.engines.echo.json_values.hints import Hints
from groundfog.engines.echo.json_values.maker import Maker
from groundfog.engines.echo.json_values.schema import Impossible

ATTEMPTS = 24


def generate(schema: dict[str, Any], seed: int, text: str = "", budget: Budget | None = None) -> Any:
    """A value valid for `schema`; free texts and numbers are taken from `text` where they fit.

    Every value is checked before it is given. Raises NO_JSON_SCHEMA when the schema needs what echo cannot do, when
    no valid value was found, or when it takes more than `budget` (a new one by default).
    """
    problem = "no value was found that fits the schema"
    budget = budget or Budget()
    hints = Hints(text)
    for attempt in range(ATTEMPTS):
        try:
            value = Maker(schema, seed, hints, budget, attempt).make()
            if fits(schema, value, budget):
                return value
        except Impossible as impossible:
            problem = str(impossible)
            if impossible.final:
                break
        except RecursionError:
            problem = "the schema refers to itself without end"
            break
        except OverflowError:
            problem = "its numbers are beyond what a double can hold"
            break
    raise errors.NO_JSON_SCHEMA(what=problem)
