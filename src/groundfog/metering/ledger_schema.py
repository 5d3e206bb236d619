"""Tables of the ledger. They live in the database of the log, so that a row and its charge are committed together."""

from __future__ import annotations

import sqlite3


def create_ledger(connection: sqlite3.Connection) -> None:
    """`spent` is what is settled; a lease is what a process may still settle without asking. Times in milliseconds."""
    connection.execute(
        """
        CREATE TABLE ledger_slots (
            bucket TEXT NOT NULL,
            slot INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            spent INTEGER NOT NULL,
            PRIMARY KEY (bucket, slot)
        ) WITHOUT ROWID
        """
    )
    connection.execute("CREATE INDEX ledger_slots_by_expiry ON ledger_slots (expires)")
    connection.execute(
        """
        CREATE TABLE ledger_leases (
            process TEXT NOT NULL,
            bucket TEXT NOT NULL,
            slot INTEGER NOT NULL,
            amount INTEGER NOT NULL,
            PRIMARY KEY (bucket, slot, process)
        ) WITHOUT ROWID
        """
    )
    connection.execute("CREATE INDEX ledger_leases_by_process ON ledger_leases (process)")


MIGRATIONS = (create_ledger,)
