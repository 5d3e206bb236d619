"""The ledger's sums in the database. Each function runs inside a transaction of its caller's.

What counts against a limit is what is spent in the window's slots and what is leased on them. Taking a lease checks the
limit; settling moves an amount from the lease to what is spent, so that the sum stays the same.
"""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Iterable, Sequence

from groundfog.metering.claims import Claim, Slot
from groundfog.metering.settlement import Settlement

MOST = 1 << 61
"""No amount is larger: sums of two still are integers of SQLite's. 2.3 million dollars, in pico-dollars."""
UNKNOWN_END_MS = 400 * 86_400_000
"""How long a slot is kept whose claim nobody knows any more."""
KEEP_MS = 86_400_000
"""Expired slots are kept a day: a settlement may come late."""
SHARE = 16
"""A process takes at most this part of what is left, beyond what it needs at once."""


@dataclasses.dataclass(frozen=True, slots=True)
class Room:
    """What a window holds: `held` by slot (start in ms → amount), spent or leased by anybody."""

    limit: int
    held: dict[int, int]

    @property
    def used(self) -> int:
        return sum(self.held.values())

    @property
    def free(self) -> int:
        return max(0, self.limit - self.used)

    def room_at(self, claim: Claim, amount: int, now_ms: int) -> int | None:
        """When `amount` will fit, if nothing else is charged meanwhile; None where it never will."""
        if amount > self.limit:
            return None
        missing = self.used + amount - self.limit
        if missing <= 0:
            return now_ms
        for start in sorted(self.held):
            missing -= self.held[start]
            if missing <= 0:
                return claim.refill_at(start)
        return None


def room(connection: sqlite3.Connection, claim: Claim, slot: Slot) -> Room:
    """What counts in the claim's window at the moment that `slot` was made for."""
    held: dict[int, int] = {}
    for start, amount in connection.execute(
        "SELECT slot, spent FROM ledger_slots WHERE bucket = ?1 AND slot > ?2 "
        "UNION ALL SELECT slot, amount FROM ledger_leases WHERE bucket = ?1 AND slot > ?2",
        (claim.bucket, slot.since),
    ):
        if amount:
            held[start] = held.get(start, 0) + amount
    return Room(claim.limit, held)


def take(connection: sqlite3.Connection, process: str, claim: Claim, slot: Slot, need: int, want: int) -> int:
    """Lease at least `need` of the claim and up to `want`, or nothing (0)."""
    free = room(connection, claim, slot).free
    if free < need:
        return 0
    amount = min(free, max(want, need, free // SHARE), MOST)
    connection.execute(
        "INSERT INTO ledger_slots VALUES (?, ?, ?, 0) ON CONFLICT (bucket, slot) DO UPDATE SET expires = max(expires, "
        "excluded.expires)",
        (claim.bucket, slot.start, slot.expires),
    )
    connection.execute(
        "INSERT INTO ledger_leases VALUES (?, ?, ?, ?) "
        "ON CONFLICT (bucket, slot, process) DO UPDATE SET amount = amount + excluded.amount",
        (process, claim.bucket, slot.start, amount),
    )
    return amount


def give_back(connection: sqlite3.Connection, process: str, amounts: Iterable[tuple[str, int, int]]) -> None:
    """Unused parts of leases: (bucket, slot, amount)."""
    rows = [(amount, process, bucket, slot) for bucket, slot, amount in amounts]
    connection.executemany(
        "UPDATE ledger_leases SET amount = amount - ? WHERE process = ? AND bucket = ? AND slot = ?", rows
    )
    connection.executemany(
        "DELETE FROM ledger_leases WHERE process = ? AND bucket = ? AND slot = ? AND amount <= 0",
        [row[1:] for row in rows],
    )


def apply_settlements(connection: sqlite3.Connection, process: str, settlements: Sequence[Settlement]) -> None:
    """Charge what calls of `process` cost. Call it in the transaction that notes that their records are applied."""
    charged: dict[tuple[str, int], tuple[int, int]] = {}
    for one in settlements:
        amount, covered = charged.get((one.bucket, one.slot), (0, 0))
        charged[one.bucket, one.slot] = (
            min(amount + one.amount, MOST),
            min(covered + one.amount - one.over, MOST),
        )
    connection.executemany(
        "INSERT INTO ledger_slots VALUES (?, ?, ?, ?) "
        "ON CONFLICT (bucket, slot) DO UPDATE SET spent = min(spent + excluded.spent, ?)",
        [(bucket, slot, slot + UNKNOWN_END_MS, amount, MOST) for (bucket, slot), (amount, _) in charged.items()],
    )
    give_back(connection, process, [(bucket, slot, covered) for (bucket, slot), (_, covered) in charged.items()])


def release_dead(connection: sqlite3.Connection, process: str) -> None:
    """Give back the leases of a process that has ended, after its settlements have been applied."""
    connection.execute("DELETE FROM ledger_leases WHERE process = ?", (process,))


def holders(connection: sqlite3.Connection) -> set[str]:
    """Processes that hold leases."""
    return {process for (process,) in connection.execute("SELECT DISTINCT process FROM ledger_leases")}


def forget_expired(connection: sqlite3.Connection, now: float) -> int:
    """Delete slots that count no more since a day, and leases on them; how many slots. `now` in seconds."""
    before = int(now * 1000) - KEEP_MS
    connection.execute(
        "DELETE FROM ledger_leases WHERE (bucket, slot) IN (SELECT bucket, slot FROM ledger_slots WHERE expires < ?)",
        (before,),
    )
    return connection.execute("DELETE FROM ledger_slots WHERE expires < ?", (before,)).rowcount
