"""Lists of the catalogue: `models/search`, `tasks/search`, `authors/search` (spec workers-ai §1.7, §1.9)."""

from __future__ import annotations

import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec

from groundfog.catalog import Catalog, Model, rows
from groundfog.catalog.defaults import defaults
from groundfog.catalog.tasks import TASKS


def models(
    catalog: Catalog,
    *,
    search: str | None = None,
    task: str | None = None,
    author: str | None = None,
    source: int | None = None,
    hide_experimental: bool = False,
    include_deprecated: bool = False,
    today: datetime.date | None = None,
) -> list[dict[str, Any]]:
    """Every row that fits, in the catalogue's order.

    `search`: each of its words must be in the name or description. `author` is the segment of the id. Not listed are
    other spellings of a model, models whose task is unknown and, unless asked for, models past their deprecation date.
    """
    words = (search or "").lower().split()
    now = (today or datetime.datetime.now(datetime.UTC).date()).isoformat()
    task, author = (task or "").lower(), (author or "").lower()

    def fits(model: Model) -> bool:
        return (
            model.task is not None
            and not model.status.startswith("alias")
            and (not task or model.task.lower() == task)
            and (not author or author == rows.author(model))
            and (source is None or source == rows.source(model))
            and not (hide_experimental and model.properties.beta)
            and (include_deprecated or not is_past(catalog, model, now))
            and (not words or _has_words(catalog.rows[model.id], words))
        )

    return [catalog.rows[model.id] for model in catalog.models if fits(model)]


def is_past(catalog: Catalog, model: Model, today: str) -> bool:
    """Whether the deprecation date of a model has come; `today` is an ISO date."""
    deprecation = catalog.deprecation(model)
    return deprecation is not None and deprecation.date <= today


def _has_words(row: dict[str, Any], words: list[str]) -> bool:
    text = f"{row['name']} {row['description']}".lower()
    return all(word in text for word in words)


def tasks() -> list[dict[str, Any]]:
    """Rows of `tasks/search`."""
    return [msgspec.to_builtins(task) for task in TASKS]


def authors(catalog: Catalog) -> list[dict[str, Any]]:
    """Rows of `authors/search`: `name` is what the parameter `author` takes, `models` how many there are."""
    found: dict[str, dict[str, Any]] = {}
    for model in catalog.models:
        name = rows.author(model)
        row = found.setdefault(
            name, {"id": rows.identity(name), "name": name, "display_name": model.author or name, "models": 0}
        )
        row["models"] += 1
    return [found[name] for name in sorted(found)]


def openrouter(catalog: Catalog, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of `models` in the shape of OpenRouter's provider API (`format=openrouter`)."""
    return [_marketplace_row(catalog.find(row["name"]), row) for row in found]


_MODALITIES = MappingProxyType(
    {
        "Text Generation": (["text"], ["text"]),
        "Text Embeddings": (["text"], ["embeddings"]),
        "Text Classification": (["text"], ["text"]),
        "Text-to-Image": (["text"], ["image"]),
        "Image-to-Text": (["image", "text"], ["text"]),
        "Image Classification": (["image"], ["text"]),
        "Object Detection": (["image"], ["text"]),
        "Automatic Speech Recognition": (["audio"], ["text"]),
        "Text-to-Speech": (["text"], ["audio"]),
        "Voice Activity Detection": (["audio"], ["text"]),
    }
)
_CHAT_PARAMETERS = (
    "max_tokens temperature top_p top_k seed frequency_penalty presence_penalty repetition_penalty response_format"
)


def _marketplace_row(model: Model, row: dict[str, Any]) -> dict[str, Any]:
    takes, gives = _MODALITIES.get(model.task or "", (["text"], ["text"]))
    if model.properties.vision and "image" not in takes:
        takes = [*takes, "image"]
    parameters = _CHAT_PARAMETERS.split() if model.task == "Text Generation" else []
    if model.properties.function_calling:
        parameters += ["tools", "tool_choice"]
    if model.properties.reasoning:
        parameters += ["reasoning_effort"]
    created = datetime.datetime.fromisoformat(f"{model.added or '2023-09-27'}T00:00:00+00:00")
    return {
        "id": f"workers-ai/{model.id}",
        "name": model.id,
        "created": int(created.timestamp()),
        "description": row["description"],
        "hugging_face_id": model.hf_repo,
        "context_length": model.context_window or model.max_input_tokens,
        "architecture": {"input_modalities": takes, "output_modalities": gives},
        "pricing": {
            "prompt": _per_token(model, "per M input tokens"),
            "completion": _per_token(model, "per M output tokens"),
        },
        "top_provider": {
            "context_length": model.context_window,
            "max_completion_tokens": model.max_output_tokens,
            "is_moderated": False,
        },
        "supported_parameters": parameters,
    }


def _per_token(model: Model, unit: str) -> str:
    """US dollars per token as plain digits. Neurons are what is billed, so they decide where they are known."""
    price = next((price for price in model.price or () if price.unit == unit), None)
    if price is None:
        return "0"
    if price.neurons is not None:
        per_million = Decimal(str(price.neurons)) * Decimal(str(defaults().neurons.usd_per_1000)) / 1000
    else:
        per_million = Decimal(str(price.usd or 0))
    return f"{(per_million / 1_000_000).normalize():f}"
