"""GGUF models in several files: `name-00001-of-00003.gguf` is the first of three, and the one that is opened."""

from __future__ import annotations

import re
from pathlib import Path

from groundfog import errors

SPLIT = re.compile(r"-(\d{5})-of-(\d{5})(?=\.gguf$)", re.IGNORECASE)


def parts(path: Path) -> list[Path]:
    """All parts of a split GGUF in order, or the one file. Raises BAD_MODEL_FILE when a part is missing."""
    found = SPLIT.search(path.name)
    if found is None:
        return [path]
    count = int(found[2])
    names = [SPLIT.sub(f"-{number:05d}-of-{count:05d}", path.name) for number in range(1, count + 1)]
    for name in names:
        if not path.with_name(name).is_file():
            raise errors.BAD_MODEL_FILE(
                file=path.with_name(name), what=f"this part of a model in {count} parts is missing"
            )
    return [path.with_name(name) for name in names]
