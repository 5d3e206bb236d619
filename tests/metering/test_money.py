"""Exact money."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog.metering import money


def test_a_number_means_what_is_written() -> None:
    assert money.pico_of(0.1) == 10**11
    assert money.pico_of("0.000000000001") == 1
    assert money.pico_of(25) == 25 * 10**12
    assert money.micro_of(41.14) == 41_140_000


@given(st.integers(0, 10**18))
def test_pico_dollars_survive_text(pico: int) -> None:
    assert money.pico_of(str(money.dollars(pico))) == pico
    assert money.micro_of(money.neurons(pico)) == pico


@pytest.mark.parametrize("wrong", ["", "x", "NaN", "Infinity", float("nan"), float("inf")])
def test_what_is_no_number_is_refused(wrong: str | float) -> None:
    with pytest.raises(ValueError, match="is no number"):
        money.decimal_of(wrong)


@pytest.mark.parametrize(
    ("micro", "text"),
    [
        (172_800_000, "172.80"),
        (0, "0.00"),
        (4_999, "0.00"),
        (5_000, "0.01"),
        (1_000_000, "1.00"),
        (12_814_999, "12.81"),
    ],
)
def test_neurons_are_written_with_two_digits(micro: int, text: str) -> None:
    assert money.neurons_text(micro) == text


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_division_rounds_as_it_says(amount: int, divisor: int) -> None:
    exact = Decimal(amount) / divisor
    assert abs(money.round_div(amount, divisor) - exact) <= Decimal("0.5")
    assert 0 <= money.ceil_div(amount, divisor) - exact < 1


def test_truth_values_and_debts_are_no_prices() -> None:
    assert [money.is_amount(value) for value in (True, -1, float("nan"), "1", None)] == [False] * 5
    assert [money.is_amount(value) for value in (0, 0.5, 3)] == [True] * 3
