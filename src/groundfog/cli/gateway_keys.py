"""`groundfog gateway keys`: keys of providers that a gateway sends in its callers' place."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from groundfog.cli import options, text
from groundfog.cli.api import Api, connect


@click.group()
def keys() -> None:
    """Store, list and remove keys of providers. They are kept encrypted, and never shown again."""


@keys.command()
@click.argument("gateway")
@click.argument("provider")
@click.option("--alias", default="default", show_default=True, help="Name that cf-aig-byok-alias gives.")
@click.option("--default", "is_default", is_flag=True, help="Use it where no alias is named.")
@options.place
def add(gateway: str, provider: str, alias: str, is_default: bool, state: Path | None, config: Path | None) -> None:
    """Store a key. It is read from standard input, or asked for: it never stands among the arguments."""
    asked = sys.stdin.isatty()
    secret = (click.prompt(f"Key of {provider}", hide_input=True, err=True) if asked else sys.stdin.read()).strip()
    if not secret:
        raise click.UsageError("The key is empty; pipe it in, or type it when asked.")
    body = {"provider_slug": provider, "alias": alias, "default_config": is_default or alias == "default"}
    with connect(state, config) as api:
        made = api.result("POST", _path(gateway), body={**body, "secret": secret})
        protected = api.result("GET", f"/gateways/{quote(gateway, safe='')}")["authentication"]
    click.echo(f"Stored the key {made['alias']} of {made['provider_slug']} for the gateway {gateway}.")
    if not protected:
        advice = f"`groundfog gateway set {gateway} --auth` changes that."
        click.echo(
            text.dim(f"Whoever reaches the server may call with it: the gateway wants no keys. {advice}"), err=True
        )


@keys.command("list")
@click.argument("gateway")
@options.as_json
@options.place
def list_keys(gateway: str, as_json: bool, state: Path | None, config: Path | None) -> None:
    """List the stored keys, without the keys themselves."""
    with connect(state, config) as api:
        rows = api.pages(_path(gateway))
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    if not rows:
        click.echo(f"The gateway {gateway} stores no key; `groundfog gateway keys add {gateway} PROVIDER` does.")
        return
    cells = [
        [
            row["provider_slug"],
            row["alias"],
            row["secret_preview"],
            "yes" if row["default_config"] else "",
            row["modified_at"][:16].replace("T", " "),
        ]
        for row in rows
    ]
    click.echo(text.table(["PROVIDER", "ALIAS", "KEY", "DEFAULT", "CHANGED (UTC)"], cells))


@keys.command()
@click.argument("gateway")
@click.argument("provider")
@click.option("--alias", default="default", show_default=True)
@options.place
def remove(gateway: str, provider: str, alias: str, state: Path | None, config: Path | None) -> None:
    """Remove a key. Calls that need it fail from then on."""
    with connect(state, config) as api:
        found = _find(api, gateway, provider, alias)
        api.result("DELETE", f"{_path(gateway)}/{quote(found['id'], safe='')}")
    click.echo(f"Removed the key {alias} of {found['provider_slug']} from the gateway {gateway}.")


def _find(api: Api, gateway: str, provider: str, alias: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = api.pages(_path(gateway))
    found = next((row for row in rows if row["alias"] == alias and row["provider_slug"] == provider), None)
    if found is None:
        have = ", ".join(f"{row['provider_slug']} ({row['alias']})" for row in rows) or "none"
        raise click.ClickException(f"There is no key {alias} of {provider} in the gateway {gateway}; there is: {have}.")
    return found


def _path(gateway: str) -> str:
    return f"/gateways/{quote(gateway, safe='')}/provider_configs"
