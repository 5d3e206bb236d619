"""Tables of gateways in `groundfog.db`. Lists and objects are JSON text; times are seconds since the epoch (UTC).

Triggers count the changes of each table in `gateway_revisions`, so that what is held in memory is read again exactly
when it has changed, by whatever process. Everything that belongs to a gateway goes when it goes.
"""

from __future__ import annotations

import sqlite3

from groundfog.store.migrations import Migration

_OF_A_GATEWAY = "FOREIGN KEY (account, gateway) REFERENCES gateways (account, id) ON DELETE CASCADE"


def create_gateways(db: sqlite3.Connection) -> None:
    """`settings` holds the fields of spec ai-gateway §5.2, with `groundfog`'s own under that name."""
    db.execute("CREATE TABLE gateway_revisions (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID")
    db.execute(
        """
        CREATE TABLE gateways (
            account TEXT NOT NULL,
            id TEXT NOT NULL,
            internal_id TEXT NOT NULL,
            is_default INTEGER NOT NULL,
            settings TEXT NOT NULL,
            version INTEGER NOT NULL,
            cache_generation INTEGER NOT NULL,
            created_at REAL NOT NULL,
            modified_at REAL NOT NULL,
            PRIMARY KEY (account, id)
        )
        """
    )
    _count_changes(db, "gateways")


def create_gateway_custom_providers(db: sqlite3.Connection) -> None:
    """Spec §5.8; `fields` is what the caller gave."""
    db.execute(
        """
        CREATE TABLE gateway_custom_providers (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL,
            slug TEXT NOT NULL,
            fields TEXT NOT NULL,
            created_at REAL NOT NULL,
            modified_at REAL NOT NULL,
            UNIQUE (account, slug)
        )
        """
    )
    _count_changes(db, "gateway_custom_providers")


def create_gateway_provider_keys(db: sqlite3.Connection) -> None:
    """Spec §5.9. The key itself stands encrypted in `gateway_secrets`, which several rows may share."""
    db.execute(
        """
        CREATE TABLE gateway_secrets (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL,
            cipher BLOB NOT NULL,
            preview TEXT NOT NULL,
            created_at REAL NOT NULL
        )
        """
    )
    db.execute(
        f"""
        CREATE TABLE gateway_provider_keys (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL,
            gateway TEXT NOT NULL,
            provider_slug TEXT NOT NULL,
            alias TEXT NOT NULL,
            default_config INTEGER NOT NULL,
            secret_id TEXT NOT NULL REFERENCES gateway_secrets (id),
            rate_limit REAL,
            rate_limit_period REAL,
            created_at REAL NOT NULL,
            modified_at REAL NOT NULL,
            UNIQUE (account, gateway, provider_slug, alias),
            {_OF_A_GATEWAY}
        )
        """
    )
    _count_changes(db, "gateway_secrets")
    _count_changes(db, "gateway_provider_keys")


def create_gateway_routes(db: sqlite3.Connection) -> None:
    """Spec §5.4; `data` is the elements. The latest deployment is the one in force."""
    db.execute(
        f"""
        CREATE TABLE gateway_routes (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL,
            gateway TEXT NOT NULL,
            name TEXT NOT NULL,
            created_at REAL NOT NULL,
            modified_at REAL NOT NULL,
            UNIQUE (account, gateway, name),
            {_OF_A_GATEWAY}
        )
        """
    )
    db.execute(
        """
        CREATE TABLE gateway_route_versions (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            route TEXT NOT NULL REFERENCES gateway_routes (id) ON DELETE CASCADE,
            data TEXT NOT NULL,
            is_valid INTEGER NOT NULL,
            created_at REAL NOT NULL
        )
        """
    )
    db.execute("CREATE INDEX gateway_route_versions_route ON gateway_route_versions (route)")
    db.execute(
        """
        CREATE TABLE gateway_route_deployments (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            route TEXT NOT NULL REFERENCES gateway_routes (id) ON DELETE CASCADE,
            version_id TEXT NOT NULL REFERENCES gateway_route_versions (id) ON DELETE CASCADE,
            created_at REAL NOT NULL
        )
        """
    )
    db.execute("CREATE INDEX gateway_route_deployments_route ON gateway_route_deployments (route)")
    for table in ("gateway_routes", "gateway_route_versions", "gateway_route_deployments"):
        _count_changes(db, table)


def create_gateway_policies(db: sqlite3.Connection) -> None:
    """Spec §5.11. `committed` is in force, `draft` is what a commit would put there; either may be missing.

    A gateway's version grows with its policies, because its stages are composed from both.
    """
    db.execute(
        f"""
        CREATE TABLE gateway_policies (
            account TEXT NOT NULL,
            gateway TEXT NOT NULL,
            id TEXT NOT NULL,
            committed TEXT,
            draft TEXT,
            created_at REAL NOT NULL,
            updated_at REAL NOT NULL,
            PRIMARY KEY (account, gateway, id),
            {_OF_A_GATEWAY}
        )
        """
    )
    _count_changes(db, "gateway_policies")
    for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        db.execute(
            f"CREATE TRIGGER gateway_policies_version_{event.lower()} AFTER {event} ON gateway_policies BEGIN "
            f"UPDATE gateways SET version = version + 1 WHERE account = {row}.account AND id = {row}.gateway; END"
        )


def create_gateway_domains(db: sqlite3.Connection) -> None:
    """Hostnames that stand for one gateway (spec §1.8, §5.11), in lower case."""
    db.execute(
        f"""
        CREATE TABLE gateway_domains (
            hostname TEXT PRIMARY KEY,
            account TEXT NOT NULL,
            gateway TEXT NOT NULL,
            zone_id TEXT NOT NULL,
            created_at REAL NOT NULL,
            modified_at REAL NOT NULL,
            {_OF_A_GATEWAY}
        )
        """
    )
    _count_changes(db, "gateway_domains")


def create_gateway_evaluations(db: sqlite3.Connection) -> None:
    """Datasets (saved filters over the log) and evaluations of them (spec §5.5, §5.6)."""
    db.execute(
        f"""
        CREATE TABLE gateway_datasets (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL,
            gateway TEXT NOT NULL,
            name TEXT NOT NULL,
            enable INTEGER NOT NULL,
            filters TEXT NOT NULL,
            created_at REAL NOT NULL,
            modified_at REAL NOT NULL,
            UNIQUE (account, gateway, name),
            {_OF_A_GATEWAY}
        )
        """
    )
    db.execute(
        f"""
        CREATE TABLE gateway_evaluations (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL,
            gateway TEXT NOT NULL,
            name TEXT NOT NULL,
            processed INTEGER NOT NULL,
            total_logs INTEGER NOT NULL,
            datasets TEXT NOT NULL,
            results TEXT NOT NULL,
            created_at REAL NOT NULL,
            modified_at REAL NOT NULL,
            {_OF_A_GATEWAY}
        )
        """
    )


def drop_unused_gateway_secrets(db: sqlite3.Connection) -> None:
    """A secret goes with the last key that names it, also when its gateway goes."""
    db.execute(
        "CREATE TRIGGER gateway_secrets_unused AFTER DELETE ON gateway_provider_keys BEGIN "
        "DELETE FROM gateway_secrets WHERE id = OLD.secret_id "
        "AND NOT EXISTS (SELECT 1 FROM gateway_provider_keys WHERE secret_id = OLD.secret_id); END"
    )


def _count_changes(db: sqlite3.Connection, table: str) -> None:
    db.execute("INSERT INTO gateway_revisions VALUES (?, 0)", (table,))
    for event in ("INSERT", "UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER {table}_revision_{event.lower()} AFTER {event} ON {table} BEGIN "
            f"UPDATE gateway_revisions SET number = number + 1 WHERE name = '{table}'; END"
        )


MIGRATIONS: tuple[Migration, ...] = (
    create_gateways,
    create_gateway_custom_providers,
    create_gateway_provider_keys,
    create_gateway_routes,
    create_gateway_policies,
    create_gateway_domains,
    create_gateway_evaluations,
    drop_unused_gateway_secrets,
)
