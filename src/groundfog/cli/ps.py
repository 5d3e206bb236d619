"""`groundfog ps`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from groundfog.cli import options, server, text


@click.command()
@options.as_json
@options.place
def ps(as_json: bool, state: Path | None, config: Path | None) -> None:
    """Show the models that the server has loaded: process, memory, busy slots, queue."""
    settings = options.settings(state, config)
    rows = server.get(server.url(settings.host, settings.port), "/groundfog/v1/processes")
    if as_json:
        import orjson

        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
        return
    if not rows:
        click.echo("No model is loaded; the first request for one loads it.")
        return
    head = ["MODEL", "SOURCE", "ENGINE", "PID", "STATE", "MEMORY", "BUSY", "QUEUE", "IDLE"]
    click.echo(text.table(head, [_cells(row) for row in rows], right=frozenset({5, 6, 7, 8})))


def _cells(row: Mapping[str, Any]) -> list[str]:
    memory, idle = row.get("memory_bytes"), row.get("idle_s")
    slots = row.get("slots")
    return [
        str(row.get("model", "")),
        str(row.get("source", "")),
        str(row.get("engine", "")),
        str(row.get("pid") or "-"),
        str(row.get("state", "")),
        text.size(memory) if memory else "-",
        f"{row.get('busy', 0)}/{slots}" if slots else str(row.get("busy", 0)),
        str(row.get("queued", 0)),
        text.age(idle) if idle is not None else "-",
    ]
