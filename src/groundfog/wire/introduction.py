"""The start-up text: which source answers for what, and who may call."""

from __future__ import annotations

from groundfog import tasks
from groundfog.errors import GroundfogError
from groundfog.platform import Platform

SOURCES = {
    "weights": "real open weights",
    "stand-in": "small embedded models; they keep a model's contract, and are not that model",
    "echo": "no model: deterministic answers of the right shape",
}
NAMED = 4
"""Models that are named one by one; more of them are counted."""


def introduction(platform: Platform, *, is_open: bool) -> list[str]:
    """Lines for standard output. Asks inference, for every model of the catalogue, who would answer now."""
    answered: dict[str, dict[str, list[str]]] = {}
    broken: list[str] = []
    for model in platform.catalog.models:
        try:
            task = tasks.for_model(model)
            source, _ = platform.inference.who(model, task)
        except GroundfogError as error:
            if error.status >= 500:
                broken.append(f"  {model.id} cannot be answered: {error.description}")
            continue
        answered.setdefault(source, {}).setdefault(task.cloudflare_task, []).append(model.id)
    lines = ["Who answers (every answer says it in the header `groundfog-source`):"]
    for source in dict.fromkeys((*platform.settings.sources, *answered)):
        groups = [_group(source, task, names) for task, names in answered.get(source, {}).items()]
        lines.append(f"  {source} ({SOURCES[source]}): {', '.join(groups) or 'nothing at present'}")
    lines += broken
    if is_open:
        lines.append("No keys: whoever can log in to this machine may call. `groundfog keys create` makes one.")
    return lines


def _group(source: str, task: str, names: list[str]) -> str:
    if source == "weights" and len(names) <= NAMED:
        return ", ".join(names)
    return f"{task} ({len(names)} {'model' if len(names) == 1 else 'models'})"
