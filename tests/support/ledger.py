"""What the tests of the ledger share: a database, a clock that stands still, and the journal's part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from groundfog.metering import ledger_store
from groundfog.metering.ledger import Ledger, Settlement
from groundfog.metering.ledger_schema import MIGRATIONS
from groundfog.store import Store

NAME = "records.db"


class StillClock:
    """Time moves when a test says so."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


@contextmanager
def ledger_database(folder: Path) -> Iterator[Store]:
    store = Store(folder, NAME, MIGRATIONS)
    try:
        yield store
    finally:
        store.close()


def apply(store: Store, ledger: Ledger, settlements: Sequence[Settlement]) -> None:
    """What the applier of the journal does in its transaction."""
    store.write(lambda db: ledger_store.apply_settlements(db, ledger.process, settlements)).result()


def spent(store: Store, bucket: str) -> int:
    query = "SELECT coalesce(sum(spent), 0) FROM ledger_slots WHERE bucket = ?"
    return int(store.read(lambda db: db.execute(query, (bucket,)).fetchone()[0]))


def leased(store: Store, bucket: str) -> int:
    query = "SELECT coalesce(sum(amount), 0) FROM ledger_leases WHERE bucket = ?"
    return int(store.read(lambda db: db.execute(query, (bucket,)).fetchone()[0]))
