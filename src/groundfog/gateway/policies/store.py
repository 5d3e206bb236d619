"""The policies of every gateway: kept in the store, in force in memory (spec ai-gateway §3.7, §5.11)."""

from __future__ import annotations

import builtins
import json
import logging
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from groundfog import errors
from groundfog.clock import Clock
from groundfog.errors import GroundfogError
from groundfog.gateway.policies.policy import FIELDS, Policy, read_policy
from groundfog.gateway.policies.simulation import simulate
from groundfog.gateway.snapshot import Snapshot
from groundfog.store import Store

log = logging.getLogger("groundfog.gateway")

_Row = tuple[str, str | None, str | None, float, float]
_Table = Mapping[tuple[str, str], tuple[Policy, ...]]
_COLUMNS = "id, committed, draft, created_at, updated_at"
_READ_ONLY = frozenset({"id", "created_at", "updated_at", "staging", "uncommitted"})
"""What answers carry and nobody sets; taken and left alone, so that an answer can be sent back changed."""


class Policies:
    """`in_force` is for requests. The others wait for the store and are called in a thread; they give policies in the
    API's form, and raise GATEWAY_NOT_FOUND and GATEWAY_INVALID.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._snapshot: Snapshot[_Table] = Snapshot(store, clock, ("gateway_policies",), _load)

    def in_force(self, account: str, gateway: str) -> tuple[Policy, ...]:
        """The committed policies, oldest first, as the store has them now."""
        return self._snapshot.fresh().get((account, gateway), ())

    def list(self, account: str, gateway: str, *, drafts: bool = False) -> Sequence[dict[str, Any]]:
        """Oldest first. With `drafts` also what is not in force yet, marked `staging`."""

        def work(db: sqlite3.Connection) -> builtins.list[dict[str, Any]]:
            rows: builtins.list[_Row] = db.execute(
                f"SELECT {_COLUMNS} FROM gateway_policies WHERE account = ? AND gateway = ? ORDER BY created_at, rowid",
                (account, gateway),
            ).fetchall()
            shown = []
            for row in rows:
                if row[1] is not None:
                    shown.append(_shown(row, row[1]))
                if drafts and row[2] is not None:
                    shown.append({**_shown(row, row[2]), "staging": True})
            return shown

        return self._store.read(work)

    def get(self, account: str, gateway: str, id: str, *, drafts: bool = False) -> dict[str, Any]:
        """With `drafts` the draft where there is one, marked `uncommitted`."""
        row = self._store.read(lambda db: _row(db, account, gateway, id))
        if drafts and row[2] is not None:
            return {**_shown(row, row[2]), "uncommitted": True}
        if row[1] is None:
            raise _no_such(id)
        return _shown(row, row[1])

    def create(self, account: str, gateway: str, data: object, *, commit: bool = False) -> dict[str, Any]:
        """In force at once with `commit`, else a draft."""
        given = _fields(data)
        read_policy(given)
        id, now, text = str(uuid.uuid4()), self._clock.time(), json.dumps(given)

        def work(db: sqlite3.Connection) -> dict[str, Any]:
            if db.execute("SELECT 1 FROM gateways WHERE account = ? AND id = ?", (account, gateway)).fetchone() is None:
                raise errors.GATEWAY_NOT_FOUND(what=f"gateway {gateway}")
            db.execute(
                "INSERT INTO gateway_policies (account, gateway, id, committed, draft, created_at, updated_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (account, gateway, id, text if commit else None, None if commit else text, now, now),
            )
            return _shown(_row(db, account, gateway, id), text)

        return self._store.write(work).result()

    def update(self, account: str, gateway: str, id: str, data: object, *, commit: bool = False) -> dict[str, Any]:
        """Sets the fields that are given, of a policy in force; without `commit` as its draft."""
        given = _fields(data)
        now = self._clock.time()

        def work(db: sqlite3.Connection) -> dict[str, Any]:
            row = _row(db, account, gateway, id)
            if row[1] is None:
                raise errors.GATEWAY_INVALID(what=f"the policy {id} is a draft: commit it first, or delete it")
            changed = {**json.loads(row[1]), **given}
            read_policy(changed)
            text = json.dumps(changed)
            field = "committed" if commit else "draft"
            db.execute(
                f"UPDATE gateway_policies SET {field} = ?, updated_at = ? WHERE account = ? AND gateway = ? AND id = ?",
                (text, now, account, gateway, id),
            )
            return _shown(_row(db, account, gateway, id), text)

        return self._store.write(work).result()

    def delete(self, account: str, gateway: str, id: str) -> dict[str, Any]:
        """Its draft goes, too; gives what it was."""

        def work(db: sqlite3.Connection) -> dict[str, Any]:
            row = _row(db, account, gateway, id)
            db.execute(
                "DELETE FROM gateway_policies WHERE account = ? AND gateway = ? AND id = ?", (account, gateway, id)
            )
            return _shown(row, row[1] or row[2] or "{}")

        return self._store.write(work).result()

    def commit(self, account: str, gateway: str) -> dict[str, Any]:
        """Every draft into force; one that does not hold (any more) stays a draft and is named in `errors`."""
        now = self._clock.time()

        def work(db: sqlite3.Connection) -> dict[str, Any]:
            rows: builtins.list[_Row] = db.execute(
                f"SELECT {_COLUMNS} FROM gateway_policies WHERE account = ? AND gateway = ? AND draft IS NOT NULL"
                " ORDER BY created_at, rowid",
                (account, gateway),
            ).fetchall()
            done, failed = [], []
            for row in rows:
                draft = row[2] or "{}"
                try:
                    read_policy(json.loads(draft))
                except GroundfogError as error:
                    failed.append({"policyId": row[0], "message": error.description})
                    continue
                db.execute(
                    "UPDATE gateway_policies SET committed = draft, draft = NULL, updated_at = ?"
                    " WHERE account = ? AND gateway = ? AND id = ?",
                    (now, account, gateway, row[0]),
                )
                done.append(_shown((*row[:4], now), draft))
            result: dict[str, Any] = {"committed": len(done), "failed": len(failed), "policies": done}
            return {**result, "errors": failed} if failed else result

        return self._store.write(work).result()

    def simulate(self, account: str, gateway: str, data: object) -> dict[str, Any]:
        """What the policies in force would decide; nothing is counted."""
        return simulate(self.in_force(account, gateway), data)


def _load(db: sqlite3.Connection, before: _Table | None) -> _Table:
    loaded: dict[tuple[str, str], tuple[Policy, ...]] = {}
    rows = db.execute(
        "SELECT account, gateway, id, committed FROM gateway_policies WHERE committed IS NOT NULL"
        " ORDER BY created_at, rowid"
    )
    for account, gateway, id, committed in rows:
        try:
            policy = read_policy(json.loads(committed), id)
        except GroundfogError as error:
            log.error("the policy %s of the gateway %s is left out: %s", id, gateway, error)
            continue
        loaded[account, gateway] = (*loaded.get((account, gateway), ()), policy)
    return loaded


def _row(db: sqlite3.Connection, account: str, gateway: str, id: str) -> _Row:
    row: _Row | None = db.execute(
        f"SELECT {_COLUMNS} FROM gateway_policies WHERE account = ? AND gateway = ? AND id = ?", (account, gateway, id)
    ).fetchone()
    if row is None:
        raise _no_such(id)
    return row


def _no_such(id: str) -> GroundfogError:
    return errors.GATEWAY_NOT_FOUND(what=f"policy {id}")


def _shown(row: _Row, text: str) -> dict[str, Any]:
    """Times are Unix seconds (spec §3.7)."""
    return {"id": row[0], **json.loads(text), "created_at": int(row[3]), "updated_at": int(row[4])}


def _fields(data: object) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise errors.GATEWAY_INVALID(what="a policy must be an object")
    given = {str(name): value for name, value in data.items() if name not in _READ_ONLY}
    for name in given:
        if name not in FIELDS:
            raise errors.GATEWAY_INVALID(
                what=f"`{name}` is no field of a policy; there are {', '.join(FIELDS)}", path=(name,)
            )
    return given
