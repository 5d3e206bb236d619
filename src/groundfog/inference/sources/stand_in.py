"""Source `stand-in`: a small model that ships with the package, keeping the contract of the model it stands in for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from groundfog.engines.registry import Registry
from groundfog.inference.sources.base import Found, from_files
from groundfog.tasks.text_generation import facts
from groundfog.weights import embedded

if TYPE_CHECKING:
    from groundfog.catalog import Model
    from groundfog.settings import Settings
    from groundfog.tasks import Task


class StandInSource:
    """Answers for every model of a task that an embedded model can do."""

    name = "stand-in"

    def __init__(self, settings: Settings, registry: Registry) -> None:
        self._registry = registry
        self._memory_limit = settings.memory_limit_bytes

    def find(self, model: Model, task: Task) -> Found | None:
        located = embedded.stand_in(task.name)
        # A verdict of a model that does not know Llama Guard's categories would be believed.
        if located is None or (task.name == "text-generation" and facts.is_guard(model)):
            return None
        if model.output_dimensions is not None:
            mapped = located.facts | {"stand_in_dimensions": model.output_dimensions}
            located = msgspec.structs.replace(located, facts=mapped)
        return from_files(self._registry, model, task, located, memory_limit=self._memory_limit)
