"""The room's door: which files serve a model on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from groundfog.weights import local, memory, table
from groundfog.weights.files import Located
from groundfog.weights.hub import Hub
from groundfog.weights.manifest import Manifest, Manifests
from groundfog.weights.progress import Progress, silent
from groundfog.weights.pull import Puller

if TYPE_CHECKING:
    from groundfog.catalog import Model
    from groundfog.settings import ModelSettings, Settings


class Weights:
    """Weights that were pulled, or given as a path in the settings of a model."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.table = table.default()
        self.manifests = Manifests(settings.state / "weights")
        self._models = {name.lower(): model for name, model in settings.models.items()}

    def locate(self, model: Model) -> Located | None:
        """Files of a model, or None when it has none here.

        A path of the settings wins over what was pulled; an alias is served by its model's files too. Raises
        BAD_MODEL_FILE when the files are there but not whole: another source never answers for damaged weights.
        """
        row = self.table.find(model)
        facts = dict(row.facts) if row else {}
        for name in filter(None, (model.id, model.alias_of)):
            located = self._locate(name, facts)
            if located is not None:
                return located
        return None

    def _locate(self, model_id: str, facts: dict[str, Any]) -> Located | None:
        chosen = self._models.get(model_id.lower())
        if chosen is not None and chosen.path is not None:
            found = local.recognise(chosen.path, chosen.precision)
            return _with_extras(Located(found.files, chosen.engine, facts), chosen)
        manifest = self.manifests.read(model_id)
        if manifest is None:
            return None
        self.manifests.check_sizes(manifest)
        files = self.manifests.model_files(manifest)
        if chosen is None:
            return Located(files, manifest.engine, facts)
        return _with_extras(Located(files, chosen.engine or manifest.engine, facts), chosen)

    def pulled(self) -> list[Manifest]:
        """What was pulled, by model id."""
        return list(self.manifests.all())

    def puller(self, progress: Progress = silent, hub: Hub | None = None) -> Puller:
        """What brings files here, checks them and removes them."""
        return Puller(self.manifests, progress, hub or Hub())

    def pull(
        self,
        model: Model,
        precision: str | None = None,
        *,
        repo: str | None = None,
        update: bool = False,
        progress: Progress = silent,
        hub: Hub | None = None,
    ) -> Manifest:
        """Pull a model's weights from the hub, out of the table's repository or out of `repo`.

        Raises NO_OPEN_WEIGHTS, HUB_*, WRONG_DIGEST, DISK_FULL.
        """
        row = table.given(model, repo, precision, self.table.find(model)) if repo else self.table.row(model)
        return self.puller(progress, hub).from_hub(model.id, row, row.precision(precision), update=update)

    def take(self, model: Model, path: Path, precision: str | None = None, *, progress: Progress = silent) -> Manifest:
        """Copy a model's weights from a local file or folder. Raises BAD_MODEL_FILE, DISK_FULL."""
        return self.puller(progress).from_path(model.id, path, precision)

    def cache(self, model: Model, row: table.Row, precision: str | None = None) -> memory.Cache | None:
        """Context and slots that a text model will get with its settings; None where the row does not tell."""
        if row.kv_bytes_per_token is None or model.context_window is None:
            return None
        chosen = self._models.get(model.id.lower()) or self._models.get((model.alias_of or "").lower())
        return memory.cache(
            row.kv_bytes_per_token,
            model.context_window,
            row.size(row.precision(precision)).bytes,
            context=chosen.context_size if chosen else None,
            slots=chosen.slots if chosen else None,
            most=self.settings.memory_limit_bytes,
        )

    def memory_needed(self, model: Model, row: table.Row, precision: str | None = None) -> int:
        """Estimated bytes for loading a model with the weights of a row; an eighth of them where no cache is known."""
        size = row.size(row.precision(precision)).bytes
        if row.format == "onnx":
            return memory.needed(size)
        cache = self.cache(model, row, precision)
        return memory.needed(size, size // 8 if cache is None else cache.bytes)

    def fits(self, model: Model, row: table.Row, precision: str | None = None) -> bool:
        """Whether this machine has the memory for it, within `settings.memory_limit_bytes`."""
        return self.memory_needed(model, row, precision) <= memory.limit(self.settings.memory_limit_bytes)


def _with_extras(located: Located, chosen: ModelSettings) -> Located:
    extra = dict(located.files.extra)
    if chosen.mmproj is not None:
        extra["mmproj"] = str(chosen.mmproj.expanduser().resolve())
    if chosen.draft is not None:
        extra["draft"] = str(chosen.draft.expanduser().resolve())
    for name, path in chosen.lora.items():
        extra[f"lora:{name}"] = str(path.expanduser().resolve())
    return msgspec.structs.replace(located, files=msgspec.structs.replace(located.files, extra=extra))
