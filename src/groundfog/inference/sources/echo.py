"""Source `echo`: no model; deterministic answers of the right shape, for every task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundfog.engines.base import LoadOptions
from groundfog.engines.registry import Registry
from groundfog.inference.sources.base import NO_FILES, Found, catalogue_facts

if TYPE_CHECKING:
    from groundfog.catalog import Model
    from groundfog.settings import Settings
    from groundfog.tasks import Task


class EchoSource:
    """Answers always."""

    name = "echo"

    def __init__(self, settings: Settings, registry: Registry) -> None:
        self._script = settings.echo_script

    def find(self, model: Model, task: Task) -> Found | None:
        facts = catalogue_facts(model)
        if self._script is not None:
            facts["echo_script"] = str(self._script)
        return Found(engine="echo", files=NO_FILES, options=LoadOptions(model_id=model.id, facts=facts))
