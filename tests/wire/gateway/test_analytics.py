"""Sums over time: groundfog's own path, and Cloudflare's GraphQL (spec ai-gateway §3.19)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.wire import CHAT, EMBED, serving

GATEWAY = "/client/v4/accounts/acct/ai-gateway/gateways/g"
GRAPHQL = "/client/v4/graphql"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Two chats, one of them from the cache, one embedding and a failure have gone through `g`."""
    with serving(tmp_path_factory.mktemp("state")) as local:
        run, cached = "/v1/acct/g/workers-ai/", {"cf-aig-cache-ttl": "600", "cf-aig-metadata": '{"team":"red"}'}
        for _ in range(2):
            assert local.client.post(run + CHAT, json={"prompt": "hi"}, headers=cached).status_code == 200
        assert local.client.post(run + EMBED, json={"text": "hi"}).status_code == 200
        assert local.client.post(run + CHAT, json={"prompt": 5}).status_code == 400
        yield local.client


def asked(client: httpx.Client, query: str, **variables: Any) -> Any:
    answer = client.post(GRAPHQL, json={"query": query, "variables": variables}).json()
    assert answer["errors"] is None, answer["errors"]
    return answer["data"]["viewer"]["accounts"]


def wrong(client: httpx.Client, query: str) -> str:
    answer = client.post(GRAPHQL, json={"query": query})
    assert answer.status_code == 200
    return str(answer.json()["errors"][0]["message"])


def groups(inner: str) -> str:
    return '{viewer{accounts(filter:{accountTag:"acct"}){aiGatewayRequestsAdaptiveGroups' + inner + "}}}"


def test_a_series_by_model_adds_up(client: httpx.Client) -> None:
    answer = client.get(GATEWAY + "/analytics", params={"group_by": "model", "interval": "none"}).json()["result"]
    rows = {row["model"]: row for row in answer["series"]}
    assert (rows[CHAT]["requests"], rows[CHAT]["cached"], rows[CHAT]["errors"]) == (3, 1, 1)
    assert (rows[EMBED]["requests"], rows[EMBED]["errors"]) == (1, 0)
    assert rows[CHAT]["cached_tokens_in"] == rows[CHAT]["tokens_in"] > 0
    assert rows[CHAT]["duration_ms"]["p99"] >= rows[CHAT]["duration_ms"]["p50"]


def test_a_series_has_slots_of_time(client: httpx.Client) -> None:
    now = datetime.datetime.now(datetime.UTC)
    for interval in ("minute", "hour", "day"):
        params = {"interval": interval, "start_date": (now - datetime.timedelta(days=2)).isoformat()}
        answer = client.get(GATEWAY + "/analytics", params=params).json()["result"]
        assert sum(row["requests"] for row in answer["series"]) == 4
        times = [datetime.datetime.fromisoformat(row["time"]) for row in answer["series"]]
        assert all(moment <= now and moment.second == 0 for moment in times)


def test_a_series_by_metadata(client: httpx.Client) -> None:
    params = {"group_by": "metadata.team", "interval": "none"}
    answer = client.get(GATEWAY + "/analytics", params=params).json()["result"]
    assert {row["metadata.team"]: row["requests"] for row in answer["series"]} == {"red": 2, "": 2}


@pytest.mark.parametrize(
    ("name", "value"),
    [("interval", "week"), ("group_by", "colour"), ("start_date", "yesterday"), ("limit", "0")],
)
def test_a_wrong_parameter_is_refused_by_name(client: httpx.Client, name: str, value: str) -> None:
    answer = client.get(GATEWAY + "/analytics", params={name: value})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, [name])


def test_groups_by_model_with_every_sum(client: httpx.Client) -> None:
    query = """
    query Usage($tag: String!, $since: Time!) {
      viewer { accounts(filter: {accountTag: $tag}) {
        aiGatewayRequestsAdaptiveGroups(filter: {datetime_geq: $since, gateway: "g"}, orderBy: [count_DESC], limit: 5) {
          count
          sum { cost cachedRequests erroredRequests cachedTokensIn cachedTokensOut uncachedTokensIn uncachedTokensOut }
          dimensions { ...Names }
        } } } }
    fragment Names on AccountAiGatewayRequestsAdaptiveGroupsDimensions {
      model provider gateway datetimeMinute datetimeHour
    }
    """
    since = (datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)).isoformat()
    [account] = asked(client, query, tag="acct", since=since)
    rows = account["aiGatewayRequestsAdaptiveGroups"]
    by_model: dict[str, int] = {}
    for row in rows:
        dimensions = row["dimensions"]
        assert (dimensions["provider"], dimensions["gateway"]) == ("workers-ai", "g")
        assert dimensions["datetimeMinute"][:13] == dimensions["datetimeHour"][:13]
        by_model[dimensions["model"]] = by_model.get(dimensions["model"], 0) + row["count"]
    assert by_model == {CHAT: 3, EMBED: 1}
    assert sum(row["sum"]["cachedRequests"] for row in rows) == 1
    assert sum(row["sum"]["erroredRequests"] for row in rows) == 1
    assert sum(row["sum"]["cachedTokensIn"] for row in rows) > 0


@pytest.mark.parametrize("text", ["String!", "string!", "string"])
@pytest.mark.parametrize("time", ["Time!", "String!", "string"])
def test_variables_are_declared_as_people_declare_them(client: httpx.Client, text: str, time: str) -> None:
    requests, failures = "AccountAiGatewayRequestsAdaptiveGroups", "AccountAiGatewayErrorsAdaptiveGroups"
    query = f"""
    query (
      $tag: {text}, $since: {time}, $limit: uint64!, $order: {requests}OrderBy!, $filter: {failures}Filter_InputObject!
    ) {{
      viewer {{ accounts(filter: {{accountTag: $tag}}) {{
        aiGatewayRequestsAdaptiveGroups(filter: {{datetime_geq: $since}}, limit: $limit, orderBy: [$order]) {{ count }}
        aiGatewayErrorsAdaptiveGroups(filter: $filter) {{ count }}
      }} }}
    }}"""
    since = (datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    models = {"model_notin": [EMBED]}
    [account] = asked(client, query, tag="acct", since=since, limit=10, order="count_DESC", filter=models)
    assert account["aiGatewayErrorsAdaptiveGroups"] == [{"count": 1}]
    assert account["aiGatewayRequestsAdaptiveGroups"] == [{"count": 4}]


def test_without_dimensions_there_is_one_sum(client: httpx.Client) -> None:
    [account] = asked(client, groups("{count}"))
    assert account["aiGatewayRequestsAdaptiveGroups"] == [{"count": 4}]


def test_the_other_datasets_count_hits_and_failures(client: httpx.Client) -> None:
    query = (
        '{viewer{accounts(filter:{accountTag:"acct"}){a:aiGatewayCacheAdaptiveGroups{count} '
        "b:aiGatewayErrorsAdaptiveGroups{count dimensions{model}}}}}"
    )
    [account] = asked(client, query)
    assert account == {"a": [{"count": 1}], "b": [{"count": 1, "dimensions": {"model": CHAT}}]}


def test_filters_narrow_and_combine(client: httpx.Client) -> None:
    for inner, count in (
        (f'(filter:{{model:"{EMBED}"}}){{count}}', 1),
        (f'(filter:{{model_in:["{EMBED}","{CHAT}"],provider_neq:"openai"}}){{count}}', 4),
        (f'(filter:{{AND:[{{model:"{CHAT}"}},{{gateway:"g"}}]}}){{count}}', 3),
        ('(filter:{datetimeHour_geq:"2020-01-01T00:00:00Z"}){count}', 4),
    ):
        [account] = asked(client, groups(inner))
        assert account["aiGatewayRequestsAdaptiveGroups"] == [{"count": count}], inner
    [account] = asked(client, groups('(filter:{datetime_lt:"2020-01-01T00:00:00Z"}){count}'))
    assert account["aiGatewayRequestsAdaptiveGroups"] == []


def test_order_and_limit(client: httpx.Client) -> None:
    for direction, models in (("ASC", [EMBED, CHAT]), ("DESC", [CHAT, EMBED])):
        [account] = asked(client, groups(f"(orderBy:[count_{direction}]){{count dimensions{{model}}}}"))
        assert [row["dimensions"]["model"] for row in account["aiGatewayRequestsAdaptiveGroups"]] == models
    [account] = asked(client, groups("(orderBy:[count_DESC],limit:1){count dimensions{model}}"))
    assert len(account["aiGatewayRequestsAdaptiveGroups"]) == 1


def test_raw_metadata_is_grouped_by_the_hour(client: httpx.Client) -> None:
    [account] = asked(client, groups("{count dimensions{datetimeHour metadataRaw}}"))
    found = {row["dimensions"]["metadataRaw"]: row["count"] for row in account["aiGatewayRequestsAdaptiveGroups"]}
    assert found['{"team":"red"}'] == 2


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        ("{count colour}", "colour"),
        ("{sum{price}}", "price"),
        ("(filter:{colour:1}){count}", "colour"),
        ("(orderBy:[colour_ASC]){count}", "colour_ASC"),
        ("(limit:0){count}", "limit must be 1 to 10000"),
        ('(filter:{datetime_geq:"yesterday"}){count}', "must be a time"),
        ("{count", "Syntax Error"),
    ],
)
def test_what_there_is_not_is_an_error_that_names_it(client: httpx.Client, inner: str, said: str) -> None:
    assert said in wrong(client, groups(inner))


@pytest.mark.parametrize(
    ("variable", "use", "value", "said"),
    [
        ("string", "orderBy:[$v]", "sum_price_DESC", "orderBy must be one of"),
        ("string", "limit:$v", "many", "limit must be"),
        ("string", "filter:{model:$v}", 5, "model must be a string"),
        ("Time", "filter:{datetime_geq:$v}", {}, "datetime_geq must be a time"),
    ],
)
def test_variables_hold_what_they_are_used_for(
    client: httpx.Client, variable: str, use: str, value: Any, said: str
) -> None:
    query = f"query($v: {variable}!)" + groups(f"({use}){{count}}")
    answer = client.post(GRAPHQL, json={"query": query, "variables": {"v": value}})
    assert answer.status_code == 200
    assert said in answer.json()["errors"][0]["message"]


def test_a_query_may_not_ask_for_everything_at_once(client: httpx.Client) -> None:
    many = " ".join(f"a{number}:aiGatewayErrorsAdaptiveGroups{{count}}" for number in range(26))
    assert "25 datasets at most" in wrong(client, f'{{viewer{{accounts(filter:{{accountTag:"acct"}}){{{many}}}}}}}')
    assert "tokens" in wrong(client, "{" + "viewer " * 6000 + "}")
    assert "nested too deeply" in wrong(client, "{viewer" + "{accounts" * 3000 + "}" * 3001)


def test_the_schema_can_be_asked(client: httpx.Client) -> None:
    answer = client.post(
        GRAPHQL, json={"query": '{__type(name:"AccountAiGatewayRequestsAdaptiveGroupsSum"){fields{name}}}'}
    ).json()
    assert {"name": "cost"} in answer["data"]["__type"]["fields"]
