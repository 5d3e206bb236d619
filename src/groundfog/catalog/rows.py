"""One model as a row of `models/search` (spec workers-ai §8.11)."""

from __future__ import annotations

import functools
import uuid
from importlib import resources
from types import MappingProxyType
from typing import Any

import msgspec

from groundfog.catalog.model import Deprecation, Model
from groundfog.catalog.tasks import TASKS

_TASKS = MappingProxyType({task.name: msgspec.to_builtins(task) for task in TASKS})
_FLAGS = (
    "beta",
    "lora",
    "function_calling",
    "reasoning",
    "vision",
    "async_queue",
    "realtime",
    "partner",
    "require_workers_paid",
)
_UNITS = MappingProxyType({"per 512x512 tile": "per 512 by 512 tile"})
_ABILITIES = MappingProxyType(
    {
        "function_calling": "calls functions",
        "reasoning": "thinks before it answers",
        "vision": "sees images",
        "lora": "takes LoRA adapters",
    }
)


def row(model: Model, deprecation: Deprecation | None) -> dict[str, Any]:
    """The row; `deprecation` is an addition of ours."""
    found: dict[str, Any] = {
        "id": identity(model.id),
        "source": source(model),
        "name": model.id,
        "description": describe(model),
        "task": _TASKS.get(model.task or ""),
    }
    if model.added:
        found["created_at"] = f"{model.added} 00:00:00.000"
    found["tags"] = []
    found["properties"] = properties(model, deprecation)
    if deprecation is not None:
        found["deprecation"] = msgspec.to_builtins(deprecation)
    return found


def identity(name: str) -> str:
    """The published id of a model where it is known, otherwise one derived from the name, always the same."""
    return _known_ids().get(name) or str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def source(model: Model) -> int:
    """1 for `@cf/`, 2 for `@hf/`."""
    return 2 if model.id.startswith("@hf/") else 1


def author(model: Model) -> str:
    """The author's segment of the id: `meta` of `@cf/meta/llama-3-8b-instruct`."""
    return model.id.split("/")[1].lower()


def properties(model: Model, deprecation: Deprecation | None) -> list[dict[str, Any]]:
    """Every value is a string, except `price` and `reasoning_effort`. A flag that is missing means no."""
    found: list[dict[str, Any]] = []

    def add(name: str, value: Any) -> None:
        if value is not None:
            found.append({"property_id": name, "value": value})

    for name in ("context_window", "max_input_tokens", "output_dimensions"):
        number = getattr(model, name)
        add(name, None if number is None else str(number))
    prices = [_price(price.unit, price.usd) for price in model.price or () if price.usd is not None]
    add("price", prices or None)
    for name in _FLAGS:
        add(name, "true" if getattr(model.properties, name) else None)
    add("reasoning_effort", _efforts().get(model.id))
    add("info", f"https://huggingface.co/{model.hf_repo}" if model.hf_repo else None)
    add("terms", model.terms_url)
    if model.id.endswith("/m2m100-1.2b"):
        add("languages", "english, chinese, french, spanish, arabic, russian, german, japanese, portuguese, hindi")
    add("planned_deprecation_date", deprecation.date if deprecation else None)
    return found


def describe(model: Model) -> str:
    """A sentence or two made of the catalogue's facts."""
    subject = f"{model.task or 'Model'} by {model.author}" if model.author else (model.task or "Model")
    facts = []
    size = (model.parameters or {}).get("total")
    if size:
        facts.append(f"{size / 1e9:g} billion parameters" if size >= 1e9 else f"{size / 1e6:g} million parameters")
    if model.context_window:
        facts.append(f"a context window of {model.context_window:,} tokens")
    elif model.max_input_tokens:
        facts.append(f"up to {model.max_input_tokens:,} tokens per text")
    if model.output_dimensions:
        facts.append(f"vectors of {model.output_dimensions:,} dimensions")
    sentence = f"{subject} with {_listed(facts)}." if facts else f"{subject}."
    abilities = [text for name, text in _ABILITIES.items() if getattr(model.properties, name)]
    return f"{sentence} It {_listed(abilities)}." if abilities else sentence


def _listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _price(unit: str, usd: float | None) -> dict[str, Any]:
    return {"unit": _UNITS.get(unit, unit), "price": usd, "currency": "USD"}


@functools.cache
def _known_ids() -> dict[str, str]:
    return msgspec.json.decode(_data("ids.json"), type=dict[str, str])


@functools.cache
def _efforts() -> dict[str, dict[str, Any]]:
    return msgspec.json.decode(_data("reasoning-efforts.json"), type=dict[str, dict[str, Any]])


def _data(name: str) -> bytes:
    return resources.files("groundfog.catalog").joinpath(f"data/{name}").read_bytes()
