"""Ids of requests: random UUIDs (version 4), without a call of the operating system for each."""

from __future__ import annotations

import random


class RequestIds:
    """Call it for the next id. Ids are names, not secrets: a generator seeded by the system is enough."""

    __slots__ = ("_bits",)

    def __init__(self) -> None:
        self._bits = random.Random().getrandbits

    def __call__(self) -> str:
        digits = f"{self._bits(128):032x}"
        variant = "89ab"[int(digits[16], 16) & 3]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
