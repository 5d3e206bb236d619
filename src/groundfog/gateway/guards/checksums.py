"""Checks that tell a number from any row of digits: each takes the match's text and says whether it can be one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_DIGITS = re.compile(r"[0-9]")
_VERHOEFF_D = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_VERHOEFF_P = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)
_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_CF_ODD = dict(
    zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21,
        2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23), strict=True)
)  # fmt: skip


def digits(text: str) -> list[int]:
    return [int(digit) for digit in _DIGITS.findall(text)]


def luhn(text: str) -> bool:
    """ISO/IEC 7812: payment cards, and several national numbers."""
    numbers = digits(text)
    total = sum(numbers[-1::-2]) + sum(sum(divmod(2 * number, 10)) for number in numbers[-2::-2])
    return len(numbers) > 1 and total % 10 == 0 and len(set(numbers)) > 1


def iban(text: str) -> bool:
    """ISO 13616: the rest by 97 is 1, and the length is the country's."""
    compact = re.sub(r"[ -]", "", text).upper()
    if len(compact) != _IBAN_LENGTHS.get(compact[:2], 0):
        return False
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1


def us_ssn(text: str) -> bool:
    """Areas 000, 666 and 900 up, group 00 and serial 0000 were never given out."""
    number = "".join(map(str, digits(text)))
    area = number[:3]
    return area not in ("000", "666") and area < "900" and number[3:5] != "00" and number[5:] != "0000"


def german_tax_id(text: str) -> bool:
    """Steuer-ID: ISO 7064 mod 11,10, and one digit stands two or three times among the first ten."""
    numbers = digits(text)
    if len(numbers) != 11 or numbers[0] == 0 or len(set(numbers[:10])) not in (8, 9):
        return False
    product = 10
    for number in numbers[:10]:
        product = 2 * ((number + product) % 10 or 10) % 11
    return (11 - product) % 10 == numbers[10]


def french_nir(text: str) -> bool:
    """Numéro de sécurité sociale: 97 less the rest by 97; Corsica counts as 19 and 18."""
    compact = re.sub(r"[ .-]", "", text).upper()
    number = compact.replace("2A", "19", 1).replace("2B", "18", 1) if compact[5:7] in ("2A", "2B") else compact
    return len(number) == 15 and number.isdecimal() and 97 - int(number[:13]) % 97 == int(number[13:])


def spanish_dni(text: str) -> bool:
    """DNI and NIE: the letter is the rest by 23."""
    compact = re.sub(r"[ .-]", "", text).upper()
    number = {"X": "0", "Y": "1", "Z": "2"}.get(compact[0], compact[0]) + compact[1:-1]
    return number.isdecimal() and _DNI[int(number) % 23] == compact[-1]


def italian_cf(text: str) -> bool:
    """Codice fiscale: the last letter is a sum of values by place."""
    code = text.upper()
    total = sum(_CF_ODD[character] for character in code[0:15:2])
    total += sum(int(character, 36) - (0 if character.isdecimal() else 10) for character in code[1:15:2])
    return chr(total % 26 + 65) == code[15]


def dutch_bsn(text: str) -> bool:
    """Burgerservicenummer: weights 9 … 2, −1; the sum is a multiple of 11."""
    numbers = digits(text)
    total = sum(number * weight for number, weight in zip(numbers, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=False))
    return len(numbers) == 9 and len(set(numbers)) > 1 and total % 11 == 0


def polish_pesel(text: str) -> bool:
    """Weights 1 3 7 9, the month within its century."""
    numbers = digits(text)
    total = sum(number * weight for number, weight in zip(numbers, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), strict=False))
    month = (numbers[2] * 10 + numbers[3]) % 20 if len(numbers) == 11 else 0
    return len(numbers) == 11 and 1 <= month <= 12 and total % 10 == 0


def brazilian_cpf(text: str) -> bool:
    """Two check digits by 11."""
    numbers = digits(text)
    if len(numbers) != 11 or len(set(numbers)) == 1:
        return False
    for place in (9, 10):
        total = sum(number * (place + 1 - index) for index, number in enumerate(numbers[:place]))
        if total * 10 % 11 % 10 != numbers[place]:
            return False
    return True


def aadhaar(text: str) -> bool:
    """Verhoeff's scheme; the first digit is 2 to 9."""
    numbers = digits(text)
    check = 0
    for place, number in enumerate(reversed(numbers)):
        check = int(_VERHOEFF_D[check][int(_VERHOEFF_P[place % 8][number])])
    return len(numbers) == 12 and numbers[0] > 1 and check == 0


def phone(text: str) -> bool:
    """E.164: 8 to 15 digits."""
    return 8 <= len(digits(text)) <= 15


_IBAN_COUNTRIES = {
    15: "NO",
    16: "BE",
    18: "DK FI FO GL NL",
    19: "MK SI",
    20: "AT BA EE KZ LT LU XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU",
    31: "MT SC",
    32: "LC",
}
_IBAN_LENGTHS = {code: length for length, codes in _IBAN_COUNTRIES.items() for code in codes.split()}
"""Characters of an IBAN, by country."""

CHECKSUMS: Mapping[str, Callable[[str], bool]] = {
    "luhn": luhn,
    "iban": iban,
    "us_ssn": us_ssn,
    "german_tax_id": german_tax_id,
    "french_nir": french_nir,
    "spanish_dni": spanish_dni,
    "italian_cf": italian_cf,
    "dutch_bsn": dutch_bsn,
    "polish_pesel": polish_pesel,
    "brazilian_cpf": brazilian_cpf,
    "aadhaar": aadhaar,
    "phone": phone,
}
