"""Keys: shown once, kept as digests, with scopes, accounts and an end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from groundfog.errors import INVALID_INPUT, GroundfogError
from groundfog.store import Keys, Store
from groundfog.store.keys import digest


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


def test_the_secret_is_not_in_the_database(store: Store) -> None:
    key, secret = Keys(store).create("laptop")
    store.close()
    content = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    assert key.id.encode() in content
    assert secret.rpartition("_")[2].encode() not in content
    assert digest(secret) in content


def test_a_list_shows_the_prefix_and_not_the_secret(store: Store) -> None:
    keys = Keys(store)
    key, secret = keys.create("laptop", scopes=("run",), accounts=("team",), expires_at=5e9)
    (listed,) = keys.list()
    assert listed == key
    assert secret.startswith(listed.prefix.removesuffix("…"))
    assert len(secret) > len(listed.prefix) + 40


def test_secrets_are_all_different(store: Store) -> None:
    keys = Keys(store)
    assert len({keys.create()[1] for _ in range(20)}) == 20


@pytest.mark.parametrize("how", ["id", "prefix", "secret"])
def test_a_key_is_revoked_by_whatever_names_it(store: Store, how: str) -> None:
    keys = Keys(store)
    key, secret = keys.create()
    other, _ = keys.create()
    revoked = keys.revoke({"id": key.id, "prefix": key.prefix, "secret": secret}[how])
    assert revoked is not None
    assert revoked.id == key.id
    assert not revoked.is_valid(key.created_at)
    assert {entry.id: entry.is_valid(key.created_at) for entry in keys.list()} == {key.id: False, other.id: True}


def test_a_second_revocation_keeps_the_first_time(store: Store) -> None:
    keys = Keys(store)
    key, _ = keys.create()
    first, second = keys.revoke(key.id), keys.revoke(key.id)
    assert first is not None
    assert first == second


def test_revoking_what_is_not_there_says_so(store: Store) -> None:
    assert Keys(store).revoke("gf_00000000_…") is None


def test_a_key_ends_at_its_time(store: Store) -> None:
    key, _ = Keys(store).create(expires_at=100.0)
    assert key.is_valid(99.9)
    assert not key.is_valid(100.0)


def test_admin_may_read_but_not_run(store: Store) -> None:
    admin, _ = Keys(store).create(scopes=("admin",))
    assert [admin.allows(scope) for scope in ("run", "read", "admin")] == [False, True, True]


def test_accounts_bound_a_key(store: Store) -> None:
    keys = Keys(store)
    bound, _ = keys.create(accounts=("a", "b"))
    free, _ = keys.create()
    assert [bound.covers(name) for name in ("a", "b", "c", "*")] == [True, True, False, False]
    assert free.covers("anything")


@pytest.mark.parametrize("arguments", [{"scopes": ("root",)}, {"scopes": ()}, {"accounts": ()}])
def test_a_key_without_sense_is_refused(store: Store, arguments: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(GroundfogError) as caught:
        Keys(store).create(**arguments)  # type: ignore[arg-type]
    assert caught.value.kind is INVALID_INPUT
    assert Keys(store).list() == []
