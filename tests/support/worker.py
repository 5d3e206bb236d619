"""A Worker in real workerd (Miniflare), whose `env.AI` is connected to a server."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

CLIENTS = Path(__file__).parent.parent / "clients"


@dataclasses.dataclass
class Worker:
    """`client` speaks to the Worker."""

    client: httpx.Client

    def get(self, page: str) -> httpx.Response:
        return self.client.get(page)

    def post(self, page: str, /, **body: Any) -> Any:
        """The JSON that a page answers with."""
        response = self.client.post(page, json=body)
        assert response.status_code == 200, response.text
        return response.json()


def node() -> str:
    """The Node.js that the packages are for; without it, or without the packages, the test is skipped."""
    found = shutil.which("node")
    if found is None or not (CLIENTS / "node_modules").is_dir():
        pytest.skip("needs Node.js and the packages of tests/clients (make test installs them)")
    return found


@contextlib.contextmanager
def running_worker(
    server_url: str, *, account: str = "acct", token: str | None = None, entry: str = "worker.ts"
) -> Iterator[Worker]:
    """Start Miniflare with a Worker of tests/clients, wait for its URL, and end it."""
    query = urlencode({"account": account} | ({"token": token} if token else {}))
    command = [node(), str(CLIENTS / "workerd.mjs"), f"{server_url}/_remote?{query}", entry]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        assert url.startswith("http://"), "Miniflare did not start"
        with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
            yield Worker(client)
    finally:
        process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
