"""All gateways: held in memory, kept in the store (spec ai-gateway §5.2)."""

from __future__ import annotations

import json
import secrets
import sqlite3
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from groundfog import errors
from groundfog.clock import Clock, rfc3339
from groundfog.gateway.checks import HIDDEN
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.settings_checks import coherent, gateway_settings, valid_id
from groundfog.gateway.snapshot import Snapshot
from groundfog.store import Store

DEFAULT_ID = "default"
Table = dict[tuple[str, str], GatewayConfig]
Listener = Callable[[GatewayConfig, "GatewayConfig | None"], None]
_COLUMNS = "account, id, internal_id, is_default, settings, version, cache_generation, created_at, modified_at"
_DEFAULT = {
    "authentication": True,
    "collect_logs": True,
    "cache_ttl": 0,
    "cache_invalidate_on_update": True,
    "rate_limiting_limit": 0,
    "rate_limiting_interval": 0,
}
"""What the gateway `default` is when it appears (spec §3.1)."""


class Configs:
    """The gateways of every account.

    The object of one gateway stays the same, `is` and all, until its settings or policies change in whatever process:
    what is computed from it can be kept by it. `listeners` are called with the old object and the new one (None: it
    was deleted) by whoever was the first to ask after the change.

    `create`, `update`, `delete` and `default` wait for the store; an event loop calls them in a thread.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.listeners: list[Listener] = []
        self._snapshot: Snapshot[Table] = Snapshot(store, clock, ("gateways",), _load, self._tell)

    def get(self, account: str, gateway_id: str) -> GatewayConfig | None:
        """In memory. Raises STORE_DOWN when the store has never answered."""
        return self._snapshot.get().get((account, gateway_id))

    def find(self, account: str, gateway_id: str) -> GatewayConfig:
        """`get` for the management API. Raises GATEWAY_NOT_FOUND."""
        found = self.get(account, gateway_id)
        if found is None:
            raise errors.GATEWAY_NOT_FOUND(what=f"gateway {gateway_id}")
        return found

    def list(self, account: str, search: str = "") -> Sequence[GatewayConfig]:
        """The account's gateways whose id contains `search`, oldest first."""
        wanted = search.lower()
        rows = [
            row for (owner, _), row in self._snapshot.get().items() if owner == account and wanted in row.id.lower()
        ]
        return sorted(rows, key=lambda row: (row.created_at, row.id))

    def default(self, account: str) -> GatewayConfig:
        """The gateway `default`, made if it is missing: authenticated, logged, neither cached nor limited."""
        return self._ensure(account, DEFAULT_ID, _DEFAULT)

    def first_use(self, account: str, gateway_id: str) -> GatewayConfig:
        """A gateway that a server without keys makes when it is first named: like `default`, but open.

        Raises GATEWAY_INVALID for an id that cannot be one.
        """
        if gateway_id == DEFAULT_ID:
            return self.default(account)
        return self._ensure(account, valid_id(gateway_id), {**_DEFAULT, "authentication": False})

    def create(self, account: str, data: Any) -> GatewayConfig:
        """A new gateway of a create body. Raises GATEWAY_INVALID and GATEWAY_EXISTS."""
        settings = gateway_settings(data, create=True)
        return self._insert(account, valid_id(data.get("id")), settings)

    def update(self, account: str, gateway_id: str, data: Any) -> GatewayConfig:
        """Set the fields that are given, leave the others. Raises GATEWAY_INVALID and GATEWAY_NOT_FOUND."""
        changes = gateway_settings(data, create=False)
        now = self._clock.time()

        def work(db: sqlite3.Connection) -> GatewayConfig:
            row = _select(db, account, gateway_id)
            settings = _merged(json.loads(row[4]), changes)
            forget = int(settings.get("cache_invalidate_on_update", True))
            db.execute(
                "UPDATE gateways SET settings = ?, version = version + 1, cache_generation = cache_generation + ?,"
                " modified_at = ? WHERE account = ? AND id = ?",
                (json.dumps(settings), forget, now, account, gateway_id),
            )
            return _config(_select(db, account, gateway_id))

        return self._store.write(work).result()

    def delete(self, account: str, gateway_id: str) -> GatewayConfig:
        """Delete a gateway and everything that is set for it; gives what it was. Raises GATEWAY_NOT_FOUND."""

        def work(db: sqlite3.Connection) -> GatewayConfig:
            gone = _config(_select(db, account, gateway_id))
            db.execute("DELETE FROM gateways WHERE account = ? AND id = ?", (account, gateway_id))
            return gone

        return self._store.write(work).result()

    def clear_cache(self, account: str, gateway_id: str) -> GatewayConfig:
        """Forget every cached answer of a gateway. Raises GATEWAY_NOT_FOUND."""

        def work(db: sqlite3.Connection) -> GatewayConfig:
            db.execute(
                "UPDATE gateways SET version = version + 1, cache_generation = cache_generation + 1"
                " WHERE account = ? AND id = ?",
                (account, gateway_id),
            )
            return _config(_select(db, account, gateway_id))

        return self._store.write(work).result()

    def _ensure(self, account: str, gateway_id: str, settings: Mapping[str, Any]) -> GatewayConfig:
        found = self.get(account, gateway_id)
        if found is not None:
            return found
        try:
            return self._insert(account, gateway_id, dict(settings))
        except errors.GroundfogError as error:
            if error.kind is not errors.GATEWAY_EXISTS:
                raise
        return self.find(account, gateway_id)

    def _insert(self, account: str, gateway_id: str, settings: dict[str, Any]) -> GatewayConfig:
        now = self._clock.time()
        row = (
            account,
            gateway_id,
            str(uuid.uuid4()),
            int(gateway_id == DEFAULT_ID),
            json.dumps(_merged({}, settings)),
            1,
            # Answers cached for a gateway of this name that is gone are not this one's.
            secrets.randbits(48),
            now,
            now,
        )
        try:
            self._store.write(
                lambda db: db.execute(f"INSERT INTO gateways ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            ).result()
        except sqlite3.IntegrityError:
            raise errors.GATEWAY_EXISTS(what=f"gateway {gateway_id}", path=("id",)) from None
        return _config(row)

    def _tell(self, before: Table | None, after: Table) -> None:
        for key, old in (before or {}).items():
            new = after.get(key)
            if new is not old:
                for listener in self.listeners:
                    listener(old, new)


def public(config: GatewayConfig, *, hide: bool = False) -> dict[str, Any]:
    """A gateway as the management API answers it. `groundfog` stands there only if something in it is set.

    `hide` what opens other services: from who may only read.
    """
    shown: dict[str, Any] = {"id": config.id, "account_id": config.account, "account_tag": config.account}
    shown |= msgspec.to_builtins(config)
    for name in ("account", "version", "cache_generation"):
        del shown[name]
    if config.spend_limits is not None:
        # Rules are shown with their defaults, which older SDKs require.
        shown["spend_limits"]["rules"] = [
            {
                "enabled": rule.enabled,
                "limitType": rule.limit_type,
                "technique": rule.technique,
                **msgspec.to_builtins(rule),
            }
            for rule in config.spend_limits.rules
        ]
    if config.otel is not None:
        shown["otel"] = [
            {"headers": target.headers, "content_type": target.content_type, **msgspec.to_builtins(target)}
            for target in config.otel
        ]
    if not shown["groundfog"]:
        del shown["groundfog"]
    if hide:
        for target in shown["otel"] or ():
            target["headers"] = dict.fromkeys(target["headers"], HIDDEN)
            if target.get("authorization"):
                target["authorization"] = HIDDEN
        if shown["stripe"]:
            shown["stripe"]["authorization"] = HIDDEN
    return shown


def without_effect(config: GatewayConfig) -> list[str]:
    """Names of the settings that are kept and do nothing here: they are about Cloudflare's own account."""
    return [
        name
        for name, is_set in (
            ("log_classification", config.log_classification),
            ("logpush", config.logpush),
            ("store_id", config.store_id),
            ("stripe", config.stripe),
            ("workers_ai_billing_mode", config.workers_ai_billing_mode == "unified"),
            ("zdr", config.zdr),
        )
        if is_set
    ]


def _merged(settings: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Raises GATEWAY_INVALID for what does not go together."""
    merged = {**settings, **changes}
    if "groundfog" in changes:
        merged["groundfog"] = {**settings.get("groundfog", {}), **changes["groundfog"]}
    if not merged.get("collect_logs", True) and merged.get("log_classification"):
        # Classifying needs logs: switching them off switches it off (spec §3.22).
        merged["log_classification"] = False
    if merged.get("rate_limiting_technique", "") is None:
        merged["rate_limiting_technique"] = "fixed"
    coherent(merged)
    return merged


def _load(db: sqlite3.Connection, before: Table | None) -> Table:
    """Objects of gateways that have not changed are kept."""
    kept = before or {}
    table: Table = {}
    for row in db.execute(f"SELECT {_COLUMNS} FROM gateways"):
        old = kept.get((row[0], row[1]))
        if old is not None and old.internal_id == row[2] and old.version == row[5]:
            table[row[0], row[1]] = old
        else:
            table[row[0], row[1]] = _config(row)
    return table


def _select(db: sqlite3.Connection, account: str, gateway_id: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = db.execute(
        f"SELECT {_COLUMNS} FROM gateways WHERE account = ? AND id = ?", (account, gateway_id)
    ).fetchone()
    if row is None:
        raise errors.GATEWAY_NOT_FOUND(what=f"gateway {gateway_id}")
    return row


def _config(row: tuple[Any, ...]) -> GatewayConfig:
    account, name, internal_id, is_default, settings, version, generation, created_at, modified_at = row
    return msgspec.convert(
        {
            **json.loads(settings),
            "account": account,
            "id": name,
            "internal_id": internal_id,
            "is_default": bool(is_default),
            "version": version,
            "cache_generation": generation,
            "created_at": rfc3339(created_at),
            "modified_at": rfc3339(modified_at),
        },
        GatewayConfig,
    )
