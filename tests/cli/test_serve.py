"""`groundfog serve`, its greeting, and `groundfog ps` against it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support import tiny_gguf
from tests.support.server import Server, running_server

CHAT = "@cf/meta/llama-3.2-1b-instruct"


def greeting(*arguments: str, environ: dict[str, str] | None = None, last: str = "Ctrl+C") -> tuple[str, list[str]]:
    """URL and everything that is printed until a line with `last` in it, by default the greeting's last one."""
    with running_server("--greet", "--sources", "echo", *arguments, environ=environ) as server:
        stop = threading.Event()

        def watch() -> None:
            while not stop.is_set() and not any(last in line for line in list(server.log)):
                stop.wait(0.01)

        watcher = threading.Thread(target=watch)
        watcher.start()
        watcher.join(30)
        stop.set()
        return server.url, [line.rstrip("\n") for line in server.log]


def test_port_0_picks_a_free_port_and_the_url_is_the_first_line(server: Server) -> None:
    first = next(line for line in server.log if line.strip())
    assert first.strip() == server.url
    assert not server.url.endswith(":0")


def test_the_greeting_shows_an_answer_and_says_honestly_who_gave_it() -> None:
    url, lines = greeting()
    text = "\n".join(lines)
    assert lines[0] == url
    assert "> Who are you?" in lines
    assert "answered by the echo source: no model" in text
    assert f"export CLOUDFLARE_API_BASE_URL={url}/client/v4" in lines
    assert "export CLOUDFLARE_ACCOUNT_ID=local" in lines
    assert f"export OPENAI_BASE_URL={url}/client/v4/accounts/local/ai/v1" in lines
    assert "\x1b" not in text


@pytest.mark.parametrize("source", ["echo", "weights"])
def test_no_log_line_stands_in_the_greeting(source: str, tmp_path: Path) -> None:
    asked = "path=/client/v4/accounts/local/ai/run"
    file = tiny_gguf.build(tmp_path / "tiny.gguf")
    _, lines = greeting(
        "--sources", source, environ={"GROUNDFOG_MODELS": f'{{"{CHAT}": {{"path": "{file}"}}}}'}, last=asked
    )
    logged = [number for number, line in enumerate(lines) if asked in line or "loaded by llama.cpp" in line]
    assert len(logged) == (2 if source == "weights" else 1)
    assert logged[0] > lines.index("Stop with Ctrl+C.")


def test_a_first_answer_that_fails_is_told_in_a_line_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "xllamacpp.py").write_text("raise ImportError('not here')")
    file = tiny_gguf.build(tmp_path / "tiny.gguf")
    models = f'{{"{CHAT}": {{"path": "{file}"}}}}'
    environ = {"GROUNDFOG_MODELS": models, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    _, lines = greeting("--sources", "weights", environ=environ)
    (told,) = [line for line in lines if line.startswith("The first answer failed: ")]
    assert told.startswith("The first answer failed: The engine llama.cpp is not installed: pip install xllamacpp. ")
    assert "AiError" not in told


def test_what_the_greeting_prints_can_be_pasted() -> None:
    with running_server("--sources", "echo") as server:
        from groundfog.cli.greeting import block

        lines = block(server.url, "local", CHAT, keyed=False).splitlines()
        exports = [line for line in lines if line.startswith("export ")]
        start = lines.index(next(line for line in lines if line.startswith("curl ")))
        curl = "\n".join([*exports, *lines[start : start + 2]]).replace("curl ", "curl -s ", 1)
        done = subprocess.run(["bash", "-c", curl], capture_output=True, text=True, timeout=30)
        assert '"success":true' in done.stdout, done.stderr
        begin = lines.index("from openai import OpenAI")
        snippet = "\n".join(lines[begin : lines.index("print(answer.choices[0].message.content)") + 1])
        variables = dict(line.removeprefix("export ").split("=", 1) for line in exports)
        done = subprocess.run(
            [sys.executable, "-c", snippet],
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, **variables},
        )
        assert "Hello" in done.stdout, done.stderr


def test_with_keys_the_greeting_leaves_the_first_answer_to_the_key(groundfog: Run, state: Path) -> None:
    groundfog("keys", "create")
    _, lines = greeting("--state", str(state))
    assert "Keys are in use here, so the first answer is left to you and your key." in lines
    assert "export OPENAI_API_KEY=$GROUNDFOG_API_KEY" in lines


def test_an_address_for_others_is_refused_without_keys(groundfog_process: Run) -> None:
    done = groundfog_process("serve", "--host", "0.0.0.0", "--port", "0")
    assert done.returncode == 1
    assert "groundfog keys create" in done.stderr


def test_ps_says_what_is_loaded(groundfog: Run, environment: dict[str, str], server: Server) -> None:
    environment["GROUNDFOG_URL"] = server.url
    done = groundfog("ps")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(("No model is loaded", "MODEL"))
    assert groundfog("ps", "--json").stdout.lstrip().startswith("[")


def test_ps_without_a_server_says_how_to_start_one(groundfog: Run, environment: dict[str, str]) -> None:
    environment["GROUNDFOG_URL"] = "http://127.0.0.1:9"
    done = groundfog("ps")
    assert done.returncode == 1
    assert "No server answers at http://127.0.0.1:9" in done.stderr


def test_ps_needs_the_admin_scope_once_there_are_keys(groundfog: Run, environment: dict[str, str], state: Path) -> None:
    reader = groundfog("keys", "create", "--scope", "read").stdout.strip()
    admin = groundfog("keys", "create", "--scope", "admin").stdout.strip()
    with running_server("--sources", "echo", "--state", str(state)) as keyed:
        environment["GROUNDFOG_URL"] = keyed.url
        for key, code in ((None, 1), (reader, 1), (admin, 0)):
            if key:
                environment["GROUNDFOG_API_KEY"] = key
            done = groundfog("ps")
            assert done.returncode == code
            if code:
                assert "--scope admin" in done.stderr
