"""Small models that ship with the package and stand in for larger ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from groundfog import errors
from groundfog.weights import digests
from groundfog.weights.files import Located, ModelFiles

FOLDER = Path(__file__).parent
MINILM = FOLDER / "all-MiniLM-L6-v2"
CHAT = FOLDER / "groundfog-chat"
MANIFEST = "manifest"
"""Role of the file with the digests, in `ModelFiles.extra`."""


def stand_in(task: str) -> Located | None:
    """The embedded model that can do a task, by the task's name; None: there is none."""
    made = STAND_INS.get(task)
    return None if made is None else made()


def verify(files: ModelFiles) -> None:
    """Compare the files with the digests of their manifest. Raises BAD_MODEL_FILE, naming the first that differs."""
    manifest = files.path(MANIFEST)
    if manifest is None:
        return
    try:
        wanted = json.loads(manifest.read_bytes())["files"]
        for name, digest in wanted.items():
            if digests.of_file(manifest.with_name(name), digest.partition(":")[0]) != digest:
                raise errors.BAD_MODEL_FILE(
                    file=manifest.with_name(name), what="its digest differs from the manifest's"
                )
    except (OSError, ValueError, KeyError) as error:
        raise errors.BAD_MODEL_FILE(file=manifest, what=error) from error


def chat() -> Located:
    """groundfog's own chat model: 2,048 tokens; likeliest tokens unless a request gives a temperature."""
    files = ModelFiles(
        format="gguf",
        main=str(CHAT / "model.gguf"),
        folder=str(CHAT),
        extra={MANIFEST: str(CHAT / "manifest.json")},
    )
    return Located(files, "llama.cpp", {"stand_in": True, "temperature": 0.0})


def _embeddings() -> Located:
    """all-MiniLM-L6-v2: 384 dimensions, 512 tokens at a time; longer texts are read in windows (`windows`)."""
    files = ModelFiles(
        format="onnx",
        main=str(MINILM / "model.onnx"),
        folder=str(MINILM),
        extra={
            MANIFEST: str(MINILM / "manifest.json"),
            "portable": str(MINILM / "model_portable.onnx"),
            "probe": str(MINILM / "probe.onnx"),
        },
    )
    return Located(files, "onnx-embeddings", {"pooling": "mean", "normalize": True, "windows": True})


STAND_INS: Mapping[str, Callable[[], Located]] = MappingProxyType(
    {"text-embeddings": _embeddings, "text-generation": chat}
)
"""Tasks that an embedded model can do."""
