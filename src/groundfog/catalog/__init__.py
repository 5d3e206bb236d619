"""Which models exist and what is known of them; package data behind typed look-ups."""

from __future__ import annotations

import functools
from importlib import resources
from urllib.parse import unquote

import msgspec

from groundfog import errors
from groundfog.catalog.model import Model, Price, Properties

__all__ = ["Catalog", "Model", "Price", "Properties"]


class Catalog:
    """All models, by id in any letter case."""

    def __init__(self, models: list[Model]) -> None:
        self.models = models
        self._by_id = {model.id.lower(): model for model in models}

    @classmethod
    def load(cls) -> Catalog:
        """The catalogue that ships with the package."""
        data = resources.files("groundfog.catalog").joinpath("data/catalog.json").read_bytes()
        return cls(msgspec.json.decode(data, type=list[Model]))

    def find(self, model_id: str) -> Model:
        """The model of an id as it arrives in a path or field: any case, `%2F`, `%40`. Raises NO_SUCH_MODEL."""
        model = self._by_id.get(model_id) or self._by_id.get(unquote(model_id).strip("/").lower())
        if model is None:
            raise errors.NO_SUCH_MODEL(model=model_id)
        return model


@functools.cache
def default() -> Catalog:
    return Catalog.load()
