"""The management API: who may call it, how it refuses, and what only groundfog's clients see (spec ai-gateway §5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from groundfog.store import Keys
from tests.support.wire import CHAT, Local, serving

BASE = "/client/v4/accounts/acct/ai-gateway"
GATEWAYS = BASE + "/gateways"
GATEWAY = GATEWAYS + "/g"
CALL = f"/v1/acct/g/workers-ai/{CHAT}"
BODY: dict[str, Any] = {
    "id": "g",
    "cache_invalidate_on_update": True,
    "cache_ttl": None,
    "collect_logs": True,
    "rate_limiting_interval": None,
    "rate_limiting_limit": None,
}
POLICY = {"name": "all", "actor": "everyone", "resource": "*", "condition": "true", "action": {"type": "no-limit"}}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Local]:
    with serving(tmp_path / "state", gateway_create="default") as local:
        yield local


@pytest.fixture
def client(server: Local) -> httpx.Client:
    """A client of a server with the gateway `g`."""
    assert server.client.post(GATEWAYS, json=BODY).status_code == 200
    return server.client


def refusal(response: httpx.Response) -> tuple[int, int, Any]:
    """(status, code, path) in the form of §4.3."""
    body = response.json()
    assert (body["success"], body["messages"], body["result"]) == (False, [], None)
    [error] = body["errors"]
    return response.status_code, error["code"], error.get("path")


def ask(client: httpx.Client, text: str = "hello", **headers: str) -> str:
    """One call; the id of its row."""
    response = client.post(CALL, json={"prompt": text}, headers=headers)
    assert response.status_code == 200, response.text
    return str(response.headers["cf-aig-log-id"])


def test_an_answer_has_what_older_sdks_require(client: httpx.Client) -> None:
    row = client.get(GATEWAY).json()["result"]
    assert row["account_id"] == row["account_tag"] == "acct"
    assert len(row["internal_id"]) == 36
    assert (row["rate_limiting_technique"], row["workers_ai_billing_mode"], row["zdr"]) == ("fixed", "postpaid", False)
    assert "groundfog" not in row


def test_a_setting_without_effect_is_said_to_have_none(client: httpx.Client) -> None:
    answer = client.put(GATEWAY, json={"zdr": True, "cache_ttl": 60}).json()
    assert [message["message"] for message in answer["messages"]] == ["zdr is kept and has no effect in groundfog"]
    assert client.put(GATEWAY, json={"zdr": False}).json()["messages"] == []


def test_a_new_gateway_has_no_answers_of_an_old_one(client: httpx.Client) -> None:
    for _ in range(2):
        client.put(GATEWAY, json={"cache_ttl": 600})
        assert client.post(CALL, json={"prompt": "same"}).headers["cf-aig-cache-status"] == "MISS"
        client.delete(GATEWAY)
        client.post(GATEWAYS, json=BODY)


def test_refusals_name_code_and_field(client: httpx.Client) -> None:
    assert refusal(client.get(GATEWAYS + "/none")) == (404, 7002, None)
    assert refusal(client.post(GATEWAYS, json=BODY)) == (409, 7006, ["id"])
    assert refusal(client.put(GATEWAY, json={"retry_delay": -1})) == (400, 7001, ["retry_delay"])
    assert refusal(client.post(GATEWAYS, content=b"{")) == (400, 7001, None)
    assert refusal(client.get(GATEWAYS, params={"page": "0"})) == (400, 7001, ["page"])
    assert refusal(client.get(GATEWAY + "/logs", params={"per_page": "51"})) == (400, 7001, ["per_page"])
    assert refusal(client.get(GATEWAYS + "/none/logs")) == (404, 7002, None)
    assert refusal(client.patch(GATEWAY + "/logs/none", json={"feedback": 1})) == (404, 7002, None)


def test_a_page_past_the_end_is_empty(client: httpx.Client) -> None:
    ask(client)
    for path in ("", "/g/logs", "/g/routes", "/g/datasets", "/g/evaluations", "/g/provider_configs", "/g/policies"):
        answer = client.get(GATEWAYS + path, params={"page": "9"})
        assert (answer.status_code, answer.json()["result"]) == (200, []), path
    assert client.get(BASE + "/custom-providers", params={"page": "9"}).json()["result"] == []


def test_keys_open_what_their_scopes_say(server: Local) -> None:
    server.client.post(GATEWAYS, json=BODY)
    log_id = ask(server.client)
    keys = Keys(server.platform.store)
    secrets = {scope: keys.create(scopes=(scope,))[1] for scope in ("run", "read", "admin")}

    def status(scope: str, method: str, path: str, **body: Any) -> int:
        headers = {"authorization": f"Bearer {secrets[scope]}"}
        return server.client.request(method, path, headers=headers, **body).status_code

    log = f"{GATEWAY}/logs/{log_id}"
    for method, path, body in (
        ("GET", GATEWAYS, None),
        ("GET", log, None),
        ("GET", GATEWAY + "/analytics", None),
        ("POST", "/client/v4/graphql", {"query": "{viewer{accounts{accountTag}}}"}),
    ):
        assert [status(scope, method, path, json=body) for scope in secrets] == [403, 200, 200], path
    update = {"json": {"cache_ttl": 60}}
    assert [status(scope, "PUT", GATEWAY, **update) for scope in secrets] == [403, 403, 200]
    opinion = {"json": {"feedback": 1}}
    assert [status(scope, "PATCH", log, **opinion) for scope in secrets] == [200, 403, 200]
    assert [status(scope, "DELETE", GATEWAY) for scope in secrets] == [403, 403, 200]
    assert server.client.get(GATEWAYS).status_code == 401


def test_a_key_sees_only_its_accounts_analytics(server: Local) -> None:
    _, secret = Keys(server.platform.store).create(scopes=("read",), accounts=("other",))
    query = '{viewer{accounts(filter:{accountTag:"acct"}){accountTag}}}'
    headers = {"authorization": f"Bearer {secret}"}
    answer = server.client.post("/client/v4/graphql", json={"query": query}, headers=headers).json()
    assert answer["errors"][0]["extensions"]["code"] == "authz"


def test_a_changed_setting_counts_for_the_next_call(client: httpx.Client) -> None:
    ask(client)
    client.put(GATEWAY, json={"rate_limiting_limit": 1, "rate_limiting_interval": 3600})
    ask(client)
    assert client.post(CALL, json={"prompt": "x"}).status_code == 429
    client.put(GATEWAY, json={"rate_limiting_limit": 0})
    ask(client)


def test_deleting_a_gateway_takes_its_log_along(client: httpx.Client) -> None:
    log_id = ask(client)
    assert client.delete(GATEWAY).json()["result"]["id"] == "g"
    client.post(GATEWAYS, json=BODY)
    assert client.get(f"{GATEWAY}/logs/{log_id}").status_code == 404
    assert client.get(GATEWAY + "/logs").json()["result_info"]["total_count"] == 0


def test_deleting_a_gateway_forgets_its_stored_keys(server: Local) -> None:
    server.client.post(GATEWAYS, json=BODY)
    key = {"provider_slug": "openai", "alias": "default", "default_config": True, "secret": "sk-1234567890"}
    assert server.client.post(GATEWAY + "/provider_configs", json=key).status_code == 200

    def secrets() -> int:
        rows = server.platform.store.read(lambda db: db.execute("SELECT count(*) FROM gateway_secrets").fetchone())
        return int(rows[0])

    assert secrets() == 1
    server.client.delete(GATEWAY)
    assert secrets() == 0


def test_a_stored_key_is_rotated_and_removed(client: httpx.Client) -> None:
    path = GATEWAY + "/provider_configs"
    key = {"provider_slug": "openai", "alias": "team", "default_config": False, "secret": "sk-first-1234567890"}
    made = client.post(path, json=key).json()["result"]
    turned = client.put(f"{path}/{made['id']}", json={"secret": "sk-second-0987654321"}).json()["result"]
    assert (turned["id"], turned["alias"]) == (made["id"], "team")
    assert turned["secret_preview"] != made["secret_preview"]
    assert refusal(client.post(path, json={**key, "secret": "x"}))[:2] == (409, 7006)
    assert client.delete(f"{path}/{made['id']}").json()["success"]
    assert client.get(path).json()["result"] == []


def test_while_the_store_is_down_nobody_is_told_that_a_key_is_wrong(client: httpx.Client, server: Local) -> None:
    server.platform.store.close()
    for method in ("GET", "PUT", "DELETE"):
        assert refusal(client.request(method, GATEWAY, json={}))[:2] == (503, 3048)


def test_cached_answers_are_forgotten_when_asked(client: httpx.Client) -> None:
    client.put(GATEWAY, json={"cache_ttl": 600, "cache_invalidate_on_update": False})

    def status() -> str:
        return str(client.post(CALL, json={"prompt": "same"}).headers["cf-aig-cache-status"])

    assert [status(), status()] == ["MISS", "HIT"]
    assert client.delete(GATEWAY + "/cache").json()["success"]
    assert status() == "MISS"


def test_a_list_with_meta_info_tells_the_extremes(client: httpx.Client) -> None:
    ask(client, "short")
    ask(client, "a longer text of many more words")
    info = client.get(GATEWAY + "/logs", params={"meta_info": "true"}).json()["result_info"]
    assert (info["count"], info["total_count"], info["page"]) == (2, 2, 1)
    assert 0 < info["min_tokens_in"] < info["max_tokens_in"]
    assert info["min_duration"] <= info["max_duration"]


@pytest.mark.parametrize(
    "query",
    [
        'filters=[{"key":"event_id","operator":"eq","value":["one","three"]}]',
        "filters[0][key]=event_id&filters[0][operator]=eq&filters[0][value]=one&filters[0][value]=three",
        "filters[][key]=event_id&filters[][operator]=eq&filters[][value][]=one&filters[][value][]=three",
        "filters.key=event_id&filters.operator=eq&filters.value=one&filters.value=three",
        "filters.key=event_id&filters.operator=neq&filters.value=two",
    ],
)
def test_filters_come_in_many_forms(client: httpx.Client, query: str) -> None:
    for name in ("one", "two", "three"):
        ask(client, **{"cf-aig-event-id": name})
    rows = client.get(f"{GATEWAY}/logs?{query}").json()["result"]
    assert {row["event_id"] for row in rows} == {"one", "three"}


def test_logged_bodies_are_data_and_no_pages(client: httpx.Client) -> None:
    log_id = ask(client, "<script>alert(1)</script>")
    body = client.get(f"{GATEWAY}/logs/{log_id}/request")
    assert body.content == b'{"prompt":"<script>alert(1)</script>"}'
    assert body.headers["x-content-type-options"] == "nosniff"
    assert body.headers["content-security-policy"].startswith("sandbox")


def test_a_body_that_was_not_kept_is_not_found(client: httpx.Client) -> None:
    log_id = ask(client, **{"cf-aig-collect-log-payload": "false"})
    row = client.get(f"{GATEWAY}/logs/{log_id}").json()["result"]
    assert (row["request_head"], row["request_head_complete"]) == ("", False)
    assert refusal(client.get(f"{GATEWAY}/logs/{log_id}/response"))[:2] == (404, 7002)


def test_stars_and_a_comment_become_numbers_and_metadata(client: httpx.Client) -> None:
    log_id = ask(client)
    path = f"{GATEWAY}/logs/{log_id}"
    client.patch(path, json={"feedback": {"rating": 5, "comment": "fine"}})
    row = client.get(path).json()["result"]
    assert (row["feedback"], row["score"], row["metadata"]) == (1, 100, '{"feedback_comment":"fine"}')
    client.patch(path, json={"feedback": None, "score": None})
    row = client.get(path).json()["result"]
    assert (row["feedback"], row["score"]) == (None, None)
    assert refusal(client.patch(path, json={"feedback": 7})) == (400, 7001, ["feedback"])
    assert refusal(client.patch(path, json={"metadata": {"a": {}}})) == (400, 7001, ["metadata", "a"])


def test_policies_are_drafts_until_they_are_committed(client: httpx.Client) -> None:
    policies = GATEWAY + "/policies"
    made = client.post(policies, json=POLICY).json()
    assert made["committed"] is False
    assert client.get(policies).json()["result"] == []
    [draft] = client.get(policies, params={"includeStaging": "true"}).json()["result"]
    assert (draft["id"], draft["staging"]) == (made["result"]["id"], True)
    assert ask(client)
    outcome = client.post(policies + "/commit").json()["result"]
    assert (outcome["committed"], outcome["failed"]) == (1, 0)
    blocked = {**POLICY, "name": "no echo", "resource": {"provider": "workers-ai"}, "action": {"type": "block"}}
    assert client.post(policies, params={"commit": "true"}, json=blocked).json()["committed"] is True
    denied = client.post(CALL, json={"prompt": "x"})
    assert (denied.status_code, denied.json()["error"]["message"]) == (403, "Access denied by policy")
    for row in client.get(policies).json()["result"]:
        assert client.delete(f"{policies}/{row['id']}").status_code == 200
    ask(client)
    assert refusal(client.post(policies, json={**POLICY, "condition": "1 +"}))[:2] == (400, 7001)


def test_a_simulation_decides_and_counts_nothing(client: httpx.Client) -> None:
    policies = GATEWAY + "/policies"
    limit = {"type": "limit", "amount": 5, "period": "daily", "technique": "named-interval"}
    client.post(policies, params={"commit": "true"}, json={**POLICY, "action": limit})
    asked = {"identity": {}, "model": "gpt-4o", "provider": "openai", "bucketUsage": {"all": {"spent": 6}}}
    outcome = client.post(policies + "/simulate", json=asked).json()["result"]
    assert (outcome["enforcement"]["allowed"], outcome["enforcement"]["reason"]) == (False, "limit_exceeded")


def test_a_custom_provider_is_changed(client: httpx.Client) -> None:
    path = BASE + "/custom-providers"
    given = {"name": "Acme", "slug": "Acme", "base_url": "https://api.acme.example/v1/"}
    made = client.post(path, json=given).json()["result"]
    assert (made["slug"], made["base_url"], made["account_id"]) == ("acme", "https://api.acme.example/v1", "acct")
    changed = client.patch(f"{path}/{made['id']}", json={"enable": True, "position": 3}).json()["result"]
    assert (changed["enable"], changed["position"], changed["name"]) == (True, 3, "Acme")
    assert refusal(client.patch(f"{path}/{made['id']}", json={"headers": "[]"})) == (400, 7001, ["headers"])
    private = {**given, "slug": "local", "base_url": "https://127.0.0.1/v1"}
    assert refusal(client.post(path, json=private)) == (400, 7001, ["base_url"])
    client.post(path, json={**given, "slug": "zeta", "name": "Zeta"})
    names = [row["name"] for row in client.get(path, params={"order_by": "name DESC"}).json()["result"]]
    assert names == ["Zeta", "Acme"]


def test_a_hostname_stands_for_one_gateway(client: httpx.Client) -> None:
    path = GATEWAY + "/custom-domains"
    made = client.post(path, json={"domain": "AI.Example.com", "zone_id": "z"}).json()["result"]
    assert (made["hostname"], made["gateway_id"], made["status"]) == ("ai.example.com", "g", "active")
    assert made["created_at"] > 1_600_000_000_000
    assert refusal(client.post(path, json={"domain": "ai.example.com"})) == (409, 7006, ["domain"])
    assert refusal(client.post(path, json={"domain": "localhost"})) == (400, 7001, ["domain"])
    call = client.post(f"/workers-ai/{CHAT}", json={"prompt": "hello"}, headers={"host": "ai.example.com"})
    assert (call.status_code, "cf-aig-log-id" in call.headers) == (200, True)
    assert client.delete(path + "/ai.example.com").json()["result"]["hostname"] == "ai.example.com"
    assert refusal(client.get(path + "/ai.example.com")) == (404, 7002, None)


def test_datasets_have_one_filter_for_each_key(client: httpx.Client) -> None:
    path = GATEWAY + "/datasets"
    cheap = {"key": "cost", "operator": "lt", "value": [0.01]}
    body = {"name": "cheap", "enable": True, "filters": [cheap, cheap]}
    assert refusal(client.post(path, json=body)) == (400, 7001, ["filters", "1", "key"])
    made = client.post(path, json={**body, "filters": [cheap]}).json()["result"]
    assert made["filters"] == [cheap]
    assert refusal(client.post(path, json={**body, "filters": []})) == (409, 7006, ["name"])
    evaluation = {"name": "e", "dataset_ids": ["none"], "evaluation_type_ids": ["cost"]}
    assert refusal(client.post(GATEWAY + "/evaluations", json=evaluation)) == (400, 7001, ["dataset_ids", "0"])


def test_metrics_count_by_gateway_and_model(client: httpx.Client) -> None:
    client.put(GATEWAY, json={"cache_ttl": 600})
    ask(client, "same")
    ask(client, "same")
    text = client.get("/metrics").text
    labels = f'account="acct",gateway="g",model="{CHAT}",provider="workers-ai"'
    assert f"groundfog_gateway_requests_total{{{labels}}} 2.0" in text
    assert f"groundfog_gateway_cache_hits_total{{{labels}}} 1.0" in text
    assert f'groundfog_gateway_seconds_bucket{{{labels[: labels.index(",model")]},le="+Inf"' in text
