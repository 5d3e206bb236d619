"""`groundfog embed`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from groundfog.cli import options


@click.command()
@click.argument("model")
@click.argument("texts", nargs=-1)
@click.option("--pooling", type=click.Choice(["cls", "mean"]), help="How token vectors become one.")
@click.option("--similarity", is_flag=True, help="Print the cosine of every pair instead of the vectors.")
@options.as_json
@options.place
def embed(
    model: str,
    texts: tuple[str, ...],
    pooling: str | None,
    similarity: bool,
    as_json: bool,
    state: Path | None,
    config: Path | None,
) -> None:
    """Turn texts into vectors: one JSON array a line. Without texts, each line of standard input is one.

    With GROUNDFOG_URL the server answers, without it this process does.
    """
    found = options.model(model)
    if options.task_name(found) != "text-embeddings":
        raise click.UsageError(f"{found.id} does {options.task_name(found)}; `embed` asks models for text embeddings.")
    given = list(texts) or _lines()
    if not given:
        raise click.UsageError("Give texts as arguments, or pipe them in, one a line.")
    inputs = {"pooling": pooling} if pooling else {}
    import orjson

    from groundfog.cli.connection import connect, tell_source

    with connect(state, config) as ai:
        if as_json:
            output = ai.run(found.id, {"text": given, **inputs})
            click.echo(orjson.dumps(output, option=orjson.OPT_INDENT_2))
        else:
            vectors = ai.embed(found.id, given, **inputs)
            if similarity:
                import numpy as np

                unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-12)
                for row in unit @ unit.T:
                    click.echo("  ".join(f"{value:.4f}" for value in row))
            else:
                for vector in vectors:
                    click.echo(orjson.dumps(vector, option=orjson.OPT_SERIALIZE_NUMPY))
        tell_source(found.id, ai.last_source)


def _lines() -> list[str]:
    if sys.stdin.isatty():
        return []
    return [line.rstrip("\n") for line in sys.stdin if line.strip()]
