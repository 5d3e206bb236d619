"""Bringing a model's files here: from the hub or from a path; checked, under a lock, the manifest last."""

from __future__ import annotations

import contextlib
import datetime
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from groundfog import errors
from groundfog.weights import digests, local
from groundfog.weights.hub import Hub, RemoteFile, Repository
from groundfog.weights.manifest import Manifest, Manifests, Role, StoredFile
from groundfog.weights.progress import Counter, Progress, Step, human_size
from groundfog.weights.split import SPLIT
from groundfog.weights.table import Row

SPARE = 64 * 1024 * 1024
"""Bytes that stay free on the disk after a pull."""

FreeSpace = Callable[[Path], int]


def free_space(folder: Path) -> int:
    """Free bytes of the disk that holds a folder."""
    return shutil.disk_usage(folder).free


class Puller:
    """Writes to one weights directory. Two pulls of one repository, in any process, go one after the other."""

    def __init__(self, manifests: Manifests, progress: Progress, hub: Hub, free: FreeSpace = free_space) -> None:
        self.manifests = manifests
        self.root = manifests.root
        self.progress = progress
        self.hub = hub
        self.free = free

    def from_hub(self, model_id: str, row: Row, precision: str, *, update: bool = False) -> Manifest:
        """Pull one precision of a row. What is here already, whole, is not asked for again unless `update`.

        Raises HUB_*, WRONG_DIGEST, DISK_FULL.
        """
        old = self._whole(model_id)
        if old is not None and (old.repo, old.precision) == (row.repo, precision) and not update:
            return old
        self.progress(Step("resolve", row.repo))
        repository = self.hub.resolve(row.repo)
        chosen = choose_files(row, precision, repository)
        slug = row.repo.replace("/", "--")
        folder = f"files/{slug}/{repository.revision[:12]}"
        with self._lock(slug), self._disk(self.root):
            self._fetch(repository, [file for file, _ in chosen], folder, slug)
            manifest = Manifest(
                model=model_id,
                format=row.format,
                engine=row.engine,
                precision=precision,
                folder=folder,
                files=[StoredFile(file.path, file.size, file.digest, role) for file, role in chosen],
                pulled_at=_now(),
                repo=row.repo,
                revision=repository.revision,
            )
            self.manifests.write(manifest)
        return self._finish(manifest, old)

    def from_path(self, model_id: str, path: Path, precision: str | None = None) -> Manifest:
        """Copy local files. Raises BAD_MODEL_FILE, DISK_FULL."""
        found = local.recognise(path, precision)
        old = self._whole(model_id)
        slug = "local--" + model_id.lower().replace("/", "--").lstrip("@")
        base = Path(found.files.folder)
        main = Path(found.files.main)
        with self._lock(slug), self._disk(self.root):
            members = local.members(found.files)
            sizes = [member.stat().st_size for member in members]
            self._require(sum(sizes))
            reading = Counter("verify", sum(sizes), self.progress)
            stored = []
            for member, size in zip(members, sizes, strict=True):
                name = member.relative_to(base).as_posix()
                reading.start(name)
                digest = digests.of_file(member, "sha256", reading.add)
                role: Role = "main" if member == main else _local_role(member, found.files.path("mmproj"))
                stored.append(StoredFile(name, size, digest, role))
            folder = f"files/{slug}/{stored[0].digest.partition(':')[2][:12]}"
            copying = Counter("copy", sum(sizes), self.progress)
            for member, file in zip(members, stored, strict=True):
                copying.start(file.path)
                _copy(member, self.root / folder / file.path, copying.add)
            manifest = Manifest(
                model=model_id,
                format=found.files.format,
                engine=None,
                precision=found.precision,
                folder=folder,
                files=stored,
                pulled_at=_now(),
                origin=str(path.expanduser().resolve()),
            )
            self.manifests.write(manifest)
        return self._finish(manifest, old)

    def remove(self, manifest: Manifest) -> int:
        """Forget a model and delete the files that no other model uses; the answer is the bytes freed."""
        with self._lock(_slug(manifest)):
            self.manifests.delete(manifest.model)
            return self._delete_unused(manifest)

    def verify(self, manifest: Manifest) -> None:
        """Digest every file. A wrong one is deleted: WRONG_DIGEST; a missing one is BAD_MODEL_FILE."""
        self.manifests.check_sizes(manifest)
        counter = Counter("verify", manifest.size, self.progress)
        for file in manifest.files:
            counter.start(file.path)
            path = self.manifests.folder(manifest) / file.path
            digests.check(path, file.digest, str(path), counter.add)

    def _whole(self, model_id: str) -> Manifest | None:
        """The manifest of a model whose files are all there; a damaged one counts as none."""
        with contextlib.suppress(errors.GroundfogError):
            manifest = self.manifests.read(model_id)
            if manifest is not None:
                self.manifests.check_sizes(manifest)
            return manifest
        return None

    def _fetch(self, repository: Repository, files: list[RemoteFile], folder: str, slug: str) -> None:
        here: dict[str, set[Path]] = {}
        for stored, path in self._stored():
            here.setdefault(stored.digest, set()).add(path)
        missing: list[tuple[RemoteFile, Path]] = []
        for file in files:
            target = self.root / folder / file.path
            known = here.get(file.digest, set())
            if target in known or (target.is_file() and digests_match(target, file.digest)):
                continue
            if known:
                _link(next(iter(known)), target)
            else:
                missing.append((file, target))
        arrived = sum(_size(self._part(slug, file)) for file, _ in missing)
        total = sum(file.size for file, _ in missing)
        self._require(total - arrived)
        loading = Counter("download", total, self.progress, arrived)
        checking = Counter("verify", total, self.progress)
        for file, target in missing:
            part = self._part(slug, file)
            loading.start(file.path)
            self.hub.download(repository, file, part, loading.add)
            checking.start(file.path)
            digests.check(part, file.digest, f"{repository.repo}/{file.path}", checking.add)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(part, target)

    def _part(self, slug: str, file: RemoteFile) -> Path:
        folder = self.root / "parts"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{slug}--{file.digest.partition(':')[2]}.part"

    def _stored(self) -> Iterator[tuple[StoredFile, Path]]:
        """Every file of every model that is whole."""
        for manifest in self.manifests.all():
            for file in manifest.files:
                path = self.manifests.folder(manifest) / file.path
                if path.is_file() and path.stat().st_size == file.size:
                    yield file, path

    def _require(self, needed: int) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        free = self.free(self.root)
        if needed + SPARE > free:
            raise errors.DISK_FULL(folder=self.root, need=human_size(needed), free=human_size(free))

    def _finish(self, manifest: Manifest, old: Manifest | None) -> Manifest:
        """Delete what the new manifest has replaced. The lock of the new files is not held here any more."""
        if old is not None:
            with self._lock(_slug(old)):
                self._delete_unused(old)
        self.progress(Step("done", manifest.model, manifest.size, manifest.size))
        return manifest

    def _delete_unused(self, manifest: Manifest) -> int:
        used = {path for _, path in self._stored()}
        freed = 0
        for file in manifest.files:
            path = self.manifests.folder(manifest) / file.path
            if path not in used and path.is_file():
                freed += file.size
                path.unlink()
        _remove_empty(self.manifests.folder(manifest), self.root / "files")
        return freed

    @contextlib.contextmanager
    def _lock(self, slug: str) -> Iterator[None]:
        folder = self.root / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"{slug}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            self.progress(Step("wait", slug.replace("--", "/", 1)))
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def _disk(self, folder: Path) -> Iterator[None]:
        """A disk that fills up while we write is the same error as one that was too full before."""
        try:
            yield
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            free = human_size(self.free(folder))
            raise errors.DISK_FULL(folder=folder, need="more than that", free=free) from error


def choose_files(row: Row, precision: str, repository: Repository) -> list[tuple[RemoteFile, Role]]:
    """The files of one precision, the main one first. Raises HUB_NOT_FOUND when the repository lacks one."""

    def need(name: str) -> RemoteFile:
        file = repository.files.get(name)
        if file is None:
            raise errors.HUB_NOT_FOUND(what=f"file {name}", repo=row.repo)
        return file

    names = row.main_files(precision, repository.files)
    if not names:
        raise errors.HUB_NOT_FOUND(what=f"file of precision {precision}", repo=row.repo)
    part = SPLIT.search(names[0])
    if part is not None and len(names) != int(part[2]):
        raise errors.HUB_NOT_FOUND(what=f"complete set of {int(part[2])} parts of precision {precision}", repo=row.repo)
    chosen: list[tuple[RemoteFile, Role]] = [(need(names[0]), "main")]
    chosen += [(need(name), "part") for name in names[1:]]
    chosen += [(file, "companion") for name, file in repository.files.items() if name.startswith(names[0] + "_data")]
    chosen += [(need(name), "companion") for name in row.companions]
    chosen += [(repository.files[name], "companion") for name in row.optional if name in repository.files]
    if row.mmproj is not None:
        chosen.append((need(row.mmproj), "mmproj"))
    return chosen


def digests_match(path: Path, wanted: str) -> bool:
    """Whether a file that a cut pull left behind is the wanted one."""
    return digests.of_file(path, wanted.partition(":")[0]) == wanted


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _slug(manifest: Manifest) -> str:
    """The part of a manifest's folder that its lock is named after: `files/<slug>/<version>`."""
    return manifest.folder.split("/")[1]


def _local_role(member: Path, projector: Path | None) -> Role:
    if member == projector:
        return "mmproj"
    return "part" if member.suffix.lower() == ".gguf" else "companion"


def _link(source: Path, target: Path) -> None:
    """A second name for a file that is here already; a copy where the disk has no hard links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _copy(source: Path, target: Path, on_bytes: Callable[[int], None]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(target.name + ".part")
    with source.open("rb") as read, temporary.open("wb") as write:
        while block := read.read(digests.BLOCK):
            write.write(block)
            on_bytes(len(block))
        write.flush()
        os.fsync(write.fileno())
    os.replace(temporary, target)


def _remove_empty(folder: Path, stop: Path) -> None:
    for each in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        with contextlib.suppress(OSError):
            each.rmdir()
    while folder != stop and stop in folder.parents:
        with contextlib.suppress(OSError):
            folder.rmdir()
        folder = folder.parent


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
