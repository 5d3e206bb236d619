"""How a failure reads in a terminal: one plain sentence, what to do next, exit code 1. Never a traceback.

`GROUNDFOG_DEBUG=1` brings the traceback back, for those who mend groundfog itself.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from groundfog import errors

INTERRUPTED = 130


def report(error: BaseException) -> int:
    """Print what went wrong on standard error; the answer is the exit code."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.Abort | KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return INTERRUPTED
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 1
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    if os.environ.get("GROUNDFOG_DEBUG"):
        raise error
    sentence, advice = explain(error)
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {sentence}", err=True)
    if advice:
        click.echo(advice, err=True)
    return 1


def explain(error: BaseException) -> tuple[str, str]:
    """(what went wrong, what to do next)."""
    if isinstance(error, errors.GroundfogError):
        return _sentence(error.description), error.kind.next
    invalid = _invalid_settings(error)
    if invalid:
        return invalid, "Correct the option, the GROUNDFOG_ variable or groundfog.toml."
    if isinstance(error, OSError):
        what = f"{error.strerror}: {error.filename}" if error.filename else str(error)
        return _sentence(what), "`groundfog doctor` checks this machine."
    what = f"Something unexpected happened ({type(error).__name__}: {error})"
    return _sentence(what), "`groundfog doctor` checks the installation; GROUNDFOG_DEBUG=1 shows where it happened."


def _invalid_settings(error: BaseException) -> str | None:
    """A sentence for what pydantic or the TOML reader refused; neither is imported unless it is in use."""
    name = type(error).__name__
    if name == "ValidationError" and hasattr(error, "errors"):
        problems: list[dict[str, Any]] = error.errors()
        told = (f"{'.'.join(map(str, each['loc'])) or 'settings'}: {each['msg']}" for each in problems)
        return _sentence(f"The settings are not valid. {'; '.join(told)}")
    if name == "TOMLDecodeError":
        return _sentence(f"The settings file is not valid TOML: {error}")
    if name == "SettingsError":
        return _sentence(f"A setting cannot be read: {error}")
    return None


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."
