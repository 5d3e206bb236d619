"""`groundfog logs`."""

from __future__ import annotations

import datetime
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from groundfog.cli import options, text
from groundfog.cli.api import Api, connect

UNITS = {"m": 60, "h": 3600, "d": 86_400}
POLL_S = 1.0
PAGE = 50
"""The most rows that the API gives at once."""
REMEMBERED = 100_000
"""Rows that --follow knows not to print again."""
HEAD = ("TIME", "STATUS", "PROVIDER", "MODEL", "TOKENS", "COST", "MS", "", "ID")
WIDTHS = (19, 6, 14, 40, 11, 10, 7, 4, 36)


class Since(click.ParamType[str]):
    """`90m`, `12h`, `2d` ago, or a time → RFC 3339."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        found = re.fullmatch(r"(\d+)([mhd])", str(value))
        if found is not None:
            seconds = time.time() - int(found[1]) * UNITS[found[2]]
            return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat()
        try:
            return datetime.datetime.fromisoformat(str(value)).astimezone(datetime.UTC).isoformat()
        except ValueError:
            self.fail(f"{value} is no time; write 90m, 12h, 2d or 2026-10-10T08:00:00Z.", param, ctx)


def _gateway(command: Any) -> Any:
    return click.option("--gateway", "-g", default="default", show_default=True, help="Name of the gateway.")(command)


def _filters(command: Any) -> Any:
    for decorate in (
        options.place,
        options.as_json,
        click.option(
            "--filter",
            "filters",
            multiple=True,
            metavar="KEY:OP:VALUE",
            help="OP is eq, neq, contains, lt or gt; repeatable. cost:gt:0.01, metadata.value:eq:u1",
        ),
        click.option("--search", help="Text found in ids, names and metadata."),
        click.option("--since", type=Since(), help="90m, 12h, 2d ago, or a time."),
        click.option("--cached/--not-cached", default=None, help="Answers from the cache, or from providers."),
        click.option("--ok/--failed", "success", default=None, help="Calls that succeeded, or that failed."),
        click.option("--model", help="Model."),
        click.option("--provider", help="Provider."),
        click.option("--follow", "-f", is_flag=True, help="Go on with new rows until Ctrl-C."),
        click.option("--number", "-n", type=click.IntRange(0, 10_000), default=20, show_default=True, help="Rows."),
        _gateway,
    ):
        command = decorate(command)
    return command


@click.group(invoke_without_command=True)
@_filters
@click.pass_context
def logs(ctx: click.Context, /, **given: Any) -> None:
    """Show what went through a gateway, newest last."""
    if ctx.invoked_subcommand is None:
        _list(**given)


@logs.command()
@click.argument("log")
@click.option("--raw", type=click.Choice(["request", "response"]), help="Print only this body, as it was.")
@_gateway
@options.as_json
@options.place
def show(log: str, raw: str | None, gateway: str, as_json: bool, state: Path | None, config: Path | None) -> None:
    """Show a row with both bodies."""
    with connect(state, config) as api:
        path = f"{_path(gateway)}/{quote(log, safe='')}"
        if raw is not None:
            click.echo(api.raw("GET", f"{path}/{raw}").body, nl=False)
            return
        row = api.result("GET", path)
    if as_json:
        click.echo(json.dumps(row, indent=2, ensure_ascii=False))
        return
    heads = {side: row.pop(f"{side}_head", "") for side in ("request", "response")}
    whole = {side: row.pop(f"{side}_head_complete", False) for side in heads}
    fields = {**row, **row.pop("groundfog", {})}
    fields.pop("groundfog", None)
    width = max(len(name) for name in fields)
    for name, value in fields.items():
        if value is not None and value is not False and value != "":
            click.echo(f"{name:{width}}  {value if isinstance(value, str) else json.dumps(value)}")
    for side, head in heads.items():
        note = "" if whole[side] else " (beginning; --raw prints what is kept)" if head else " (not kept)"
        click.echo(text.dim(f"\n{side}{note}"))
        if head:
            click.echo(_pretty(head) if whole[side] else head)


@logs.command()
@click.argument("log")
@click.argument("opinion", type=click.Choice(["up", "down", "clear"]), required=False)
@click.option("--score", type=click.FloatRange(0, 100), help="0 to 100.")
@click.option("--comment", help="Kept in the row's metadata.")
@_gateway
@options.place
def feedback(
    log: str,
    opinion: str | None,
    score: float | None,
    comment: str | None,
    gateway: str,
    state: Path | None,
    config: Path | None,
) -> None:
    """Say how good an answer was."""
    body: dict[str, Any] = {}
    if opinion is not None:
        body["feedback"] = {"up": 1, "down": -1, "clear": None}[opinion]
    if score is not None:
        body["score"] = score
    if comment:
        body["metadata"] = {"feedback_comment": comment}
    if not body:
        raise click.UsageError("Say up, down or clear, or give --score or --comment.")
    with connect(state, config) as api:
        api.result("PATCH", f"{_path(gateway)}/{quote(log, safe='')}", body=body)
    click.echo("Noted.")


def _list(
    gateway: str,
    number: int,
    follow: bool,
    as_json: bool,
    state: Path | None,
    config: Path | None,
    **wanted: Any,
) -> None:
    query = _query(**wanted)
    with connect(state, config) as api:
        rows = _newest(api, gateway, query, max(number, PAGE) if follow else number)
        if not rows and not follow and not as_json:
            click.echo(f"The log of the gateway {gateway} has no such row.")
            return
        if not as_json:
            click.echo(click.style(_line(HEAD), bold=True))
        for row in reversed(rows[:number]):
            _print(row, as_json)
        if follow:
            _follow(api, gateway, query, rows, as_json)


def _follow(
    api: Api, gateway: str, query: Sequence[tuple[str, str]], rows: Sequence[Mapping[str, Any]], as_json: bool
) -> None:
    """Print what comes. Rows are found by id, since one whose answer took long is older than others before it."""
    seen = dict.fromkeys(row["id"] for row in rows)
    since = rows[-1]["created_at"] if len(rows) >= PAGE else ""
    while True:
        time.sleep(POLL_S)
        for row in _unseen(api, gateway, query, seen):
            if row["created_at"] >= since:
                _print(row, as_json)
        for old in list(seen)[:-REMEMBERED]:
            del seen[old]


def _newest(api: Api, gateway: str, query: Sequence[tuple[str, str]], number: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    page = 1
    while len(rows) < number:
        found = api.result("GET", _path(gateway), query=[*query, ("page", str(page)), ("per_page", str(PAGE))])
        rows += found
        page += 1
        if len(found) < PAGE:
            break
    return rows[:number]


def _unseen(
    api: Api, gateway: str, query: Sequence[tuple[str, str]], seen: dict[str, None]
) -> Iterator[dict[str, Any]]:
    """New rows, oldest first: pages are read until one has nothing new."""
    fresh: list[dict[str, Any]] = []
    page = 1
    while True:
        found = api.result("GET", _path(gateway), query=[*query, ("page", str(page)), ("per_page", str(PAGE))])
        new = [row for row in found if row["id"] not in seen]
        fresh += new
        seen.update(dict.fromkeys(row["id"] for row in new))
        if len(new) < PAGE:
            break
        page += 1
    yield from reversed(fresh)


def _query(
    provider: str | None,
    model: str | None,
    success: bool | None,
    cached: bool | None,
    since: str | None,
    search: str | None,
    filters: Sequence[str],
) -> list[tuple[str, str]]:
    query = [
        (name, value)
        for name, value in (("provider", provider), ("model", model), ("start_date", since), ("search", search))
        if value
    ]
    query += [
        (name, str(value).lower()) for name, value in (("success", success), ("cached", cached)) if value is not None
    ]
    for given in filters:
        key, operator, value = (*given.split(":", 2), "", "")[:3]
        if not operator:
            raise click.UsageError(f"{given} is not KEY:OP:VALUE.")
        query += [("filters.key", key), ("filters.operator", operator), ("filters.value", value)]
    return query


def _print(row: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False))
        return
    moment = datetime.datetime.fromisoformat(row["created_at"]).astimezone()
    tokens = "-" if row["tokens_in"] is None else f"{row['tokens_in']}/{row['tokens_out'] or 0}"
    cost = "-" if row["cost"] is None else f"${row['cost']:.6f}"
    status = text.good(str(row["status_code"])) if row["success"] else text.bad(str(row["status_code"]))
    hit = "HIT" if row["cached"] else ""
    cells = (f"{moment:%Y-%m-%d %H:%M:%S}", status, row["provider"], row["model"], tokens, cost, str(row["duration"]))
    click.echo(_line((*cells, hit, row["id"])))


def _line(cells: Sequence[str]) -> str:
    """Columns of fixed width, since rows go on coming."""
    padded = [cell + " " * (width - len(click.unstyle(cell))) for cell, width in zip(cells, WIDTHS, strict=True)]
    return "  ".join(padded).rstrip()


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


def _path(gateway: str) -> str:
    return f"/gateways/{quote(gateway, safe='')}/logs"
