"""API keys: kept as SHA-256 digests, shown once when they are made."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Sequence
from typing import Literal, get_args

import msgspec

from groundfog import errors
from groundfog.clock import Clock, SystemClock
from groundfog.store.database import Store

Scope = Literal["run", "read", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
ANY_ACCOUNT = "*"
PREFIX = "gf_"


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a key. Times are seconds since the epoch (UTC); `prefix` is the part that lists show."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    accounts: tuple[str, ...]
    """Account ids, or `*` for any."""
    created_at: float
    expires_at: float | None = None
    last_used_at: float | None = None
    revoked_at: float | None = None

    @property
    def prefix(self) -> str:
        return f"{PREFIX}{self.id}_…"

    def is_valid(self, now: float) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def allows(self, scope: Scope) -> bool:
        """`admin` includes `read`; `run` stands alone."""
        return scope in self.scopes or (scope == "read" and "admin" in self.scopes)

    def covers(self, account: str) -> bool:
        return ANY_ACCOUNT in self.accounts or account in self.accounts


Rows = list[tuple[bytes, Key]]


class Keys:
    """The table of keys."""

    def __init__(self, store: Store, clock: Clock | None = None) -> None:
        self._store = store
        self._clock = clock or SystemClock()

    def create(
        self,
        name: str = "",
        *,
        scopes: Sequence[Scope] = ("run", "read"),
        accounts: Sequence[str] = (ANY_ACCOUNT,),
        expires_at: float | None = None,
    ) -> tuple[Key, str]:
        """A new key and its secret, which is kept nowhere. Raises INVALID_INPUT for an unknown scope."""
        unknown = [scope for scope in scopes if scope not in SCOPES]
        if unknown or not scopes:
            raise errors.INVALID_INPUT(what=f"scopes are {', '.join(SCOPES)}; not {', '.join(unknown) or 'none'}")
        if not accounts:
            raise errors.INVALID_INPUT(what=f"give at least one account, or {ANY_ACCOUNT} for any")
        key = Key(
            id=secrets.token_hex(4),
            name=name,
            scopes=tuple(dict.fromkeys(scopes)),
            accounts=tuple(dict.fromkeys(accounts)),
            created_at=self._clock.time(),
            expires_at=expires_at,
        )
        secret = f"{PREFIX}{key.id}_{secrets.token_urlsafe(32)}"
        row = (
            key.id,
            digest(secret),
            key.name,
            json.dumps(key.scopes),
            json.dumps(key.accounts),
            key.created_at,
            key.expires_at,
        )
        self._store.write(
            lambda db: db.execute(
                "INSERT INTO keys (id, digest, name, scopes, accounts, created_at, expires_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        ).result()
        return key, secret

    def list(self) -> list[Key]:
        """Every key, revoked and expired ones too, oldest first."""
        return [key for _, key in self.load()]

    def load(self) -> Rows:
        """(digest, key) of every key, oldest first."""

        def select(db: sqlite3.Connection) -> Rows:
            rows = db.execute(
                "SELECT digest, id, name, scopes, accounts, created_at, expires_at, last_used_at, revoked_at"
                " FROM keys ORDER BY created_at, id"
            )
            return [(row[0], _key(row[1:])) for row in rows]

        return self._store.read(select)

    def revoke(self, key_id: str) -> Key | None:
        """Revoke by id, by shown prefix or by the secret itself; None when there is no such key."""
        wanted = key_id.removeprefix(PREFIX).partition("_")[0].removesuffix("…")
        now = self._clock.time()
        self._store.write(
            lambda db: db.execute("UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", (now, wanted))
        ).result()
        return next((key for key in self.list() if key.id == wanted), None)

    def touch(self, key_id: str) -> None:
        """Note that a key was used; queued, nobody waits for it."""
        now = self._clock.time()
        self._store.write(lambda db: db.execute("UPDATE keys SET last_used_at = ? WHERE id = ?", (now, key_id)))


def digest(secret: str) -> bytes:
    """Secrets have 256 random bits, so one round of SHA-256 keeps them."""
    return hashlib.sha256(secret.encode()).digest()


def _key(row: Sequence[object]) -> Key:
    names = ("id", "name", "scopes", "accounts", "created_at", "expires_at", "last_used_at", "revoked_at")
    fields = dict(zip(names, row, strict=True))
    fields["scopes"] = json.loads(str(fields["scopes"]))
    fields["accounts"] = json.loads(str(fields["accounts"]))
    return msgspec.convert(fields, Key)
