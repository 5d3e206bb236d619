"""`groundfog logs`, against a server and over its state directory."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
import uuid

import pytest

from tests.cli.conftest import Run
from tests.support.server import Server
from tests.support.wire import CHAT


@pytest.fixture(params=["server", "files"])
def gateway(request: pytest.FixtureRequest, environment: dict[str, str], server: Server) -> str:
    """A gateway of its own, seen through the server or through the files that the server writes."""
    if request.param == "server":
        environment["GROUNDFOG_URL"] = server.url
    else:
        environment["GROUNDFOG_STATE"] = str(server.state)
    return f"g-{uuid.uuid4().hex[:8]}"


def ask(server: Server, gateway: str, text: object = "hello", **headers: str) -> str:
    """One call; the id of its row."""
    url = f"{server.url}/v1/local/{gateway}/workers-ai/{CHAT}"
    body = json.dumps({"prompt": text}).encode()
    request = urllib.request.Request(url, body, {"content-type": "application/json", **headers})
    with urllib.request.urlopen(request, timeout=30) as answer:
        log_id = str(answer.headers["cf-aig-log-id"])
    # The server reads what it wrote; another process sees a row once it has left the journal.
    path = f"{server.rest}/accounts/local/ai-gateway/gateways/{gateway}/logs/{log_id}"
    with urllib.request.urlopen(path, timeout=30) as answer:
        assert answer.status == 200
    return log_id


def test_the_newest_row_is_the_last_line(groundfog: Run, server: Server, gateway: str) -> None:
    ids = [ask(server, gateway, f"call {number}") for number in range(3)]
    lines = groundfog("logs", "-g", gateway, "-n", "2").stdout.splitlines()
    assert lines[0].split()[:4] == ["TIME", "STATUS", "PROVIDER", "MODEL"]
    assert [line.split()[-1] for line in lines[1:]] == ids[1:]
    assert lines[1].split()[2:5] == ["200", "workers-ai", CHAT]


def test_filters_narrow_the_list(groundfog: Run, server: Server, gateway: str) -> None:
    plain = ask(server, gateway, "a")
    hit = [ask(server, gateway, "same", **{"cf-aig-cache-ttl": "600"}) for _ in range(2)][1]
    named = ask(server, gateway, "b", **{"cf-aig-metadata": '{"user":"u1"}'})

    def ids(*arguments: str) -> list[str]:
        done = groundfog("logs", "-g", gateway, "--json", *arguments)
        assert done.returncode == 0, done.stderr
        return [json.loads(line)["id"] for line in done.stdout.splitlines()]

    assert ids("--cached") == [hit]
    assert ids("--search", "u1") == [named]
    assert ids("--filter", "metadata.value:eq:u1") == [named]
    assert plain in ids("--not-cached", "--ok", "--since", "1h", "--provider", "workers-ai", "--model", CHAT)
    assert ids("--failed") == []
    assert groundfog("logs", "-g", gateway, "--filter", "cost").returncode == 2
    assert "filters.0.key must be one of" in groundfog("logs", "-g", gateway, "--filter", "x:eq:1").stderr.lower()


def test_a_row_is_shown_with_both_bodies(groundfog: Run, server: Server, gateway: str) -> None:
    log_id = ask(server, gateway, "show me")
    shown = groundfog("logs", "show", log_id, "-g", gateway).stdout
    assert '"prompt": "show me"' in shown
    assert "workers-ai" in shown
    assert groundfog("logs", "show", log_id, "-g", gateway, "--raw", "request").stdout == '{"prompt": "show me"}'
    row = json.loads(groundfog("logs", "show", log_id, "-g", gateway, "--json").stdout)
    assert row["request_head_complete"] is True
    missing = groundfog("logs", "show", "none", "-g", gateway)
    assert (missing.returncode, "Not Found: log none." in missing.stderr) == (1, True)


def test_feedback_is_kept(groundfog: Run, server: Server, gateway: str) -> None:
    log_id = ask(server, gateway)
    done = groundfog("logs", "feedback", log_id, "up", "--score", "80", "--comment", "fine", "-g", gateway)
    assert (done.returncode, done.stdout) == (0, "Noted.\n"), done.stderr
    row = json.loads(groundfog("logs", "show", log_id, "-g", gateway, "--json").stdout)
    assert (row["feedback"], row["score"], row["metadata"]) == (1, 80, '{"feedback_comment":"fine"}')
    groundfog("logs", "feedback", log_id, "clear", "-g", gateway)
    assert json.loads(groundfog("logs", "show", log_id, "-g", gateway, "--json").stdout)["feedback"] is None
    assert groundfog("logs", "feedback", log_id, "-g", gateway).returncode == 2


def test_following_prints_rows_as_they_come(environment: dict[str, str], server: Server, gateway: str) -> None:
    first = [ask(server, gateway, f"before {number}") for number in range(3)]
    command = [sys.executable, "-u", "-m", "groundfog", "logs", "-g", gateway, "-n", "1", "--json", "--follow"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            assert json.loads(process.stdout.readline())["id"] == first[-1]
            later = [ask(server, gateway, f"after {number}") for number in range(2)]
            assert [json.loads(process.stdout.readline())["id"] for _ in later] == later
        finally:
            process.terminate()


def test_a_gateway_that_is_not_there_is_named(groundfog: Run, server: Server, gateway: str) -> None:
    done = groundfog("logs", "-g", gateway)
    assert (done.returncode, f"Not Found: gateway {gateway}." in done.stderr) == (1, True)
