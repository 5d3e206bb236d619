"""A real `groundfog serve` in a process of its own, on a free port, with a fresh state directory."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path


@dataclasses.dataclass
class Server:
    """`url` has no trailing slash; `log` is everything that was printed so far."""

    url: str
    process: subprocess.Popen[str]
    state: Path
    log: list[str]

    @property
    def rest(self) -> str:
        """Base URL of the Cloudflare API: what `CLOUDFLARE_API_BASE_URL` gets."""
        return f"{self.url}/client/v4"

    @property
    def openai(self) -> str:
        """Base URL for OpenAI clients."""
        return f"{self.rest}/accounts/local/ai/v1"


@contextlib.contextmanager
def running_server(
    *arguments: str, config: str | None = None, environ: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start a server, wait for the URL on its first line, and end it. `config` is the text of a groundfog.toml."""
    with tempfile.TemporaryDirectory(prefix="groundfog-test-") as folder:
        state = Path(folder) / "state"
        toml = Path(folder) / "groundfog.toml"
        toml.write_text(config or "")
        env = {key: value for key, value in os.environ.items() if not key.startswith("GROUNDFOG_")}
        env |= {"GROUNDFOG_CONFIG": str(toml), "GROUNDFOG_STATE": str(state), **(environ or {})}
        command = [sys.executable, "-m", "groundfog", "serve", "--port", "0", *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)
        assert process.stdout is not None
        log: list[str] = []
        try:
            for line in process.stdout:
                log.append(line)
                if line.startswith("http://"):
                    url = line.strip()
                    break
            else:
                raise RuntimeError("the server did not start:\n" + "".join(log))
            reader = threading.Thread(target=lambda: log.extend(process.stdout or ()), daemon=True)
            reader.start()
            yield Server(url, process, state, log)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if log and "reader" in locals():
                reader.join(10)
            process.stdout.close()
