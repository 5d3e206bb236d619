"""Where the SDK connects to: arguments first, then GROUNDFOG_*, then Cloudflare's variables."""

from __future__ import annotations

import dataclasses
import os

DEFAULT_TIMEOUT_S = 300.0
DEFAULT_MAX_RETRIES = 2
DEFAULT_ACCOUNT = "local"


@dataclasses.dataclass(frozen=True, slots=True)
class Configuration:
    """`url` None: a platform in this process."""

    url: str | None
    account: str | None
    api_key: str | None


def configured(url: str | None, account: str | None, api_key: str | None) -> Configuration:
    """`GROUNDFOG_URL`, `GROUNDFOG_ACCOUNT` and `GROUNDFOG_API_KEY`; without them `CLOUDFLARE_API_BASE_URL`,
    `CLOUDFLARE_ACCOUNT_ID` and `CLOUDFLARE_API_TOKEN`.
    """
    return Configuration(
        url or _first("GROUNDFOG_URL", "CLOUDFLARE_API_BASE_URL"),
        account or _first("GROUNDFOG_ACCOUNT", "CLOUDFLARE_ACCOUNT_ID"),
        api_key or _first("GROUNDFOG_API_KEY", "CLOUDFLARE_API_TOKEN"),
    )


def _first(*names: str) -> str | None:
    return next((value for name in names if (value := os.environ.get(name))), None)
