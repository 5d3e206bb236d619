"""Starting and ending the servers that are measured."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.request import urlopen

import psutil


@dataclasses.dataclass(frozen=True)
class Running:
    """A server that is up. `url` has no trailing slash."""

    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """Processor time that it has used until now, without its children."""
        used = psutil.Process(self.pid).cpu_times()
        return float(used.user + used.system)


@contextlib.contextmanager
def process(
    arguments: list[str], *, core: int | None = None, environ: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Run a server whose first line on standard output is its URL; pinned to one core if asked."""
    log = tempfile.TemporaryFile()  # noqa: SIM115
    child = subprocess.Popen(
        arguments,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        env={**os.environ, **(environ or {})},
        preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}),
    )
    try:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        if not url.startswith("http://127.0.0.1:"):
            log.seek(0)
            raise RuntimeError(f"{arguments} did not start: {url!r}\n{log.read().decode(errors='replace')[-4000:]}")
        yield Running(url, child.pid)
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdout is not None:
            child.stdout.close()
        log.close()


@contextlib.contextmanager
def groundfog(
    *arguments: str, core: int | None = None, config: str | None = None, environ: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """`groundfog serve` on a free port with a fresh state directory."""
    with tempfile.TemporaryDirectory() as state:
        environ = {"GROUNDFOG_LOG_LEVEL": "warning", **(environ or {})}
        if config is not None:
            path = Path(state) / "groundfog.toml"
            path.write_text(config)
            environ["GROUNDFOG_CONFIG"] = str(path)
        command = [sys.executable, "-m", "groundfog", "serve", "--port", "0", "--state", state, *arguments]
        with process(command, core=core, environ=environ) as running:
            wait_ready(f"{running.url}/readyz")
            yield running


def wait_ready(url: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def free_port() -> int:
    """A port that was free a moment ago, for servers that cannot say which one they took."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def quiet(
    arguments: list[str], url: str, ready: str, *, core: int | None = None, environ: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Run a server that was told its port; `ready` is a path that answers 200 when it is up."""
    log = tempfile.TemporaryFile()  # noqa: SIM115
    child = subprocess.Popen(
        arguments,
        stdout=log,
        stderr=log,
        env={**os.environ, **(environ or {})},
        preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}),
    )
    try:
        try:
            wait_ready(url + ready, 180)
        except OSError as error:
            log.seek(0)
            raise RuntimeError(f"{arguments} did not start\n{log.read().decode(errors='replace')[-4000:]}") from error
        yield Running(url, child.pid)
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        log.close()
