"""Digests as the hub gives them: sha256 of large (LFS) files, git's blob sha1 of small ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from groundfog import errors

BLOCK = 1 << 20


def of_file(path: Path, kind: str, on_bytes: Callable[[int], None] | None = None) -> str:
    """`kind` is `sha256` or `git-sha1`; the answer is `kind:hex`."""
    if kind == "sha256":
        state = hashlib.sha256()
    elif kind == "git-sha1":
        state = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    else:
        raise ValueError(f"unknown digest {kind}")
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            state.update(block)
            if on_bytes is not None:
                on_bytes(len(block))
    return f"{kind}:{state.hexdigest()}"


def check(path: Path, wanted: str, name: str, on_bytes: Callable[[int], None] | None = None) -> None:
    """Delete a file whose digest is not `wanted` and raise WRONG_DIGEST, with `name` in the message."""
    got = of_file(path, wanted.partition(":")[0], on_bytes)
    if got != wanted:
        path.unlink()
        raise errors.WRONG_DIGEST(file=name, got=got, want=wanted)
