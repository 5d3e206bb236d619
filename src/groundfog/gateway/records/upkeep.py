"""What is done in the background, a little at a time: keep to the gateways' limits, delete what nobody needs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from groundfog.clock import Clock
from groundfog.gateway.records import edits, metadata_sums
from groundfog.gateway.records.rollups import HOUR, MINUTE
from groundfog.gateway.records.sink import Retention
from groundfog.metering.ledger_store import forget_expired

ROWS = 1024
"""Rows deleted in one transaction."""
DAY_S = 86_400
KEEP_MINUTES_S = 31 * DAY_S
"""How long sums by the minute are kept; by the hour with metadata `KEEP_METADATA_S`, by the hour `KEEP_HOURS_S`."""
KEEP_METADATA_S = 93 * DAY_S
KEEP_HOURS_S = 400 * DAY_S
FORGET_EVERY_S = 600.0


class Upkeep:
    """One step is one short transaction."""

    def __init__(self, clock: Clock, retention: Callable[[], Retention | None]) -> None:
        self._clock = clock
        self._retention = retention
        self._forget_at = 0.0

    def step(self, connection: sqlite3.Connection) -> bool:
        """Do a part of what is to be done; whether there is more."""
        if edits.delete_forgotten(connection, ROWS):
            return True
        if self._delete_oldest(connection):
            return True
        now = self._clock.time()
        if metadata_sums.compact(connection, now):
            return True
        if now >= self._forget_at:
            self._forget_at = now + FORGET_EVERY_S
            forget_expired(connection, now)
            _forget_sums(connection, now)
        return False

    def _delete_oldest(self, connection: sqlite3.Connection) -> bool:
        retention = self._retention()
        if retention is None:
            return False
        for gateway, account, name, stored in connection.execute(
            "SELECT id, account, name, stored FROM gateways WHERE stored > 0"
        ).fetchall():
            limit = retention(account, name)
            if limit is not None and limit[1] == "DELETE_OLDEST" and stored > limit[0]:
                edits.delete(connection, edits.oldest(connection, gateway, min(ROWS, stored - limit[0])))
                return True
        return False


def _forget_sums(connection: sqlite3.Connection, now: float) -> None:
    for (gateway,) in connection.execute("SELECT id FROM gateways").fetchall():
        for level, kept in ((MINUTE, KEEP_MINUTES_S), (HOUR, KEEP_HOURS_S)):
            connection.execute(
                "DELETE FROM rollups WHERE gateway = ? AND level = ? AND slot < ?", (gateway, level, int(now) - kept)
            )
        connection.execute(
            "DELETE FROM metadata_sums WHERE gateway = ? AND hour < ?", (gateway, int(now) - KEEP_METADATA_S)
        )
