"""What of a request goes to a provider: no key of this server, nothing of this connection (spec ai-gateway §1.2)."""

from __future__ import annotations

import pytest

from groundfog.wire.gateway import incoming

KEY = "gf_0badc0de_secret"


PLAIN = (b"accept-encoding", b"identity")


def pairs(**headers: str) -> list[tuple[bytes, bytes]]:
    return [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]


def test_headers_of_this_connection_and_the_gateway_s_own_stay_behind() -> None:
    came = incoming.read(
        pairs(
            host="localhost",
            connection="keep-alive, x-hop",
            x_hop="1",
            te="trailers",
            content_length="2",
            transfer_encoding="chunked",
            accept_encoding="gzip",
            expect="100-continue",
            cf_aig_cache_ttl="60",
            cf_cache_ttl="60",
            cf_access_jwt_assertion="jwt",
            content_type="application/json",
            x_mine="kept",
            user_agent="test/1",
        )
    )
    assert came.headers == [*pairs(content_type="application/json", x_mine="kept", user_agent="test/1"), PLAIN]
    assert came.control == pairs(cf_aig_cache_ttl="60", cf_cache_ttl="60")
    assert came.user_agent == "test/1"
    assert came.options().cache_ttl == 60


@pytest.mark.parametrize("name", ["authorization", "x-api-key", "x-goog-api-key", "api-key", "cf-aig-authorization"])
@pytest.mark.parametrize("before", ["", "Bearer ", "bearer ", "Token "])
def test_a_groundfog_key_is_found_and_stripped_wherever_clients_put_one(name: str, before: str) -> None:
    came = incoming.read([(name.encode(), (before + KEY).encode())])
    assert (came.headers, came.secrets) == ([PLAIN], [KEY])


def test_a_provider_s_key_goes_on() -> None:
    came = incoming.read(pairs(authorization="Bearer sk-1", x_api_key="sk-2"))
    assert came.headers == [*pairs(authorization="Bearer sk-1", x_api_key="sk-2"), PLAIN]
    assert came.secrets == []


def test_a_gateway_token_of_another_kind_is_not_forwarded_either() -> None:
    assert incoming.read(pairs(cf_aig_authorization="Bearer cf-token")).headers == [PLAIN]


@pytest.mark.parametrize(
    ("cookies", "kept"),
    [("a=1; CF_Authorization=jwt; b=2", "a=1; b=2"), ("CF_Authorization=jwt", None), ("a=1", "a=1")],
)
def test_the_access_cookie_is_taken_out(cookies: str, kept: str | None) -> None:
    assert incoming.read(pairs(cookie=cookies)).headers == ([] if kept is None else pairs(cookie=kept)) + [PLAIN]


def test_a_groundfog_key_in_the_query_is_taken_out() -> None:
    secrets: list[str] = []
    assert incoming.without_keys(f"alt=sse&key={KEY}&x=%2F".encode(), secrets) == "alt=sse&x=%2F"
    assert secrets == [KEY]
    assert incoming.without_keys(b"key=AIza", secrets) == "key=AIza"
