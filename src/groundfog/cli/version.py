"""`groundfog version`."""

from __future__ import annotations

import click

from groundfog import __version__


@click.command()
def version() -> None:
    """Print the version."""
    click.echo(f"groundfog {__version__}")
