"""What each task takes and gives. One module per task; this is their register."""

from __future__ import annotations

import functools
import importlib
from types import MappingProxyType

from groundfog import errors
from groundfog.catalog import Model
from groundfog.tasks.base import BinaryBody, Body, FormBody, FormPart, JsonBody, Policy, Rendered, Streamer, Task

__all__ = [
    "NAMES",
    "BinaryBody",
    "Body",
    "FormBody",
    "FormPart",
    "JsonBody",
    "Policy",
    "Rendered",
    "Streamer",
    "Task",
    "by_name",
    "for_model",
    "register",
]

NAMES = (
    "text-generation",
    "text-embeddings",
    "rerank",
    "text-classification",
    "text-to-image",
    "image-to-text",
    "visual-query",
    "decision",
    "image-classification",
    "object-detection",
    "speech-recognition",
    "text-to-speech",
    "translation",
    "summarization",
    "voice-activity-detection",
)
"""Every task. The task `a-b` is the `TASK` of the module `groundfog.tasks.a_b`."""

_OF_CLOUDFLARE = MappingProxyType(
    {
        "Text Generation": "text-generation",
        "Text Embeddings": "text-embeddings",
        "Text Classification": "text-classification",
        "Text-to-Image": "text-to-image",
        "Image-to-Text": "image-to-text",
        "Image Classification": "image-classification",
        "Object Detection": "object-detection",
        "Automatic Speech Recognition": "speech-recognition",
        "Text-to-Speech": "text-to-speech",
        "Translation": "translation",
        "Summarization": "summarization",
        "Voice Activity Detection": "voice-activity-detection",
    }
)
"""Our task for a task of the catalogue, unless `_BY_FORM` knows better."""

_BY_FORM = MappingProxyType({"system-one": "decision", "query+contexts": "rerank", "task+image": "visual-query"})
"""Models that Cloudflare files under a task whose inputs they do not take, by their whole `input_schema_kind`."""


@functools.cache
def register() -> dict[str, Task]:
    """Every task by its name."""
    return {name: by_name(name) for name in NAMES}


@functools.cache
def by_name(name: str) -> Task:
    """The task of a name; used where a task crossed a process border. Raises KeyError for an unknown name.

    Only the module of that task is imported, so that a host process starts with the one task that it serves.
    """
    if name not in NAMES:
        raise KeyError(name)
    task: Task = importlib.import_module(f"groundfog.tasks.{name.replace('-', '_')}").TASK
    return task


def for_model(model: Model) -> Task:
    """The task that a model does, by its task and `input_schema_kind`. Raises NO_SUCH_MODEL when nothing is known."""
    name = name_for(model)
    if name is None:
        raise errors.NO_SUCH_MODEL(model=model.id)
    return by_name(name)


def name_for(model: Model) -> str | None:
    """Name of the task that a model does; None when the catalogue does not know it."""
    by_form = _BY_FORM.get(model.input_schema_kind or "")
    if by_form is not None:
        return by_form
    if model.input_schema_kind is None and "reranker" in model.id:
        return "rerank"
    return _OF_CLOUDFLARE.get(model.task or "")
