"""The dated price table, and what answers of outside providers cost by it and by callers' own prices."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog.metering import cost, prices
from groundfog.metering.usage import Usage


def usage(tokens_in: int | None = None, tokens_out: int | None = None, read: int = 0, write: int = 0) -> Usage:
    return Usage(tokens_in=tokens_in, tokens_out=tokens_out, cache_read=read, cache_write=write)


def test_every_row_has_a_source_and_a_date() -> None:
    rows = prices.default().rows
    assert len(rows) > 200
    for key, rates in rows.items():
        assert rates.source, key
        datetime.date.fromisoformat(rates.as_of)
        assert rates.input > 0, f"{key}: unknown is not zero"


@pytest.mark.parametrize(
    ("provider", "name", "same_as"),
    [
        ("openai", "gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("openai", "GPT-4o-Mini", "gpt-4o-mini"),
        ("azure-openai", "gpt-4.1", None),
        ("anthropic", "claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("anthropic", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("google-ai-studio", "models/gemini-2.5-flash", "gemini-2.5-flash"),
        ("google-vertex-ai", "google/gemini-2.5-pro", "gemini-2.5-pro"),
        ("aws-bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-haiku-4-5-20251001-v1:0"),
    ],
)
def test_a_model_is_found_by_the_names_that_callers_and_answers_use(
    provider: str, name: str, same_as: str | None
) -> None:
    found = prices.default().find(provider, name)
    assert found is not None
    if same_as is not None:
        assert found == prices.default().find(provider, same_as)


@pytest.mark.parametrize(("provider", "name"), [("openai", "gpt-99"), ("openrouter", "x"), ("custom-acme", "gpt-4o")])
def test_an_unknown_price_stays_unknown(provider: str, name: str) -> None:
    assert cost.price(provider, name, usage(10, 10)) == (None, None, False)


def test_a_name_whose_versions_cost_differently_is_unknown() -> None:
    table = prices.Prices(
        {
            ("p", "m-2024-01-01"): prices.Rates(input=1, output=1),
            ("p", "m-2025-01-01"): prices.Rates(input=2, output=2),
        }
    )
    assert table.find("p", "m") is None
    assert table.find("p", "m-2025-01-01") == prices.Rates(input=2, output=2)


def test_tokens_times_price() -> None:
    # $0.15 and $0.60 per million.
    assert cost.price("openai", "gpt-4o-mini", usage(1000, 500)).cost == 450_000_000
    assert cost.price("openai", "gpt-4o-mini", usage(0, 0)).cost == 0
    assert cost.price("openai", "gpt-4o-mini", usage()).cost is None


def test_cached_tokens_have_their_own_price() -> None:
    # $3 in, $15 out, $0.30 read, $3.75 written.
    found = cost.price("anthropic", "claude-sonnet-4-5", usage(10, 5, read=100, write=50))
    assert found.cost == 10 * 3_000_000 + 5 * 15_000_000 + 100 * 300_000 + 50 * 3_750_000


def test_a_deployment_has_the_price_of_the_model_that_the_answer_names() -> None:
    used = Usage(model="gpt-4o-mini-2024-07-18", tokens_in=1000, tokens_out=500)
    assert cost.price("azure-openai", "my-deployment", used).cost == 450_000_000
    assert cost.price("azure-openai", None, used).cost == 450_000_000


def test_a_long_prompt_has_the_long_prices() -> None:
    rates = prices.Rates(input=1, output=10, cache_read=0, long_from=100, long_input=3, long_output=30)
    assert cost.tokens_price(rates, usage(100, 1)) == 110
    assert cost.tokens_price(rates, usage(101, 1)) == 333
    assert cost.tokens_price(rates, usage(50, 1, write=51)) == 50 * 3 + 30 + 51 * 3


@pytest.mark.parametrize(
    ("given", "used", "dollars"),
    [
        ({"per_token_in": 0.000001, "per_token_out": 0.000002}, usage(1000, 500), "0.002"),
        ({"per_token_in": 1e-13, "per_token_out": 0}, usage(20, 0), "0.000000000002"),
        # No cache prices: cached tokens are input like others.
        ({"per_token_in": 0.001}, usage(1, 7, read=2, write=3), "0.006"),
        # One is there: the other is per_token_in.
        ({"per_token_in": 0.01, "per_cache_read_token": 0.001}, usage(1, 0, read=2, write=3), "0.042"),
        ({"per_token_in": 0.01, "per_cache_write_token": 0.1}, usage(1, 0, read=2, write=3), "0.33"),
        ({"total_cost": 0.5, "per_token_in": 9}, usage(1, 1), "0.5"),
        ({"total_cost": 0.25}, usage(), "0.25"),
        ({"total_cost": 0}, usage(5, 5), "0"),
    ],
)
def test_a_callers_own_prices(given: dict[str, Any], used: Usage, dollars: str) -> None:
    found = cost.price("openai", "gpt-4o-mini", used, given)
    assert found.cost == int(Decimal(dollars) * 10**12)
    assert found.custom


@pytest.mark.parametrize(
    "given", [{}, {"per_token_in": "x"}, {"per_token_in": -1}, {"per_token_in": True}, {"other": 1}]
)
def test_prices_that_make_no_sense_are_not_taken(given: dict[str, Any]) -> None:
    assert cost.price("openai", "gpt-4o-mini", usage(1000, 500), given) == (450_000_000, None, False)


def test_a_price_per_token_needs_tokens() -> None:
    assert cost.price("openai", "gpt-4o-mini", usage(), {"per_token_in": 1}) == (None, None, False)


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.floats(0, 0.1), st.floats(0, 0.1))
def test_a_custom_cost_is_exact_to_a_pico_dollar(tokens_in: int, tokens_out: int, price_in: float, out: float) -> None:
    found = cost.price("p", "m", usage(tokens_in, tokens_out), {"per_token_in": price_in, "per_token_out": out})
    exact = (tokens_in * Decimal(repr(price_in)) + tokens_out * Decimal(repr(out))) * 10**12
    assert found.cost is not None
    assert abs(found.cost - exact) <= Decimal("0.5")


def test_workers_ai_somewhere_else_costs_its_catalogue_price() -> None:
    found = cost.price("workers-ai", "@cf/meta/llama-3.1-8b-instruct", usage(1000, 100))
    assert found.cost == (1000 * 25608 + 100 * 75147) * 11
    assert cost.price("workers-ai", "@cf/nobody/nothing", usage(1, 1)).cost is None
