"""Where a step goes."""

from __future__ import annotations

import dataclasses

from groundfog.gateway.providers.provider import Provider
from groundfog.gateway.request import Headers


@dataclasses.dataclass(slots=True)
class Target:
    """`url` may still have `{region}` and `{project}` in it, which the credentials fill. `headers` is its own list.

    `row` is None for a custom provider. `public_only`: the caller named the host, so it must not be a private one.
    `overridden`: the host is the gateway's own choice and not the table's. `lends`: the headers have a
    credential that is the account's. `service` and `region` are AWS's.
    """

    slug: str
    url: str
    headers: Headers
    row: Provider | None = None
    public_only: bool = False
    overridden: bool = False
    lends: bool = False
    service: str = ""
    region: str = ""
