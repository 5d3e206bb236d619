"""`groundfog serve` as a process: its first line, its refusals, its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from groundfog.store import Keys, Store
from groundfog.wire.network import bind, is_loopback
from tests.support.server import running_server

CHAT = "@cf/meta/llama-3.1-8b-instruct"


def serve(state: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run until it ends by itself."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("GROUNDFOG_")} | environ
    command = [sys.executable, "-m", "groundfog", "serve", "--state", str(state), "--sources", "echo", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, env=env, cwd=state.parent)


def test_the_first_line_is_the_url_and_the_server_answers_there() -> None:
    with running_server("--sources", "echo") as server:
        assert server.log[0].strip() == server.url
        assert httpx.get(server.url + "/readyz").status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(number: signal.Signals) -> None:
    with running_server("--sources", "echo") as server:
        httpx.post(f"{server.rest}/accounts/a/ai/run/{CHAT}", json={"prompt": "x"})
        server.process.send_signal(number)
        assert server.process.wait(20) == 0


def test_a_stream_under_way_is_finished_before_the_end(tmp_path: Path) -> None:
    script = tmp_path / "echo.toml"
    script.write_text('[[answer]]\nchunks = ["one ", "two ", "three "]\nchunk_delay = 0.3\n')
    with running_server("--sources", "echo", environ={"GROUNDFOG_ECHO_SCRIPT": str(script)}) as server:
        url = f"{server.rest}/accounts/a/ai/run/{CHAT}"
        with httpx.stream("POST", url, json={"prompt": "x", "stream": True}, timeout=20) as response:
            lines = response.iter_lines()
            first = next(lines)
            server.process.send_signal(signal.SIGTERM)
            rest = [line for line in lines if line]
        assert "one" in first
        assert rest[-1] == "data: [DONE]"
        assert server.process.wait(20) == 0


def test_a_signal_to_its_group_does_not_reach_a_model_under_way() -> None:
    with running_server() as server:
        url = f"{server.rest}/accounts/a/ai/run/{CHAT}"
        assert httpx.post(url, json={"prompt": "Hello!"}, timeout=30).headers["groundfog-source"] == "stand-in"
        hosts = psutil.Process(server.process.pid).children()
        assert hosts
        assert all(os.getpgid(host.pid) != os.getpgid(server.process.pid) for host in hosts)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
        assert not psutil.wait_procs(hosts, timeout=10)[1]
        assert "crashed" not in "".join(server.log)


def test_the_start_up_text_says_who_answers() -> None:
    with running_server("--sources", "echo") as server:
        pass
    text = "".join(server.log)
    assert "echo (no model: deterministic answers of the right shape)" in text
    assert "Text Generation (" in text
    assert "groundfog keys create" in text


def test_without_keys_another_address_is_refused_in_words(tmp_path: Path) -> None:
    done = serve(tmp_path / "state", "--host", "0.0.0.0", "--port", "0")
    assert done.returncode != 0
    assert done.stdout == ""
    assert "groundfog keys create" in done.stderr
    assert "0.0.0.0" in done.stderr


def test_with_a_key_another_address_is_served(tmp_path: Path) -> None:
    state = tmp_path / "state"
    store = Store(state)
    Keys(store).create()
    store.close()
    with running_server("--sources", "echo", "--host", "0.0.0.0", environ={"GROUNDFOG_STATE": str(state)}) as server:
        port = server.url.rpartition(":")[2]
        assert httpx.get(f"http://127.0.0.1:{port}/client/v4/user").status_code == 401


def test_a_port_in_use_is_said_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = serve(tmp_path / "state", "--port", str(taken.getsockname()[1]))
    assert done.returncode != 0
    assert "cannot listen on 127.0.0.1" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_database_is_said_in_words(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "groundfog.db").write_bytes(b"no database" * 1000)
    done = serve(state, "--port", "0")
    assert done.returncode != 0
    assert "store" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_log_is_json_when_asked() -> None:
    with running_server("--sources", "echo", environ={"GROUNDFOG_LOG_FORMAT": "json"}) as server:
        response = httpx.post(f"{server.rest}/accounts/a/ai/run/{CHAT}", json={"prompt": "x"})
    entries = [json.loads(line) for line in server.log if line.startswith("{")]
    request_id = response.headers["cf-ai-req-id"]
    assert [entry["status"] for entry in entries if entry.get("request_id") == request_id] == [200]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.7", False),
        ("no-such-host.invalid", False),
        ("", False),
    ],
)
def test_what_counts_as_this_machine_only(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_port_zero_is_any_free_one() -> None:
    listener = bind("127.0.0.1", 0)
    assert listener.getsockname()[1] > 0
    listener.close()


def test_a_server_that_was_asked_nothing_has_not_loaded_what_few_requests_need(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys\n"
        "import groundfog.wire.serve\n"
        "from groundfog.wire.app import create_app\n"
        "from groundfog.platform import Platform\n"
        "from groundfog.settings import Settings\n"
        "create_app(Platform(Settings(state=pathlib.Path(sys.argv[1]))))\n"
        "heavy = {'numpy', 'graphql', 'cryptography', 'rich', 'huggingface_hub', 'httpx', 'aiohttp'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
