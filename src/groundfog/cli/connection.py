"""Who computes for `run` and `embed`: the server of GROUNDFOG_URL, or a platform in this process."""

from __future__ import annotations

import os
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from groundfog.cli import options

if TYPE_CHECKING:
    from groundfog.client import AI

NOT_THE_MODEL = MappingProxyType(
    {
        "stand-in": "A small embedded model answered in place of {model}; it is not the model.",
        "echo": "No model answered: this is groundfog's echo of {model}.",
    }
)


def connect(state: Path | None, config: Path | None) -> AI:
    """The SDK. Options that say where the state is ask for a platform in this process."""
    from groundfog.client import AI

    url = os.environ.get("GROUNDFOG_URL")
    if url and state is None and config is None:
        return AI(url)
    from groundfog.platform import Platform

    return AI(platform=Platform(options.settings(state, config)))


def tell_source(model: str, source: str | None) -> None:
    """Say on standard error when the answer is not the model's own."""
    sentence = NOT_THE_MODEL.get(source or "")
    if sentence:
        advice = f" `groundfog pull {model}` brings its weights." if not os.environ.get("GROUNDFOG_URL") else ""
        click.echo(click.style(sentence.format(model=model) + advice, dim=True), err=True)
