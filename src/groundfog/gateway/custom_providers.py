"""Providers that an account adds: `custom-{slug}` (spec ai-gateway §1.7, §5.8)."""

from __future__ import annotations

import base64
import ipaddress
import json
import re
import sqlite3
import uuid
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NoReturn
from urllib.parse import urlsplit

import msgspec

from groundfog import errors
from groundfog.clock import Clock, rfc3339
from groundfog.gateway.checks import (
    HIDDEN,
    Check,
    Path,
    boolean,
    fields,
    header_name,
    header_value,
    integer,
    nullable,
    refuse,
    text,
    url,
)
from groundfog.gateway.snapshot import Snapshot
from groundfog.store import Store

PREFIX = "custom-"
SLUG = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,62}[A-Za-z0-9])?")


class CustomProvider(msgspec.Struct, frozen=True, kw_only=True):
    """One custom provider. `base_url` has no `/` at its end; `headers` go with every request, names in lower case."""

    id: str
    account: str
    slug: str
    name: str
    base_url: str
    enable: bool = False
    beta: bool = False
    description: str | None = None
    link: str | None = None
    curl_example: str | None = None
    js_example: str | None = None
    headers: str | None = None
    """A JSON object as text, as it was given; `sent_headers` is what it means."""
    sent_headers: tuple[tuple[bytes, bytes], ...] = ()
    position: int = 0
    created_at: str = ""
    modified_at: str = ""


Table = dict[tuple[str, str], CustomProvider]
Listener = Callable[[CustomProvider, "CustomProvider | None"], None]


class CustomProviders:
    """The custom providers of every account, held in memory as gateways are (`Configs`).

    `listeners` get the old object and the new one (None: deleted) of a provider that changed. `create`, `update` and
    `delete` wait for the store. `allow_http` and `allow_private` are the server's settings of those names.
    """

    def __init__(self, store: Store, clock: Clock, *, allow_http: bool = False, allow_private: bool = False) -> None:
        self._store = store
        self._clock = clock
        self._allow_private = allow_private
        base_url = url("https", "http") if allow_http else url("https")
        self._checks: Mapping[str, Check] = MappingProxyType({**_CHECKS, "base_url": base_url})
        self.listeners: list[Listener] = []
        self._snapshot: Snapshot[Table] = Snapshot(store, clock, ("gateway_custom_providers",), _load, self._tell)

    def find(self, account: str, provider: str) -> CustomProvider | None:
        """The provider that a path names as `custom-{slug}`, disabled ones too; None for every other name."""
        if not provider.startswith(PREFIX):
            return None
        return self._snapshot.get().get((account, provider[len(PREFIX) :].lower()))

    def get(self, account: str, provider_id: str) -> CustomProvider:
        """Raises GATEWAY_NOT_FOUND."""
        rows = self._snapshot.get().values()
        found = next((row for row in rows if row.id == provider_id and row.account == account), None)
        if found is None:
            _no_such(provider_id)
        return found

    def list(
        self, account: str, *, enable: bool | None = None, beta: bool | None = None, search: str = ""
    ) -> Sequence[CustomProvider]:
        """In order of position, then name; `search` in id, name and slug."""
        wanted = search.lower()
        rows = [
            row
            for row in self._snapshot.get().values()
            if row.account == account
            and (enable is None or row.enable is enable)
            and (beta is None or row.beta is beta)
            and any(wanted in part.lower() for part in (row.id, row.name, row.slug))
        ]
        return sorted(rows, key=lambda row: (row.position, row.name.lower()))

    def create(self, account: str, data: Any) -> CustomProvider:
        """Raises GATEWAY_INVALID and GATEWAY_EXISTS."""
        given = self._checked(data, ("name", "slug", "base_url"))
        now = self._clock.time()
        row = (str(uuid.uuid4()), account, given["slug"], json.dumps(given), now, now)
        try:
            self._store.write(
                lambda db: db.execute("INSERT INTO gateway_custom_providers VALUES (?, ?, ?, ?, ?, ?)", row)
            ).result()
        except sqlite3.IntegrityError:
            _taken(given["slug"])
        return _provider(row)

    def update(self, account: str, provider_id: str, data: Any) -> CustomProvider:
        """Set the fields that are given. Raises GATEWAY_INVALID, GATEWAY_NOT_FOUND and GATEWAY_EXISTS."""
        given = self._checked(data, ())
        now = self._clock.time()

        def work(db: sqlite3.Connection) -> CustomProvider:
            row = _select(db, account, provider_id)
            changed = {**json.loads(row[3]), **given}
            db.execute(
                "UPDATE gateway_custom_providers SET slug = ?, fields = ?, modified_at = ? WHERE id = ?",
                (changed["slug"], json.dumps(changed), now, provider_id),
            )
            return _provider(_select(db, account, provider_id))

        try:
            return self._store.write(work).result()
        except sqlite3.IntegrityError:
            _taken(given["slug"])

    def delete(self, account: str, provider_id: str) -> CustomProvider:
        """What it was. Raises GATEWAY_NOT_FOUND."""

        def work(db: sqlite3.Connection) -> CustomProvider:
            gone = _provider(_select(db, account, provider_id))
            db.execute("DELETE FROM gateway_custom_providers WHERE id = ?", (provider_id,))
            return gone

        return self._store.write(work).result()

    def _checked(self, data: Any, required: Sequence[str]) -> dict[str, Any]:
        if isinstance(data, dict):
            data = {name: value for name, value in data.items() if name not in _READ_ONLY}
        given: dict[str, Any] = fields(self._checks, required)(data, ())
        if "base_url" in given and not self._allow_private:
            _refuse_private(given["base_url"])
        return given

    def _tell(self, before: Table | None, after: Table) -> None:
        for key, old in (before or {}).items():
            new = after.get(key)
            if new != old:
                for listener in self.listeners:
                    listener(old, new)


def public(provider: CustomProvider, *, hide: bool = False) -> dict[str, Any]:
    """A provider as the management API answers it; the logo is its first letter. `hide` the values of its headers
    from who may only read.
    """
    shown: dict[str, Any] = msgspec.to_builtins(provider)
    del shown["sent_headers"]
    if hide and provider.sent_headers:
        shown["headers"] = json.dumps({name.decode("latin-1"): HIDDEN for name, _ in provider.sent_headers})
    account = shown.pop("account")
    return {**shown, "account_id": account, "account_tag": account, "logo": _logo(provider.name)}


def _logo(name: str) -> str:
    letter = next((character for character in name if character.isalnum()), "?").upper()
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#567"/>'
        f'<text x="16" y="22" font-size="18" font-family="sans-serif" text-anchor="middle" fill="#fff">{letter}</text>'
        "</svg>"
    )
    return base64.b64encode(picture.encode()).decode()


def _slug(value: Any, path: Path) -> str:
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        refuse(path, "must be 1 to 64 letters, digits and hyphens, with no hyphen at either end")
    return value.lower()


def _headers(value: Any, path: Path) -> str:
    given: str = text(2, 20_000)(value, path)
    _parse_headers(given, path)
    return given


def _parse_headers(given: str, path: Path = ()) -> tuple[tuple[bytes, bytes], ...]:
    try:
        entries = json.loads(given)
    except ValueError:
        entries = None
    if not isinstance(entries, dict):
        refuse(path, "must be a JSON object in a string")
    return tuple(
        (
            header_name(name, (*path, name)).lower().encode(),
            header_value(value, (*path, name)).encode("latin-1", "replace"),
        )
        for name, value in entries.items()
    )


def _refuse_private(base_url: str) -> None:
    """Addresses that are written out; names are looked at when they are called."""
    host = urlsplit(base_url).hostname or ""
    try:
        private = not ipaddress.ip_address(host).is_global
    except ValueError:
        private = host == "localhost" or host.endswith(".localhost")
    if private:
        refuse(("base_url",), "is a private address; GROUNDFOG_GATEWAY_ALLOW_PRIVATE allows them")


_READ_ONLY = frozenset({"id", "account_id", "account_tag", "logo", "created_at", "modified_at"})
_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "name": text(1, 200),
        "slug": _slug,
        "description": nullable(text(0, 2000)),
        "link": nullable(text(0, 2000)),
        "enable": boolean,
        "beta": boolean,
        "curl_example": nullable(text(0, 20_000)),
        "js_example": nullable(text(0, 20_000)),
        "headers": nullable(_headers),
        "position": integer(0),
    }
)


def _load(db: sqlite3.Connection, before: Table | None) -> Table:
    rows = db.execute("SELECT * FROM gateway_custom_providers")
    return {(row[1], row[2]): _provider(row) for row in rows}


def _select(db: sqlite3.Connection, account: str, provider_id: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = db.execute(
        "SELECT * FROM gateway_custom_providers WHERE account = ? AND id = ?", (account, provider_id)
    ).fetchone()
    if row is None:
        _no_such(provider_id)
    return row


def _provider(row: tuple[Any, ...]) -> CustomProvider:
    provider_id, account, slug, given, created_at, modified_at = row
    known = json.loads(given)
    return CustomProvider(
        **{
            **known,
            "id": provider_id,
            "account": account,
            "slug": slug,
            "base_url": known["base_url"].rstrip("/"),
            "sent_headers": _parse_headers(known["headers"]) if known.get("headers") else (),
            "created_at": rfc3339(created_at),
            "modified_at": rfc3339(modified_at),
        }
    )


def _no_such(provider_id: str) -> NoReturn:
    raise errors.GATEWAY_NOT_FOUND(what=f"custom provider {provider_id}")


def _taken(slug: str) -> NoReturn:
    raise errors.GATEWAY_EXISTS(what=f"custom provider {slug}", path=("slug",)) from None
