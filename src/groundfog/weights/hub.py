"""The Hugging Face hub, or anything that speaks like it: what a repository holds, and one file of it.

`huggingface_hub` resolves names, tokens and errors. The transfer itself is ours: its own download starts a file again
after a cut, and files of many gigabytes must go on where they stopped. `HF_ENDPOINT`, `HF_HUB_OFFLINE` and `HF_TOKEN`
are read for every call.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from groundfog import errors

if TYPE_CHECKING:
    import httpx2

PUBLIC = "https://huggingface.co"
COMMIT = re.compile(r"[0-9a-f]{7,64}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}|git-sha1:[0-9a-f]{40}")
ATTEMPTS = 5
"""Failures in a row, without one new byte, before a download gives up."""
TIMEOUT_S = 30.0
"""For the connection and for each silence while a file comes."""


class RemoteFile(msgspec.Struct, frozen=True):
    """`digest` is `sha256:<hex>` for large files, `git-sha1:<hex>` for small ones."""

    path: str
    size: int
    digest: str


class Repository(msgspec.Struct, frozen=True):
    """A repository at one commit."""

    repo: str
    revision: str
    files: dict[str, RemoteFile]


class Hub:
    """`wait` is called with the seconds between two attempts; tests give a function that does not sleep."""

    def __init__(self, endpoint: str | None = None, wait: Callable[[float], None] = time.sleep) -> None:
        self.endpoint = (endpoint or os.environ.get("HF_ENDPOINT") or PUBLIC).rstrip("/")
        self._wait = wait

    @staticmethod
    def offline() -> bool:
        """Whether `HF_HUB_OFFLINE` (or `TRANSFORMERS_OFFLINE`) forbids the network."""
        value = os.environ.get("HF_HUB_OFFLINE") or os.environ.get("TRANSFORMERS_OFFLINE") or ""
        return value.upper() in {"1", "ON", "YES", "TRUE"}

    def resolve(self, repo: str, revision: str | None = None) -> Repository:
        """What a repository holds now. Raises HUB_OFFLINE, HUB_GATED, HUB_NOT_FOUND, HUB_UNREACHABLE."""
        if self.offline():
            raise errors.HUB_OFFLINE(what=repo)
        import httpx2
        from huggingface_hub import HfApi
        from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

        try:
            info = HfApi(endpoint=self.endpoint).model_info(
                repo, revision=revision, files_metadata=True, timeout=TIMEOUT_S
            )
        except OfflineModeIsEnabled as error:
            raise errors.HUB_OFFLINE(what=repo) from error
        except HfHubHTTPError as error:
            raise self._refusal(error, repo, "such repository") from error
        except httpx2.HTTPError as error:
            raise self._unreachable(error) from error
        except (ValueError, TypeError, LookupError) as error:
            raise errors.HUB_UNREACHABLE(endpoint=self.endpoint, what="it does not answer like a hub") from error
        if COMMIT.fullmatch(info.sha or "") is None:
            raise errors.HUB_UNREACHABLE(endpoint=self.endpoint, what=f"it names no commit of {repo}")
        files = {}
        for entry in info.siblings or []:
            if entry.lfs is not None:
                file = RemoteFile(entry.rfilename, entry.lfs.size, f"sha256:{entry.lfs.sha256}")
            else:
                file = RemoteFile(entry.rfilename, entry.size or 0, f"git-sha1:{entry.blob_id}")
            if is_safe(file.path) and DIGEST.fullmatch(file.digest):
                files[file.path] = file
        return Repository(repo, str(info.sha), files)

    def download(
        self, repository: Repository, file: RemoteFile, part: Path, on_bytes: Callable[[int], None] | None = None
    ) -> None:
        """Bring one file to `part`, going on after what is there already. The digest is the caller's to check.

        Raises HUB_OFFLINE, HUB_GATED, HUB_NOT_FOUND, HUB_UNREACHABLE; `part` is kept for the next attempt.
        """
        if self.offline():
            raise errors.HUB_OFFLINE(what=f"{repository.repo}/{file.path}")
        import httpx2
        from huggingface_hub import hf_hub_url
        from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

        url = hf_hub_url(repository.repo, file.path, revision=repository.revision, endpoint=self.endpoint)
        part.touch()
        failures = 0
        while (have := _size(part)) != file.size:
            if have > file.size:
                part.unlink()
                continue
            try:
                self._transfer(url, file, part, have, on_bytes or _ignore)
                failure = errors.HUB_UNREACHABLE(endpoint=self.endpoint, what=f"{file.path} ended too early")
            except OfflineModeIsEnabled as error:
                raise errors.HUB_OFFLINE(what=f"{repository.repo}/{file.path}") from error
            except HfHubHTTPError as error:
                failure = self._refusal(error, repository.repo, file.path)
                if error.response.status_code < 500 and error.response.status_code not in (408, 429):
                    raise failure from error
            except httpx2.TransportError as error:
                failure = self._unreachable(error)
            if _size(part) == file.size:
                return
            failures = failures + 1 if _size(part) <= have else 0
            if failures >= ATTEMPTS:
                raise failure
            self._wait(min(0.5 * 2**failures, 8.0))

    def _transfer(self, url: str, file: RemoteFile, part: Path, have: int, on_bytes: Callable[[int], None]) -> None:
        from huggingface_hub import get_session, hf_raise_for_status
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

        headers = {**build_hf_headers(library_name="groundfog"), "Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        with get_session().stream("GET", url, headers=headers, timeout=TIMEOUT_S, follow_redirects=True) as response:
            if response.status_code == 416:
                part.unlink(missing_ok=True)
                on_bytes(-have)
                return
            if response.status_code >= 400:
                response.read()
            hf_raise_for_status(response)
            resumed = response.status_code == 206 and _starts_at(response) == have
            if have and not resumed:
                on_bytes(-have)
            self._write(response, part, file.size, on_bytes, append=resumed)

    @staticmethod
    def _write(
        response: httpx2.Response, part: Path, size: int, on_bytes: Callable[[int], None], *, append: bool
    ) -> None:
        with part.open("ab" if append else "wb") as out:
            for block in response.iter_bytes():  # as they come: a size would hold back what a cut then loses
                out.write(block)
                on_bytes(len(block))
                if out.tell() > size:
                    return
            out.flush()
            os.fsync(out.fileno())

    def _refusal(self, error: Exception, repo: str, what: str) -> errors.GroundfogError:
        """The hub's own answer as one of our errors. It answers 401 for what does not exist as well."""
        from huggingface_hub.errors import (
            GatedRepoError,
            HfHubHTTPError,
            RemoteEntryNotFoundError,
            RepositoryNotFoundError,
        )

        if isinstance(error, GatedRepoError):
            return errors.HUB_GATED(repo=repo)
        if isinstance(error, RepositoryNotFoundError):
            return errors.HUB_NOT_FOUND(what="public repository of that name", repo=repo)
        if isinstance(error, RemoteEntryNotFoundError):
            return errors.HUB_NOT_FOUND(what=what, repo=repo)
        status = error.response.status_code if isinstance(error, HfHubHTTPError) else 0
        if status in (401, 403):
            return errors.HUB_GATED(repo=repo)
        if status == 404:
            return errors.HUB_NOT_FOUND(what=what, repo=repo)
        return errors.HUB_UNREACHABLE(endpoint=self.endpoint, what=f"it answered with status {status}")

    def _unreachable(self, error: Exception) -> errors.GroundfogError:
        return errors.HUB_UNREACHABLE(endpoint=self.endpoint, what=str(error) or type(error).__name__)


def is_safe(name: str) -> bool:
    """Whether a name stays within its repository's folder: names come from outside."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and ":" not in name


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _starts_at(response: httpx2.Response) -> int | None:
    """First byte of a partial answer, from `Content-Range: bytes 10-99/100`."""
    value = response.headers.get("Content-Range", "")
    start = value.removeprefix("bytes ").partition("-")[0]
    return int(start) if start.isdigit() else None


def _ignore(_: int) -> None: ...
