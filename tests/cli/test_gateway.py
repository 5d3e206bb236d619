"""`groundfog gateway`, over the state directory and against a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from groundfog.store import Keys, Store
from tests.cli.conftest import Run
from tests.support.server import Server


@pytest.fixture(params=["local", "server"])
def place(request: pytest.FixtureRequest, environment: dict[str, str], server: Server) -> str:
    """Both ways in which the command finds its gateways; each test leaves none behind."""
    if request.param == "server":
        environment["GROUNDFOG_URL"] = server.url
    return str(request.param)


def test_a_gateway_is_made_shown_changed_and_deleted(groundfog: Run, place: str) -> None:
    made = groundfog(
        "gateway", "create", "prod", "--cache-ttl", "300", "--rate-limit", "100/1m", "retry_max_attempts=3"
    )
    assert (made.returncode, made.stdout) == (0, "Made the gateway prod.\n"), made.stderr
    assert "/v1/local/prod/compat/chat/completions" in made.stderr
    row = json.loads(groundfog("gateway", "show", "prod", "--json").stdout)
    assert (row["cache_ttl"], row["rate_limiting_limit"], row["rate_limiting_interval"]) == (300, 100, 60)
    assert (row["authentication"], row["collect_logs"], row["retry_max_attempts"]) == (True, True, 3)
    changed = groundfog("gateway", "set", "prod", "--no-auth", "--spend-limit", "25/1d", "groundfog.single_flight=true")
    assert changed.returncode == 0, changed.stderr
    listed = groundfog("gateway", "list").stdout.splitlines()
    assert listed[0].split()[0] == "GATEWAY"
    assert listed[1].split()[:7] == ["prod", "open", "300", "s", "100/1m", "$25/1d", "yes"]
    shown = groundfog("gateway", "show", "prod").stdout
    assert '{"single_flight": true}' in shown
    assert groundfog("gateway", "delete", "prod", "--yes").stdout == "Deleted the gateway prod.\n"
    assert groundfog("gateway", "show", "prod").returncode == 1


def test_without_gateways_the_list_says_how_to_make_one(groundfog: Run) -> None:
    assert "groundfog gateway create" in groundfog("gateway", "list").stdout


def test_a_refusal_is_one_sentence_with_advice(groundfog: Run, place: str) -> None:
    failed = groundfog("gateway", "create", "prod", "retry_max_attempts=9")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "Retry_max_attempts must be 1 to 5." in failed.stderr
    missing = groundfog("gateway", "show", "none").stderr
    assert "Not Found: gateway none." in missing
    assert "groundfog gateway list" in missing


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("set", "prod"), "Name what to change"),
        (("set", "prod", "cache_ttl"), "cache_ttl is not FIELD=VALUE"),
        (("set", "prod", "guardrails.prompt={}"), "write guardrails='{…}' as JSON"),
        (("create", "prod", "--rate-limit", "many"), "write 100/60s"),
    ],
)
def test_what_cannot_be_meant_is_explained(groundfog: Run, arguments: tuple[str, ...], said: str) -> None:
    done = groundfog("gateway", *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_deleting_asks_first(groundfog: Run, place: str) -> None:
    groundfog("gateway", "create", "prod")
    asked = groundfog("gateway", "delete", "prod", stdin="n\n")
    assert asked.returncode == 130
    assert "routes, keys and logs?" in asked.stderr
    assert groundfog("gateway", "delete", "prod", stdin="y\n").returncode == 0


def test_limits_are_switched_off_with_zero(groundfog: Run) -> None:
    groundfog("gateway", "create", "prod", "--rate-limit", "5/10s", "--spend-limit", "1/1h")
    groundfog("gateway", "set", "prod", "--rate-limit", "0", "--spend-limit", "0", "otel=null")
    row = json.loads(groundfog("gateway", "show", "prod", "--json").stdout)
    assert (row["rate_limiting_limit"], row["spend_limits"], row["otel"]) == (0, None, None)


def test_a_key_comes_by_standard_input_and_is_never_shown(groundfog: Run, place: str, state: Path) -> None:
    groundfog("gateway", "create", "prod")
    added = groundfog("gateway", "keys", "add", "prod", "openai", stdin="sk-secret-value-42\n")
    assert added.stdout == "Stored the key default of openai for the gateway prod.\n", added.stderr
    assert "may call with it" not in added.stderr
    groundfog("gateway", "set", "prod", "--no-auth")
    second = groundfog("gateway", "keys", "add", "prod", "openai", "--alias", "second", stdin="sk-other-value-43\n")
    assert "groundfog gateway set prod --auth" in second.stderr
    groundfog("gateway", "keys", "remove", "prod", "openai", "--alias", "second")
    listed = groundfog("gateway", "keys", "list", "prod").stdout
    assert listed.splitlines()[1].split()[:2] == ["openai", "default"]
    assert "sk-secret" not in listed
    if place == "local":
        assert all(b"sk-secret-value-42" not in file.read_bytes() for file in state.rglob("*") if file.is_file())
    assert "there is: openai (default)" in groundfog("gateway", "keys", "remove", "prod", "groq").stderr
    removed = groundfog("gateway", "keys", "remove", "prod", "openai")
    assert removed.stdout == "Removed the key default of openai from the gateway prod.\n"
    assert "stores no key" in groundfog("gateway", "keys", "list", "prod").stdout
    groundfog("gateway", "delete", "prod", "--yes")


def test_an_empty_key_is_refused(groundfog: Run) -> None:
    groundfog("gateway", "create", "prod")
    assert groundfog("gateway", "keys", "add", "prod", "openai", stdin="\n").returncode == 2


def test_the_owner_of_the_files_needs_no_key(groundfog: Run, state: Path) -> None:
    store = Store(state)
    Keys(store).create("somebody")
    store.close()
    assert groundfog("gateway", "create", "prod").returncode == 0


def test_a_server_that_is_away_is_one_sentence(groundfog: Run, environment: dict[str, str]) -> None:
    environment["GROUNDFOG_URL"] = "http://127.0.0.1:9"
    done = groundfog("gateway", "list")
    assert (done.returncode, done.stdout) == (1, "")
    assert "No server answers at http://127.0.0.1:9" in done.stderr
