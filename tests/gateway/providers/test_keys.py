"""Stored keys: encrypted at rest, never given back, found by alias."""

from __future__ import annotations

import base64
import json
import sqlite3
import stat
from typing import Any

import pytest

from groundfog import errors
from groundfog.clock import SystemClock
from groundfog.errors import GroundfogError
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.configs import Configs
from groundfog.gateway.providers.keys import ProviderKeys
from groundfog.gateway.providers.vault import Vault
from groundfog.settings import Settings
from groundfog.store import Store

SECRET = "sk-live-0123456789abcdefXYZ"

pytestmark = pytest.mark.usefixtures("config")


def given(**changes: Any) -> dict[str, Any]:
    return {"provider_slug": "openai", "alias": "default", "default_config": True, "secret": SECRET} | changes


def test_a_key_is_found_and_never_shown(keys: ProviderKeys, store: Store, settings: Settings) -> None:
    made = keys.add("a", "g", given())
    assert made["secret_preview"] == "****fXYZ"
    found = keys.find("a", "g", "openai", None)
    assert found is not None
    assert keys.secret(found) == SECRET
    assert SECRET not in json.dumps([made, keys.list("a", "g"), keys.get("a", "g", made["id"])])
    assert SECRET not in repr(found)
    files = [path for path in settings.state.iterdir() if path.is_file()]
    assert not any(SECRET.encode() in path.read_bytes() for path in files)


def test_the_key_file_is_the_owners_alone(keys: ProviderKeys, settings: Settings) -> None:
    keys.add("a", "g", given())
    path = settings.state / "provider-keys.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(base64.b64decode(path.read_text())) == 32


def test_another_process_opens_it_with_the_same_file(keys: ProviderKeys, store: Store, settings: Settings) -> None:
    keys.add("a", "g", given())
    other = ProviderKeys(store, SystemClock(), settings)
    found = other.find("a", "g", "openai", None)
    assert found is not None
    assert other.secret(found) == SECRET


@pytest.mark.parametrize("damage", ["other", "short", "gone"])
def test_a_wrong_key_file_is_an_error_and_no_secret(
    keys: ProviderKeys, store: Store, settings: Settings, damage: str
) -> None:
    keys.add("a", "g", given())
    path = settings.state / "provider-keys.key"
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(base64.b64encode(b"x" * (32 if damage == "other" else 5)))
    other = ProviderKeys(store, SystemClock(), settings)
    found = other.find("a", "g", "openai", None)
    assert found is not None
    with pytest.raises(GroundfogError) as failed:
        other.secret(found)
    assert failed.value.kind is errors.KEYS_UNAVAILABLE
    assert path.exists() is (damage != "gone"), "a lost key is not silently replaced by a new one"


def test_a_secret_opens_for_its_own_row_only(keys: ProviderKeys, store: Store, configs: Configs) -> None:
    """Who can write the database cannot make another account's key his own, not even once it was used."""
    keys.add("a", "g", given())
    mine = keys.find("a", "g", "openai", None)
    assert mine is not None
    assert keys.secret(mine) == SECRET
    configs.default("b")
    keys.add("b", "default", given(secret="sk-of-b-0123456789abcdef"))

    def steal(db: sqlite3.Connection) -> None:
        db.execute("UPDATE gateway_secrets SET cipher = ? WHERE account = 'b'", (mine.sealed,))

    store.write(steal).result()
    stolen = keys.find("b", "default", "openai", None)
    assert stolen is not None
    assert stolen.sealed == mine.sealed
    with pytest.raises(GroundfogError) as failed:
        keys.secret(stolen)
    assert failed.value.kind is errors.KEYS_UNAVAILABLE


def test_aliases(keys: ProviderKeys) -> None:
    keys.add("a", "g", given(alias="prod", secret="one-0123456789abcdef"))
    keys.add("a", "g", given(alias="test", secret="two-0123456789abcdef", default_config=False))

    def secret(alias: str | None) -> str:
        found = keys.find("a", "g", "openai", alias)
        assert found is not None
        return keys.secret(found)[:3]

    assert (secret(None), secret("prod"), secret("test")) == ("one", "one", "two")
    with pytest.raises(GroundfogError, match="there are: prod, test") as failed:
        keys.find("a", "g", "openai", "nope")
    assert failed.value.code == 2040
    assert keys.find("a", "g", "anthropic", "nope") is None
    assert keys.find("a", "other", "openai", "prod") is None
    assert keys.find("b", "g", "openai", "prod") is None


def test_the_alias_default_is_used_without_a_default_key(keys: ProviderKeys) -> None:
    keys.add("a", "g", given(alias="other", default_config=False))
    with pytest.raises(GroundfogError):
        keys.find("a", "g", "openai", None)
    keys.add("a", "g", given(alias="default", default_config=False))
    found = keys.find("a", "g", "openai", None)
    assert found is not None
    assert found.alias == "default"


def test_there_is_one_default(keys: ProviderKeys) -> None:
    keys.add("a", "g", given(alias="one"))
    second = keys.add("a", "g", given(alias="two"))
    keys.add("a", "g", given(alias="one", provider_slug="anthropic"))
    flags = {(row["provider_slug"], row["alias"]): row["default_config"] for row in keys.list("a", "g")}
    assert flags == {("anthropic", "one"): True, ("openai", "one"): False, ("openai", "two"): True}
    keys.update("a", "g", second["id"], {"default_config": False})
    assert not any(row["default_config"] for row in keys.list("a", "g") if row["provider_slug"] == "openai")


def test_rotation_and_removal(keys: ProviderKeys, store: Store) -> None:
    made = keys.add("a", "g", given())
    changed = keys.update("a", "g", made["id"], {"secret": "sk-new-0123456789abcd-NEW"})
    assert changed["secret_preview"] == "****-NEW"
    found = keys.find("a", "g", "openai", None)
    assert found is not None
    assert keys.secret(found).startswith("sk-new")
    assert _secrets(store) == 1, "the old secret is gone"
    keys.remove("a", "g", made["id"])
    assert keys.find("a", "g", "openai", None) is None
    assert _secrets(store) == 0
    with pytest.raises(GroundfogError, match="7002"):
        keys.remove("a", "g", made["id"])


def test_secrets_go_with_their_gateway(keys: ProviderKeys, store: Store, configs: Configs) -> None:
    keys.add("a", "g", given())
    configs.delete("a", "g")
    assert keys.list("a", "g") == []
    assert _secrets(store) == 0


def test_two_aliases_may_share_a_secret(keys: ProviderKeys, store: Store) -> None:
    first = keys.add("a", "g", given())
    body = given(alias="b", secret_id=first["secret_id"], provider_slug="azure")
    del body["secret"]
    second = keys.add("a", "g", body)
    assert (second["provider_slug"], second["secret_preview"]) == ("azure-openai", first["secret_preview"])
    keys.remove("a", "g", first["id"])
    found = keys.find("a", "g", "azure-openai", "b")
    assert found is not None
    assert keys.secret(found) == SECRET


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"provider_slug": "nobody"}, "provider_slug"),
        ({"alias": ""}, "alias"),
        ({"default_config": "yes"}, "default_config"),
        ({"secret": ""}, "secret"),
        ({"secret": "a\r\nb"}, "secret"),
        ({"secret": 5}, "secret"),
        ({"secret_id": "x"}, "secret"),
        ({"rate_limit": 0}, "rate_limit"),
        ({"extra": 1}, "extra"),
    ],
)
def test_what_is_wrong_is_named(keys: ProviderKeys, changes: dict[str, Any], path: str) -> None:
    with pytest.raises(GroundfogError) as refused:
        keys.add("a", "g", given(**changes))
    assert refused.value.kind is errors.GATEWAY_INVALID
    assert refused.value.path == (path,)


def test_what_is_taken_or_missing(keys: ProviderKeys) -> None:
    keys.add("a", "g", given())
    for gateway, changes, code in (("g", {}, 7006), ("nope", {}, 7002)):
        with pytest.raises(GroundfogError) as refused:
            keys.add("a", gateway, given(**changes))
        assert refused.value.code == code
    body = given(alias="c", secret_id="nope")
    del body["secret"]
    with pytest.raises(GroundfogError) as refused:
        keys.add("a", "g", body)
    assert refused.value.code == 7002


def test_documents_may_have_several_lines(keys: ProviderKeys) -> None:
    document = json.dumps({"accessKeyId": "A", "secretAccessKey": "S", "region": "eu-west-1"}, indent=2)
    made = keys.add("a", "g", given(provider_slug="bedrock", secret=document))
    assert made["secret_preview"] == "****"
    found = keys.find("a", "g", "aws-bedrock", None)
    assert found is not None
    assert json.loads(keys.secret(found))["region"] == "eu-west-1"


def test_who_has_a_key(keys: ProviderKeys, config: GatewayConfig) -> None:
    assert keys.has("a", "g", "openai"), "the operator's"
    assert keys.has("a", "g", "google-ai-studio"), "names in variables have underscores"
    assert not keys.has("a", "g", "anthropic")
    keys.add("a", "g", given(provider_slug="anthropic"))
    assert keys.has("a", "g", "anthropic")


def test_two_vaults_that_make_the_file_at_once_agree(settings: Settings) -> None:
    path = settings.state / "k"
    first, second = Vault(path), Vault(path)
    sealed = first.seal(b"x", "c")
    assert second.open(second.seal(b"y", "c"), "c") == b"y"
    assert second.open(sealed, "c") == b"x"


def test_operator_keys_are_not_shown(settings: Settings) -> None:
    assert "sk-operator" not in repr(settings)


def _secrets(store: Store) -> int:
    return int(store.read(lambda db: db.execute("SELECT count(*) FROM gateway_secrets").fetchone()[0]))
