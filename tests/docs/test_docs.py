"""The documentation cannot rot: its examples run against a real server, its generated parts are up to date."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.support.server import Server, running_server
from tools import docs

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)( no-run)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMISE = re.compile(r"^print\(.*\)  # (.+)$", re.MULTILINE)
"""What an example says that it prints."""
LOCAL = "http://127.0.0.1:9787"


def examples(language: str) -> list[object]:
    found: list[object] = []
    for page in PAGES:
        for number, (block, skip, code) in enumerate(BLOCK.findall(page.read_text())):
            if block == language and not skip:
                found.append(pytest.param(code, id=f"{page.stem}-{number}"))
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as server:
        yield server


def run(command: list[str], code: str, server: Server, folder: Path) -> str:
    code = code.replace(LOCAL, server.url)
    variables = {
        "GROUNDFOG_URL": server.url,
        "CLOUDFLARE_API_BASE_URL": server.rest,
        "CLOUDFLARE_API_TOKEN": "local",
        "CLOUDFLARE_ACCOUNT_ID": "local",
        "OPENAI_BASE_URL": server.openai,
        "OPENAI_API_KEY": "local",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        [*command, code], capture_output=True, text=True, timeout=120, env={**os.environ, **variables}, cwd=folder
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("code", examples("python"))
def test_a_python_example_runs(code: str, server: Server, tmp_path: Path) -> None:
    printed = run([sys.executable, "-W", "error::ResourceWarning", "-c"], code, server, tmp_path)
    for promise in PROMISE.findall(code):
        assert promise in printed


def test_the_readme_promises_an_answer_that_the_stand_in_gives(server: Server) -> None:
    (code,) = [code for _, _, code in BLOCK.findall(PAGES[0].read_text()) if PROMISE.search(code)]
    model = re.search(r'model="(\S+)"', code)
    assert model is not None
    asked = Request(f"{server.rest}/accounts/local/ai/run/{model[1]}", b'{"prompt": "Hello"}')
    with urlopen(asked, timeout=60) as answer:
        assert answer.headers["groundfog-source"] == "stand-in"


@pytest.mark.parametrize("code", examples("bash"))
def test_a_shell_example_runs(code: str, server: Server, tmp_path: Path) -> None:
    printed = run(["bash", "-euo", "pipefail", "-c"], code, server, tmp_path)
    assert '"success":false' not in printed.replace(" ", "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_generated_parts_are_up_to_date(page: Path) -> None:
    text = page.read_text()
    assert docs.rendered(text) == text, "run: python -m tools.docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!http|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target
