"""Numbers that can be one, and numbers that cannot: every check with known ones (spec ai-gateway §3.18)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog.gateway.guards.checksums import CHECKSUMS, luhn

VALID = {
    "luhn": ["4111 1111 1111 1111", "5500-0000-0000-0004", "340000000000009", "6011000000000004", "811228-9874"],
    "iban": ["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432", "FR1420041010050500013M02606", "NO9386011117947"],
    "us_ssn": ["123-45-6789", "078051120"],
    "german_tax_id": ["86095742719", "47036892816"],
    "french_nir": ["2 55 08 14 168 025 38"],
    "spanish_dni": ["12345678Z", "X1234567L", "Z0000000M"],
    "italian_cf": ["RSSMRA85T10A562S"],
    "dutch_bsn": ["111222333", "123456782"],
    "polish_pesel": ["44051401359", "02070803628"],
    "brazilian_cpf": ["529.982.247-25", "111.444.777-35"],
    "aadhaar": ["2341 2341 2346"],
    "phone": ["+49 30 901820"],
}


@pytest.mark.parametrize(("name", "number"), [(name, number) for name, numbers in VALID.items() for number in numbers])
def test_a_real_number_passes(name: str, number: str) -> None:
    assert CHECKSUMS[name](number)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("luhn", "4111 1111 1111 1112"),
        ("luhn", "0000 0000 0000 0000"),
        ("iban", "DE89 3704 0044 0532 0130 01"),
        ("iban", "DE89 3704 0044 0532 0130"),
        ("iban", "ZZ89370400440532013000"),
        ("us_ssn", "000-45-6789"),
        ("us_ssn", "666-45-6789"),
        ("us_ssn", "900-45-6789"),
        ("us_ssn", "123-00-6789"),
        ("us_ssn", "123-45-0000"),
        ("german_tax_id", "86095742718"),
        ("german_tax_id", "12345678901"),
        ("french_nir", "2 55 08 14 168 025 39"),
        ("spanish_dni", "12345678A"),
        ("italian_cf", "RSSMRA85T10A562T"),
        ("dutch_bsn", "111222334"),
        ("dutch_bsn", "000000000"),
        ("polish_pesel", "44051401358"),
        ("polish_pesel", "44131401359"),
        ("brazilian_cpf", "529.982.247-26"),
        ("brazilian_cpf", "111.111.111-11"),
        ("aadhaar", "2341 2341 2347"),
        ("phone", "+49 30"),
    ],
)
def test_a_number_that_cannot_be_one_does_not(name: str, number: str) -> None:
    assert not CHECKSUMS[name](number)


@given(st.text("0123456789", min_size=11, max_size=18).filter(lambda text: len(set(text)) > 1), st.integers(0, 17))
def test_luhn_knows_every_single_wrong_digit(text: str, place: int) -> None:
    number = next(text + check for check in "0123456789" if luhn(text + check))
    place %= len(number)
    for digit in "0123456789":
        if digit != number[place]:
            assert not luhn(number[:place] + digit + number[place + 1 :])
