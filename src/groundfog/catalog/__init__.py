"""Which models exist and what is known of them; package data behind typed look-ups."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any
from urllib.parse import unquote

import msgspec

from groundfog import errors
from groundfog.catalog.model import Deprecation, Model, Price, Properties

__all__ = ["Catalog", "Deprecation", "Model", "Price", "Properties"]


class Catalog:
    """All models, by id in any letter case. Some ids are other spellings of a model: see `served`."""

    def __init__(self, models: list[Model]) -> None:
        self.models = models
        self._by_id = {model.id.lower(): model for model in models} | {model.id: model for model in models}
        self._deprecations = {model.id: self._find_deprecation(model) for model in models}

    @classmethod
    def load(cls) -> Catalog:
        """The catalogue that ships with the package: the collected facts, and where the spec decides otherwise."""
        folder = resources.files("groundfog.catalog").joinpath("data")
        models = msgspec.json.decode(folder.joinpath("catalog.json").read_bytes(), type=list[Model])
        corrections = msgspec.json.decode(folder.joinpath("corrections.json").read_bytes(), type=dict[str, Any])
        return cls([_corrected(model, corrections.get(model.id)) for model in models])

    def find(self, model_id: str) -> Model:
        """The model of an id as it arrives in a path or field: any case, `%2F`, `%40`. Raises NO_SUCH_MODEL."""
        model = self._by_id.get(model_id) or self._by_id.get(unquote(model_id).strip("/").lower())
        if model is None:
            raise errors.NO_SUCH_MODEL(model=model_id)
        return model

    def served(self, model: Model) -> Model:
        """The model that answers for `model`: the target of an alias or redirection, otherwise itself."""
        target = self._by_id.get((model.alias_of or "").lower())
        return model if target is None else self.served(target)

    def aliases(self, model: Model) -> tuple[Model, ...]:
        """Entries that are answered by `model` under another id."""
        return tuple(other for other in self.models if other is not model and self.served(other) is model)

    def deprecation(self, model: Model) -> Deprecation | None:
        """When and for what a model is or was withdrawn; None for one that is not. An alias shares its target's."""
        return self._deprecations.get(model.id)

    @functools.cached_property
    def rows(self) -> Mapping[str, dict[str, Any]]:
        """Rows of `models/search` by id (spec workers-ai §8.11)."""
        from groundfog.catalog import rows

        return {model.id: rows.row(model, self.deprecation(model)) for model in self.models}

    def _find_deprecation(self, model: Model) -> Deprecation | None:
        if model.deprecation_date is not None:
            return Deprecation(model.deprecation_date, model.replacement)
        if model.status == "alias-of-deprecated":
            target = self._by_id.get((model.alias_of or "").lower())
            return None if target is None else self._find_deprecation(target)
        return None


def _corrected(model: Model, fields: Mapping[str, Any] | None) -> Model:
    return model if fields is None else msgspec.convert({**msgspec.structs.asdict(model), **fields}, Model)


@functools.cache
def default() -> Catalog:
    return Catalog.load()
