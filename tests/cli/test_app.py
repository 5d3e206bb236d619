"""The command as a whole: help, version, failures in words."""

from __future__ import annotations

import subprocess
import sys

import pytest

from groundfog import __version__, errors
from groundfog.cli.app import COMMANDS
from groundfog.cli.failure import explain
from tests.cli.conftest import Run


def test_version_names_the_installed_version(groundfog_process: Run) -> None:
    from importlib.metadata import version

    assert groundfog_process("version").stdout == f"groundfog {__version__}\n"
    assert version("groundfog") == __version__


def test_help_lists_every_command(groundfog: Run) -> None:
    done = groundfog("--help")
    assert done.returncode == 0
    for name, (_, text) in COMMANDS.items():
        assert name in done.stdout
        assert text in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(groundfog: Run, name: str) -> None:
    done = groundfog(name, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: groundfog {name}")


def test_the_version_is_told_without_importing_the_rest() -> None:
    code = (
        "import sys; from groundfog.cli.app import main\n"
        "main(['version'], standalone_mode=False)\n"
        "heavy = {'pydantic', 'numpy', 'rich', 'starlette', 'uvicorn', 'aiohttp', 'huggingface_hub', 'orjson'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_unknown_command_is_a_usage_error(groundfog: Run) -> None:
    done = groundfog("dance")
    assert done.returncode == 2
    assert "No such command 'dance'" in done.stderr


def test_a_setting_that_is_not_valid_is_one_sentence(groundfog_process: Run) -> None:
    done = groundfog_process("serve", "--sources", "weights,magic")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The settings are not valid. sources.1:")
    assert "Traceback" not in done.stderr


def test_a_settings_file_that_is_not_toml_is_one_sentence(groundfog: Run, environment: dict[str, str]) -> None:
    with open(environment["GROUNDFOG_CONFIG"], "w") as file:
        file.write("port = = 1")
    done = groundfog("models")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The settings file is not valid TOML:")


def test_a_state_directory_that_is_a_file_is_one_sentence(groundfog: Run, environment: dict[str, str]) -> None:
    environment["GROUNDFOG_STATE"] = "/dev/null/state"
    done = groundfog("keys", "create")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("error", [ValueError("odd"), OSError(13, "Permission denied", "/x"), errors.TIMEOUT()])
def test_every_failure_has_a_sentence_and_advice(error: Exception) -> None:
    sentence, advice = explain(error)
    assert sentence.endswith(".")
    assert advice


def test_debug_brings_the_traceback_back(groundfog_process: Run, environment: dict[str, str]) -> None:
    environment["GROUNDFOG_DEBUG"] = "1"
    assert "Traceback" in groundfog_process("serve", "--sources", "magic").stderr
