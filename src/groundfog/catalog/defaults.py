"""Facts that hold for whole tasks: rate limits, the neuron's price, Vectorize presets (`data/task-defaults.json`)."""

from __future__ import annotations

import functools
from importlib import resources

import msgspec


class RateLimit(msgspec.Struct, frozen=True):
    """Requests per minute and account; None is unknown."""

    task: str
    requests_per_minute: int | None


class PaidRateLimits(msgspec.Struct, frozen=True):
    """Requests per minute, account and model that needs a paid plan."""

    standard_billing: int
    prepaid_ai_gateway_credits: int


class Neurons(msgspec.Struct, frozen=True):
    """Price in US dollars per 1,000 neurons, and what is free each day."""

    usd_per_1000: float
    free_per_day: int
    paid_plan_included_per_day: int


class TextGenerationDefaults(msgspec.Struct, frozen=True):
    default_max_tokens: int


class VectorizePreset(msgspec.Struct, frozen=True):
    """`suggested_metric` is this project's choice; the service does not publish one."""

    preset: str
    dimensions: int
    suggested_metric: str


class Defaults(msgspec.Struct, frozen=True):
    rate_limits_per_minute: tuple[RateLimit, ...]
    paid_models_rate_limits_per_minute: PaidRateLimits
    neurons: Neurons
    text_generation: TextGenerationDefaults
    vectorize_presets: tuple[VectorizePreset, ...]

    def requests_per_minute(self, task: str | None) -> int | None:
        """Documented limit of a task by its Cloudflare name; None when there is none."""
        return next((limit.requests_per_minute for limit in self.rate_limits_per_minute if limit.task == task), None)


@functools.cache
def defaults() -> Defaults:
    """The defaults that ship with the package."""
    data = resources.files("groundfog.catalog").joinpath("data/task-defaults.json").read_bytes()
    return msgspec.json.decode(data, type=Defaults)
