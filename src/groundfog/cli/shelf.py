"""What the commands tell of a model: the catalogue, the table of weights, this machine, and who would answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundfog import errors, tasks
from groundfog.engines.registry import Registry
from groundfog.inference import sources
from groundfog.weights.facade import Weights

if TYPE_CHECKING:
    from groundfog.catalog import Model
    from groundfog.settings import Settings
    from groundfog.weights.table import Row


class Shelf:
    """Rows for tables and for `--json`; sizes and memory are in bytes, None where nothing is known."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.weights = Weights(settings)
        self._pulled = {manifest.model.lower(): manifest for manifest in self.weights.pulled()}
        self._sources = sources.configured(settings, Registry())
        self._given = {name.lower() for name, each in settings.models.items() if each.path is not None}

    def pulled(self, model: Model) -> str | None:
        """The precision of a model's weights on this machine; `given` for a path of the settings."""
        if model.id.lower() in self._given:
            return "given"
        manifest = self._pulled.get(model.id.lower())
        return manifest.precision if manifest else None

    def fits(self, model: Model) -> bool:
        """Whether there are weights in the table that this machine has the memory for."""
        row = self.weights.table.find(model)
        return row is not None and self.weights.fits(model, row)

    def answers(self, model: Model) -> str | None:
        """The first source that has the model; a source that has it and cannot answer is shown with `!`."""
        name = tasks.name_for(model)
        if name is None:
            return None
        task = tasks.by_name(name)
        for source in self._sources.of(model):
            try:
                if source.find(model, task) is not None:
                    return source.name
            except errors.GroundfogError:
                return f"{source.name}!"
        return None

    def summary(self, model: Model) -> dict[str, Any]:
        """One line of `groundfog models`."""
        row = self.weights.table.find(model)
        manifest = self._pulled.get(model.id.lower())
        precision = manifest.precision if manifest and row and manifest.precision in row.precisions else None
        size = row.size(row.precision(precision)) if row else None
        return {
            "id": model.id,
            "task": model.task,
            "status": model.status,
            "pulled": self.pulled(model),
            "size_bytes": manifest.size if manifest else size and size.bytes,
            "size_basis": "pulled" if manifest else size and size.basis,
            "memory_bytes": self.weights.memory_needed(model, row, precision) if row else None,
            "fits": self.weights.fits(model, row, precision) if row else None,
            "answers": self.answers(model),
        }

    def details(self, model: Model) -> dict[str, Any]:
        """`groundfog models show`: the summary, the limits, and every precision of the weights."""
        row = self.weights.table.find(model)
        manifest = self._pulled.get(model.id.lower())
        return {
            **self.summary(model),
            "author": model.author,
            "license": model.license,
            "context_window": model.context_window,
            "max_input_tokens": model.max_input_tokens,
            "output_dimensions": model.output_dimensions,
            "pulled_bytes": manifest.size if manifest else None,
            "folder": str(self.weights.manifests.folder(manifest)) if manifest else None,
            "revision": manifest.revision if manifest else None,
            "weights": self._row(model, row) if row else None,
            "why_no_weights": None if row else self.weights.table.why_not(model),
        }

    def _row(self, model: Model, row: Row) -> dict[str, Any]:
        return {
            "repo": row.repo,
            "format": row.format,
            "engine": row.engine,
            "basis": row.basis,
            "seen": row.seen,
            "gated": row.gated,
            "note": row.note,
            "precisions": [self._precision(model, row, name) for name in row.precisions],
        }

    def _precision(self, model: Model, row: Row, name: str) -> dict[str, Any]:
        cache = self.weights.cache(model, row, name)
        return {
            "precision": name,
            "size_bytes": row.size(name).bytes,
            "size_basis": row.size(name).basis,
            "memory_bytes": self.weights.memory_needed(model, row, name),
            "context_size": cache.context if cache is not None else None,
            "slots": cache.slots if cache is not None else None,
            "fits": self.weights.fits(model, row, name),
        }
