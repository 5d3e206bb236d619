"""One provider as data, and the table of all of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType
from typing import Literal

import msgspec

Form = Literal["plain", "azure", "bedrock", "vertex", "baseten", "fal", "local"]
Models = Literal["body", "path", "query", "azure", "bedrock", "google", "vertex", "replicate", "baseten", "workers-ai"]


class Realtime(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Its WebSocket: `path` where the caller names none, `base` where it is not the provider's, `key` the parameter
    that takes the caller's `api_key`.
    """

    path: str = ""
    base: str = ""
    key: str = ""


class Provider(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of `table.toml`, which says what the fields mean. `auth` is in lower case."""

    slug: str = ""
    base: str
    aliases: tuple[str, ...] = ()
    version: str = ""
    rewrite: dict[str, str] = {}
    form: Form = "plain"
    auth: tuple[str, ...] = ("authorization",)
    scheme: str = "Bearer"
    query_keys: tuple[str, ...] = ()
    models: Models = "body"
    model_keys: tuple[str, ...] = ("model",)
    usage: str
    realtime: Realtime | None = None
    source: str = ""

    @property
    def local(self) -> bool:
        """Whether it is answered in this process."""
        return self.form == "local"


def load() -> Mapping[str, Provider]:
    """Every provider by its slug and its aliases."""
    text = (resources.files("groundfog.gateway.providers") / "table.toml").read_text(encoding="utf-8")
    table: dict[str, Provider] = {}
    for slug, row in tomllib.loads(text).items():
        provider = msgspec.convert({**row, "slug": slug}, Provider)
        for name in (slug, *provider.aliases):
            table[name] = provider
    return MappingProxyType(table)
