"""`groundfog gateway`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from groundfog.cli import options, text
from groundfog.cli.api import connect
from groundfog.cli.gateway_keys import keys

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
OPEN = {
    "cache_invalidate_on_update": True,
    "cache_ttl": 0,
    "collect_logs": True,
    "rate_limiting_interval": 0,
    "rate_limiting_limit": 0,
}
"""What the API wants to be told when a gateway is made, and nobody here needs to say."""


class Per(click.ParamType[tuple[float, int]]):
    """`100/60s`, `25/1d`, `0` → (amount, seconds)."""

    name = "amount/window"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, int]:
        if value == "0":
            return 0, 0
        found = re.fullmatch(r"(\d+(?:\.\d+)?)/(\d*)([smhd])", str(value))
        if found is None:
            self.fail(f"{value} is no amount in a time; write 100/60s, 25/1d, or 0 for none.", param, ctx)
        return float(found[1]), int(found[2] or 1) * UNITS[found[3]]


@click.group()
def gateway() -> None:
    """Make and change gateways, which cache, limit, route, guard, price and log calls."""


gateway.add_command(keys)


def _settings(command: Any) -> Any:
    """The options and the arguments that set fields of a gateway."""
    for decorate in (
        options.place,
        click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]..."),
        click.option("--cache-ttl", type=click.IntRange(0, 2_592_000), help="Seconds that answers are kept; 0: not."),
        click.option("--rate-limit", type=Per(), help="Requests in a time: 100/60s; 0: no limit."),
        click.option("--spend-limit", type=Per(), help="US dollars in a time: 25/1d; 0: no limit."),
        click.option("--auth/--no-auth", default=None, help="Whether callers need a key."),
        click.option("--logs/--no-logs", default=None, help="Whether calls are logged."),
        options.as_json,
    ):
        command = decorate(command)
    return command


@gateway.command(short_help="Make a gateway.")
@click.argument("name")
@_settings
def create(name: str, as_json: bool, state: Path | None, config: Path | None, **given: Any) -> None:
    """Make a gateway that wants keys and keeps a log, unless told otherwise.

    FIELD=VALUE sets any field of the management API, with JSON as value; groundfog's own are written groundfog.FIELD.
    """
    body = {"id": name, **OPEN, "authentication": True, **_fields(**given)}
    with connect(state, config) as api:
        answer = api.envelope("POST", "/gateways", body=body)
        url = api.result("GET", f"/gateways/{_part(name)}/url/universal")
    made = answer["result"]
    _print_notes(answer)
    if as_json:
        return _print_json(made)
    click.echo(f"Made the gateway {made['id']}.")
    click.echo(text.dim(f"Call it at {url}PROVIDER/… or {url}compat/chat/completions."), err=True)
    return None


@gateway.command("list")
@click.option("--search", default="", help="Part of a name.")
@options.as_json
@options.place
def list_gateways(search: str, as_json: bool, state: Path | None, config: Path | None) -> None:
    """List the gateways."""
    with connect(state, config) as api:
        rows = api.pages("/gateways", {"search": search})
    if as_json:
        return _print_json(rows)
    if not rows:
        click.echo("There is no gateway yet; `default` appears at its first use, `groundfog gateway create` makes one.")
        return None
    cells = [
        [
            row["id"],
            "keys" if row["authentication"] else "open",
            f"{row['cache_ttl']} s" if row["cache_ttl"] else "-",
            _rate(row) or "-",
            _spend(row) or "-",
            "yes" if row["collect_logs"] else "no",
            row["modified_at"][:16].replace("T", " "),
        ]
        for row in rows
    ]
    click.echo(text.table(["GATEWAY", "CALLERS", "CACHE", "RATE LIMIT", "SPEND LIMIT", "LOGS", "CHANGED (UTC)"], cells))
    return None


@gateway.command()
@click.argument("name")
@options.as_json
@options.place
def show(name: str, as_json: bool, state: Path | None, config: Path | None) -> None:
    """Show every setting of a gateway, and where it is called."""
    with connect(state, config) as api:
        row = api.result("GET", f"/gateways/{_part(name)}")
        url = api.result("GET", f"/gateways/{_part(name)}/url/universal")
    if as_json:
        return _print_json(row)
    width = max(len(field) for field in row)
    click.echo(f"{'url':{width}}  {url}")
    for field, value in row.items():
        shown = value if isinstance(value, str) else json.dumps(value)
        click.echo(f"{field:{width}}  {text.dim('-') if value is None else shown}")
    return None


@gateway.command("set", short_help="Change a gateway.")
@click.argument("name")
@_settings
def set_fields(name: str, as_json: bool, state: Path | None, config: Path | None, **given: Any) -> None:
    """Change a gateway; what is not named stays as it is. Running servers follow at once.

    FIELD=VALUE sets any field of the management API, with JSON as value (null switches off); groundfog's own are
    written groundfog.FIELD.
    """
    body = _fields(**given)
    if not body:
        raise click.UsageError("Name what to change: an option, or FIELD=VALUE.")
    with connect(state, config) as api:
        answer = api.envelope("PUT", f"/gateways/{_part(name)}", body=body)
    row = answer["result"]
    _print_notes(answer)
    if as_json:
        return _print_json(row)
    for field in body:
        click.echo(f"{field} = {json.dumps(row.get(field))}")
    return None


@gateway.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.place
def delete(name: str, yes: bool, state: Path | None, config: Path | None) -> None:
    """Delete a gateway with its routes, keys and logs."""
    with connect(state, config) as api:
        api.result("GET", f"/gateways/{_part(name)}")
        if not yes:
            click.confirm(f"Delete the gateway {name} with its routes, keys and logs?", abort=True, err=True)
        api.result("DELETE", f"/gateways/{_part(name)}")
    click.echo(f"Deleted the gateway {name}.")


def _fields(
    fields: Sequence[str],
    cache_ttl: int | None,
    rate_limit: tuple[float, int] | None,
    spend_limit: tuple[float, int] | None,
    auth: bool | None,
    logs: bool | None,
) -> dict[str, Any]:
    """The body that the options and FIELD=VALUE mean."""
    body: dict[str, Any] = {}
    if cache_ttl is not None:
        body["cache_ttl"] = cache_ttl
    if rate_limit is not None:
        body |= {"rate_limiting_limit": int(rate_limit[0]), "rate_limiting_interval": rate_limit[1]}
    if spend_limit is not None:
        rule = {"limitType": "cost", "limit": spend_limit[0], "window": spend_limit[1]}
        body["spend_limits"] = {"enabled": True, "rules": [rule]} if spend_limit[0] else None
    if auth is not None:
        body["authentication"] = auth
    if logs is not None:
        body["collect_logs"] = logs
    for field in fields:
        name, found, value = field.partition("=")
        if not found or not name:
            raise click.UsageError(f"{field} is not FIELD=VALUE.")
        target, _, own = name.partition(".")
        if own and target != "groundfog":
            raise click.UsageError(f"{name} cannot be set by itself; write {target}='{{…}}' as JSON.")
        if own:
            body.setdefault("groundfog", {})[own] = _value(value)
        else:
            body[name] = _value(value)
    return body


def _value(given: str) -> Any:
    """JSON; what is none is a string."""
    try:
        return json.loads(given)
    except ValueError:
        return given


def _rate(row: Mapping[str, Any]) -> str:
    limit, seconds = row["rate_limiting_limit"], row["rate_limiting_interval"]
    return f"{limit}/{_window(seconds)}" if limit and seconds else ""


def _spend(row: Mapping[str, Any]) -> str:
    limits = row.get("spend_limits") or {}
    rules = [rule for rule in limits.get("rules", ()) if rule.get("enabled", True)] if limits.get("enabled") else []
    return ", ".join(f"${rule['limit']:g}/{_window(rule['window'])}" for rule in rules)


def _window(seconds: int) -> str:
    for unit in ("d", "h", "m"):
        if seconds % UNITS[unit] == 0:
            return f"{seconds // UNITS[unit]}{unit}"
    return f"{seconds}s"


def _part(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")


def _print_notes(answer: Mapping[str, Any]) -> None:
    for note in answer.get("messages", ()):
        click.echo(text.dim(f"{note['message']}."), err=True)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
