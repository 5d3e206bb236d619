"""Who may answer for a model, in the order of `settings.sources`."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from groundfog.engines.registry import Registry
from groundfog.inference.sources.base import Found, Source

if TYPE_CHECKING:
    from groundfog.settings import Settings

__all__ = ["Found", "Source", "configured"]

SOURCES = MappingProxyType(
    {
        "weights": "groundfog.inference.sources.weights:WeightsSource",
        "stand-in": "groundfog.inference.sources.stand_in:StandInSource",
        "echo": "groundfog.inference.sources.echo:EchoSource",
    }
)
"""A source is a class made from (settings, registry)."""


def configured(settings: Settings, registry: Registry) -> Sequence[Source]:
    """The sources of the settings, in their order."""
    sources: list[Source] = []
    for name in settings.sources:
        module, _, attribute = SOURCES[name].partition(":")
        sources.append(getattr(importlib.import_module(module), attribute)(settings, registry))
    return sources
