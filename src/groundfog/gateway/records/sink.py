"""What becomes of records in the database: rows of the log with their bodies, sums, and charges of the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Literal

from groundfog.gateway.record import Record, Settlement
from groundfog.gateway.records import batch, blocks, rollups
from groundfog.gateway.records.batch import Batch
from groundfog.gateway.records.bodies import Bodies, Kept
from groundfog.gateway.records.metadata_sums import MetadataSums
from groundfog.gateway.records.texts import Numbering, Texts
from groundfog.metering.ledger_store import apply_settlements, holders, release_dead

Retention = Callable[[str, str], tuple[int, Literal["STOP_INSERTING", "DELETE_OLDEST"]] | None]
"""`retention(account, gateway)`: how many logs are kept at most, and what happens then; None for any number."""


class _Adding:
    """One transaction, while it is made."""

    __slots__ = ("bodies", "connection", "metadata_sums", "numbering", "sums")

    def __init__(self, connection: sqlite3.Connection, numbering: Numbering, bodies: Bodies) -> None:
        self.connection = connection
        self.numbering = numbering
        self.bodies = bodies
        self.sums = rollups.Sums()
        self.metadata_sums = MetadataSums()


class LogSink:
    """Applies batches; see `applier.Sink`. `retention` is asked for each batch."""

    def __init__(self, retention: Callable[[], Retention | None] = lambda: None) -> None:
        self._retention = retention
        self._texts = Texts()
        self._bodies = Kept()
        self._pending: _Adding | None = None

    def prepare(self, process: str, records: list[Record]) -> Callable[[sqlite3.Connection], None]:
        self._pending = None
        by_gateway: dict[tuple[str, str], list[Record]] = {}
        settlements: list[Settlement] = []
        for record in records:
            place = (record.account, record.gateway)
            mine = by_gateway.get(place)
            if mine is None:
                mine = by_gateway[place] = []
            mine.append(record)
            settlements += record.settlements

        def apply(connection: sqlite3.Connection) -> None:
            adding = _Adding(connection, self._texts.begin(connection), Bodies(connection, self._bodies))
            for (account, name), mine in by_gateway.items():
                self._add(adding, account, name, mine)
            adding.sums.write(connection)
            adding.metadata_sums.write(connection)
            adding.bodies.write()
            if settlements:
                apply_settlements(connection, process, settlements)
            self._pending = adding

        return apply

    def committed(self) -> None:
        """The last batch is in the database."""
        if self._pending is not None:
            self._texts.committed(self._pending.numbering)
            self._bodies.add(self._pending.bodies.fresh)
            self._pending = None

    def settle(self, connection: sqlite3.Connection, process: str, records: list[Record]) -> None:
        settlements = [one for record in records for one in record.settlements]
        if settlements:
            apply_settlements(connection, process, settlements)

    def finish(self, connection: sqlite3.Connection, process: str) -> None:
        release_dead(connection, process)

    def sweep(self, connection: sqlite3.Connection, alive: set[str]) -> None:
        for process in holders(connection) - alive:
            release_dead(connection, process)

    def _add(self, adding: _Adding, account: str, name: str, records: list[Record]) -> None:
        """Rows and sums of one gateway."""
        connection = adding.connection
        gateway, next_number, stored = gateway_row(connection, account, name)
        first = blocks.key(gateway, next_number)
        made = Batch(adding.numbering, gateway)
        made.add(records, first, self._room(account, name, stored))
        for (series, minute), counted in made.counted.items():
            metadata, *columns = zip(*counted, strict=True)
            adding.sums.add(gateway, series, minute * rollups.MINUTE, columns)
            if any(metadata):
                adding.metadata_sums.add(gateway, series, minute * rollups.MINUTE, counted)
        count = len(made.rows)
        if not count:
            return
        adding.bodies.add(gateway, made.rows, made.logged)
        batch.insert(connection, made.rows)
        connection.execute("UPDATE gateways SET next = next + ?1, stored = stored + ?1 WHERE id = ?2", (count, gateway))
        for block in range(blocks.block_of(first), blocks.block_of(first + count)):
            blocks.seal(connection, block)

    def _room(self, account: str, name: str, stored: int) -> int:
        """How many more rows the gateway may have."""
        retention = self._retention()
        limit = retention(account, name) if retention is not None else None
        if limit is None or limit[1] != "STOP_INSERTING":
            return 1 << 62
        return max(0, limit[0] - stored)


def gateway_row(connection: sqlite3.Connection, account: str, name: str) -> tuple[int, int, int]:
    """(id, next number, stored logs) of a gateway, which is made when it is new."""
    find = "SELECT id, next, stored FROM gateways WHERE account = ? AND name = ?"
    row = connection.execute(find, (account, name)).fetchone()
    if row is None:
        connection.execute("INSERT INTO gateways (account, name) VALUES (?, ?)", (account, name))
        row = connection.execute(find, (account, name)).fetchone()
    return int(row[0]), int(row[1]), int(row[2])
