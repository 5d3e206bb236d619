"""What each task takes and gives. One module per task; this is their register."""

from __future__ import annotations

from groundfog import errors
from groundfog.catalog import Model
from groundfog.tasks.base import BinaryBody, Body, FormBody, FormPart, JsonBody, Policy, Rendered, Streamer, Task

__all__ = ["BinaryBody", "Body", "FormBody", "FormPart", "JsonBody", "Policy", "Rendered", "Streamer", "Task"]


def register() -> dict[str, Task]:
    """Every task by its name."""
    raise NotImplementedError


def by_name(name: str) -> Task:
    """The task of a name; used where a task crossed a process border."""
    raise NotImplementedError


def for_model(model: Model) -> Task:
    """The task that a model does, by its task and `input_schema_kind`. Raises NO_SUCH_MODEL when nothing is known."""
    raise errors.NO_SUCH_MODEL(model=model.id)
