"""What a source is: somebody who may answer for a model. A new source is a new class in a new file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from groundfog import errors
from groundfog.engines.base import LoadOptions
from groundfog.engines.registry import Registry
from groundfog.tasks.text_generation import facts as text_facts
from groundfog.weights.files import Located, ModelFiles

if TYPE_CHECKING:
    from groundfog.catalog import Model
    from groundfog.settings import ModelSettings
    from groundfog.tasks import Task

NO_FILES = ModelFiles(format="", main="", folder="")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """How a source answers for a model: which engine loads which files, and how."""

    engine: str
    files: ModelFiles
    options: LoadOptions


class Source(Protocol):
    """Somebody who may answer."""

    name: str
    """As in `settings.sources` and the header `groundfog-source`."""

    def find(self, model: Model, task: Task) -> Found | None:
        """None: the source does not have the model, the next one is asked.

        An error (BAD_MODEL_FILE, ENGINE_MISSING): it has the model and cannot answer; no other source is asked.
        """
        ...


def catalogue_facts(model: Model) -> dict[str, Any]:
    """What the catalogue knows of a model, as `LoadOptions.facts`."""
    facts = {
        "context_window": model.context_window,
        "max_input_tokens": model.max_input_tokens,
        "max_output_tokens": model.max_output_tokens,
        "default_max_tokens": model.default_max_tokens,
        "output_dimensions": model.output_dimensions,
        "reasoning": model.properties.reasoning,
        "input_schema_kind": model.input_schema_kind,
        "output_kind": model.output_kind,
    }
    return {name: value for name, value in facts.items() if value is not None}


def from_files(
    registry: Registry,
    model: Model,
    task: Task,
    located: Located,
    chosen: ModelSettings | None = None,
    memory_limit: int | None = None,
) -> Found:
    """Settle the engine and the options for files. Raises ENGINE_MISSING when no engine reads them for the task."""
    engine = (chosen and chosen.engine) or located.engine or registry.choose(task.name, located.files.format)
    if engine is None:
        wanted = f"an engine for {task.name} on {located.files.format} files"
        raise errors.ENGINE_MISSING(engine=f"for {model.id}", install=wanted)
    facts = catalogue_facts(model)
    if task.name == "text-generation" and (temperature := text_facts.default_temperature(model)) is not None:
        facts["temperature"] = temperature
    options = LoadOptions(model_id=model.id, memory_limit=memory_limit, facts=facts | located.facts)
    if chosen is not None:
        options = msgspec.structs.replace(
            options,
            context_size=chosen.context_size,
            slots=chosen.slots,
            threads=chosen.threads,
            gpu_layers=chosen.gpu_layers,
            precision=chosen.precision,
        )
    return Found(engine=engine, files=located.files, options=options)
