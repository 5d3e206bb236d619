"""What a call is charged in the end; travels with the record of the call."""

from __future__ import annotations

import msgspec


class Settlement(msgspec.Struct, frozen=True, array_like=True):
    """What a bucket of the ledger is charged: `amount` in the bucket's unit (pico-dollars, or requests)."""

    bucket: str
    slot: int
    """Start of the time slot, milliseconds since the epoch."""
    amount: int
    over: int = 0
    """What of it was not reserved: a call that cost more than its upper bound."""
