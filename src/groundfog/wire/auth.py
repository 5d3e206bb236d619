"""Who is calling, and may they: bearer keys kept as digests in the store.

A server that only its own machine can reach, and that never had a key, is open. The table is held in memory and read
again only when the database has changed, in whatever process, so that a check costs next to nothing and a revocation
counts within `store.database.LOOK_EVERY_S`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from groundfog import errors
from groundfog.clock import Clock
from groundfog.store import Key, Keys, Store
from groundfog.store.keys import digest
from groundfog.wire.exchange import Exchange
from groundfog.wire.route import Scope

TOUCH_EVERY_S = 60.0
"""How exact "last used" is; every write costs a commit."""
SCOPE_WORDS: dict[Scope, str] = {"run": "run models", "read": "read lists and states", "admin": "administer the server"}


@dataclasses.dataclass(frozen=True, slots=True)
class Principal:
    """Who calls; `key` is None on an open server."""

    key: Key | None

    @property
    def id(self) -> str:
        return self.key.id if self.key is not None else "anonymous"


ANONYMOUS = Principal(None)


class Auth:
    """Checks exchanges against the table of keys. `local`: only this machine can reach the server."""

    def __init__(self, store: Store, clock: Clock, *, local: bool) -> None:
        self._local = local
        self._store = store
        self._clock = clock
        self._keys = Keys(store, clock)
        self._version: int | None = None
        self._commits = -1
        self._look_at = 0.0
        self._by_digest: dict[bytes, Key] = {}
        self._touched: dict[str, float] = {}

    @property
    def has_keys(self) -> bool:
        """Whether there has ever been a key: revoking the last one does not open a server. Raises STORE_DOWN."""
        return bool(self._table())

    @property
    def is_open(self) -> bool:
        """Whether a caller needs no key. Raises STORE_DOWN."""
        return self._local and not self._table()

    def check(self, exchange: Exchange, scope: Scope, *, any_account: bool = False) -> Principal:
        """The caller. Raises AUTHENTICATION (no valid key, or not for this account), FORBIDDEN (scope), STORE_DOWN."""
        table = self._table()
        if not table and self._local:
            return ANONYMOUS
        key = self._find(table, exchange)
        if key is None or not (any_account or key.covers(exchange.account)):
            raise errors.AUTHENTICATION()
        if not key.allows(scope):
            raise errors.FORBIDDEN(what=SCOPE_WORDS[scope])
        self._touch(key)
        return Principal(key)

    def identify(self, account: str, secrets: Sequence[str], scope: Scope = "run") -> Principal | None:
        """Who calls a gateway: the first of the keys that may; ANONYMOUS on an open server; None for nobody known.

        While the store is down, what is in memory decides. Raises STORE_DOWN for a key that nothing is known about.
        """
        down: errors.GroundfogError | None = None
        try:
            table = self._table()
        except errors.GroundfogError as error:
            down, table = error, self._by_digest
        if not table and self._local and (down is None or self._version is not None):
            return ANONYMOUS
        now = self._clock.time()
        for secret in secrets:
            key = table.get(digest(secret))
            if key is not None and key.is_valid(now) and key.covers(account) and key.allows(scope):
                if down is None:
                    self._touch(key)
                return Principal(key)
        if down is not None and secrets:
            raise down
        return None

    def _table(self) -> dict[bytes, Key]:
        now = self._clock.monotonic()
        commits = self._store.commits
        if now < self._look_at and commits == self._commits:
            return self._by_digest
        version, until = self._store.look(now)
        if version != self._version or commits != self._commits:
            self._by_digest = dict(self._keys.load())
            self._version, self._commits = version, commits
        self._look_at = until
        return self._by_digest

    # Keys are found by the digest of a secret with 256 random bits: what a caller could learn from the time of a
    # look-up is about digests, and leads to no secret.
    def _find(self, table: dict[bytes, Key], exchange: Exchange) -> Key | None:
        now = self._clock.time()
        for secret in _secrets(exchange):
            presented = digest(secret)
            key = table.get(presented)
            if key is not None and key.is_valid(now):
                return key
        return None

    def _touch(self, key: Key) -> None:
        now = self._clock.monotonic()
        last = self._touched.get(key.id)
        if last is None or now - last >= TOUCH_EVERY_S:
            self._touched[key.id] = now
            self._keys.touch(key.id)


def _secrets(exchange: Exchange) -> Iterator[str]:
    """Every place where clients put a key (spec §1.1). workerd sends none, so `/_remote` has it in its URL."""
    for name in (b"authorization", b"cf-aig-authorization"):
        value = exchange.header(name)
        if value is not None:
            kind, _, secret = value.partition(" ")
            if kind.lower() == "bearer" and secret.strip():
                yield secret.strip()
    # x-api-key is where Anthropic's clients put it.
    for name in (b"x-auth-key", b"x-api-key"):
        bare = exchange.header(name)
        if bare is not None:
            yield bare
    if exchange.path == "/_remote":
        token = exchange.query.get("token")
        if token:
            yield token
