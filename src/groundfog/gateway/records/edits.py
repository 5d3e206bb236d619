"""What changes the log afterwards: feedback, deletion. Each function runs inside a transaction of its caller's."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from groundfog.gateway.options import metadata_of
from groundfog.gateway.records import blocks, bodies
from groundfog.gateway.records.blocks import FEEDBACK_ZERO, NUMBER_BITS, Column
from groundfog.gateway.records.queries import find
from groundfog.gateway.records.texts import Sort, Texts, metadata_bytes

DELETED = "\x00deleted "
"""How the names of gateways begin whose rows are still being deleted."""


def edit(connection: sqlite3.Connection, account: str, gateway: str, id: str, changes: Mapping[str, Any]) -> bool:
    """Set what `changes` has: `feedback` (−1, 0, 1 or None), `score`, `metadata` (merged; None clears it).

    False when there is no such log. The sums by metadata stay as they were counted.
    """
    seq = find(connection, account, gateway, id)
    if seq is None:
        return False
    if "feedback" in changes:
        feedback = changes["feedback"]
        connection.execute("UPDATE logs SET feedback = ? WHERE seq = ?", (feedback, seq))
        blocks.put(connection, seq, Column.FEEDBACK, 0 if feedback is None else feedback + FEEDBACK_ZERO)
    if "score" in changes:
        connection.execute("UPDATE logs SET score = ? WHERE seq = ?", (changes["score"], seq))
    if "metadata" in changes:
        number = _merged(connection, seq, changes["metadata"])
        connection.execute("UPDATE logs SET metadata = ? WHERE seq = ?", (number, seq))
        blocks.put(connection, seq, Column.METADATA, number)
    return True


def _merged(connection: sqlite3.Connection, seq: int, given: Mapping[str, Any] | None) -> int:
    """The number of the row's metadata with what is given over it."""
    if given is None:
        return 0
    gateway = seq >> NUMBER_BITS
    row = connection.execute(
        "SELECT text FROM logs JOIN texts ON texts.gateway = ? AND sort = ? AND texts.id = logs.metadata WHERE seq = ?",
        (gateway, Sort.METADATA, seq),
    ).fetchone()
    kept = {**(orjson.loads(row[0]) if row else {}), **given}
    merged = metadata_of({key: value for key, value in kept.items() if value is not None})
    return Texts().begin(connection).number(gateway, Sort.METADATA, metadata_bytes(merged))


def delete(connection: sqlite3.Connection, keys: Sequence[int]) -> int:
    """Delete rows with their bodies, some thousand at a time; how many there were. `keys` are of one gateway."""
    if not keys:
        return 0
    runs = _runs(sorted(keys))
    pointers = bodies.pointed_to(connection, runs)
    deleted = connection.executemany("DELETE FROM logs WHERE seq BETWEEN ? AND ?", runs).rowcount
    bodies.delete(connection, runs, pointers)
    blocks.bury(connection, keys)
    connection.execute("UPDATE gateways SET stored = stored - ? WHERE id = ?", (deleted, keys[0] >> NUMBER_BITS))
    return deleted


def _runs(keys: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbours together: (first, last)."""
    runs: list[tuple[int, int]] = []
    for key in keys:
        if runs and key == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], key)
        else:
            runs.append((key, key))
    return runs


def forget_gateway(connection: sqlite3.Connection, account: str, gateway: str) -> None:
    """At once nobody sees its logs any more; `delete_forgotten` takes them away bit by bit."""
    connection.execute("UPDATE gateways SET name = ? || id WHERE account = ? AND name = ?", (DELETED, account, gateway))


def delete_forgotten(connection: sqlite3.Connection, most: int) -> bool:
    """Delete some rows of forgotten gateways, and what is left of them at the end; whether there is more."""
    row = connection.execute(
        "SELECT id FROM gateways WHERE name >= ? AND name < ? LIMIT 1", (DELETED, DELETED + "\uffff")
    ).fetchone()
    if row is None:
        return False
    gateway = int(row[0])
    keys = oldest(connection, gateway, most)
    if keys:
        delete(connection, keys)
        return True
    for table in ("rollups", "metadata_sums", "metadata", "texts"):
        connection.execute(f"DELETE FROM {table} WHERE gateway = ?", (gateway,))
    blocks.drop(connection, *blocks.blocks_of(gateway))
    connection.execute("DELETE FROM gateways WHERE id = ?", (gateway,))
    return True


def oldest(connection: sqlite3.Connection, gateway: int, most: int) -> list[int]:
    """Keys of a gateway's first rows."""
    rows = connection.execute(
        "SELECT seq FROM logs WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT ?",
        (blocks.key(gateway, 0), blocks.key(gateway + 1, 0), most),
    )
    return [seq for (seq,) in rows]
