"""Stored keys of providers (spec ai-gateway §3.3, §5.9): kept encrypted, never given back, named by aliases."""

from __future__ import annotations

import dataclasses
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from groundfog import errors
from groundfog.clock import Clock, rfc3339
from groundfog.gateway.checks import Check, Path, boolean, fields, nullable, number, refuse, text
from groundfog.gateway.custom_providers import PREFIX
from groundfog.gateway.providers.provider import load
from groundfog.gateway.providers.vault import Vault
from groundfog.gateway.snapshot import Snapshot
from groundfog.settings import Settings
from groundfog.store import Store

DEFAULT = "default"
KEY_FILE = "provider-keys.key"
MOST_OPENED = 4096
"""Secrets that are held open in memory."""
_SHOWN = 4
"""Characters of a secret's end that its preview shows, when it is long enough to keep the rest secret."""


@dataclasses.dataclass(frozen=True, slots=True)
class StoredKey:
    """One row, with its secret still sealed. `rate_limit` requests per `rate_limit_period` seconds."""

    id: str
    account: str
    gateway: str
    provider: str
    alias: str
    default: bool
    secret_id: str
    sealed: bytes = dataclasses.field(repr=False)
    preview: str
    rate_limit: float | None
    rate_limit_period: float | None
    modified_at: float

    def shown(self) -> dict[str, Any]:
        """The object of the management API."""
        shown: dict[str, Any] = {
            "id": self.id,
            "gateway_id": self.gateway,
            "provider_slug": self.provider,
            "alias": self.alias,
            "default_config": bool(self.default),
            "secret_id": self.secret_id,
            "secret_preview": self.preview,
            "modified_at": rfc3339(self.modified_at),
        }
        if self.rate_limit is not None:
            shown["rate_limit"] = self.rate_limit
        if self.rate_limit_period is not None:
            shown["rate_limit_period"] = self.rate_limit_period
        return shown


Table = dict[tuple[str, str, str], list[StoredKey]]


class ProviderKeys:
    """Look-ups are in memory; `add`, `update` and `remove` wait for the store.

    The operator's own keys (`settings.gateway_provider_keys`, what Cloudflare calls Unified Billing) are asked for by
    provider with `operator`.
    """

    def __init__(self, store: Store, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._clock = clock
        self._vault = Vault(settings.gateway_key_file or settings.state / KEY_FILE)
        self._slugs = {name: provider.slug for name, provider in load().items()}
        self._operator = {
            self._slugs.get(name, name): secret.get_secret_value()
            for name, secret in (
                (given.lower().replace("_", "-"), secret) for given, secret in settings.gateway_provider_keys.items()
            )
        }
        self._snapshot: Snapshot[Table] = Snapshot(store, clock, ("gateway_provider_keys", "gateway_secrets"), _load)
        self._opened: dict[tuple[bytes, str], str] = {}

    # Look-ups.

    def has(self, account: str, gateway: str, provider: str) -> bool:
        """Whether a request without a key of its own finds one for this provider (canonical slug)."""
        return provider in self._operator or (account, gateway, provider) in self._snapshot.get()

    def operator(self, provider: str) -> str | None:
        return self._operator.get(provider)

    def find(self, account: str, gateway: str, provider: str, alias: str | None) -> StoredKey | None:
        """The key of this alias; without one the default key. None when nothing at all is stored for the provider.

        Raises NO_SUCH_ALIAS when other keys are.
        """
        rows = self._snapshot.get().get((account, gateway, provider))
        if not rows:
            return None
        wanted = alias or DEFAULT
        if alias is None:
            for row in rows:
                if row.default:
                    return row
        for row in rows:
            if row.alias == wanted:
                return row
        aliases = ", ".join(sorted(row.alias for row in rows))
        raise errors.NO_SUCH_ALIAS(alias=wanted, provider=provider, aliases=aliases)

    def secret(self, row: StoredKey) -> str:
        """The key itself. Raises KEYS_UNAVAILABLE."""
        context = _context(row.account, row.secret_id)
        plain = self._opened.get((row.sealed, context))
        if plain is None:
            plain = self._vault.open(row.sealed, context).decode()
            if len(self._opened) >= MOST_OPENED:
                self._opened.clear()
            self._opened[row.sealed, context] = plain
        return plain

    # Management.

    def list(self, account: str, gateway: str) -> Sequence[dict[str, Any]]:
        rows = [row for rows in self._snapshot.get().values() for row in rows]
        mine = [row for row in rows if row.account == account and row.gateway == gateway]
        return [row.shown() for row in sorted(mine, key=lambda row: (row.provider, row.alias))]

    def get(self, account: str, gateway: str, key_id: str) -> dict[str, Any]:
        """Raises GATEWAY_NOT_FOUND."""
        return self._row(account, gateway, key_id).shown()

    def add(self, account: str, gateway: str, data: Any) -> dict[str, Any]:
        """Raises GATEWAY_INVALID, GATEWAY_EXISTS, GATEWAY_NOT_FOUND (secret_id), KEYS_UNAVAILABLE."""
        given = self._checked(data, ("provider_slug", "alias", "default_config"))
        if ("secret" in given) == ("secret_id" in given):
            refuse(("secret",), "or secret_id is wanted, one of them")
        now = self._clock.time()
        key_id, secret = str(uuid.uuid4()), given.get("secret")
        secret_id = given.get("secret_id") or uuid.uuid4().hex
        sealed = self._sealed(account, secret_id, secret) if secret is not None else None

        def work(db: sqlite3.Connection) -> None:
            if sealed is not None:
                db.execute("INSERT INTO gateway_secrets VALUES (?, ?, ?, ?, ?)", sealed)
            else:
                _find_secret(db, account, secret_id)
            provider = given["provider_slug"]
            if given["default_config"]:
                _drop_default(db, account, gateway, provider)
            limit, period = given.get("rate_limit"), given.get("rate_limit_period")
            values = (given["alias"], given["default_config"], secret_id, limit, period, now, now)
            db.execute(
                "INSERT INTO gateway_provider_keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (key_id, account, gateway, provider, *values),
            )

        self._write(work, f"a key {given['alias']} of {given['provider_slug']}")
        return self.get(account, gateway, key_id)

    def update(self, account: str, gateway: str, key_id: str, data: Any) -> dict[str, Any]:
        """Change what is given; a `secret` is a rotation. Raises what `add` raises."""
        given = self._checked(data, ())
        before = self._row(account, gateway, key_id)
        if "secret" in given and "secret_id" in given:
            refuse(("secret",), "and secret_id exclude each other")
        now = self._clock.time()
        changed = {name: given[name] for name in _COLUMNS if name in given}
        secret = given.get("secret")
        sealed = None
        if secret is not None:
            changed["secret_id"] = uuid.uuid4().hex
            sealed = self._sealed(account, changed["secret_id"], secret)

        def work(db: sqlite3.Connection) -> None:
            if sealed is not None:
                db.execute("INSERT INTO gateway_secrets VALUES (?, ?, ?, ?, ?)", sealed)
            elif "secret_id" in changed:
                _find_secret(db, account, changed["secret_id"])
            if changed.get("default_config"):
                _drop_default(db, account, gateway, changed.get("provider_slug", before.provider))
            sets = ", ".join(f"{name} = ?" for name in (*changed, "modified_at"))
            db.execute(f"UPDATE gateway_provider_keys SET {sets} WHERE id = ?", (*changed.values(), now, key_id))
            _forget_unused(db, account)

        self._write(work, f"a key {given.get('alias', before.alias)} of {before.provider}")
        return self.get(account, gateway, key_id)

    def remove(self, account: str, gateway: str, key_id: str) -> dict[str, Any]:
        """The object that is gone; nothing is sent with it any more, and its secret goes where no other key has it.

        Raises GATEWAY_NOT_FOUND.
        """
        row = self._row(account, gateway, key_id)

        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM gateway_provider_keys WHERE id = ?", (key_id,))
            _forget_unused(db, account)

        self._write(work, "")
        self._opened.pop((row.sealed, _context(row.account, row.secret_id)), None)
        return row.shown()

    def _sealed(self, account: str, secret_id: str, secret: str) -> tuple[Any, ...]:
        """A row of `gateway_secrets`."""
        sealed = self._vault.seal(secret.encode(), _context(account, secret_id))
        return (secret_id, account, sealed, _preview(secret), self._clock.time())

    def _row(self, account: str, gateway: str, key_id: str) -> StoredKey:
        rows = (row for rows in self._snapshot.get().values() for row in rows)
        for row in rows:
            if row.id == key_id and (row.account, row.gateway) == (account, gateway):
                return row
        raise _no_such("provider config", key_id)

    def _write(self, work: Any, what: str) -> None:
        try:
            self._store.write(work).result()
        except sqlite3.IntegrityError as error:
            if "FOREIGN KEY" in str(error):
                raise errors.GATEWAY_NOT_FOUND(what="the gateway") from None
            raise errors.GATEWAY_EXISTS(what=what) from None

    def _checked(self, data: Any, required: Sequence[str]) -> dict[str, Any]:
        given: dict[str, Any] = fields(_CHECKS, required)(data, ())
        slug = given.get("provider_slug")
        if slug is not None:
            canonical = self._slugs.get(slug.lower())
            if canonical is None:
                if not slug.lower().startswith(PREFIX):
                    refuse(("provider_slug",), "names no provider")
                canonical = slug.lower()
            given["provider_slug"] = canonical
        return given


def _load(db: sqlite3.Connection, before: Table | None) -> Table:
    table: Table = {}
    for row in db.execute(
        "SELECT k.id, k.account, k.gateway, k.provider_slug, k.alias, k.default_config, k.secret_id, s.cipher,"
        " s.preview, k.rate_limit, k.rate_limit_period, k.modified_at"
        " FROM gateway_provider_keys k JOIN gateway_secrets s ON s.id = k.secret_id"
    ):
        key = StoredKey(*row)
        table.setdefault((key.account, key.gateway, key.provider), []).append(key)
    return table


def _context(account: str, secret_id: str) -> str:
    return f"{account}/{secret_id}"


def _preview(secret: str) -> str:
    return "****" + (secret[-_SHOWN:] if len(secret) >= 4 * _SHOWN and not secret.lstrip().startswith("{") else "")


def _find_secret(db: sqlite3.Connection, account: str, secret_id: str) -> None:
    found = db.execute("SELECT 1 FROM gateway_secrets WHERE id = ? AND account = ?", (secret_id, account)).fetchone()
    if found is None:
        raise _no_such("secret", secret_id)


def _drop_default(db: sqlite3.Connection, account: str, gateway: str, provider: str) -> None:
    """There is one default key of a provider."""
    db.execute(
        "UPDATE gateway_provider_keys SET default_config = 0 WHERE account = ? AND gateway = ? AND provider_slug = ?",
        (account, gateway, provider),
    )


def _forget_unused(db: sqlite3.Connection, account: str) -> None:
    db.execute(
        "DELETE FROM gateway_secrets WHERE account = ? AND id NOT IN (SELECT secret_id FROM gateway_provider_keys)",
        (account,),
    )


def _no_such(kind: str, key_id: str) -> errors.GroundfogError:
    return errors.GATEWAY_NOT_FOUND(what=f"{kind} {key_id}")


def _secret(value: Any, path: Path) -> str:
    """A key goes into a header, so it is one line; a JSON document (AWS, Google) may have several."""
    given: str = text(1, 65536)(value, path).strip()
    if not given or not (given.startswith("{") or given.isprintable()):
        refuse(path, "must be a key or a JSON document")
    return given


_COLUMNS = ("provider_slug", "alias", "default_config", "secret_id", "rate_limit", "rate_limit_period")
_CHECKS: Mapping[str, Check] = {
    "provider_slug": text(1, 80),
    "alias": text(1, 80),
    "default_config": boolean,
    "secret": _secret,
    "secret_id": text(1, 64),
    "rate_limit": nullable(number(above=0)),
    "rate_limit_period": nullable(number(above=0)),
}
