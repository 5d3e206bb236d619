"""Outside providers: a table of them as data, where each request goes, and with whose key."""

from __future__ import annotations

import re

from groundfog import errors
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.custom_providers import PREFIX, CustomProvider
from groundfog.gateway.providers.forms import FORMS, ends_in_version
from groundfog.gateway.providers.models import describe, model_of, wants_stream
from groundfog.gateway.providers.provider import Provider, load
from groundfog.gateway.providers.realtime import realtime_url
from groundfog.gateway.providers.target import Target
from groundfog.gateway.request import Step
from groundfog.settings import Settings

__all__ = ["Provider", "Providers", "Target", "model_of", "wants_stream"]

_VERSION_MARK = "{v1}"
_CREDENTIAL = re.compile(rb"auth|key|token|secret|cookie")
"""In the name of a fixed header that gives its sender rights."""
_CUSTOM = Provider(base="", usage="openai")
"""What is assumed of a custom provider: it speaks like OpenAI's."""


class Providers:
    """The table.

    A gateway's own `base_urls` are what its administrator set, so they may lead anywhere (a proxy, this machine).
    Custom providers and what a caller names may not, unless `settings.gateway_allow_private` (`_http`) says so.
    """

    def __init__(self, settings: Settings) -> None:
        self._table = load()
        self._allow_http = settings.gateway_allow_http
        self._allow_private = settings.gateway_allow_private

    def find(self, slug: str) -> Provider | None:
        """By slug or alias; None for custom providers and unknown ones."""
        return self._table.get(slug)

    def all(self) -> list[Provider]:
        """Each once, in the table's order."""
        return list({provider.slug: provider for provider in self._table.values()}.values())

    def name(self, step: Step) -> None:
        """Make the step's provider canonical, and set its model and stream. Raises INVALID_PROVIDER."""
        row = self._table.get(step.provider)
        if row is None:
            lower = step.provider.lower()
            row = self._table.get(lower)
            if row is None:
                if not lower.startswith(PREFIX):
                    raise errors.INVALID_PROVIDER(provider=step.provider)
                step.provider = lower
                describe(_CUSTOM, step)
                return
        step.provider = row.slug
        describe(row, step)

    def resolve(
        self, config: GatewayConfig, custom: CustomProvider | None, step: Step, *, websocket: bool = False
    ) -> Target:
        """Where a step goes. `custom` is the custom provider that the step names, if it names one.

        Raises INVALID_PROVIDER for what is unknown, switched off, or not a path of this provider.
        """
        row = self._table.get(step.provider)
        if row is None:
            return self._custom(custom, step)
        override = config.groundfog.base_urls.get(row.slug, "").rstrip("/")
        path = step.endpoint.lstrip("/")
        if websocket and row.realtime is not None:
            return realtime_url(row, override, step, path)
        return FORMS[row.form](row, override, step, path)

    def _custom(self, custom: CustomProvider | None, step: Step) -> Target:
        """`base_url` and the path behind it, verbatim; fixed headers win over the caller's (spec §1.7)."""
        if custom is None:
            raise errors.INVALID_PROVIDER(provider=step.provider)
        if not custom.enable:
            raise errors.INVALID_PROVIDER(provider=f"{step.provider} is switched off")
        if not self._allow_http and not custom.base_url.startswith("https://"):
            raise errors.INVALID_PROVIDER(
                provider=f"{step.provider} has an http:// address; GROUNDFOG_GATEWAY_ALLOW_HTTP=true allows it"
            )
        path = step.endpoint.lstrip("/")
        if path.startswith(_VERSION_MARK):
            version = "" if ends_in_version(custom.base_url) else "v1/"
            path = version + path.removeprefix(_VERSION_MARK)
        url = f"{custom.base_url}/{path}"
        if step.query:
            url = f"{url}?{step.query}"
        fixed = {name for name, _ in custom.sent_headers}
        headers = [pair for pair in step.headers if pair[0] not in fixed]
        headers.extend(custom.sent_headers)
        lends = any(_CREDENTIAL.search(name) for name in fixed)
        return Target(step.provider, url, headers, public_only=not self._allow_private, lends=lends)
