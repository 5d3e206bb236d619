"""`groundfog doctor`."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import click

from groundfog.cli import failure, options, text

if TYPE_CHECKING:
    from groundfog.cli.checks import Finding


@click.command()
@click.option("--host", help="Check for this address instead of the settings'.")
@click.option("--port", type=click.IntRange(0, 65535), help="Check for this port instead of the settings'.")
@options.as_json
@options.place
def doctor(host: str | None, port: int | None, as_json: bool, state: Path | None, config: Path | None) -> int:
    """Find out what is missing on this machine and how to mend it. Exit code 1: something is broken."""
    from groundfog.cli import checks

    try:
        settings = options.settings(state, config, host=host, port=port)
        first, others = checks.Finding("ok", "Settings", "valid"), checks.everything(settings)
    except Exception as error:
        first, others = checks.Finding("broken", "Settings", *failure.explain(error)), iter(())
    seen: list[checks.Finding] = []
    for finding in itertools.chain([first], others):
        seen.append(finding)
        if not as_json:
            _print(finding)
    broken = sum(finding.level == "broken" for finding in seen)
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(seen), indent=2))
    elif broken:
        click.echo(text.bad(f"\n{broken} thing{'s' if broken > 1 else ''} to mend."))
    else:
        click.echo(text.good("\nAll is well."))
    return 1 if broken else 0


def _print(finding: Finding) -> None:
    mark = {"ok": text.good("ok    "), "note": click.style("note  ", fg="yellow"), "broken": text.bad("broken")}
    click.echo(f"{mark[finding.level]}  {finding.about}: {finding.found}")
    if finding.mend:
        click.echo(f"        {finding.mend}")
