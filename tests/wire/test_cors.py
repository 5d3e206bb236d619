"""Web pages: who may call from a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from groundfog.store import Keys
from tests.support.wire import ACCOUNT, CHAT, RUN, Local, serving

PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "authorization, x-custom"}


@pytest.fixture
def server(state: Path) -> Iterator[Local]:
    with serving(state, cors_origins=("loopback", "https://app.example")) as local:
        yield local


@pytest.mark.parametrize(
    "origin", ["http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:80", "https://app.example"]
)
def test_an_allowed_page_gets_its_headers(server: Local, origin: str) -> None:
    response = server.run(CHAT, {"prompt": "x"}, headers={"origin": origin})
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == origin
    assert response.headers["vary"] == "origin"
    assert "cf-ai-req-id" in response.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in response.headers


def test_a_preflight_is_answered_without_a_key(server: Local) -> None:
    Keys(server.platform.store).create()
    response = server.client.options(RUN + CHAT, headers={"origin": "https://app.example", **PREFLIGHT})
    assert response.status_code == 204
    assert response.headers["access-control-allow-methods"] == "POST"
    assert response.headers["access-control-allow-headers"] == "authorization, x-custom"
    assert "access-control-allow-credentials" not in response.headers


def test_errors_can_be_read_by_the_page_too(server: Local) -> None:
    response = server.run("@cf/no/such", {"prompt": "x"}, headers={"origin": "https://app.example"})
    assert response.headers["access-control-allow-origin"] == "https://app.example"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example", "https://app.example.evil", "http://["]
)
def test_other_pages_may_not_use_an_open_server(server: Local, origin: str) -> None:
    response = server.run(CHAT, {"prompt": "x"}, headers={"origin": origin})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (403, 10002)
    assert "access-control-allow-origin" not in response.headers
    preflight = server.client.options(RUN + CHAT, headers={"origin": origin, **PREFLIGHT})
    assert "access-control-allow-origin" not in preflight.headers


def test_with_keys_the_key_decides_and_the_browser_sees_no_permission(server: Local) -> None:
    _, secret = Keys(server.platform.store).create()
    headers = {"origin": "https://evil.example", "authorization": f"Bearer {secret}"}
    response = server.run(CHAT, {"prompt": "x"}, headers=headers)
    assert response.status_code == 200
    assert "access-control-allow-origin" not in response.headers


def test_a_star_allows_every_page(tmp_path: Path) -> None:
    with serving(tmp_path, cors_origins=("*",)) as local:
        response = local.client.get(ACCOUNT + "/ai/tasks/search", headers={"origin": "https://any.example"})
        assert response.headers["access-control-allow-origin"] == "*"


def test_a_stream_carries_the_headers_too(server: Local) -> None:
    response = server.run(CHAT, {"prompt": "x", "stream": True}, headers={"origin": "https://app.example"})
    assert response.headers["access-control-allow-origin"] == "https://app.example"
