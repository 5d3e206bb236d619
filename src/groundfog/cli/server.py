"""The running server, as commands find it: its URL, and small JSON requests to it."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from typing import Any

import click

KEY_VARIABLES = ("GROUNDFOG_API_KEY", "CLOUDFLARE_API_TOKEN")


def url(host: str, port: int) -> str:
    """`GROUNDFOG_URL`, or the address of the settings."""
    given = os.environ.get("GROUNDFOG_URL")
    if given:
        return given.rstrip("/")
    return f"http://{address(host, port)}"


def address(host: str, port: int) -> str:
    """`HOST:PORT` at which this machine reaches a server with these settings."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"{shown}:{port}"


def get(base: str, path: str, timeout_s: float = 10.0) -> Any:
    """The `result` of an enveloped GET. A server that is away or refuses becomes a sentence."""
    request = urllib.request.Request(base + path)
    key = next((os.environ[name] for name in KEY_VARIABLES if os.environ.get(name)), None)
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:
            return json.load(answer)["result"]
    except urllib.error.HTTPError as error:
        with error:
            if error.code in (401, 403):
                raise click.ClickException(
                    f"The server at {base} wants a key with the admin scope. Make one with "
                    "`groundfog keys create --scope admin` and set GROUNDFOG_API_KEY to it."
                ) from None
            raise click.ClickException(f"The server at {base} answered {error.code}.") from None
    except OSError as error:
        reason = getattr(error, "reason", error)
        raise click.ClickException(
            f"No server answers at {base} ({reason}). Start one with `groundfog serve`, or set GROUNDFOG_URL."
        ) from None
