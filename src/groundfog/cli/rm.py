"""`groundfog rm`."""

from __future__ import annotations

from pathlib import Path

import click

from groundfog.cli import options, text


@click.command()
@click.argument("model", nargs=-1, required=True)
@options.place
def rm(model: tuple[str, ...], state: Path | None, config: Path | None) -> None:
    """Delete the weights of models; files that another model uses stay."""
    from groundfog.weights.facade import Weights

    weights = Weights(options.settings(state, config))
    for name in model:
        found = options.model(name)
        manifest = weights.manifests.read(found.id)
        if manifest is None:
            raise click.ClickException(f"{found.id} is not pulled. `groundfog models list --pulled` shows what is.")
        freed = weights.puller().remove(manifest)
        click.echo(f"Deleted {found.id}: {text.size(freed)} freed.")
