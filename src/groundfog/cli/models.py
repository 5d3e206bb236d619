"""`groundfog models`: the catalogue, and what of it this machine has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from groundfog.cli import options, text

if TYPE_CHECKING:
    from groundfog.catalog import Model
    from groundfog.cli.shelf import Shelf

F = TypeVar("F", bound=Callable[..., Any])


def filters(command: F) -> F:
    """The options of the list, which `groundfog models` takes with and without `list`."""
    for option in (
        options.place,
        options.as_json,
        click.option("--all", "deprecated", is_flag=True, help="Deprecated models too."),
        click.option("--fits", is_flag=True, help="Only models whose weights this machine has the memory for."),
        click.option("--pulled", is_flag=True, help="Only models with weights on this machine."),
        click.option("--search", help="Only models whose id, author, task or licence has all these words."),
        click.option("--task", help="Only this task, e.g. 'Text Generation' or text-embeddings."),
    ):
        command = option(command)
    return command


@click.group(invoke_without_command=True)
@filters
@click.pass_context
def models(ctx: click.Context, /, **given: Any) -> None:
    """List, search and show the models. Without a subcommand: list."""
    if ctx.invoked_subcommand is None:
        _list(**given)


@models.command("list")
@filters
def list_models(**given: Any) -> None:
    """List the models: task, weights, sizes, memory, and who would answer."""
    _list(**given)


@models.command("search")
@click.argument("words", nargs=-1, required=True)
@options.as_json
@options.place
def search(words: tuple[str, ...], **given: Any) -> None:
    """Models whose id, author, task or licence has all the words; deprecated ones too."""
    _list(search=" ".join(words), deprecated=True, **given)


def _list(
    task: str | None = None,
    search: str | None = None,
    pulled: bool = False,
    fits: bool = False,
    deprecated: bool = False,
    as_json: bool = False,
    state: Path | None = None,
    config: Path | None = None,
) -> None:
    from groundfog import catalog

    shelf = _shelf(state, config)
    words = (search or "").lower().split()
    chosen = [
        model
        for model in catalog.default().models
        if (deprecated or model.status in ("active", "alias"))
        and (task is None or _slug(model.task) == _slug(task))
        and all(word in _about(model) for word in words)
        and (not pulled or shelf.pulled(model))
        and (not fits or shelf.fits(model))
    ]
    if not chosen and pulled and not as_json:
        click.echo("No model is pulled. `groundfog pull MODEL` brings one; `groundfog models --fits` lists candidates.")
        return
    if not chosen and not as_json:
        raise click.ClickException("No model is like that. `groundfog models --all` lists every model.")
    _print(shelf, chosen, as_json)


@models.command("show")
@click.argument("model")
@options.as_json
@options.place
def show(model: str, as_json: bool, state: Path | None, config: Path | None) -> None:
    """Everything about one model: limits, licence, weights with all precisions, and who would answer."""
    found = options.model(model)
    shelf = _shelf(state, config)
    if as_json:
        import orjson

        click.echo(orjson.dumps(shelf.details(found), option=orjson.OPT_INDENT_2))
        return
    _show(shelf, found)


def _shelf(state: Path | None, config: Path | None) -> Shelf:
    from groundfog.cli.shelf import Shelf

    return Shelf(options.settings(state, config))


def _slug(task: str | None) -> str:
    return (task or "").lower().replace(" ", "-")


def _about(model: Model) -> str:
    return " ".join(filter(None, (model.id, model.author, model.task, model.license, model.hf_repo))).lower()


def _print(shelf: Shelf, chosen: list[Model], as_json: bool) -> None:
    if as_json:
        import orjson

        click.echo(orjson.dumps([shelf.summary(model) for model in chosen], option=orjson.OPT_INDENT_2))
        return
    rows = []
    for model in chosen:
        row = shelf.summary(model)
        rows.append(
            [
                model.id,
                model.task or "",
                text.good(row["pulled"]) if row["pulled"] else text.dim("no"),
                _bytes(row["size_bytes"], row["size_basis"]),
                _bytes(row["memory_bytes"], "estimated"),
                _fits(row["fits"]),
                row["answers"] or text.bad("nobody"),
            ]
        )
    head = ["MODEL", "TASK", "PULLED", "SIZE", "MEMORY", "FITS", "ANSWERS"]
    click.echo(text.table(head, rows, right=frozenset({3, 4})))
    if text.interactive():
        click.echo(text.dim(f"\n{len(rows)} models. ~ is an estimate. `groundfog models show MODEL` tells more."))


def _show(shelf: Shelf, model: Model) -> None:
    row = shelf.details(model)
    click.echo(click.style(model.id, bold=True) + (f"  ({model.status})" if model.status != "active" else ""))
    facts: list[tuple[str, Any]] = [
        ("Task", model.task),
        ("Author", model.author),
        ("Licence", model.license),
        ("Context window", model.context_window and f"{model.context_window:,} tokens"),
        ("Input limit", model.max_input_tokens and f"{model.max_input_tokens:,} tokens"),
        ("Dimensions", model.output_dimensions),
        ("Deprecated on", model.deprecation_date),
        ("Replaced by", model.replacement),
        ("Terms", model.terms_url),
        ("Upstream", model.hf_repo),
        ("Answers", row["answers"] or text.bad("nobody: no source of this server has it")),
        ("Pulled", _pulled(row)),
    ]
    for name, value in facts:
        if value not in (None, ""):
            click.echo(f"  {name:<16}{value}")
    weights = row["weights"]
    if weights is None:
        click.echo(f"\nNo weights to pull: {row['why_no_weights']}.")
        return
    click.echo(f"\nWeights: {weights['repo']} ({weights['format']}, {weights['engine']})")
    known = "Known from" if weights["basis"] == "checked" else "Not checked, but inferred from"
    click.echo(text.dim(f"  {known}: {weights['seen']}."))
    if weights["note"]:
        click.echo(text.dim(f"  {weights['note']}"))
    if weights["gated"]:
        click.echo("  Gated: accept the licence on the hub and set HF_TOKEN.")
    rows = [
        [
            each["precision"],
            _bytes(each["size_bytes"], each["size_basis"]),
            _bytes(each["memory_bytes"], "estimated"),
            f"{each['slots']} × {each['context_size']:,}" if each["slots"] else text.dim("-"),
            _fits(each["fits"]),
        ]
        for each in weights["precisions"]
    ]
    click.echo(
        text.table(["  PRECISION", "SIZE", "MEMORY", "SLOTS × TOKENS", "FITS"], [["  " + r[0], *r[1:]] for r in rows])
    )
    if not row["pulled"]:
        click.echo(f"\ngroundfog pull {model.id}")


def _pulled(row: dict[str, Any]) -> str:
    if not row["pulled"]:
        return "no"
    return f"{row['pulled']}, {text.size(row['pulled_bytes'])} in {row['folder']}"


def _bytes(count: int | None, basis: str | None) -> str:
    if count is None:
        return text.dim("-")
    return ("~" if basis == "estimated" else "") + text.size(count)


def _fits(fits: bool | None) -> str:
    if fits is None:
        return text.dim("-")
    return text.good("yes") if fits else text.bad("no")
