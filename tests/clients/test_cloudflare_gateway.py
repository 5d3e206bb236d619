"""The gateways' management API through Cloudflare's own Python SDK, unmodified, against a real server."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import cloudflare
import httpx
import pytest
from cloudflare import Cloudflare

from tests.support.server import Server, running_server

ACCOUNT = "acct"
CHAT = "@cf/meta/llama-3.1-8b-instruct"
REQUIRED: dict[str, Any] = {
    "cache_invalidate_on_update": True,
    "cache_ttl": 300,
    "collect_logs": True,
    "rate_limiting_interval": 60,
    "rate_limiting_limit": 1000,
}
ELEMENTS: list[Any] = [
    {"id": "s", "type": "start", "outputs": {"next": {"elementId": "m"}}},
    {
        "id": "m",
        "type": "model",
        "properties": {"provider": "workers-ai", "model": CHAT, "timeout": 30000, "retries": 1},
        "outputs": {"success": {"elementId": "e"}, "fallback": {"elementId": "e"}},
    },
    {"id": "e", "type": "end", "outputs": {}},
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server("--sources", "echo") as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[Cloudflare]:
    with Cloudflare(api_token="anything", base_url=server.rest, max_retries=0) as client:
        yield client


@pytest.fixture
def gateway(client: Cloudflare) -> Iterator[str]:
    """A gateway of its own for each test."""
    client.ai_gateway.create(account_id=ACCOUNT, id="mine", **REQUIRED)
    yield "mine"
    client.ai_gateway.delete("mine", account_id=ACCOUNT)


def ask(server: Server, text: str, **headers: str) -> httpx.Response:
    """One call through the gateway `mine`."""
    url = f"{server.url}/v1/{ACCOUNT}/mine/workers-ai/{CHAT}"
    response = httpx.post(url, json={"prompt": text}, headers=headers)
    response.raise_for_status()
    return response


def test_a_gateway_is_made_changed_listed_and_deleted(client: Cloudflare) -> None:
    made = client.ai_gateway.create(
        account_id=ACCOUNT,
        id="prod",
        authentication=True,
        retry_max_attempts=3,
        retry_backoff="exponential",
        guardrails={"prompt": {"s1": "BLOCK", "p1": "FLAG"}, "response": {}},
        spend_limits={"enabled": True, "rules": [{"limit": 25, "limit_type": "cost", "window": 86400}]},
        otel=[{"url": "https://otel.example/v1/traces", "headers": {"x-key": "v"}}],
        **REQUIRED,
    )
    assert (made.id, made.cache_ttl, made.authentication, made.is_default) == ("prod", 300, True, False)
    assert made.guardrails is not None
    assert (made.guardrails.prompt.s1, made.guardrails.prompt.p1) == ("BLOCK", "FLAG")
    assert made.spend_limits is not None
    assert made.spend_limits.rules is not None
    assert (made.spend_limits.rules[0].limit, made.spend_limits.rules[0].technique) == (25, "sliding")
    changed = client.ai_gateway.update("prod", account_id=ACCOUNT, **{**REQUIRED, "cache_ttl": 60})
    assert (changed.cache_ttl, changed.retry_max_attempts) == (60, 3)
    assert changed.modified_at > made.modified_at
    assert client.ai_gateway.get("prod", account_id=ACCOUNT).cache_ttl == 60
    assert client.ai_gateway.delete("prod", account_id=ACCOUNT).id == "prod"
    with pytest.raises(cloudflare.NotFoundError):
        client.ai_gateway.get("prod", account_id=ACCOUNT)


def test_the_list_is_walked_to_its_end(client: Cloudflare) -> None:
    names = [f"page-{number:02}" for number in range(7)]
    for name in names:
        client.ai_gateway.create(account_id=ACCOUNT, id=name, **REQUIRED)
    try:
        rows = client.ai_gateway.list(account_id=ACCOUNT, per_page=3, search="page-")
        assert [row.id for row in rows] == names
    finally:
        for name in names:
            client.ai_gateway.delete(name, account_id=ACCOUNT)


def test_a_refusal_names_the_field(client: Cloudflare) -> None:
    with pytest.raises(cloudflare.BadRequestError) as caught:
        client.ai_gateway.create(account_id=ACCOUNT, id="bad", **{**REQUIRED, "cache_ttl": -5})
    [error] = caught.value.body["errors"]  # type: ignore[index]
    assert (error["code"], error["path"]) == (7001, ["cache_ttl"])


def test_an_id_that_is_taken_is_a_conflict(client: Cloudflare, gateway: str) -> None:
    with pytest.raises(cloudflare.ConflictError):
        client.ai_gateway.create(account_id=ACCOUNT, id=gateway, **REQUIRED)


def test_logs_are_listed_with_every_kind_of_filter(client: Cloudflare, server: Server, gateway: str) -> None:
    ask(server, "first", **{"cf-aig-metadata": '{"user":"u1"}', "cf-aig-event-id": "job-1"})
    ask(server, "first", **{"cf-aig-metadata": '{"user":"u2"}'})
    ask(server, "second")
    logs = client.ai_gateway.logs

    def found(**query: Any) -> list[Any]:
        return list(logs.list(gateway, account_id=ACCOUNT, **query))

    rows = found(per_page=2)
    assert [row.cached for row in rows] == [False, True, False]
    first = rows[-1]
    assert (first.provider, first.model, first.success, first.status_code) == ("workers-ai", CHAT, True, 200)
    assert first.metadata == '{"user":"u1"}'
    assert first.created_at.tzinfo is not None
    assert [row.id for row in found(order_by_direction="asc")] == [row.id for row in reversed(rows)]
    assert [row.cached for row in found(cached=True)] == [True]
    assert len(found(success=True, provider="workers-ai", model=CHAT)) == 3
    assert len(found(filters=[{"key": "provider", "operator": "eq", "value": ["openai", "workers-ai"]}])) == 3
    # Several filters leave the SDK sorted by part: keys, operators, values.
    by_user = [
        {"key": "metadata.key", "operator": "eq", "value": ["user"]},
        {"key": "metadata.value", "operator": "eq", "value": ["u2"]},
    ]
    assert [row.metadata for row in found(filters=by_user)] == ['{"user":"u2"}']
    assert [row.id for row in found(filters=[{"key": "event_id", "operator": "eq", "value": ["job-1"]}])] == [first.id]
    assert found(filters=[{"key": "cached", "operator": "eq", "value": [False]}], min_tokens_in=10_000) == []
    hour = datetime.timedelta(hours=1)
    assert len(found(start_date=first.created_at - hour, end_date=first.created_at + hour)) == 3
    assert found(start_date=first.created_at + hour) == []
    assert [row.id for row in found(search="u1")] == [first.id]


def test_a_log_is_read_judged_and_deleted(client: Cloudflare, server: Server, gateway: str) -> None:
    log_id = ask(server, "tell me").headers["cf-aig-log-id"]
    logs = client.ai_gateway.logs
    row = logs.get(log_id, account_id=ACCOUNT, gateway_id=gateway)
    assert (row.id, row.request_head, row.request_head_complete) == (log_id, '{"prompt":"tell me"}', True)
    assert row.response_head is not None
    assert "tell me" in row.response_head
    assert logs.request(log_id, account_id=ACCOUNT, gateway_id=gateway) == {"prompt": "tell me"}
    answer: Any = logs.response(log_id, account_id=ACCOUNT, gateway_id=gateway)
    assert answer["success"] is True
    logs.edit(log_id, account_id=ACCOUNT, gateway_id=gateway, feedback=1, score=90, metadata={"checked": True})
    assert [each.id for each in logs.list(gateway, account_id=ACCOUNT, feedback=1)] == [log_id]
    assert list(logs.list(gateway, account_id=ACCOUNT, feedback=0)) == []
    again = logs.get(log_id, account_id=ACCOUNT, gateway_id=gateway)
    assert again.metadata == '{"checked":true}'
    kept = ask(server, "another").headers["cf-aig-log-id"]
    gone = logs.delete(
        gateway, account_id=ACCOUNT, filters=[{"key": "id", "operator": "eq", "value": [log_id]}], limit=10
    )
    assert gone.success
    assert [each.id for each in logs.list(gateway, account_id=ACCOUNT)] == [kept]
    with pytest.raises(cloudflare.NotFoundError):
        logs.get(log_id, account_id=ACCOUNT, gateway_id=gateway)


def test_dynamic_routes_versions_and_deployments(client: Cloudflare, server: Server, gateway: str) -> None:
    routing = client.ai_gateway.dynamic_routing
    place: dict[str, Any] = {"account_id": ACCOUNT, "gateway_id": gateway}
    made = routing.create(gateway, account_id=ACCOUNT, name="support", elements=ELEMENTS)
    assert (made.name, made.version.active, len(made.elements)) == ("support", "true", 3)
    assert made.deployment.version_id == made.version.version_id
    listed = routing.list(gateway, account_id=ACCOUNT)
    assert (listed.success, [route.id for route in listed.data.routes]) == (True, [made.id])
    renamed = routing.update(made.id, **place, name="help")
    assert (renamed.success, renamed.route.name) == (True, "help")
    second = routing.create_version(made.id, **place, elements=ELEMENTS)
    assert second.id == made.id
    versions = routing.list_versions(made.id, **place).data.versions
    assert [version.active for version in versions] == ["false", "true"]
    routing.create_deployment(made.id, **place, version_id=versions[0].version_id)
    deployments = routing.list_deployments(made.id, **place).data.deployments
    assert [each.version_id for each in deployments] == [versions[0].version_id, versions[1].version_id]
    version = routing.get_version(versions[0].version_id, **place, id=made.id)
    assert (version.active, version.name) == ("true", "help")
    chat = httpx.post(
        f"{server.url}/v1/{ACCOUNT}/{gateway}/compat/chat/completions",
        json={"model": "dynamic/help", "messages": [{"role": "user", "content": "hello"}]},
    )
    assert chat.status_code == 200, chat.text
    assert chat.headers["cf-aig-model"].endswith(CHAT)
    assert routing.get(made.id, **place).name == "help"
    assert routing.delete(made.id, **place).id == made.id
    assert routing.list(gateway, account_id=ACCOUNT).data.routes == []


def test_custom_providers(client: Cloudflare) -> None:
    providers = client.ai_gateway.custom_providers
    made = providers.create(
        account_id=ACCOUNT, name="Acme", slug="acme", base_url="https://api.acme.example/llm", headers='{"x-a":"1"}'
    )
    assert (made.slug, made.enable, made.beta, made.headers) == ("acme", False, False, '{"x-a":"1"}')
    assert [row.id for row in providers.list(account_id=ACCOUNT, search="acm", enable=False)] == [made.id]
    assert list(providers.list(account_id=ACCOUNT, enable=True)) == []
    assert providers.get(made.id, account_id=ACCOUNT).base_url == "https://api.acme.example/llm"
    with pytest.raises(cloudflare.ConflictError):
        providers.create(account_id=ACCOUNT, name="Other", slug="acme", base_url="https://other.example")
    with pytest.raises(cloudflare.BadRequestError):
        providers.create(account_id=ACCOUNT, name="Plain", slug="plain", base_url="http://plain.example")
    assert providers.delete(made.id, account_id=ACCOUNT).slug == "acme"


def test_stored_keys_are_never_given_back(client: Cloudflare, gateway: str) -> None:
    keys = client.ai_gateway.provider_configs
    made = keys.create(
        gateway,
        account_id=ACCOUNT,
        provider_slug="openai",
        alias="default",
        default_config=True,
        secret="sk-very-secret-1234567890",
    )
    assert (made.provider_slug, made.alias, made.default_config) == ("openai", "default", True)
    [listed] = keys.list(gateway, account_id=ACCOUNT)
    assert listed.secret_id == made.secret_id
    assert "very-secret" not in made.to_json() + listed.to_json()


def test_urls(client: Cloudflare, server: Server, gateway: str) -> None:
    urls = client.ai_gateway.urls
    openai = urls.get("openai", account_id=ACCOUNT, gateway_id=gateway)
    assert openai == f"{server.url}/v1/{ACCOUNT}/{gateway}/openai"
    with pytest.raises(cloudflare.BadRequestError):
        urls.get("nobody", account_id=ACCOUNT, gateway_id=gateway)


def test_datasets_and_evaluations(client: Cloudflare, server: Server, gateway: str) -> None:
    for text in ("one", "two"):
        log_id = ask(server, text).headers["cf-aig-log-id"]
    client.ai_gateway.logs.edit(log_id, account_id=ACCOUNT, gateway_id=gateway, feedback=1)
    datasets, evaluations = client.ai_gateway.datasets, client.ai_gateway.evaluations
    by_provider: list[Any] = [{"key": "provider", "operator": "eq", "value": ["workers-ai"]}]
    made = datasets.create(gateway, account_id=ACCOUNT, name="local", enable=True, filters=by_provider)
    assert (made.name, made.gateway_id, made.filters[0].key) == ("local", gateway, "provider")
    place: dict[str, Any] = {"account_id": ACCOUNT, "gateway_id": gateway}
    changed = datasets.update(made.id, **place, name="here", enable=True, filters=by_provider)
    assert (changed.id, changed.name) == (made.id, "here")
    assert [row.id for row in datasets.list(gateway, account_id=ACCOUNT, search="here")] == [made.id]
    assert datasets.get(made.id, **place).name == "here"
    types = {row.type: row.id for row in client.ai_gateway.evaluation_types.list(account_id=ACCOUNT)}
    assert set(types) == {"cost", "speed", "feedback"}
    run = evaluations.create(
        gateway,
        account_id=ACCOUNT,
        name="first",
        dataset_ids=[made.id],
        evaluation_type_ids=[types["feedback"], types["speed"]],
    )
    assert (run.processed, run.total_logs, run.datasets[0].account_id) == (True, 2, ACCOUNT)
    assert (run.results[0].result, run.results[0].total_logs) == ("100", 1)
    assert run.results[1].total_logs == 2
    assert [row.id for row in evaluations.list(gateway, account_id=ACCOUNT, processed=True)] == [run.id]
    assert evaluations.get(run.id, **place).name == "first"
    assert evaluations.delete(run.id, **place).id == run.id
    assert datasets.delete(made.id, **place).id == made.id


def test_billing_says_that_there_is_none(client: Cloudflare) -> None:
    billing = client.ai_gateway.billing
    assert billing.credit_balance(account_id=ACCOUNT).balance == 0
    assert billing.invoice_history(account_id=ACCOUNT).invoices == []
    assert billing.usage_history(account_id=ACCOUNT, value_grouping_window="day").history is not None
    assert billing.spending_limit.get(account_id=ACCOUNT).enabled is False
    with pytest.raises(cloudflare.InternalServerError):
        billing.topup.create(account_id=ACCOUNT, amount=1000)
    with pytest.raises(cloudflare.PermissionDeniedError), pytest.deprecated_call():
        billing.spending_limit.create(account_id=ACCOUNT, amount=1000, duration="daily", strategy="fixed")
