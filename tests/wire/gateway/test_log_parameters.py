"""Query parameters of the log, in every form that clients send (spec ai-gateway §5.1, §5.3)."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote

import pytest

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.gateway.log_query import LogFilter, LogQuery
from groundfog.platform import Platform
from groundfog.settings import Settings
from groundfog.wire.auth import Auth
from groundfog.wire.exchange import Exchange
from groundfog.wire.gateway.management.log_parameters import log_query


def query(text: str, platform: Platform) -> LogQuery:
    scope: dict[str, Any] = {"query_string": text.encode(), "headers": [], "method": "GET", "path": "/"}
    unused = cast(Any, None)
    return log_query(Exchange(platform, cast(Auth, unused), scope, unused, unused, "id"))


@pytest.fixture(scope="module")
def platform() -> Platform:
    return Platform(Settings(sources=("echo",)))


ONE = LogFilter("provider", "eq", ("openai", "groq"))
TWO = LogFilter("cost", "gt", (500_000_000_000,))


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("", ()),
        (
            "filters.key=provider&filters.operator=eq&filters.value=openai&filters.value=groq"
            "&filters.key=cost&filters.operator=gt&filters.value=0.5",
            (ONE, TWO),
        ),
        (
            "filters.value=openai&filters.value=groq&filters.operator=eq&filters.key=provider"
            "&filters.value=0.5&filters.operator=gt&filters.key=cost",
            (ONE, TWO),
        ),
        (
            "filters.key=provider&filters.key=cost&filters.operator=eq&filters.operator=gt"
            "&filters.value=openai&filters.value=0.5",
            (LogFilter("provider", "eq", ("openai",)), TWO),
        ),
        (
            "filters[1][key]=cost&filters[0][key]=provider&filters[1][operator]=gt&filters[0][operator]=eq"
            "&filters[0][value][]=openai&filters[0][value][]=groq&filters[1][value][0]=0.5",
            (TWO, ONE),
        ),
        (
            'filters=[{"key":"provider","operator":"eq","value":["openai","groq"]},'
            '{"key":"cost","operator":"gt","value":[0.5]}]',
            (ONE, TWO),
        ),
        ("success=true&cached=false", (LogFilter("success", "eq", (True,)), LogFilter("cached", "eq", (False,)))),
        ("feedback=0", (LogFilter("feedback", "eq", (-1,)),)),
        (
            "min_cost=0.25&max_total_tokens=9",
            (LogFilter("cost", "ge", (250_000_000_000,)), LogFilter("tokens", "le", (9.0,))),
        ),
        ("start_date=1970-01-01T00:01:00Z", (LogFilter("created_at", "ge", (60.0,)),)),
        ("end_date=1970-01-01T01:00:00%2B01:00", (LogFilter("created_at", "le", (0.0,)),)),
        ("end_date=1970-01-01T01:00:00+01:00", (LogFilter("created_at", "le", (0.0,)),)),
        ("filters.key=model&filters.operator=contains&filters.value=gpt", (LogFilter("model", "contains", ("gpt",)),)),
        ("filters.key=cost&filters.operator=eq&filters.value=", (LogFilter("cost", "eq", (None,)),)),
    ],
)
def test_filters(text: str, filters: tuple[LogFilter, ...], platform: Platform) -> None:
    assert query(quote(text, safe="=&+%"), platform).filters == filters


def test_order_pages_and_search(platform: Platform) -> None:
    asked = query("order_by=cost&direction=asc&page=3&per_page=7&search=x&meta_info=true", platform)
    assert (asked.order_by, asked.descending, asked.page, asked.per_page) == ("cost", False, 3, 7)
    assert (asked.search, asked.aggregates) == ("x", True)
    assert query("direction=asc&order_by_direction=desc", platform).descending


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("order_by=colour", ("order_by",)),
        ("success=maybe", ("success",)),
        ("min_cost=cheap", ("min_cost",)),
        ("min_cost=1e400", ("min_cost",)),
        ("start_date=yesterday", ("start_date",)),
        ("filters=no", ("filters",)),
        ("filters=[[]]", ("filters", "0")),
        ("filters.key=colour&filters.operator=eq&filters.value=x", ("filters", "0", "key")),
        ("filters.key=cost&filters.operator=like&filters.value=x", ("filters", "0", "operator")),
        ("filters.key=cost&filters.operator=gt", ("filters", "0", "value")),
        ("filters.key=cost&filters.operator=gt&filters.value=", ("filters", "0", "value")),
        # Three values for two filters, sorted by part: nobody knows which filter has two.
        (
            "filters.key=model&filters.key=provider&filters.operator=eq&filters.operator=eq"
            "&filters.value=a&filters.value=b&filters.value=c",
            ("filters",),
        ),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(text: str, path: tuple[str, ...], platform: Platform) -> None:
    with pytest.raises(GroundfogError) as caught:
        query(quote(text, safe="=&+%"), platform)
    assert (caught.value.kind, caught.value.path) == (errors.GATEWAY_INVALID, path)
