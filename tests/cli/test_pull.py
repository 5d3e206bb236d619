"""`groundfog pull` and `groundfog rm`, against a fake hub."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Run
from tests.support.fake_hub import FakeHub
from tests.weights.conftest import CHAT, MAIN, REPO

CONTENT = b"GGUF" + bytes(range(256)) * 4000


def test_pull_says_what_arrived_and_what_to_try(groundfog: Run, hub: FakeHub) -> None:
    hub.add(REPO, {MAIN: CONTENT})
    done = groundfog("pull", "llama-3.2-1b-instruct")
    assert done.returncode == 0, done.stderr
    assert f"{CHAT} is ready: Q4_K_M, 1 MB" in done.stdout
    assert f"groundfog run {CHAT}" in done.stdout
    assert f"Downloading {MAIN}" in done.stderr
    again = groundfog("pull", CHAT)
    assert "is here already" in again.stdout


def test_a_killed_pull_is_resumed_by_the_next(
    groundfog: Run, hub: FakeHub, environment: dict[str, str], state: Path
) -> None:
    hub.add(REPO, {MAIN: CONTENT})
    hub.stall(MAIN, after=600_000)
    command = [sys.executable, "-m", "groundfog", "pull", CHAT]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert hub.stalled.wait(30)
    part = next(iter((state / "weights/parts").glob("*.part")))
    while part.stat().st_size < 600_000:
        os.sched_yield()
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stderr.close()
    assert groundfog("models", "list", "--pulled", "--json").stdout.strip() == "[]"
    assert groundfog("pull", CHAT).returncode == 0
    assert hub.downloads(MAIN) == [None, "bytes=600000-"]


def test_a_wrong_digest_is_one_sentence(groundfog: Run, hub: FakeHub) -> None:
    hub.add(REPO, {MAIN: CONTENT})
    hub.damage(MAIN)
    done = groundfog("pull", CHAT)
    assert done.returncode == 1
    assert "it was deleted." in done.stderr
    assert "Pull again" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_gated_repository_names_hf_token(groundfog: Run, hub: FakeHub, environment: dict[str, str]) -> None:
    hub.add(REPO, {MAIN: CONTENT}, token="hf_yes")
    done = groundfog("pull", CHAT)
    assert done.returncode == 1
    assert "HF_TOKEN" in done.stderr
    environment["HF_TOKEN"] = "hf_yes"
    assert groundfog("pull", CHAT).returncode == 0


def test_offline_is_said(groundfog: Run, hub: FakeHub, environment: dict[str, str]) -> None:
    environment["HF_HUB_OFFLINE"] = "1"
    done = groundfog("pull", CHAT)
    assert done.returncode == 1
    assert "HF_HUB_OFFLINE is set" in done.stderr
    assert hub.requests == []


def test_precision_and_verify(groundfog: Run, hub: FakeHub, state: Path) -> None:
    larger = MAIN.replace("Q4_K_M", "Q8_0")
    hub.add(REPO, {MAIN: CONTENT, larger: CONTENT * 2})
    assert "Q8_0" in groundfog("pull", CHAT, "--precision", "Q8_0").stdout
    hub.requests.clear()
    assert "all 1 files are as they should be" in groundfog("pull", CHAT, "--verify").stdout
    assert hub.requests == []
    [path] = state.rglob(larger)
    path.write_bytes(bytes(len(CONTENT) * 2))
    done = groundfog("pull", CHAT, "--verify")
    assert done.returncode == 1
    assert "it was deleted" in done.stderr


def test_verify_of_what_is_not_here_is_an_error(groundfog: Run) -> None:
    done = groundfog("pull", CHAT, "--verify")
    assert done.returncode == 1
    assert f"{CHAT} is not pulled" in done.stderr


def test_pull_from_a_file_and_rm(groundfog: Run, tmp_path: Path, state: Path) -> None:
    source = tmp_path / "own-Q4_0.gguf"
    source.write_bytes(CONTENT)
    done = groundfog("pull", CHAT, "--from", str(source))
    assert done.returncode == 0, done.stderr
    assert f"from {source}" in done.stdout
    assert len(list(state.rglob("own-Q4_0.gguf"))) == 1
    gone = groundfog("rm", CHAT)
    assert gone.stdout.startswith(f"Deleted {CHAT}: 1 MB freed")
    assert list(state.rglob("*.gguf")) == []
    assert groundfog("rm", CHAT).returncode == 1


def test_a_terminal_gets_a_progress_bar(hub: FakeHub, environment: dict[str, str]) -> None:
    hub.add(REPO, {MAIN: CONTENT})
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "groundfog", "pull", CHAT]
    process = subprocess.Popen(command, env={**environment, "TERM": "xterm"}, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += (block := os.read(ours, 65536))
        except OSError:
            break
        if not block:
            break
    os.close(ours)
    assert process.wait(30) == 0
    assert b"Downloading" in shown
    assert "━".encode() in shown
    assert b"MB" in shown
