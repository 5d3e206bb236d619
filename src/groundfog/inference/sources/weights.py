"""Source `weights`: the model's own weights, pulled or given as a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundfog.engines.registry import Registry
from groundfog.inference.sources.base import Found, from_files
from groundfog.weights import Weights

if TYPE_CHECKING:
    from groundfog.catalog import Model
    from groundfog.settings import Settings
    from groundfog.tasks import Task


class WeightsSource:
    """Answers with files that `groundfog pull` brought or that the settings name."""

    name = "weights"

    def __init__(self, settings: Settings, registry: Registry) -> None:
        self._weights = Weights(settings)
        self._registry = registry
        self._memory_limit = settings.memory_limit_bytes
        self._settings = {model_id.lower(): chosen for model_id, chosen in settings.models.items()}

    def find(self, model: Model, task: Task) -> Found | None:
        located = self._weights.locate(model)
        if located is None:
            return None
        names = [name.lower() for name in (model.id, model.alias_of) if name]
        chosen = next((self._settings[name] for name in names if name in self._settings), None)
        return from_files(self._registry, model, task, located, chosen, self._memory_limit)
