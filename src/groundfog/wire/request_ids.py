"""Ids of requests: random UUIDs (version 4), without a call of the operating system for each."""

from __future__ import annotations

import random

AT_ONCE = 64
"""Ids whose digits are drawn together."""
_DIGITS = 32
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


class RequestIds:
    """Call it for the next id. Ids are names, not secrets: a generator seeded by the system is enough."""

    __slots__ = ("_at", "_bytes", "_digits")

    def __init__(self) -> None:
        self._bytes = random.Random().randbytes
        self._digits = ""
        self._at = 0

    def __call__(self) -> str:
        at = self._at
        if at == len(self._digits):
            self._digits, at = self._bytes(AT_ONCE * _DIGITS // 2).hex(), 0
        self._at = at + _DIGITS
        digits = self._digits[at : self._at]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:]}"
