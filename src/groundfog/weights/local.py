"""Model files that a person gives as a path: what they are, and which of them is the main one."""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from groundfog import errors
from groundfog.weights import split
from groundfog.weights.files import ModelFiles
from groundfog.weights.split import SPLIT

ONNX_SUFFIX = {"": "fp32", "_fp16": "fp16", "_bf16": "bf16", "_int8": "int8", "_quantized": "int8"}
"""Ending of an ONNX file's stem → precision, as exporters name them."""

COMPANIONS = (
    "tokenizer.json",
    "config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "1_Pooling/config.json",
)
"""What an ONNX folder may hold beside the model that a load looks at."""

_PRECISION = re.compile(r"(?<![a-z0-9])(i?q\d+(?:_[0-9a-z]+)*|mxfp4|bf16|f16|f32)(?![a-z0-9])", re.IGNORECASE)


class Recognised(msgspec.Struct, frozen=True):
    """`precision` is `unknown` where no name says it."""

    files: ModelFiles
    precision: str


def recognise(path: Path, precision: str | None = None) -> Recognised:
    """A GGUF file (single, or any part of a split one), an ONNX file, or a folder with either.

    `precision` chooses between several ONNX files or GGUF files of one folder. Raises BAD_MODEL_FILE.
    """
    path = path.expanduser().resolve()
    if path.is_dir():
        return _folder(path, precision)
    if not path.is_file():
        raise errors.BAD_MODEL_FILE(file=path, what="there is no such file or folder")
    suffix = path.suffix.lower()
    if suffix == ".gguf":
        return _gguf(path)
    if suffix == ".onnx":
        return _onnx(path)
    raise errors.BAD_MODEL_FILE(file=path, what="groundfog reads .gguf and .onnx files")


def members(files: ModelFiles) -> list[Path]:
    """Every file of a model, the main one first. Reads a whole ONNX file to see what it names: not on a request's path.

    Raises BAD_MODEL_FILE when a part of a split one is missing.
    """
    main = Path(files.main)
    if files.format == "gguf":
        return [*split.parts(main), *(Path(each) for each in files.extra.values())]
    companions = [path for name in COMPANIONS if (path := Path(files.folder, name)).is_file()]
    return [main, *_external_data(main), *companions]


def _folder(folder: Path, precision: str | None) -> Recognised:
    ggufs = sorted(path for path in folder.glob("*.gguf") if not _is_projector(path))
    if ggufs:
        heads = [path for path in ggufs if (part := SPLIT.search(path.name)) is None or part[1] == "00001"]
        return _gguf(_choose(folder, heads or ggufs, precision, gguf_precision))
    onnx = sorted([*folder.glob("*.onnx"), *folder.glob("onnx/*.onnx")])
    if onnx:
        return _onnx(_choose(folder, onnx, precision, onnx_precision))
    raise errors.BAD_MODEL_FILE(file=folder, what="the folder holds neither a .gguf nor an .onnx file")


def _choose(folder: Path, paths: list[Path], precision: str | None, of: Callable[[str], str]) -> Path:
    if precision is not None:
        paths = [path for path in paths if of(path.name).lower() == precision.lower()]
        if not paths:
            raise errors.BAD_MODEL_FILE(file=folder, what=f"no file in it has the precision {precision}")
    if len(paths) > 1:
        plain = [path for path in paths if path.name == "model.onnx"]
        if len(plain) != 1:
            names = ", ".join(path.name for path in paths)
            raise errors.BAD_MODEL_FILE(file=folder, what=f"it holds several models ({names}); give one file")
        paths = plain
    return paths[0]


def _is_projector(path: Path) -> bool:
    return "mmproj" in path.name.lower()


def gguf_precision(name: str) -> str:
    """`Llama-3.2-1B-Instruct-Q4_K_M.gguf` → `Q4_K_M`."""
    found = _PRECISION.findall(SPLIT.sub("", name.rpartition(".")[0] + ".gguf").rpartition(".")[0])
    return str(found[-1]).upper() if found else "unknown"


def onnx_precision(name: str) -> str:
    """`model_fp16.onnx` → `fp16`; a name without an ending of the kind is fp32."""
    stem = name.rpartition(".")[0].lower()
    for suffix, precision in ONNX_SUFFIX.items():
        if suffix and stem.endswith(suffix):
            return precision
    return "fp32"


def _gguf(path: Path) -> Recognised:
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise errors.BAD_MODEL_FILE(file=path, what="it is not a GGUF file")
    first = split.parts(path)[0]
    projectors = sorted(other for other in path.parent.glob("*.gguf") if _is_projector(other))
    extra = {"mmproj": str(projectors[0])} if len(projectors) == 1 and not _is_projector(path) else {}
    return Recognised(ModelFiles("gguf", str(first), str(path.parent), extra), gguf_precision(path.name))


def _onnx(path: Path) -> Recognised:
    folder = next((each for each in (path.parent, path.parent.parent) if (each / "tokenizer.json").is_file()), None)
    if folder is None:
        raise errors.BAD_MODEL_FILE(file=path, what="there is no tokenizer.json beside it")
    return Recognised(ModelFiles("onnx", str(path), str(folder)), onnx_precision(path.name))


def _external_data(path: Path) -> list[Path]:
    """Files beside an ONNX model that it names: weights that are kept outside of it, whatever they are called."""
    beside = [
        other for other in sorted(path.parent.iterdir()) if other.is_file() and other.suffix not in {".onnx", ".json"}
    ]
    if not beside or path.stat().st_size == 0:
        return []
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return [other for other in beside if content.find(other.name.encode()) >= 0]
