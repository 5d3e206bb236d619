"""Who may answer for a model, in the order of `settings.sources`."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from groundfog.engines.registry import Registry
from groundfog.inference.sources.base import Found, Source

if TYPE_CHECKING:
    from groundfog.catalog import Model
    from groundfog.settings import Settings

__all__ = ["Found", "Order", "Source", "configured"]

SOURCES = MappingProxyType(
    {
        "weights": "groundfog.inference.sources.weights:WeightsSource",
        "stand-in": "groundfog.inference.sources.stand_in:StandInSource",
        "echo": "groundfog.inference.sources.echo:EchoSource",
    }
)
"""A source is a class made from (settings, registry)."""


class Order:
    """Which sources are asked for a model, one after the other: those of its own settings, or else the `usual` ones."""

    def __init__(self, usual: Sequence[Source], own: Mapping[str, Sequence[Source]] = MappingProxyType({})) -> None:
        self.usual = usual
        self._own = own

    def of(self, model: Model) -> Sequence[Source]:
        for name in filter(None, (model.id, model.alias_of)):
            if (own := self._own.get(name.lower())) is not None:
                return own
        return self.usual


def configured(settings: Settings, registry: Registry) -> Order:
    """The sources of the settings, in their order."""
    made: dict[str, Source] = {}

    def source(name: str) -> Source:
        if name not in made:
            module, _, attribute = SOURCES[name].partition(":")
            made[name] = getattr(importlib.import_module(module), attribute)(settings, registry)
        return made[name]

    own = {
        model_id.lower(): [source(name) for name in chosen.sources]
        for model_id, chosen in settings.models.items()
        if chosen.sources is not None
    }
    return Order([source(name) for name in settings.sources], own)
