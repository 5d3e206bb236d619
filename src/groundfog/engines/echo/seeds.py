"""Numbers that follow from content alone: the same on every machine, in every process and Python version."""

from __future__ import annotations

import hashlib
import zlib

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def stable_hash(text: str, start: int = 0) -> int:
    """32 bits of a text; quick, for choices where nobody is out to collide."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass"), start)


def digest(*parts: object) -> int:
    """64 bits of several values (texts, numbers, None, bytes), kept apart from each other."""
    state = hashlib.blake2b(digest_size=8)
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "little") + data)
    return int.from_bytes(state.digest(), "little")


class Random:
    """A small generator (splitmix64) that costs nothing to make, unlike `random.Random`."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def bits(self) -> int:
        """64 random bits."""
        self._state = (self._state + _GOLDEN) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1."""
        return self.bits() % limit

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.bits() % (high - low + 1)

    def unit(self) -> float:
        """A number from 0 (included) to 1 (excluded)."""
        return (self.bits() >> 11) / (1 << 53)

    def hex(self, digits: int) -> str:
        text = ""
        while len(text) < digits:
            text += f"{self.bits():016x}"
        return text[:digits]
