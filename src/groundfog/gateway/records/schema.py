"""Tables of `records.db`: the log, its columns in blocks, its sums, and the ledger's tables beside them.

A row of the log has the key `gateway << 40 | number`: the rows of a gateway stand together, in the order in which they
came. 8,192 numbers are a block; a full block also has its columns packed (`blocks`, `columns`), for queries that would
else read every row. Texts that repeat are kept once (`texts`). Times are milliseconds since the epoch.
"""

from __future__ import annotations

import sqlite3

from groundfog.metering import ledger_schema
from groundfog.store.migrations import Migration


def create_records(connection: sqlite3.Connection) -> None:
    for statement in _STATEMENTS.split(";"):
        if statement.strip():
            connection.execute(statement)


_STATEMENTS = """
CREATE TABLE journals (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE gateways (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    next INTEGER NOT NULL DEFAULT 0,
    stored INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account, name)
);

CREATE TABLE texts (
    gateway INTEGER NOT NULL,
    sort INTEGER NOT NULL,
    id INTEGER NOT NULL,
    digest BLOB NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (gateway, sort, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX texts_by_digest ON texts (gateway, sort, digest);

CREATE TABLE metadata (
    gateway INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (gateway, key, value, id)
) WITHOUT ROWID;
CREATE INDEX metadata_by_value ON metadata (gateway, value);

CREATE TABLE logs (
    seq INTEGER PRIMARY KEY,
    id NOT NULL,
    created INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    agent INTEGER NOT NULL,
    path INTEGER NOT NULL,
    metadata INTEGER NOT NULL,
    duration INTEGER NOT NULL,
    first_byte INTEGER,
    tokens_in INTEGER,
    tokens_out INTEGER,
    tokens_cached INTEGER,
    cost INTEGER,
    neurons INTEGER,
    request_size INTEGER NOT NULL,
    response_size INTEGER NOT NULL,
    event_id TEXT,
    request_id TEXT,
    more TEXT,
    feedback INTEGER,
    score REAL
);
CREATE INDEX logs_by_id ON logs (id);
CREATE INDEX logs_by_event ON logs (event_id) WHERE event_id IS NOT NULL;

CREATE TABLE bodies (
    seq INTEGER PRIMARY KEY,
    request BLOB,
    response BLOB
);

CREATE TABLE blocks (
    id INTEGER PRIMARY KEY,
    rows INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    kinds BLOB NOT NULL,
    ranges BLOB NOT NULL,
    alive BLOB
);

CREATE TABLE rollups (
    gateway INTEGER NOT NULL,
    level INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    series INTEGER NOT NULL,
    sums BLOB NOT NULL,
    PRIMARY KEY (gateway, level, slot, series)
) WITHOUT ROWID;

CREATE TABLE metadata_sums (
    gateway INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    number INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (gateway, hour, number)
);
CREATE INDEX metadata_sums_by_hour ON metadata_sums (gateway, hour, rows);

CREATE TABLE columns (
    id INTEGER PRIMARY KEY,
    data BLOB NOT NULL
);
"""


def share_bodies(connection: sqlite3.Connection) -> None:
    """Rows may have another's bodies: `bodies_of` is its key, and how many have those of a key is counted."""
    connection.execute("ALTER TABLE logs ADD COLUMN bodies_of INTEGER")
    connection.execute("CREATE TABLE shared_bodies (seq INTEGER PRIMARY KEY, rows INTEGER NOT NULL)")


MIGRATIONS: tuple[Migration, ...] = (*ledger_schema.MIGRATIONS, create_records, share_bodies)
