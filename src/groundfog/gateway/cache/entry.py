"""One kept answer."""

from __future__ import annotations

import msgspec

from groundfog.metering.usage import Usage

OVERHEAD = 600
"""Bytes that an entry takes beside its body, about."""


class Entry(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """`expires_at` in seconds since the epoch; `pieces` are lengths of a stream's chunks, empty for a whole answer."""

    account: str
    gateway: str
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    expires_at: float
    pieces: list[int] = []
    model: str = ""
    usage: Usage | None = None
    source: str = ""
    engine: str = ""

    @property
    def size(self) -> int:
        return len(self.body) + OVERHEAD + 8 * len(self.pieces)
