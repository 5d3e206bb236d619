"""The table of errors has the documented rows, and every dialect can show every row (spec workers-ai §5)."""

from __future__ import annotations

import orjson
import pytest

from groundfog import errors
from groundfog.errors import GroundfogError, Kind
from groundfog.wire.http import error_response

DOCUMENTED = {
    3003: (400, "Request is missing headers or body: "),
    3006: (413, "Request is too large"),
    3007: (408, "Request timeout"),
    3008: (408, "Request was aborted"),
    3023: (403, "Service unavailable for account"),
    3036: (429, "You have used up your daily free allocation of 10,000 neurons."),
    3039: (400, "Finetune is missing required files"),
    3040: (429, "Capacity temporarily exceeded, please try again."),
    3041: (403, "The account is not allowed to access this model"),
    3042: (404, "The model name is invalid"),
    5004: (400, "Invalid data type for base64 input: "),
    5005: (405, "The model "),
    5016: (403, "User has not agreed to Llama3.2 model terms"),
    5018: (403, "The account is not allowed to access this model"),
    5019: (405, "Request trying to use deprecated SDK version"),
    5021: (413, "The estimated number of input and maximum output tokens ("),
    5035: (403, "This model requires a Workers Paid plan"),
    10000: (401, "Authentication error"),
}
ROWS = list(errors.KINDS.values())


def made(kind: Kind) -> GroundfogError:
    return kind(**dict.fromkeys(kind.fields, "something"))


@pytest.mark.parametrize("code", DOCUMENTED)
def test_a_documented_row_has_its_status_and_words(code: int) -> None:
    status, words = DOCUMENTED[code]
    rows = [kind for kind in ROWS if kind.code == code]
    assert {kind.status for kind in rows} == {status}
    assert all(kind.message.startswith(words) for kind in rows)


@pytest.mark.parametrize("kind", ROWS, ids=lambda kind: kind.key)
def test_every_dialect_shows_the_row(kind: Kind) -> None:
    error = made(kind)
    shown = {name: error_response(error, name, "an-id") for name in ("rest", "openai", "binding", "binding-list")}
    assert {answer.status for answer in shown.values()} == {kind.status}
    body = {name: orjson.loads(answer.content) for name, answer in shown.items()}
    for name in ("rest", "openai", "binding-list"):
        assert (body[name]["success"], body[name]["errors"][0]["code"]) == (False, kind.code)
        assert error.description in body[name]["errors"][0]["message"]
    assert (body["openai"]["error"]["code"], body["openai"]["error"]["param"]) == (str(kind.code), None)
    if not kind.outer:
        assert (body["binding"]["internalCode"], body["binding"]["description"]) == (kind.code, error.description)
    assert dict(shown["rest"].headers)[b"groundfog-hint"].decode("latin-1") == kind.next


@pytest.mark.parametrize("kind", ROWS, ids=lambda kind: kind.key)
def test_an_error_survives_the_border_of_a_process(kind: Kind) -> None:
    error = made(kind)
    back = errors.from_key(kind.key, error.description, error.retry_after)
    assert (back.kind, str(back)) == (kind, str(error))
