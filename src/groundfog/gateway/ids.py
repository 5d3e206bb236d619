"""Ids of requests and logs: UUIDs of version 7, which sort by time (spec ai-gateway §2.2)."""

from __future__ import annotations

import random

from groundfog.clock import Clock


class Ids:
    """Call it for the next id, lower case. Ids of one process never go backwards."""

    __slots__ = ("_bits", "_clock", "_last")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bits = random.Random().getrandbits
        self._last = 0

    def __call__(self) -> str:
        # 48 bits of milliseconds and 12 below them, as RFC 9562 allows: a counter where two fall together.
        moment = int(self._clock.time() * 4_096_000)
        if moment <= self._last:
            moment = self._last + 1
        self._last = moment
        rest = self._bits(62)
        high = (moment >> 12 << 16) | 0x7000 | (moment & 0xFFF)
        digits = f"{high:016x}{rest | 1 << 63:016x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
