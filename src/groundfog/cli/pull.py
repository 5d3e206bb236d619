"""`groundfog pull`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from groundfog.cli import options, text

if TYPE_CHECKING:
    from groundfog.weights.manifest import Manifest
    from groundfog.weights.progress import Progress


@click.command()
@click.argument("model")
@click.option("--precision", help="Quantisation or precision; `groundfog models show MODEL` lists them.")
@click.option(
    "--from", "source", type=click.Path(exists=True, path_type=Path), help="Copy a local file or folder instead."
)
@click.option("--repo", metavar="OWNER/NAME", help="Take the files of this repository instead of the table's.")
@click.option("--verify", is_flag=True, help="Check the digests of what is here; nothing is downloaded.")
@click.option("--update", is_flag=True, help="Ask the hub for a newer version of what is here.")
@options.place
def pull(
    model: str,
    precision: str | None,
    source: Path | None,
    repo: str | None,
    verify: bool,
    update: bool,
    state: Path | None,
    config: Path | None,
) -> None:
    """Bring a model's weights to this machine, from the hub or a path.

    A download that was cut goes on where it stopped; digests are checked before anything is used. HF_ENDPOINT,
    HF_TOKEN and HF_HUB_OFFLINE are honoured.
    """
    if verify and (source or repo or update):
        raise click.UsageError("--verify checks what is here; it goes with none of --from, --repo and --update.")
    if repo and (source or repo.count("/") != 1):
        raise click.UsageError("--repo is OWNER/NAME on the hub, and does not go with --from.")
    found = options.model(model)
    from groundfog.weights.facade import Weights

    weights = Weights(options.settings(state, config))
    if verify:
        manifest = weights.manifests.read(found.id)
        if manifest is None:
            raise click.ClickException(f"{found.id} is not pulled. `groundfog pull {found.id}` brings it.")
        with _progress() as progress:
            weights.puller(progress).verify(manifest)
        click.echo(f"{found.id}: all {len(manifest.files)} files are as they should be.")
        return
    before = weights.manifests.read(found.id)
    with _progress() as progress:
        if source is not None:
            manifest = weights.take(found, source, precision, progress=progress)
        else:
            manifest = weights.pull(found, precision, repo=repo, update=update, progress=progress)
    _tell(manifest, weights.manifests.folder(manifest), again=before == manifest)


def _tell(manifest: Manifest, folder: Path, *, again: bool) -> None:
    what = "is here already" if again else "is ready"
    where = f"{manifest.repo} @ {manifest.revision[:12]}" if manifest.repo and manifest.revision else manifest.origin
    click.echo(f"{click.style(manifest.model, bold=True)} {what}: {manifest.precision}, {text.size(manifest.size)}")
    click.echo(text.dim(f"  from {where}\n  in {folder}"))
    verb = "run" if manifest.format == "gguf" else "embed"
    click.echo(f"Try: groundfog {verb} {manifest.model} 'Hello'")


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar in a terminal; one line per file elsewhere."""
    from groundfog.cli.bar import Bar, Lines

    shown = Bar() if sys.stderr.isatty() else Lines()
    try:
        yield shown
    finally:
        shown.close()
