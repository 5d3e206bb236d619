"""What was pulled for a model: one small JSON file per model, written last and atomically.

A model without a manifest is not pulled, whatever files lie about: a pull that was cut off leaves no manifest.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec

from groundfog import errors
from groundfog.weights.files import ModelFiles

Role = Literal["main", "part", "mmproj", "companion"]


class StoredFile(msgspec.Struct, frozen=True):
    """`path` is relative to the manifest's folder, with `/`; `digest` is `sha256:<hex>` or `git-sha1:<hex>`."""

    path: str
    size: int
    digest: str
    role: Role


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`folder` is relative to the weights directory. Files given with `--from` have no `repo` and no `revision`; any
    engine that reads them may load them."""

    model: str
    format: str
    engine: str | None
    precision: str
    folder: str
    files: list[StoredFile]
    pulled_at: str
    repo: str | None = None
    revision: str | None = None
    origin: str | None = None
    """Path that the files were copied from."""

    @property
    def stays_inside(self) -> bool:
        """Whether all files are where pulled files are: under the weights directory."""
        paths = [PurePosixPath(name) for name in (self.folder, *(file.path for file in self.files))]
        return not any(path.is_absolute() or ".." in path.parts for path in paths)

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.size for file in self.files)

    def of_role(self, role: Role) -> list[StoredFile]:
        return [file for file in self.files if file.role == role]


class Manifests:
    """All manifests under a weights directory, and where their files are."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.directory = root / "manifests"

    def path(self, model_id: str) -> Path:
        return self.directory / (model_id.lower().replace("/", "--") + ".json")

    def read(self, model_id: str) -> Manifest | None:
        """Raises BAD_MODEL_FILE for a manifest that cannot be read."""
        return self._read(self.path(model_id))

    def _read(self, path: Path) -> Manifest | None:
        try:
            manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
        except FileNotFoundError:
            return None
        except (msgspec.MsgspecError, OSError) as error:
            raise errors.BAD_MODEL_FILE(file=path, what=f"the manifest is damaged ({error})") from error
        if not manifest.of_role("main") or not manifest.stays_inside:
            raise errors.BAD_MODEL_FILE(file=path, what="the manifest names no files, or files outside of its folder")
        return manifest

    def all(self) -> Iterator[Manifest]:
        """Every manifest that can be read, by model id."""
        for path in sorted(self.directory.glob("*.json")):
            with contextlib.suppress(errors.GroundfogError):
                manifest = self._read(path)
                if manifest is not None:
                    yield manifest

    def write(self, manifest: Manifest) -> None:
        """Atomically: a reader sees the old manifest, or the new one."""
        self.directory.mkdir(parents=True, exist_ok=True)
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
        handle, temporary = tempfile.mkstemp(dir=self.directory, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self.path(manifest.model))
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            raise

    def delete(self, model_id: str) -> bool:
        try:
            self.path(model_id).unlink()
        except FileNotFoundError:
            return False
        return True

    def folder(self, manifest: Manifest) -> Path:
        return self.root / manifest.folder

    def check_sizes(self, manifest: Manifest) -> None:
        """The quick check before every load: all files there, with their sizes. Raises BAD_MODEL_FILE."""
        for file in manifest.files:
            path = self.folder(manifest) / file.path
            try:
                size = path.stat().st_size
            except OSError as error:
                raise errors.BAD_MODEL_FILE(file=path, what="it is missing") from error
            if size != file.size:
                raise errors.BAD_MODEL_FILE(file=path, what=f"it has {size} bytes instead of {file.size}")

    def model_files(self, manifest: Manifest) -> ModelFiles:
        """As an engine gets them. A split GGUF is opened by its first part."""
        folder = self.folder(manifest)
        main = manifest.of_role("main")[0]
        projectors = manifest.of_role("mmproj")
        extra = {"mmproj": str(folder / projectors[0].path)} if projectors else {}
        return ModelFiles(manifest.format, str(folder / main.path), str(folder), extra)
