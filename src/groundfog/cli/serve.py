"""`groundfog serve`."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from groundfog.cli import options


@click.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 picks a free one.  [default: 9787]")
@click.option("--sources", help="Who may answer, in order: weights,stand-in,echo.")
@click.option("--account", help="Account id that the printed examples use.  [default: local]")
@click.option("--greet", is_flag=True, help="Print a first answer and a block to copy.")
@options.place
def serve(
    host: str | None,
    port: int | None,
    sources: str | None,
    account: str | None,
    greet: bool,
    state: Path | None,
    config: Path | None,
) -> int:
    """Start the server. The first line on standard output is its URL."""
    # Nothing of what is loaded now ever goes; the server switches collections on when it answers.
    gc.disable()
    settings = options.settings(state, config, host=host, port=port, sources=sources, account=account)
    from groundfog.wire.serve import serve as run_server

    if not greet:
        return run_server(settings)
    from groundfog.cli.greeting import greet as greeting

    return run_server(settings, greeting)
