"""A GGUF file's header: metadata and tensor table, read without loading the model.

Format: the GGUF specification of the ggml project. Everything is checked against the file's size first, so a malformed
file ends in BAD_MODEL_FILE and never in a crash or a huge allocation.
"""

from __future__ import annotations

import dataclasses
import mmap
import struct
from pathlib import Path
from typing import Any

from groundfog import errors

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_KEPT_ARRAY = 512
"""Arrays of numbers per layer are shorter. Longer ones (the vocabulary) are skipped: only their length is kept."""
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
    23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
    34: (256, 54), 35: (256, 66), 39: (32, 17),
}  # fmt: skip
"""ggml tensor type → (values per block, bytes per block)."""


@dataclasses.dataclass(frozen=True, slots=True)
class Header:
    """What a GGUF file says of itself. `array_lengths` has the length of every array in the metadata."""

    path: str
    size: int
    metadata: dict[str, Any]
    array_lengths: dict[str, int]

    @property
    def architecture(self) -> str:
        return str(self.metadata.get("general.architecture", ""))

    def number(self, key: str, default: int | None = None) -> int | None:
        """A number of the architecture: `number("context_length")`; the largest of them when it is one per layer."""
        return max(self.numbers(key), default=default)

    def numbers(self, key: str) -> list[int]:
        """One number, or one per layer; empty when the file does not say it."""
        value = self.metadata.get(f"{self.architecture}.{key}")
        values = value if isinstance(value, list) else [value]
        return [int(item) for item in values if isinstance(item, (int, float))]

    @property
    def context_length(self) -> int | None:
        return self.number("context_length")

    @property
    def vocabulary(self) -> int | None:
        return self.array_lengths.get("tokenizer.ggml.tokens") or self.number("vocab_size")

    @property
    def chat_template(self) -> str | None:
        template = self.metadata.get("tokenizer.chat_template")
        return template if isinstance(template, str) and template else None


def read(path: str | Path) -> Header:
    """Read the header of a GGUF file. Raises BAD_MODEL_FILE."""
    name = Path(path).name
    try:
        with open(path, "rb") as file:
            if file.seek(0, 2) < 24:
                raise _Malformed("it is too short to be a GGUF file")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
                return _Reader(view).header(str(path))
    except _Malformed as error:
        raise errors.BAD_MODEL_FILE(file=name, what=str(error)) from None
    except OSError as error:
        raise errors.BAD_MODEL_FILE(file=name, what=error.strerror or str(error)) from error


class _Malformed(Exception):
    pass


class _Reader:
    def __init__(self, view: mmap.mmap) -> None:
        self._view = view
        self._size = len(view)
        self._at = 0

    def header(self, path: str) -> Header:
        if self._view[:4] != _MAGIC:
            raise _Malformed("it is not a GGUF file (wrong magic bytes)")
        self._at = 4
        version = self._scalar("I")
        if version not in _VERSIONS:
            raise _Malformed(f"its GGUF version {version} is not supported (2 and 3 are)")
        tensor_count, pair_count = self._scalar("Q"), self._scalar("Q")
        if tensor_count > self._size // 24 or pair_count > self._size // 12:
            raise _Malformed("its header counts more entries than the file can hold")
        metadata: dict[str, Any] = {}
        lengths: dict[str, int] = {}
        for _ in range(pair_count):
            key = self._string()
            value, length = self._value(self._scalar("I"))
            if length is not None:
                lengths[key] = length
            if value is not None:
                metadata[key] = value
        alignment = metadata.get("general.alignment", 32)
        if not isinstance(alignment, int) or alignment <= 0 or alignment & (alignment - 1):
            raise _Malformed(f"its alignment {alignment} is not a power of two")
        end = self._end_of_tensors(tensor_count)
        start = -(-self._at // alignment) * alignment
        if start + end > self._size:
            raise _Malformed(f"it is cut: {start + end} bytes are described, {self._size} are there")
        if not isinstance(metadata.get("general.architecture"), str):
            raise _Malformed("it does not name its architecture")
        return Header(path, self._size, metadata, lengths)

    def _end_of_tensors(self, count: int) -> int:
        """Where the last tensor ends, counted from the first."""
        end = 0
        for _ in range(count):
            name = self._string()
            dimensions = self._scalar("I")
            if not 1 <= dimensions <= 4:
                raise _Malformed(f"tensor {name[:64]!r} has {dimensions} dimensions")
            values = 1
            for _ in range(dimensions):
                values *= self._scalar("Q")
            kind, offset = self._scalar("I"), self._scalar("Q")
            block, size = _BLOCKS.get(kind, (1, 0))
            if values % block:
                raise _Malformed(f"tensor {name[:64]!r} does not fill its blocks")
            end = max(end, offset + values // block * size)
        return end

    def _take(self, count: int) -> int:
        """Move on by `count` bytes; the position before."""
        at = self._at
        if count > self._size - at:
            raise _Malformed("it ends inside its header")
        self._at = at + count
        return at

    def _scalar(self, code: str) -> Any:
        at = self._take(struct.calcsize(code))
        return struct.unpack_from(f"<{code}", self._view, at)[0]

    def _string(self) -> str:
        length = self._scalar("Q")
        at = self._take(length)
        try:
            return self._view[at : at + length].decode()
        except UnicodeDecodeError:
            raise _Malformed("its header has text that is not UTF-8") from None

    def _value(self, kind: int, depth: int = 0) -> tuple[Any, int | None]:
        """A metadata value, None for a long array, and the length of an array."""
        if kind in _SCALARS:
            return self._scalar(_SCALARS[kind]), None
        if kind == _STRING:
            return self._string(), None
        if kind != _ARRAY or depth > 2:
            raise _Malformed(f"its metadata has a value of unknown type {kind}")
        inner, length = self._scalar("I"), self._scalar("Q")
        if length > self._size:
            raise _Malformed("its metadata has an array longer than the file")
        if inner in _SCALARS and length > _KEPT_ARRAY:
            self._take(struct.calcsize(_SCALARS[inner]) * length)
            return None, length
        if inner == _STRING and length > _KEPT_ARRAY:
            for _ in range(length):
                self._take(self._scalar("Q"))
            return None, length
        return [self._value(inner, depth + 1)[0] for _ in range(length)], length
