"""DLP: what the detectors find, in both forms of the setting, and what becomes of a finding (spec ai-gateway §3.18)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from groundfog.errors import GroundfogError
from groundfog.gateway.guards.dlp import OVERLAP, SLICE, Dlp, read_policies
from groundfog.gateway.guards.profiles import predefined
from groundfog.gateway.guards.text import Piece
from groundfog.gateway.request import Identity, Request
from tests.support import fake_upstream as fake
from tests.support.fake_upstream import FakeUpstream
from tests.support.gateways import Bench, running

CARD = "4111 1111 1111 1111"
SHAPES: dict[str, dict[str, Any]] = {
    "plain": {"enabled": True, "action": "BLOCK", "profiles": ["financial"]},
    "policies": {
        "enabled": True,
        "policies": [
            {
                "id": "pii",
                "enabled": True,
                "action": "BLOCK",
                "check": ["REQUEST", "RESPONSE"],
                "profiles": ["financial"],
            }
        ],
    },
}


def policy(action: str, *check: str, id: str = "pii", profile: str = "financial") -> dict[str, Any]:
    return {"id": id, "enabled": True, "action": action, "check": list(check), "profiles": [profile]}


def says(text: str) -> fake.Answer:
    message = {"role": "assistant", "content": text}
    return fake.json_answer(
        {
            "model": "gpt-4o-mini",
            "choices": [{"index": 0, "message": message}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 5},
        }
    )


@pytest.fixture
async def upstream() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream() as server:
        server.otherwise(says("Hello"))
        yield server


def prompt(bench: Bench, text: str, **more: Any) -> Any:
    return bench.step({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], **more})


async def found(text: str, *profiles: str) -> dict[str, list[str]]:
    dlp = Dlp.of({"enabled": True, "action": "FLAG", "profiles": list(profiles)}, {}, "REQUEST")
    assert dlp is not None
    findings = await dlp.find([Piece("user", text)])
    return {} if findings is None else {each.profile_id: list(each.entry_ids) for each in findings.found}


@pytest.mark.parametrize(
    ("text", "profile", "entry"),
    [
        (f"my card is {CARD}.", "financial", "payment-card"),
        ("card:5500-0000-0000-0004", "financial", "payment-card"),
        ("Konto DE89 3704 0044 0532 0130 00 bitte", "financial", "iban"),
        ("ABA routing number 021000021", "financial", "us-bank-routing"),
        ("123-45-6789", "identifiers", "us-ssn"),
        ("my SSN is 123456789", "identifiers", "us-ssn-plain"),
        ("SIN 046 454 286", "identifiers", "ca-sin"),
        ("NINO AB 12 34 56 C", "identifiers", "uk-nino"),
        ("Steuer-ID 86095742719", "identifiers", "de-tax-id"),
        ("2 55 08 14 168 025 38", "identifiers", "fr-nir"),
        ("DNI 12345678Z", "identifiers", "es-dni"),
        ("RSSMRA85T10A562S", "identifiers", "it-codice-fiscale"),
        ("BSN 111222333", "identifiers", "nl-bsn"),
        ("PESEL 44051401359", "identifiers", "pl-pesel"),
        ("CPF 529.982.247-25", "identifiers", "br-cpf"),
        ("2341 2341 2346", "identifiers", "in-aadhaar"),
        ("811228-9874", "identifiers", "se-personnummer"),
        ("write to ada@example.com", "contact", "email"),
        ("call +49 30 901820", "contact", "phone"),
        ("call (212) 555-0123", "contact", "phone-us"),
        ("-----BEGIN RSA PRIVATE KEY-----", "credentials", "private-key"),
        ("sk-proj-" + "a1B2" * 10, "credentials", "openai"),
        ("sk-ant-api03-" + "a1B2" * 10, "credentials", "anthropic"),
        ("AKIAIOSFODNN7EXAMPLE", "credentials", "aws-access-key"),
        ("aws_secret_access_key = " + "aB3/" * 10, "credentials", "aws-secret-key"),
        ("ghp_" + "a1B2" * 9, "credentials", "github"),
        ("glpat-" + "a1B2" * 5, "credentials", "gitlab"),
        ("xoxb-123456789012-abc", "credentials", "slack"),
        ("sk_live_" + "a1B2" * 6, "credentials", "stripe"),
        ("AIza" + "a1B2c" * 7, "credentials", "google"),
        ("hf_" + "a1B2c" * 7, "credentials", "huggingface"),
        ("postgres://user:hunter2@db.example/x", "credentials", "url-password"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N", "credentials", "jwt"),
    ],
)
async def test_a_detector_finds_its_kind(text: str, profile: str, entry: str) -> None:
    assert entry in (await found(text, profile)).get(profile, [])


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",
        "order 1234567890123 of 2026-10-12",
        "version 1.2.3.4 on 192.168.0.1",
        "666-12-3456 and 000-12-3456",
        "ask-me-anything-about-risk-management",
        "the number 123456789 stands alone",
        "https://example.com/path?x=1",
        "a@b",
        "function f() { return 3.14159265358979 }",
    ],
)
async def test_what_only_looks_alike_is_left_alone(text: str) -> None:
    assert await found(text, *predefined()) == {}


@pytest.mark.parametrize(
    "unit",
    ["a", "1", "1 ", "a@", "eyJ", "a.b-", "-----BEGIN ", "+1", "a://b:", "sk-", "DE12", "4111-", "ssn 123", "AKIA"],
)
async def test_detectors_take_linear_time(unit: str) -> None:
    # A pattern that backtracks would need minutes for this.
    await found(unit * (300_000 // len(unit)), *predefined())


@pytest.mark.parametrize("place", [0, SLICE - 10, SLICE - OVERLAP - 10, SLICE, 3 * SLICE - 8])
async def test_nothing_is_lost_between_the_slices_of_a_long_text(place: int) -> None:
    text = "." * place + f" {CARD} " + "." * SLICE
    assert await found(text, "financial") == {"financial": ["payment-card"]}


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_request_is_blocked_and_nothing_of_it_is_kept(
    tmp_path: Path, upstream: FakeUpstream, shape: str
) -> None:
    async with running(tmp_path, upstream.url, dlp=SHAPES[shape]) as bench:
        step = prompt(bench, f"my card is {CARD}")
        request = Request("acme", "g", "native", Identity(True), step.options, [step])
        with pytest.raises(GroundfogError) as caught:
            await bench.gateways.run(request)
        assert (caught.value.code, caught.value.status) == (2029, 424)
        assert not upstream.requests
        header = json.loads(dict(request.extra_headers)[b"cf-aig-dlp"])
        finding = {
            "profile": {"context": {}, "entry_ids": ["payment-card"], "profile_id": "financial"},
            "policy_ids": ["pii"] if shape == "policies" else [],
            "check": "REQUEST",
        }
        assert header == {"findings": [finding], "action": "BLOCK"}
        (record,) = bench.records
        assert (record.dlp_action, json.loads(record.dlp or "")) == ("BLOCK", header)
        assert (record.status_code, record.error_code, record.success) == (424, 2029, False)
        assert record.request_body is None
        assert b"4111" not in repr(record).encode()


async def test_a_flag_lets_the_request_pass_and_says_so(tmp_path: Path, upstream: FakeUpstream) -> None:
    dlp = {"enabled": True, "policies": [policy("FLAG", "REQUEST")]}
    async with running(tmp_path, upstream.url, dlp=dlp) as bench:
        status, _, headers = await bench.ask(prompt(bench, CARD))
        assert status == 200
        assert json.loads(headers["cf-aig-dlp"])["action"] == "FLAG"
        assert bench.records[0].dlp_action == "FLAG"
        assert bench.records[0].request_body is None
        assert bench.records[0].response_body is not None
        _, _, headers = await bench.ask(prompt(bench, "Hello"))
        assert "cf-aig-dlp" not in headers
        assert bench.records[1].request_body is not None


async def test_an_answer_is_blocked_after_it_was_paid_for(tmp_path: Path, upstream: FakeUpstream) -> None:
    upstream.otherwise(says(f"The number is {CARD}"))
    dlp = {"enabled": True, "policies": [policy("BLOCK", "RESPONSE")]}
    rule = {"id": "r", "limitType": "cost", "limit": 1, "window": 3600}
    async with running(tmp_path, upstream.url, dlp=dlp, spend_limits={"enabled": True, "rules": [rule]}) as bench:
        with pytest.raises(GroundfogError) as caught:
            await bench.run(prompt(bench, CARD, max_tokens=10))
        assert (caught.value.code, caught.value.status) == (2030, 424)
        (record,) = bench.records
        cost = 10 * 150_000 + 5 * 600_000
        assert (record.dlp_action, record.cost, record.response_body) == ("BLOCK", cost, None)
        assert [settlement.amount for settlement in record.settlements] == [cost]
        # Only answers are checked by this policy.
        assert record.request_body is not None


async def test_findings_of_request_and_answer_are_in_one_header(tmp_path: Path, upstream: FakeUpstream) -> None:
    upstream.otherwise(says(f"The number is {CARD}"))
    dlp = {"enabled": True, "action": "FLAG", "profiles": ["financial"]}
    async with running(tmp_path, upstream.url, dlp=dlp) as bench:
        _, _, headers = await bench.ask(prompt(bench, CARD))
        assert [each["check"] for each in json.loads(headers["cf-aig-dlp"])["findings"]] == ["REQUEST", "RESPONSE"]
        assert bench.records[0].response_body is None


async def test_a_stream_is_held_until_it_was_checked(tmp_path: Path, upstream: FakeUpstream) -> None:
    dlp = {"enabled": True, "policies": [policy("BLOCK", "RESPONSE")]}
    pieces = ["The number is 4111 11", "11 1111 1111, yes"]
    upstream.otherwise(fake.sse([{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]))
    async with running(tmp_path, upstream.url, dlp=dlp) as bench:
        with pytest.raises(GroundfogError) as caught:
            await bench.run(prompt(bench, "Hello", stream=True))
        assert caught.value.code == 2030
        upstream.otherwise(fake.sse([{"choices": [{"index": 0, "delta": {"content": "Hello"}}]}]))
        _, body, headers = await bench.ask(prompt(bench, "Hello", stream=True))
        assert body.startswith(b"data: ")
        assert headers["content-type"].startswith("text/event-stream")


async def test_own_profiles_have_patterns_of_re2(tmp_path: Path, upstream: FakeUpstream) -> None:
    own = {"tickets": {"entries": [{"id": "ticket", "pattern": r"\bTICKET-[0-9]{4,}\b"}]}}
    dlp = {"enabled": True, "policies": [policy("BLOCK", "REQUEST", profile="tickets")]}
    async with running(tmp_path, upstream.url, dlp=dlp, groundfog={"dlp_profiles": own}) as bench:
        with pytest.raises(GroundfogError, match="2029"):
            await bench.run(prompt(bench, "see TICKET-12345"))
        assert (await bench.ask(prompt(bench, "see TICKET-12")))[0] == 200


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(GroundfogError, match="there is no DLP profile other") as caught:
        read_policies({"enabled": True, "action": "FLAG", "profiles": ["other"]}, {})
    assert caught.value.path == ("dlp", "profiles", "0")
    with pytest.raises(GroundfogError, match="no regular expression"):
        read_policies(SHAPES["plain"], {"own": {"entries": [{"id": "x", "pattern": "(?=x)"}]}})


def test_a_hanging_pattern_answers() -> None:
    own = {"own": {"entries": [{"id": "x", "pattern": "(a+)+$"}]}}
    (policy,) = read_policies({"enabled": True, "action": "FLAG", "profiles": ["own"]}, own)
    assert not policy.profiles[0].entries[0].finds("a" * 200_000 + "!")


@pytest.mark.parametrize(
    "dlp",
    [None, {"enabled": False, "action": "BLOCK", "profiles": ["financial"]}, {"enabled": True, "policies": []}],
)
async def test_without_a_policy_there_is_no_stage(tmp_path: Path, upstream: FakeUpstream, dlp: Any) -> None:
    async with running(tmp_path, upstream.url, dlp=dlp) as bench:
        assert (await bench.ask(prompt(bench, CARD)))[0] == 200


async def test_a_request_that_cannot_be_read_is_blocked_where_a_policy_blocks(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    async with running(tmp_path, upstream.url, dlp=SHAPES["plain"]) as bench:
        step = bench.step(b"\x1b\x03", headers={})
        step.headers.append((b"content-encoding", b"br"))
        with pytest.raises(GroundfogError, match="2029"):
            await bench.run(step)
