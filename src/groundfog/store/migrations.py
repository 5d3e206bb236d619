"""The schema's history: small functions, each run once, their names kept in the table `migrations`.

A function that has been released is never changed; a correction is a new function at the end of `MIGRATIONS`.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence

Migration = Callable[[sqlite3.Connection], None]


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration]) -> list[str]:
    """Run what has not been run, in one transaction; the names of those. Safe when two processes start at once."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at REAL NOT NULL)")
        known = {name for (name,) in connection.execute("SELECT name FROM migrations")}
        applied = []
        for function in migrations:
            if function.__name__ not in known:
                function(connection)
                connection.execute("INSERT INTO migrations VALUES (?, ?)", (function.__name__, time.time()))
                applied.append(function.__name__)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return applied


def create_keys(connection: sqlite3.Connection) -> None:
    """Lists are JSON text; times are seconds since the epoch (UTC)."""
    connection.execute(
        """
        CREATE TABLE keys (
            id TEXT PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            name TEXT NOT NULL,
            scopes TEXT NOT NULL,
            accounts TEXT NOT NULL,
            created_at REAL NOT NULL,
            expires_at REAL,
            last_used_at REAL,
            revoked_at REAL
        )
        """
    )


MIGRATIONS: tuple[Migration, ...] = (create_keys,)
