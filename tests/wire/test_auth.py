"""Keys: who may call, where a key may stand, and what happens when the store cannot be asked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundfog import errors
from groundfog.store import Keys, Store
from groundfog.wire.gateway import surfaces
from groundfog.wire.route import Route
from tests.support.wire import ACCOUNT, CHAT, RUN, Local, serving

UNAUTHENTICATED = {
    "success": False,
    "errors": [{"code": 10000, "message": "Authentication error"}],
    "messages": [],
    "result": None,
}
OPEN_ROUTES = {"/livez", "/readyz", "/openapi.json"}


@pytest.fixture
def server(state: Path) -> Iterator[Local]:
    with serving(state) as local:
        yield local


@pytest.fixture
def keys(server: Local) -> Keys:
    return Keys(server.platform.store)


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def status(server: Local, headers: dict[str, str] | None = None, path: str = RUN + CHAT) -> int:
    return server.client.post(path, json={"prompt": "x"}, headers=headers).status_code


def test_without_any_key_everybody_may_call(server: Local) -> None:
    assert status(server) == 200
    assert status(server, bearer("whatever a client sends")) == 200


def test_the_first_key_closes_the_server_at_once(server: Local, keys: Keys) -> None:
    assert status(server) == 200
    _, secret = keys.create()
    assert status(server) == 401
    assert status(server, bearer(secret)) == 200


def test_a_refusal_has_the_outer_form(server: Local, keys: Keys) -> None:
    keys.create()
    response = server.run(CHAT, {"prompt": "x"}, headers=bearer("gf_wrong"))
    assert response.status_code == 401
    assert response.json() == UNAUTHENTICATED
    assert "cf-ai-req-id" not in response.headers


@pytest.mark.parametrize(
    "headers",
    [
        lambda secret: {"Authorization": f"Bearer {secret}"},
        lambda secret: {"authorization": f"bearer {secret}"},
        lambda secret: {"cf-aig-authorization": f"Bearer {secret}"},
        lambda secret: {"authorization": "Bearer provider-key", "cf-aig-authorization": f"Bearer {secret}"},
        lambda secret: {"X-Auth-Email": "me@example.com", "X-Auth-Key": secret},
    ],
)
def test_a_key_is_taken_from_every_place_where_clients_put_it(server: Local, keys: Keys, headers: object) -> None:
    _, secret = keys.create()
    assert status(server, headers(secret)) == 200  # type: ignore[operator]


@pytest.mark.parametrize(
    "headers",
    [
        lambda secret: {"authorization": secret},
        lambda secret: {"authorization": f"Basic {secret}"},
        lambda secret: {"authorization": "Bearer"},
        lambda secret: {"authorization": f"Bearer {secret}x"},
        lambda secret: {"authorization": f"Bearer {secret[:-1]}"},
        lambda secret: {"authorization": "Bearer gf_\u00e9"},
        lambda secret: {"x-token": secret},
    ],
)
def test_anything_else_is_no_key(server: Local, keys: Keys, headers: object) -> None:
    _, secret = keys.create()
    encoded = {name: value.encode("latin-1") for name, value in headers(secret).items()}  # type: ignore[operator]
    assert status(server, encoded) == 401


def test_a_key_in_the_url_counts_at_the_tunnel_only(server: Local, keys: Keys) -> None:
    _, secret = keys.create()
    assert server.client.post(RUN + CHAT, params={"token": secret}, json={"prompt": "x"}).status_code == 401
    tunnel = {"mf-url": "https://workers-binding.ai/run?version=3", "mf-header-cf-consn-model-id": CHAT}
    body = {"inputs": {"prompt": "x"}, "options": {}}
    assert server.client.post("/_remote", params={"token": secret}, json=body, headers=tunnel).status_code == 200
    assert server.client.post("/_remote", json=body, headers=tunnel).status_code == 401


def test_a_key_is_for_its_accounts(server: Local, keys: Keys) -> None:
    _, secret = keys.create(accounts=("acct",))
    assert status(server, bearer(secret)) == 200
    other = RUN.replace("acct", "other") + CHAT
    response = server.client.post(other, json={"prompt": "x"}, headers=bearer(secret))
    assert (response.status_code, response.json()) == (401, UNAUTHENTICATED)


def test_the_account_is_that_of_the_dispatched_path(server: Local, keys: Keys) -> None:
    """No spelling of a path may be authorised as one account and run as another."""
    _, secret = keys.create(accounts=("acct",))
    for path in (
        "/client/v4/accounts/other%2F..%2Facct/ai/run/" + CHAT,
        "/client/v4/accounts/acct%2F..%2Fother/ai/run/" + CHAT,
        "/client/v4/accounts/other/ai/run/" + CHAT + "?account=acct",
        "/client/v4/accounts/other/ai/run/@cf/../../acct/ai/run/" + CHAT,
    ):
        request = server.client.build_request("POST", server.url + path, json={"prompt": "x"}, headers=bearer(secret))
        assert server.client.send(request).status_code in (401, 404), path


def test_a_key_does_what_its_scopes_say(server: Local, keys: Keys) -> None:
    secrets = {scope: keys.create(scopes=(scope,))[1] for scope in ("run", "read", "admin")}
    allowed = {
        scope: [
            server.client.request(method, path, headers=bearer(secret), json={"prompt": "x"}).status_code
            for method, path in (
                ("POST", RUN + CHAT),
                ("GET", ACCOUNT + "/ai/models/search"),
                ("GET", "/groundfog/v1/processes"),
            )
        ]
        for scope, secret in secrets.items()
    }
    assert allowed == {"run": [200, 403, 403], "read": [403, 200, 403], "admin": [403, 200, 200]}


def test_a_revoked_key_stops_at_once_and_does_not_open_the_server(server: Local, keys: Keys) -> None:
    key, secret = keys.create()
    assert status(server, bearer(secret)) == 200
    keys.revoke(key.id)
    assert status(server, bearer(secret)) == 401
    assert status(server) == 401


def test_another_process_s_revocation_counts_soon(server: Local, keys: Keys) -> None:
    key, secret = keys.create()
    assert status(server, bearer(secret)) == 200
    other = Store(server.platform.settings.state)
    Keys(other).revoke(key.id)
    other.close()
    until = time.monotonic() + 5
    while status(server, bearer(secret)) != 401:
        assert time.monotonic() < until


def test_an_expired_key_is_none(server: Local, keys: Keys) -> None:
    _, secret = keys.create(expires_at=1.0)
    assert status(server, bearer(secret)) == 401


def test_the_last_use_of_a_key_is_noted(server: Local, keys: Keys) -> None:
    key, secret = keys.create()
    assert status(server, bearer(secret)) == 200
    server.platform.store.write(lambda db: None).result(10)  # behind the note in the queue
    (noted,) = keys.list()
    assert noted.last_used_at is not None
    assert noted.last_used_at >= key.created_at


def test_a_store_that_is_down_is_503_and_never_401(server: Local, keys: Keys) -> None:
    _, secret = keys.create()
    assert status(server, bearer(secret)) == 200
    server.platform.store.close()
    for headers in (bearer(secret), bearer("gf_wrong"), None):
        response = server.client.post(RUN + CHAT, json={"prompt": "x"}, headers=headers)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (503, errors.STORE_DOWN.code)
    assert server.client.get("/livez").status_code == 200
    assert server.client.get("/readyz").status_code == 503


def test_a_broken_database_is_503_from_the_start(tmp_path: Path) -> None:
    (tmp_path / "groundfog.db").write_bytes(b"no database" * 1000)
    with serving(tmp_path) as local:
        assert status(local, bearer("gf_any")) == 503


def test_every_route_asks_for_a_key(server: Local, keys: Keys) -> None:
    keys.create()
    asked = 0
    for row in server.app.table.routes:
        if row.handler is surfaces.on_path:
            continue  # Whether a gateway asks for a key is its own setting: tests/wire/gateway/test_callers.py.
        path = _example(row)
        for method in row.methods:
            response = server.client.request("POST" if method == "*" else method, path)
            if path in OPEN_ROUTES:
                assert response.status_code == 200, path
            else:
                assert response.status_code == 401, (method, path)
                asked += 1
    assert asked > 15


def _example(row: Route) -> str:
    return row.path.replace("{model:path}", CHAT).replace("{account}", "acct").replace("{finetune}", "f")


def test_a_key_for_one_account_may_ask_about_itself(server: Local, keys: Keys) -> None:
    key, secret = keys.create(accounts=("team",))
    base = "/client/v4"
    assert server.client.get(base + "/user/tokens/verify", headers=bearer(secret)).json()["result"]["id"] == key.id
    accounts = server.client.get(base + "/accounts", headers=bearer(secret)).json()["result"]
    assert [account["id"] for account in accounts] == ["team"]


def test_a_server_that_others_can_reach_is_never_open(tmp_path: Path) -> None:
    with serving(tmp_path, host="0.0.0.0") as local:
        assert status(local) == 401
        _, secret = Keys(local.platform.store).create()
        assert status(local, bearer(secret)) == 200
        local.platform.store.write(lambda db: db.execute("DELETE FROM keys")).result(10)
        assert status(local) == 401
