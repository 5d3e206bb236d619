"""`groundfog keys`."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from groundfog.cli import options, text

if TYPE_CHECKING:
    from groundfog.store import Keys, Scope

UNITS = {"m": 60, "h": 3600, "d": 86_400}


class Duration(click.ParamType[float]):
    """`30d`, `12h`, `90m` → seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found = re.fullmatch(r"(\d+)([mhd])", str(value))
        if found is None:
            self.fail(f"{value} is not a duration; write 90m, 12h or 30d.", param, ctx)
        return float(int(found[1]) * UNITS[found[2]])


@click.group()
def keys() -> None:
    """Make, list and revoke API keys. Without any key the server serves this machine only."""


@keys.command()
@click.argument("name", default="")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(["run", "read", "admin"]), help="Repeatable.")
@click.option("--account", "accounts", multiple=True, help="Account that the key is for; repeatable.  [default: any]")
@click.option("--expires", type=Duration(), help="Time until the key ends: 90m, 12h, 30d.  [default: never]")
@options.place
def create(
    name: str,
    scopes: tuple[Scope, ...],
    accounts: tuple[str, ...],
    expires: float | None,
    state: Path | None,
    config: Path | None,
) -> None:
    """Make a key. The secret is the only line on standard output, and is shown this once.

    Scopes: run (models), read (lists), admin (processes); run and read unless said otherwise.
    """
    with _keys(state, config) as table:
        until = None if expires is None else time.time() + expires
        key, secret = table.create(
            name, scopes=scopes or ("run", "read"), accounts=accounts or ("*",), expires_at=until
        )
    click.echo(secret)
    about = f"Key {key.id} may {', '.join(key.scopes)} for {_accounts(key.accounts)}, {_until(key.expires_at)}."
    click.echo(text.dim(f"{about} Keep the secret now: only its digest is stored."), err=True)


@keys.command("list")
@options.as_json
@options.place
def list_keys(as_json: bool, state: Path | None, config: Path | None) -> None:
    """List the keys, without their secrets."""
    with _keys(state, config) as table:
        rows = table.list()
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2))
        return
    if not rows:
        click.echo("There are no keys: the server serves this machine only. `groundfog keys create` makes one.")
        return
    now = time.time()
    cells = [
        [
            key.id,
            key.name or "-",
            ",".join(key.scopes),
            ",".join(key.accounts),
            _date(key.created_at),
            _date(key.last_used_at) if key.last_used_at else "never",
            text.good("valid") if key.is_valid(now) else text.bad("revoked" if key.revoked_at else "expired"),
        ]
        for key in rows
    ]
    click.echo(text.table(["ID", "NAME", "SCOPES", "ACCOUNTS", "MADE", "LAST USED", "STATE"], cells))


@keys.command()
@click.argument("key")
@options.place
def revoke(key: str, state: Path | None, config: Path | None) -> None:
    """Revoke a key, by its id or by the secret itself. Running servers refuse it from then on."""
    with _keys(state, config) as table:
        found = table.revoke(key)
    if found is None:
        raise click.ClickException(f"There is no key {key}. `groundfog keys list` shows them.")
    click.echo(f"Revoked {found.id}{f' ({found.name})' if found.name else ''}.")


@contextmanager
def _keys(state: Path | None, config: Path | None) -> Iterator[Keys]:
    from groundfog.store import Keys, Store

    store = Store(options.settings(state, config).state)
    try:
        yield Keys(store)
    finally:
        store.close()


def _accounts(accounts: tuple[str, ...]) -> str:
    return "any account" if "*" in accounts else f"account {', '.join(accounts)}"


def _until(moment: float | None) -> str:
    return "without end" if moment is None else f"until {_date(moment)}"


def _date(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment).astimezone().strftime("%Y-%m-%d %H:%M")
