"""Gateways are kept, checked and shared between processes (spec ai-gateway §5.2)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from groundfog import errors
from groundfog.clock import SystemClock
from groundfog.errors import GroundfogError
from groundfog.gateway import schema
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.configs import Configs, public
from groundfog.store import Store
from groundfog.store.migrations import MIGRATIONS

ACCOUNT = "acct"
BODY: dict[str, Any] = {
    "id": "prod",
    "cache_invalidate_on_update": True,
    "cache_ttl": 300,
    "collect_logs": True,
    "rate_limiting_interval": 60,
    "rate_limiting_limit": 100,
}
SPEND = {"rules": [{"limit": 25, "limitType": "cost", "window": 86400}]}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path, migrations=(*MIGRATIONS, *schema.MIGRATIONS))
    yield opened
    opened.close()


@pytest.fixture
def configs(store: Store) -> Configs:
    return Configs(store, SystemClock())


def refused(configs: Configs, **fields: Any) -> GroundfogError:
    with pytest.raises(GroundfogError) as caught:
        configs.create(ACCOUNT, {**BODY, **fields})
    assert caught.value.kind is errors.GATEWAY_INVALID
    return caught.value


def test_a_gateway_is_created_read_changed_and_deleted(configs: Configs) -> None:
    made = configs.create(ACCOUNT, {**BODY, "retry_backoff": "linear"})
    assert configs.get(ACCOUNT, "prod") == made
    assert (made.cache_ttl, made.retry_backoff, made.authentication, made.is_default) == (300, "linear", False, False)
    changed = configs.update(ACCOUNT, "prod", {"byok_only": True})
    assert (changed.byok_only, changed.cache_ttl, changed.internal_id) == (True, 300, made.internal_id)
    assert configs.delete(ACCOUNT, "prod").byok_only
    assert configs.get(ACCOUNT, "prod") is None
    with pytest.raises(GroundfogError, match="7002"):
        configs.delete(ACCOUNT, "prod")


def test_accounts_do_not_see_each_other(configs: Configs) -> None:
    configs.create(ACCOUNT, BODY)
    configs.create("other", BODY)
    assert [row.account for row in configs.list("other")] == ["other"]
    configs.delete("other", "prod")
    assert configs.get(ACCOUNT, "prod") is not None


def test_an_id_is_taken_once(configs: Configs) -> None:
    configs.create(ACCOUNT, BODY)
    with pytest.raises(GroundfogError) as caught:
        configs.create(ACCOUNT, BODY)
    assert caught.value.kind is errors.GATEWAY_EXISTS


def test_default_appears_once_and_protected(configs: Configs) -> None:
    made = configs.default(ACCOUNT)
    assert (made.authentication, made.collect_logs, made.cache_ttl, made.is_default) == (True, True, 0, True)
    assert configs.default(ACCOUNT) is configs.get(ACCOUNT, "default")
    configs.delete(ACCOUNT, "default")
    assert configs.default(ACCOUNT).internal_id != made.internal_id


def test_the_object_stays_until_the_settings_change(configs: Configs) -> None:
    configs.create(ACCOUNT, BODY)
    configs.create(ACCOUNT, {**BODY, "id": "second"})
    first, second = configs.get(ACCOUNT, "prod"), configs.get(ACCOUNT, "second")
    configs.update(ACCOUNT, "second", {"cache_ttl": 60})
    assert configs.get(ACCOUNT, "prod") is first
    assert configs.get(ACCOUNT, "second") is not second


def test_a_policy_changes_the_version_of_its_gateway_only(configs: Configs, store: Store) -> None:
    configs.create(ACCOUNT, BODY)
    configs.create(ACCOUNT, {**BODY, "id": "second"})
    before, other = configs.find(ACCOUNT, "prod"), configs.find(ACCOUNT, "second")
    row = (ACCOUNT, "prod", "p1", "{}", None, 0.0, 0.0)
    store.write(lambda db: db.execute("INSERT INTO gateway_policies VALUES (?, ?, ?, ?, ?, ?, ?)", row)).result()
    assert configs.find(ACCOUNT, "prod").version == before.version + 1
    assert configs.find(ACCOUNT, "second") is other


def test_listeners_hear_of_changes_and_of_the_end(configs: Configs) -> None:
    configs.create(ACCOUNT, BODY)
    heard: list[tuple[GatewayConfig, GatewayConfig | None]] = []
    configs.find(ACCOUNT, "prod")
    configs.listeners.append(lambda old, new: heard.append((old, new)))
    configs.update(ACCOUNT, "prod", {"cache_ttl": 60})
    configs.find(ACCOUNT, "prod")
    configs.delete(ACCOUNT, "prod")
    configs.get(ACCOUNT, "prod")
    assert [(old.cache_ttl, new and new.cache_ttl) for old, new in heard] == [(300, 60), (60, None)]


def test_the_cache_is_forgotten_on_update_only_if_the_gateway_says_so(configs: Configs) -> None:
    made = configs.create(ACCOUNT, BODY)
    assert configs.update(ACCOUNT, "prod", {"cache_ttl": 60}).cache_generation == made.cache_generation + 1
    kept = configs.update(ACCOUNT, "prod", {"cache_invalidate_on_update": False})
    assert configs.update(ACCOUNT, "prod", {"cache_ttl": 90}).cache_generation == kept.cache_generation
    assert configs.clear_cache(ACCOUNT, "prod").cache_generation == kept.cache_generation + 1


class StoppedClock(SystemClock):
    """Monotonic time stands still until it is moved."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


def test_a_change_by_another_process_is_seen_at_the_next_look(store: Store, tmp_path: Path) -> None:
    clock = StoppedClock()
    configs = Configs(store, clock)
    configs.create(ACCOUNT, BODY)
    before = configs.find(ACCOUNT, "prod")
    code = (
        "import sys; from pathlib import Path\n"
        "from groundfog.store import Store; from groundfog.clock import SystemClock\n"
        "from groundfog.gateway.configs import Configs\n"
        "from groundfog.gateway import schema; from groundfog.store.migrations import MIGRATIONS\n"
        "store = Store(Path(sys.argv[1]), migrations=(*MIGRATIONS, *schema.MIGRATIONS))\n"
        "Configs(store, SystemClock()).update('acct', 'prod', {'cache_ttl': 77}); store.close()"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert configs.find(ACCOUNT, "prod") is before
    clock.now += 1
    assert configs.find(ACCOUNT, "prod").cache_ttl == 77


def test_while_the_store_is_down_gateways_are_served_from_memory(configs: Configs, store: Store) -> None:
    configs.create(ACCOUNT, BODY)
    known = configs.find(ACCOUNT, "prod")
    store.close()
    store.commits += 1  # as if something had changed, so that it asks the store
    assert configs.get(ACCOUNT, "prod") is known
    with pytest.raises(GroundfogError) as caught:
        Configs(store, SystemClock()).get(ACCOUNT, "prod")
    assert caught.value.kind is errors.STORE_DOWN


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cache_ttl", -1),
        ("cache_ttl", "60"),
        ("cache_ttl", True),
        ("collect_logs", 1),
        ("rate_limiting_limit", 1.5),
        ("rate_limiting_technique", "leaky"),
        ("retry_max_attempts", 6),
        ("retry_max_attempts", 0),
        ("retry_delay", 60_001),
        ("retry_backoff", "quadratic"),
        ("log_management", 9_999),
        ("log_management", 10_000_001),
        ("log_management_strategy", "KEEP"),
        ("logpush_public_key", "short"),
        ("workers_ai_billing_mode", None),
        ("id", "with space"),
        ("id", "x" * 65),
        ("id", ""),
        ("not_a_field", 1),
        ("guardrails", {"prompt": {"S14": "BLOCK"}, "response": {}}),
        ("guardrails", {"prompt": {"S1": "IGNORE"}, "response": {}}),
        ("dlp", {"enabled": True, "action": "WARN", "profiles": []}),
        ("dlp", {"enabled": True, "policies": [{"id": "p", "enabled": True, "action": "FLAG", "check": []}]}),
        ("otel", [{"url": "ftp://x/y", "headers": {}}]),
        ("otel", [{"url": "https://otel.example/v1/traces"}]),
        ("stripe", {"authorization": "sk"}),
        ("groundfog", {"base_urls": {"openai": "openai.example"}}),
        ("groundfog", {"base_urls": {"nobody": "https://nobody.example"}}),
        ("groundfog", {"dlp_profiles": {"mine": {"entries": [{"id": "e", "pattern": "(unclosed"}]}}}),
        ("dlp", {"enabled": True, "action": "BLOCK", "profiles": ["there-is-none"]}),
        ("groundfog", {"semantic_cache": {"threshold": 1.5}}),
        ("groundfog", {"auto_router": ["gpt-4o"]}),
    ],
)
def test_a_wrong_field_is_refused_by_name(configs: Configs, field: str, value: Any) -> None:
    assert refused(configs, **{field: value}).path[0] == field


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"limit": 0, "limitType": "cost", "window": 60}, "limit"),
        ({"limit": 1, "limitType": "tokens", "window": 60}, "limitType"),
        ({"limit": 1, "limitType": "cost", "window": 0}, "window"),
        ({"limit": 1, "limitType": "cost"}, "window"),
        ({"limit": 1, "limitType": "cost", "window": 60, "provider": {"mode": "filter"}}, "provider"),
        ({"limit": 1, "limitType": "cost", "window": 60, "metadata": {"user": {"mode": "split"}}}, "metadata"),
    ],
)
def test_a_wrong_spend_rule_is_refused_with_its_place(configs: Configs, rule: dict[str, Any], path: str) -> None:
    found = refused(configs, spend_limits={"enabled": True, "rules": [rule]}).path
    assert found[:4] == ("spend_limits", "rules", "0", path)


def test_a_gateway_has_twenty_spend_rules_at_most(configs: Configs) -> None:
    rule = {"limit": 1, "limitType": "cost", "window": 60}
    assert refused(configs, spend_limits={"rules": [rule] * 21}).path == ("spend_limits", "rules")


def test_the_five_required_fields_are_required_when_a_gateway_is_made(configs: Configs) -> None:
    for name in ("cache_invalidate_on_update", "cache_ttl", "collect_logs", "rate_limiting_interval"):
        with pytest.raises(GroundfogError) as caught:
            configs.create(ACCOUNT, {key: value for key, value in BODY.items() if key != name})
        assert caught.value.path == (name,)


def test_a_rule_that_is_sent_again_goes_on_counting_in_its_bucket(configs: Configs) -> None:
    rule = {"limit": 25, "limitType": "cost", "window": 86400}
    by_user = {**rule, "metadata": {"user": {"mode": "partition"}}}

    def ids(*rules: dict[str, Any]) -> list[str]:
        limits = configs.update(ACCOUNT, "prod", {"spend_limits": {"enabled": True, "rules": list(rules)}}).spend_limits
        assert limits is not None
        return [each.id for each in limits.rules]

    configs.create(ACCOUNT, BODY)
    first = ids(rule, by_user)
    assert len(set(first)) == 2
    assert ids(by_user, {**rule, "limit": 50}) == first[::-1]
    assert len(set(ids(rule, rule, rule))) == 3
    assert ids({**rule, "id": first[0]}, rule)[1] != first[0]


def test_ids_of_rules_are_unique(configs: Configs) -> None:
    rule = {"limit": 1, "limitType": "cost", "window": 60, "id": "same"}
    assert refused(configs, spend_limits={"rules": [rule, rule]}).path == ("spend_limits", "rules", "0", "id")


def test_an_answer_can_be_sent_back_as_an_update(configs: Configs) -> None:
    made = configs.create(
        ACCOUNT,
        {**BODY, "spend_limits": SPEND, "otel": [{"url": "https://otel.example/v1/traces", "headers": {}}]},
    )
    again = configs.update(ACCOUNT, "prod", public(made))
    assert public(again) == {**public(made), "modified_at": again.modified_at}
    [rule] = public(again)["spend_limits"]["rules"]
    assert rule["technique"] == "sliding"
    assert len(rule["id"]) == 8


def test_groundfogs_own_settings_are_changed_one_by_one(configs: Configs) -> None:
    configs.create(ACCOUNT, {**BODY, "groundfog": {"single_flight": True}})
    changed = configs.update(ACCOUNT, "prod", {"groundfog": {"base_urls": {"openai": "http://127.0.0.1:1/v1"}}})
    assert changed.groundfog.single_flight
    assert public(changed)["groundfog"] == {"single_flight": True, "base_urls": {"openai": "http://127.0.0.1:1/v1"}}
    assert "groundfog" not in public(configs.default(ACCOUNT))


def test_a_profile_and_the_policy_that_names_it_go_together(configs: Configs) -> None:
    own = {"dlp_profiles": {"mine": {"entries": [{"id": "e", "pattern": "secret-[0-9]+"}]}}}
    dlp = {"enabled": True, "action": "BLOCK", "profiles": ["mine"]}
    configs.create(ACCOUNT, {**BODY, "dlp": dlp, "groundfog": own})
    with pytest.raises(GroundfogError) as caught:
        configs.update(ACCOUNT, "prod", {"groundfog": {"dlp_profiles": {}}})
    assert caught.value.path == ("dlp", "profiles", "0")
    assert configs.find(ACCOUNT, "prod").groundfog.dlp_profiles == own["dlp_profiles"]


def test_a_base_url_is_kept_by_the_providers_own_name(configs: Configs) -> None:
    made = configs.create(ACCOUNT, {**BODY, "groundfog": {"base_urls": {"google": "https://proxy.example"}}})
    assert made.groundfog.base_urls == {"google-ai-studio": "https://proxy.example"}


def test_switching_logs_off_switches_their_classification_off(configs: Configs) -> None:
    configs.create(ACCOUNT, {**BODY, "log_classification": True})
    assert not configs.update(ACCOUNT, "prod", {"collect_logs": False}).log_classification
    assert refused(configs, id="x", collect_logs=False, log_classification=True).path == ("log_classification",)


def test_the_list_is_searched_by_id(configs: Configs) -> None:
    for name in ("prod", "prod-eu", "test"):
        configs.create(ACCOUNT, {**BODY, "id": name})
    assert [row.id for row in configs.list(ACCOUNT, "PROD")] == ["prod", "prod-eu"]
