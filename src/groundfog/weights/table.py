"""Which repository, files, precision and engine serve which catalogue id: `data/table.toml`, typed.

A row says how it is known: `basis` is `checked` (the repository and its file names were seen, `seen` says where) or
`inferred` (the naming of that publisher's other repositories; a pull that fails says so). Sizes that were not seen are
estimated from parameters × bits and marked as such.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable
from importlib import resources
from typing import Any, Literal

import msgspec

from groundfog import errors
from groundfog.catalog import Model
from groundfog.weights.split import SPLIT

Format = Literal["gguf", "onnx"]
Basis = Literal["checked", "inferred"]
SizeBasis = Literal["checked", "estimated"]

BITS_PER_WEIGHT = {
    "UD-IQ1_S": 2.3,
    "UD-IQ1_M": 2.4,
    "UD-Q2_K_XL": 2.7,
    "UD-IQ3_XXS": 3.0,
    "UD-Q3_K_XL": 3.7,
    "UD-IQ4_XS": 4.3,
    "UD-Q4_K_M": 4.9,
    "UD-Q4_K_XL": 5.0,
    "UD-Q5_K_M": 5.75,
    "UD-Q5_K_XL": 5.9,
    "UD-Q6_K": 6.6,
    "UD-Q8_K_XL": 9.0,
    "Q2_K": 3.35,
    "Q3_K_M": 4.0,
    "Q4_0": 4.65,
    "Q4_K_S": 4.67,
    "Q4_K_M": 4.9,
    "Q5_K_M": 5.71,
    "Q6_K": 6.58,
    "Q8_0": 8.51,
    "MXFP4": 4.6,
    "fp32": 32.0,
    "F16": 16.0,
    "BF16": 16.0,
    "fp16": 16.0,
    "int8": 8.2,
}
"""Average over a whole model, embeddings included; from the sizes of published files."""

ANY = "*"
"""Pattern of a row for a repository that a person names: the GGUF whose name has the precision."""


class Size(msgspec.Struct, frozen=True):
    bytes: int
    basis: SizeBasis


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One set of weights. `pattern` is the main file's name with `{precision}`; parts of a split file match too."""

    models: list[str]
    repo: str
    format: Format
    engine: str
    pattern: str
    precisions: list[str]
    """The first one is the default."""
    basis: Basis
    seen: str
    """Where a checked row was seen, or what an inferred one follows from."""
    parameters: float
    """Billions, embeddings included."""
    sizes: dict[str, int] = {}
    """Bytes of the main file by precision, where they were seen."""
    files: dict[str, str] = {}
    """Main file by precision, where `pattern` does not say it."""
    companions: list[str] = []
    """Further files that a load needs, exact paths."""
    optional: list[str] = []
    """Further files that are taken when the repository has them."""
    mmproj: str | None = None
    """Vision projector in the same repository."""
    mmproj_bytes: int = 0
    mmproj_size: SizeBasis = "estimated"
    kv_bytes_per_token: int | None = None
    """16-bit keys and values of one token over all layers: layers × KV heads × head size × 4."""
    gated: bool = False
    """The hub wants an accepted licence and HF_TOKEN."""
    facts: dict[str, Any] = {}
    note: str | None = None

    @property
    def default_precision(self) -> str:
        return self.precisions[0]

    def precision(self, wanted: str | None) -> str:
        """The row's own spelling of a precision. Raises HUB_NOT_FOUND for one that the row does not list."""
        if wanted is None:
            return self.default_precision
        for name in self.precisions:
            if name.lower() == wanted.lower():
                return name
        raise errors.HUB_NOT_FOUND(what=f"precision {wanted} (listed: {', '.join(self.precisions)})", repo=self.repo)

    def size(self, precision: str) -> Size:
        """Bytes on disk of everything that a pull of this precision fetches (small companions left out)."""
        seen = self.sizes.get(precision)
        if seen is not None:
            return Size(seen + self.mmproj_bytes, self.mmproj_size if self.mmproj else "checked")
        return Size(int(self.parameters * 1e9 * BITS_PER_WEIGHT[precision] / 8) + self.mmproj_bytes, "estimated")

    def main_files(self, precision: str, names: Iterable[str]) -> list[str]:
        """Files of a repository that hold this precision: one, or all parts of a split one in order; empty if none."""
        if self.pattern == ANY:
            names = [name for name in names if _has_precision(name, precision)]
            wanted = min((SPLIT.sub("", name.lower()) for name in names), key=len, default="")
        else:
            wanted = (self.files.get(precision) or self.pattern.replace("{precision}", precision)).lower()
        exact: list[str] = []
        parts: list[str] = []
        for name in names:
            lower = name.lower()
            if lower == wanted or ("/" not in wanted and lower.rpartition("/")[2] == wanted):
                exact.append(name)
            elif SPLIT.search(lower) and SPLIT.sub("", lower).rpartition("/")[2] == wanted.rpartition("/")[2]:
                parts.append(name)
        return sorted(exact, key=len)[:1] or sorted(parts)


def _has_precision(name: str, precision: str) -> bool:
    file = name.lower().rpartition("/")[2]
    found = re.search(rf"(?<![a-z0-9]){re.escape(precision.lower())}(?![a-z0-9_])", file)
    return found is not None and file.endswith(".gguf") and "mmproj" not in file


def given(model: Model, repo: str, precision: str | None, known: Row | None) -> Row:
    """A row for a repository that a person names: the file names of the known row for ONNX, any GGUF else."""
    if known is not None and known.format == "onnx":
        return msgspec.structs.replace(known, repo=repo)
    return Row(
        models=[model.id],
        repo=repo,
        format="gguf",
        engine="llama.cpp",
        pattern=ANY,
        precisions=[precision or (known.default_precision if known else "Q4_K_M")],
        basis="inferred",
        seen="named by the person who pulled it",
        parameters=known.parameters if known else 0.0,
    )


class Closed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Catalogue ids without weights that groundfog's engines can read, and why."""

    models: list[str]
    why: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    row: list[Row]
    closed: list[Closed]


class Table:
    """All rows, by catalogue id in any letter case."""

    def __init__(self, rows: list[Row], closed: list[Closed]) -> None:
        self.rows = rows
        self._by_id = {model.lower(): row for row in rows for model in row.models}
        self._closed = {model.lower(): entry.why for entry in closed for model in entry.models}

    @classmethod
    def load(cls) -> Table:
        """The table that ships with the package."""
        text = resources.files("groundfog.weights").joinpath("data/table.toml").read_text(encoding="utf-8")
        data = msgspec.convert(tomllib.loads(text), _File)
        return cls(data.row, data.closed)

    def find(self, model: Model) -> Row | None:
        """The row of a model, through its alias if need be."""
        for name in (model.id, model.alias_of):
            if name is not None and (row := self._by_id.get(name.lower())) is not None:
                return row
        return None

    def row(self, model: Model) -> Row:
        """As `find`; raises NO_OPEN_WEIGHTS with the reason."""
        row = self.find(model)
        if row is None:
            raise errors.NO_OPEN_WEIGHTS(model=model.id, what=self.why_not(model))
        return row

    def why_not(self, model: Model) -> str:
        """Why a model has no row."""
        reason = self._closed.get(model.id.lower())
        if reason:
            return reason
        return f"the table covers text generation and text embeddings, not {model.task or 'this task'}"


@functools.cache
def default() -> Table:
    return Table.load()
