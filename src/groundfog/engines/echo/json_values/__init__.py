"""Values that are valid for a JSON Schema: deterministic in (schema, seed, text), or a plain refusal."""

from __future__ import annotations

from typing import Any

from groundfog import errors
from groundfog.engines.echo.json_values.check import fits
from groundfog.engines.echo.json_values.maker import Maker
from groundfog.engines.echo.json_values.schema import Impossible

ATTEMPTS = 24
MOST_STEPS = 10_000
"""Parts of values that all attempts together may make: nobody else is answered meanwhile."""


def generate(schema: dict[str, Any], seed: int, text: str = "") -> Any:
    """A value valid for `schema`; free texts and numbers are taken from `text` where they fit.

    Every value is checked before it is given. Raises NO_JSON_SCHEMA when the schema needs what echo cannot do, or
    when no valid value was found.
    """
    problem = "no value was found that fits the schema"
    steps = 0
    for attempt in range(ATTEMPTS):
        maker = Maker(schema, seed, text, attempt)
        try:
            value = maker.make()
            if fits(schema, value):
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
        steps += maker.steps
        if steps > MOST_STEPS:
            break
    raise errors.NO_JSON_SCHEMA(what=problem)
