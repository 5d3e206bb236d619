"""`groundfog doctor`: what it finds broken, and the words for mending it."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from groundfog.cli import checks
from groundfog.settings import Settings
from tests.cli.conftest import Run
from tests.support.fake_hub import FakeHub
from tests.support.server import Server
from tests.weights.conftest import CHAT, MAIN, REPO


def findings(text: str) -> dict[str, dict[str, str]]:
    return {row["about"]: row for row in json.loads(text)}


def test_a_healthy_machine_is_said_to_be_well(groundfog: Run, hub: FakeHub) -> None:
    done = groundfog("doctor", "--port", "0")
    assert done.returncode == 0, done.stdout
    assert done.stdout.rstrip().endswith("All is well.")
    assert f"Hub: {hub.url} answers" in done.stdout
    assert "Engine llama.cpp" in done.stdout


def test_a_port_in_use_is_broken(groundfog: Run, hub: FakeHub) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = groundfog("doctor", "--json", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    row = findings(done.stdout)["Port"]
    assert row["level"] == "broken"
    assert "--port" in row["mend"]


def test_our_own_server_on_the_port_is_no_fault(server: Server, tmp_path: Path) -> None:
    found = checks.port(Settings(state=tmp_path, port=int(server.url.rpartition(":")[2])))
    assert found.level == "note"
    assert "already" in found.found


def test_an_open_address_without_keys_is_broken(tmp_path: Path) -> None:
    found = checks.keys(Settings(state=tmp_path, host="0.0.0.0"))
    assert found.level == "broken"
    assert "groundfog keys create" in found.mend


def test_a_state_directory_that_cannot_be_made_is_broken(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = checks.state(Settings(state=tmp_path / "file" / "state"))
    assert found.level == "broken"
    assert "--state" in found.mend


def test_damaged_weights_are_broken_with_the_command_that_mends_them(groundfog: Run, hub: FakeHub, state: Path) -> None:
    hub.add(REPO, {MAIN: b"GGUF" * 1000})
    groundfog("pull", CHAT)
    next(iter(state.rglob(MAIN))).unlink()
    done = groundfog("doctor", "--json", "--port", "0")
    assert done.returncode == 1
    assert f"groundfog pull {CHAT}" in findings(done.stdout)["Weights"]["mend"]


def test_settings_that_are_not_valid_are_broken(groundfog: Run, environment: dict[str, str]) -> None:
    environment["GROUNDFOG_PORT"] = "many"
    done = groundfog("doctor")
    assert done.returncode == 1
    assert "broken  Settings: The settings are not valid. port:" in done.stdout


@pytest.mark.parametrize("variable", [{"HF_HUB_OFFLINE": "1"}, {"HF_ENDPOINT": "http://127.0.0.1:9"}])
def test_a_hub_out_of_reach_is_only_a_note(monkeypatch: pytest.MonkeyPatch, variable: dict[str, str]) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    for name, value in variable.items():
        monkeypatch.setenv(name, value)
    assert checks.hub().level == "note"


def test_an_old_python_is_broken() -> None:
    assert checks.python((3, 10, 4)).level == "broken"
    assert checks.python((3, 13, 0)).level == "ok"


def test_a_library_that_cannot_be_imported_is_named() -> None:
    failure = checks._import_failure("no_such_library_anywhere")
    assert failure is not None
    assert "no_such_library_anywhere cannot be imported" in failure


def test_a_missing_node_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    found = checks.node()
    assert found.level == "note"
    assert "wrangler" in found.mend
