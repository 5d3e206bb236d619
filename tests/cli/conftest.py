"""The `groundfog` command with a fresh state directory."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from groundfog.cli.app import main
from tests.support.fake_hub import FakeHub, fake_hub
from tests.support.server import Server, running_server


@dataclasses.dataclass
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]
FOREIGN = ("GROUNDFOG_", "HF_", "CLOUDFLARE_", "OPENAI_", "TRANSFORMERS_")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def environment(tmp_path: Path, state: Path) -> dict[str, str]:
    """What every command of a test gets; change it before the command runs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return kept | {"GROUNDFOG_STATE": str(state), "GROUNDFOG_CONFIG": str(tmp_path / "groundfog.toml")}


@pytest.fixture
def groundfog(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process: `groundfog("keys", "list")` → exit code and both outputs."""
    monkeypatch.chdir(tmp_path)
    removed = {name: None for name in os.environ if name.startswith(FOREIGN)}

    def run(*arguments: str, stdin: str = "") -> Done:
        done = CliRunner().invoke(
            main, arguments, input=stdin, prog_name="groundfog", env={**removed, **environment}, catch_exceptions=False
        )
        return Done(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def groundfog_process(environment: dict[str, str], tmp_path: Path) -> Run:
    """The same in a process of its own, as people run it."""

    def run(*arguments: str, stdin: str = "") -> Done:
        command = [sys.executable, "-m", "groundfog", *arguments]
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=60
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def hub(environment: dict[str, str]) -> Iterator[FakeHub]:
    """A fake hub, which every command of the test takes for the hub."""
    with fake_hub() as running:
        environment["HF_ENDPOINT"] = running.url
        yield running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server with the echo source only."""
    with running_server("--sources", "echo") as running:
        yield running
