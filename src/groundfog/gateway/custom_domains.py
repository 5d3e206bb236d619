"""Hostnames that stand for a gateway (spec ai-gateway §1.8, §5.11). Who points them here is the operator's affair."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Any, NoReturn

import msgspec

from groundfog import errors
from groundfog.clock import Clock
from groundfog.gateway.checks import Path, fields, refuse, text
from groundfog.gateway.snapshot import Snapshot
from groundfog.store import Store

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOSTNAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})+")

RESERVED = frozenset({"workers-binding.ai"})


class Domain(msgspec.Struct, frozen=True):
    """`hostname` in lower case; times are seconds since the epoch (UTC)."""

    hostname: str
    account: str
    gateway: str
    zone_id: str
    created_at: float
    modified_at: float


class CustomDomains:
    """The hostnames of every account. `create` and `delete` wait for the store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._snapshot: Snapshot[dict[str, Domain]] = Snapshot(store, clock, ("gateway_domains",), _load)

    @property
    def any(self) -> bool:
        """Whether there is one at all; False while the store has never answered."""
        try:
            return bool(self._snapshot.get())
        except errors.GroundfogError:
            return False

    def find(self, hostname: str) -> tuple[str, str] | None:
        """Account and gateway of a lower-case hostname without port."""
        found = self._snapshot.get().get(hostname)
        return None if found is None else (found.account, found.gateway)

    def list(self, account: str, gateway: str) -> Sequence[Domain]:
        """By name."""
        rows = [row for row in self._snapshot.get().values() if (row.account, row.gateway) == (account, gateway)]
        return sorted(rows, key=lambda row: row.hostname)

    def get(self, account: str, gateway: str, hostname: str) -> Domain:
        """Raises GATEWAY_NOT_FOUND."""
        found = self._snapshot.get().get(hostname.lower())
        if found is None or (found.account, found.gateway) != (account, gateway):
            _no_such(hostname)
        return found

    def create(self, account: str, gateway: str, data: Any) -> Domain:
        """`{domain, zone_id}`. Raises GATEWAY_INVALID, and GATEWAY_EXISTS where the name stands for a gateway."""
        given = fields({"domain": _hostname, "zone_id": text(0, 64)}, required=("domain",))(data, ())
        now = self._clock.time()
        row = (given["domain"], account, gateway, given.get("zone_id", ""), now, now)
        try:
            self._store.write(
                lambda db: db.execute("INSERT INTO gateway_domains VALUES (?, ?, ?, ?, ?, ?)", row)
            ).result()
        except sqlite3.IntegrityError:
            raise errors.GATEWAY_EXISTS(what=f"domain {given['domain']}", path=("domain",)) from None
        return Domain(*row)

    def delete(self, account: str, gateway: str, hostname: str) -> Domain:
        """What it was. Raises GATEWAY_NOT_FOUND."""
        key = (account, gateway, hostname.lower())

        def work(db: sqlite3.Connection) -> Domain:
            where = "WHERE account = ? AND gateway = ? AND hostname = ?"
            row = db.execute(f"SELECT * FROM gateway_domains {where}", key).fetchone()
            if row is None:
                _no_such(hostname)
            db.execute(f"DELETE FROM gateway_domains {where}", key)
            return Domain(*row)

        return self._store.write(work).result()


def public(domain: Domain) -> dict[str, Any]:
    """As the management API answers it, with unix milliseconds. No DNS is asked: a name is active at once."""
    return {
        "hostname": domain.hostname,
        "gateway_id": domain.gateway,
        "zone_id": domain.zone_id,
        "status": "active",
        "cname_target": None,
        "created_at": round(domain.created_at * 1000),
        "modified_at": round(domain.modified_at * 1000),
    }


def _hostname(value: Any, path: Path) -> str:
    name: str = text(1, 253)(value, path).lower().rstrip(".")
    if not HOSTNAME.fullmatch(name):
        refuse(path, "must be a hostname with at least one dot")
    if name.rpartition(".")[2].isdigit():
        # Whoever came by the address would come to this gateway, whatever they asked for.
        refuse(path, "must be a hostname and no address")
    if name in RESERVED:
        refuse(path, "is what Workers call their bindings by")
    return name


def _load(db: sqlite3.Connection, _: dict[str, Domain] | None) -> dict[str, Domain]:
    return {row[0]: Domain(*row) for row in db.execute("SELECT * FROM gateway_domains")}


def _no_such(hostname: str) -> NoReturn:
    raise errors.GATEWAY_NOT_FOUND(what=f"domain {hostname}")
