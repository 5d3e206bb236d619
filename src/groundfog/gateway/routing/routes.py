"""Dynamic routes: kept in the store, held in memory, compiled once per deployed version (spec §3.15, §5.4)."""

from __future__ import annotations

import json
import re
import sqlite3
import uuid
from collections.abc import Sequence
from typing import Any

from groundfog import errors
from groundfog.clock import Clock, rfc3339
from groundfog.errors import GroundfogError
from groundfog.gateway.request import Request, Step
from groundfog.gateway.response import Response
from groundfog.gateway.routing.route import Route, compile_route
from groundfog.gateway.routing.walk import RunStep, Walk
from groundfog.gateway.snapshot import Snapshot
from groundfog.metering.ledger import Ledger
from groundfog.store import Store

Deployed = dict[tuple[str, str, str], "_Deployed"]
"""Account, gateway and name of a route → the version in force."""
_NAME = re.compile(r"[^\x00-\x1f/]{1,128}")
_TABLES = ("gateway_routes", "gateway_route_versions", "gateway_route_deployments")


class _Deployed:
    """A version in force; compiled at its first use."""

    __slots__ = ("_data", "_name", "_route", "_route_id", "version_id")

    def __init__(self, route_id: str, name: str, version_id: str, data: str) -> None:
        self.version_id = version_id
        self._route_id = route_id
        self._name = name
        self._data = data
        self._route: Route | None = None

    def is_still(self, route_id: str, name: str, version_id: str) -> bool:
        return (self._route_id, self._name, self.version_id) == (route_id, name, version_id)

    def route(self) -> Route:
        if self._route is None:
            self._route = compile_route(
                json.loads(self._data), id=self._route_id, name=self._name, version_id=self.version_id
            )
        return self._route


class DynamicRoutes:
    """Routes of every gateway. `find` and `walk` are for requests; the others, in the API's own form, wait for the
    store and are called in a thread.

    All but `walk` raise GATEWAY_NOT_FOUND for what there is not, and STORE_DOWN.
    """

    def __init__(self, store: Store, clock: Clock, ledger: Ledger) -> None:
        self._store = store
        self._clock = clock
        self._ledger = ledger
        self._snapshot: Snapshot[Deployed] = Snapshot(store, clock, _TABLES, _load)

    def find(self, account: str, gateway: str, name: str) -> Route:
        """The version in force of the route that callers name `dynamic/{name}`."""
        found = self._snapshot.get().get((account, gateway, name))
        if found is None:
            raise errors.GATEWAY_NOT_FOUND(what=f"no route {name} is deployed in the gateway {gateway}")
        return found.route()

    async def walk(self, route: Route, request: Request, step: Step, run_step: RunStep) -> Response:
        """Answer a request along the route. Raises PROVIDER_FAILED, or the limit or refusal that ended it."""
        return await Walk(route, request, step, run_step, self._ledger).run()

    def create(self, account: str, gateway: str, name: object, elements: object) -> dict[str, Any]:
        """A route whose first version is deployed at once. Raises GATEWAY_INVALID, GATEWAY_EXISTS."""
        name = _valid_name(name)
        compile_route(elements)
        id, now = str(uuid.uuid4()), self._clock.time()

        def work(db: sqlite3.Connection) -> dict[str, Any]:
            if db.execute("SELECT 1 FROM gateways WHERE account = ? AND id = ?", (account, gateway)).fetchone() is None:
                raise errors.GATEWAY_NOT_FOUND(what=f"gateway {gateway}")
            try:
                db.execute(
                    "INSERT INTO gateway_routes (id, account, gateway, name, created_at, modified_at)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (id, account, gateway, name, now, now),
                )
            except sqlite3.IntegrityError:
                raise errors.GATEWAY_EXISTS(what=f"a route named {name}") from None
            _deploy(db, id, _add_version(db, id, elements, now), now)
            return _shown(db, account, gateway, id)

        return self._store.write(work).result()

    def list(self, account: str, gateway: str) -> Sequence[dict[str, Any]]:
        """Newest first."""

        def work(db: sqlite3.Connection) -> list[dict[str, Any]]:
            rows = db.execute(
                "SELECT id FROM gateway_routes WHERE account = ? AND gateway = ? ORDER BY created_at DESC, rowid DESC",
                (account, gateway),
            ).fetchall()
            return [_shown(db, account, gateway, id) for (id,) in rows]

        return self._store.read(work)

    def get(self, account: str, gateway: str, id: str) -> dict[str, Any]:
        return self._store.read(lambda db: _shown(db, account, gateway, id))

    def rename(self, account: str, gateway: str, id: str, name: object) -> dict[str, Any]:
        """Raises GATEWAY_INVALID, GATEWAY_EXISTS."""
        name = _valid_name(name)
        now = self._clock.time()

        def work(db: sqlite3.Connection) -> dict[str, Any]:
            _row(db, account, gateway, id)
            try:
                db.execute("UPDATE gateway_routes SET name = ?, modified_at = ? WHERE id = ?", (name, now, id))
            except sqlite3.IntegrityError:
                raise errors.GATEWAY_EXISTS(what=f"a route named {name}") from None
            return _shown(db, account, gateway, id)

        return self._store.write(work).result()

    def delete(self, account: str, gateway: str, id: str) -> dict[str, Any]:
        """Gives the route as it was, without `deployment` and `version`."""

        def work(db: sqlite3.Connection) -> dict[str, Any]:
            gone = _without_version(_shown(db, account, gateway, id))
            db.execute("DELETE FROM gateway_routes WHERE id = ?", (id,))
            return gone

        return self._store.write(work).result()

    def add_version(self, account: str, gateway: str, id: str, elements: object) -> dict[str, Any]:
        """A version that serves nobody until it is deployed; the route with `version_id`. Raises GATEWAY_INVALID."""
        compile_route(elements)
        now = self._clock.time()

        def work(db: sqlite3.Connection) -> dict[str, Any]:
            _row(db, account, gateway, id)
            version_id = _add_version(db, id, elements, now)
            db.execute("UPDATE gateway_routes SET modified_at = ? WHERE id = ?", (now, id))
            shown = _without_version(_shown(db, account, gateway, id))
            return {**shown, "elements": elements, "version_id": version_id}

        return self._store.write(work).result()

    def versions(self, account: str, gateway: str, id: str) -> Sequence[dict[str, Any]]:
        """Newest first."""

        def work(db: sqlite3.Connection) -> list[dict[str, Any]]:
            _row(db, account, gateway, id)
            active = _active(db, id)
            rows = db.execute(
                "SELECT id, data, is_valid, created_at FROM gateway_route_versions WHERE route = ?"
                " ORDER BY number DESC",
                (id,),
            ).fetchall()
            return [_version(row, active) for row in rows]

        return self._store.read(work)

    def version(self, account: str, gateway: str, id: str, version_id: str) -> dict[str, Any]:
        """The route's fields with those of one version."""

        def work(db: sqlite3.Connection) -> dict[str, Any]:
            shown = _without_version(_shown(db, account, gateway, id))
            row = _version_row(db, id, version_id)
            return {**shown, **_version(row, _active(db, id)), "elements": json.loads(row[1])}

        return self._store.read(work)

    def deploy(self, account: str, gateway: str, id: str, version_id: object) -> dict[str, Any]:
        """Put a version into force; an older one is a roll-back. The route without `deployment` and `version`."""
        if not isinstance(version_id, str):
            raise errors.GATEWAY_INVALID(what="`version_id` must be the id of a version", path=("version_id",))
        now = self._clock.time()

        def work(db: sqlite3.Connection) -> dict[str, Any]:
            _row(db, account, gateway, id)
            row = _version_row(db, id, version_id)
            compile_route(json.loads(row[1]))
            _deploy(db, id, version_id, now)
            db.execute("UPDATE gateway_routes SET modified_at = ? WHERE id = ?", (now, id))
            return _without_version(_shown(db, account, gateway, id))

        return self._store.write(work).result()

    def deployments(self, account: str, gateway: str, id: str) -> Sequence[dict[str, Any]]:
        """Newest first."""

        def work(db: sqlite3.Connection) -> list[dict[str, Any]]:
            _row(db, account, gateway, id)
            rows = db.execute(
                "SELECT id, version_id, created_at FROM gateway_route_deployments WHERE route = ? ORDER BY number DESC",
                (id,),
            ).fetchall()
            return [_deployment(row) for row in rows]

        return self._store.read(work)


def _load(db: sqlite3.Connection, before: Deployed | None) -> Deployed:
    rows = db.execute(
        "SELECT r.account, r.gateway, r.name, r.id, v.id, v.data FROM gateway_routes r"
        " JOIN gateway_route_deployments d"
        "   ON d.number = (SELECT max(number) FROM gateway_route_deployments WHERE route = r.id)"
        " JOIN gateway_route_versions v ON v.id = d.version_id"
    )
    loaded: Deployed = {}
    for account, gateway, name, id, version_id, data in rows:
        kept = (before or {}).get((account, gateway, name))
        if kept is None or not kept.is_still(id, name, version_id):
            kept = _Deployed(id, name, version_id, data)
        loaded[account, gateway, name] = kept
    return loaded


def _row(db: sqlite3.Connection, account: str, gateway: str, id: str) -> tuple[str, float, float]:
    row: tuple[str, float, float] | None = db.execute(
        "SELECT name, created_at, modified_at FROM gateway_routes WHERE account = ? AND gateway = ? AND id = ?",
        (account, gateway, id),
    ).fetchone()
    if row is None:
        raise errors.GATEWAY_NOT_FOUND(what=f"route {id}")
    return row


def _version_row(db: sqlite3.Connection, route: str, version_id: str) -> tuple[str, str, int, float]:
    row: tuple[str, str, int, float] | None = db.execute(
        "SELECT id, data, is_valid, created_at FROM gateway_route_versions WHERE route = ? AND id = ?",
        (route, version_id),
    ).fetchone()
    if row is None:
        raise _no_version(version_id)
    return row


def _no_version(version_id: str) -> GroundfogError:
    return errors.GATEWAY_NOT_FOUND(what=f"version {version_id}")


def _add_version(db: sqlite3.Connection, route: str, elements: object, now: float) -> str:
    version_id = str(uuid.uuid4())
    db.execute(
        "INSERT INTO gateway_route_versions (id, route, data, is_valid, created_at) VALUES (?, ?, ?, 1, ?)",
        (version_id, route, json.dumps(elements), now),
    )
    return version_id


def _deploy(db: sqlite3.Connection, route: str, version_id: str, now: float) -> None:
    db.execute(
        "INSERT INTO gateway_route_deployments (id, route, version_id, created_at) VALUES (?, ?, ?, ?)",
        (str(uuid.uuid4()), route, version_id, now),
    )


def _in_force(db: sqlite3.Connection, route: str) -> tuple[str, str, float] | None:
    row: tuple[str, str, float] | None = db.execute(
        "SELECT id, version_id, created_at FROM gateway_route_deployments WHERE route = ? ORDER BY number DESC LIMIT 1",
        (route,),
    ).fetchone()
    return row


def _active(db: sqlite3.Connection, route: str) -> str | None:
    deployed = _in_force(db, route)
    return None if deployed is None else deployed[1]


def _shown(db: sqlite3.Connection, account: str, gateway: str, id: str) -> dict[str, Any]:
    name, created_at, modified_at = _row(db, account, gateway, id)
    shown: dict[str, Any] = {
        "id": id,
        "account_tag": account,
        "gateway_id": gateway,
        "name": name,
        "elements": [],
        "created_at": rfc3339(created_at),
        "modified_at": rfc3339(modified_at),
    }
    deployed = _in_force(db, id)
    if deployed is not None:
        version = _version_row(db, id, deployed[1])
        shown["elements"] = json.loads(version[1])
        shown["deployment"] = _deployment(deployed)
        shown["version"] = _version(version, deployed[1])
    return shown


def _without_version(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name not in ("deployment", "version")}


def _version(row: tuple[str, str, int, float], active: str | None) -> dict[str, Any]:
    id, data, is_valid, created_at = row
    return {
        "version_id": id,
        "active": "true" if id == active else "false",
        "data": data,
        "is_valid": bool(is_valid),
        "created_at": rfc3339(created_at),
    }


def _deployment(row: tuple[str, str, float]) -> dict[str, Any]:
    id, version_id, created_at = row
    return {"deployment_id": id, "version_id": version_id, "created_at": rfc3339(created_at)}


def _valid_name(name: object) -> str:
    if not isinstance(name, str) or _NAME.fullmatch(name) is None or name != name.strip():
        raise errors.GATEWAY_INVALID(what="`name` must be 1 to 128 characters without `/`", path=("name",))
    return name
