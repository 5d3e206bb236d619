"""Rows of the catalogue as lists show them (spec workers-ai §1.7, §1.9)."""

from __future__ import annotations

from typing import Any

from groundfog.catalog import Catalog, Model


def models(
    catalog: Catalog,
    *,
    search: str | None = None,
    task: str | None = None,
    author: str | None = None,
    source: int | None = None,
    hide_experimental: bool = False,
    include_deprecated: bool = False,
) -> list[dict[str, Any]]:
    """Every row that fits, in the catalogue's order."""
    wanted = (search or "").lower()
    return [
        _row(model)
        for model in catalog.models
        if (not wanted or wanted in model.id.lower())
        and (task is None or (model.task or "").lower() == task.lower())
        and (author is None or _author(model) == author.lower())
        and (source is None or source == _source(model))
        and not (hide_experimental and model.properties.beta)
        and (include_deprecated or model.status != "deprecated")
    ]


def openrouter(catalog: Catalog, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows in a marketplace's shape."""
    return [{"id": f"workers-ai/{row['name']}", "name": row["name"]} for row in rows]


def tasks() -> list[dict[str, Any]]:
    return []


def authors(catalog: Catalog) -> list[dict[str, Any]]:
    names = sorted({_author(model) for model in catalog.models})
    return [{"id": name, "name": name} for name in names]


def _row(model: Model) -> dict[str, Any]:
    return {"name": model.id, "source": _source(model), "task": {"name": model.task}}


def _author(model: Model) -> str:
    return model.id.split("/")[1].lower()


def _source(model: Model) -> int:
    return 2 if model.id.startswith("@hf/") else 1
