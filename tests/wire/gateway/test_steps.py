"""Steps of the universal endpoint as JSON (spec ai-gateway §1.3), and the binding's options (§2.4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from groundfog.errors import GroundfogError
from groundfog.gateway.options import Options
from groundfog.gateway.request import Step
from groundfog.wire.gateway import steps


def built(*given: dict[str, Any], outer: Options | None = None, secrets: list[str] | None = None) -> list[Step]:
    content = json.dumps(list(given)).encode()
    return steps.universal_steps(content, outer or Options(), [] if secrets is None else secrets, "agent/1")


def one(**given: Any) -> Step:
    return built({"provider": "openai", "endpoint": "chat/completions", **given})[0]


def headers(step: Step) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in step.headers}


def test_a_single_object_is_one_step() -> None:
    (step,) = steps.universal_steps(b'{"provider":"openai","endpoint":"/models?x=1"}', Options(), [], "")
    assert (step.provider, step.endpoint, step.query, step.body) == ("openai", "models", "x=1", b"{}")


def test_the_query_goes_on_byte_for_byte() -> None:
    body = b'{"a":1.0,  "b":123456789012345678901234567890}'
    content = b'[{"provider":"openai","endpoint":"e","query":' + body + b"}]"
    assert steps.universal_steps(content, Options(), [], "")[0].body == body


def test_header_values_are_made_text() -> None:
    step = one(headers={"X-Text": "a", "x-number": 3, "x-flag": True, "x-object": {"a": [1]}, "x-null": None})
    assert headers(step) == {
        "x-text": "a",
        "x-number": "3",
        "x-flag": "true",
        "x-object": '{"a":[1]}',
        "content-type": "application/json",
        "user-agent": "agent/1",
        "accept-encoding": "identity",
    }


def test_the_older_authorization_counts_where_the_headers_have_none() -> None:
    assert headers(one(authorization="Bearer old"))["authorization"] == "Bearer old"
    assert headers(one(authorization="old", headers={"Authorization": "new"}))["authorization"] == "new"


def test_step_headers_win_over_config_and_config_over_the_request() -> None:
    outer = Options(cache_ttl=600, max_attempts=2, retry_delay_ms=10)
    step = built(
        {
            "provider": "openai",
            "endpoint": "e",
            "headers": {"cf-aig-cache-ttl": 0, "cf-aig-max-attempts": 4},
            "config": {"requestTimeout": 2000, "maxAttempts": 3, "backoff": "linear"},
        },
        outer=outer,
    )[0]
    assert (step.options.cache_ttl, step.options.max_attempts, step.options.retry_delay_ms) == (0, 4, 10)
    assert (step.options.request_timeout_ms, step.options.backoff) == (2000, "linear")
    assert outer.cache_ttl == 600


def test_a_groundfog_key_in_a_step_is_noted_and_taken_out() -> None:
    secrets: list[str] = []
    built(
        {"provider": "workers-ai", "endpoint": "@cf/x/y", "headers": {"Authorization": "Bearer gf_1_2"}},
        secrets=secrets,
    )
    assert secrets == ["gf_1_2"]


@pytest.mark.parametrize("endpoint", ["chat/completions", "chat/completion", "/v1/chat/completions"])
def test_compat_s_endpoint_has_several_spellings(endpoint: str) -> None:
    assert built({"provider": "compat", "endpoint": endpoint})[0].endpoint == "chat/completions"


def test_what_could_forge_a_request_is_escaped_or_refused() -> None:
    step = one(endpoint="a b\r\nx: y?q=1 2\r\n")
    assert (step.endpoint, step.query) == ("a%20b%0D%0Ax:%20y", "q=1%202%0D%0A")
    for bad in ({"x": "a\r\nb: c"}, {"a\nb": "c"}, {"": "c"}):
        with pytest.raises(GroundfogError) as caught:
            one(headers=bad)
        assert caught.value.code == 7001


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"[1]", b"{", b'[{"endpoint":"e"}]', b'[{"provider":1}]', b'"text"', b"[" * 100_000]
)
def test_a_body_that_is_no_steps_is_refused(content: bytes) -> None:
    with pytest.raises(GroundfogError) as caught:
        steps.given_steps(content)
    assert (caught.value.code, caught.value.status) == (7001, 400)


def test_more_steps_than_allowed_are_refused() -> None:
    with pytest.raises(GroundfogError):
        built(*[{"provider": "openai"}] * (steps.MAX_STEPS + 1))


def test_the_binding_s_options() -> None:
    given = {
        "id": "g",
        "skipCache": True,
        "cacheTtl": 3600,
        "cacheKey": "k",
        "metadata": {"n": 1, "s": "x", "big": "12345678901234567890", "none": None},
        "collectLog": False,
        "eventId": "e-1",
        "requestTimeoutMs": 1500.0,
        "retries": {"maxAttempts": 3, "retryDelayMs": 20, "backoff": "constant"},
    }
    options = steps.binding_options(given, Options(cache_key="outer", zdr=True))
    assert (options.skip_cache, options.cache_ttl, options.cache_key, options.zdr) == (True, 3600, "k", True)
    assert options.metadata == {"n": 1, "s": "x", "big": "12345678901234567890"}
    assert (options.collect_log, options.event_id, options.request_timeout_ms) == (False, "e-1", 1500)
    assert (options.max_attempts, options.retry_delay_ms, options.backoff) == (3, 20, "constant")
