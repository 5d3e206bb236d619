"""What the stages of every gateway are made of; built once by the platform."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groundfog.clock import Clock
    from groundfog.gateway.cache import Cache
    from groundfog.gateway.configs import Configs
    from groundfog.gateway.custom_domains import CustomDomains
    from groundfog.gateway.custom_providers import CustomProviders
    from groundfog.gateway.evaluations import Evaluations
    from groundfog.gateway.ids import Ids
    from groundfog.gateway.policies import Policies
    from groundfog.gateway.providers import Providers
    from groundfog.gateway.providers.credentials import Credentials
    from groundfog.gateway.providers.keys import ProviderKeys
    from groundfog.gateway.records import Records
    from groundfog.gateway.routing import AutoRouter, DynamicRoutes
    from groundfog.gateway.upstream.base import Upstream
    from groundfog.gateway.upstream.http import HttpUpstream
    from groundfog.metering.ledger import Ledger
    from groundfog.settings import Settings

AskModel = Callable[[str, str, dict[str, Any]], Awaitable[Any]]
"""`ask(account, model id, native inputs)` gives a local model's native output. Raises `GroundfogError`."""


@dataclasses.dataclass(slots=True)
class Parts:
    settings: Settings
    clock: Clock
    ids: Ids
    configs: Configs
    custom_providers: CustomProviders
    records: Records
    ledger: Ledger
    providers: Providers
    keys: ProviderKeys
    credentials: Credentials
    cache: Cache
    http: HttpUpstream
    local: Upstream | None
    """Local models as a provider; a dialect brings it, since it speaks in bytes."""
    ask_model: AskModel
    has_weights: Callable[[str], bool]
    """Whether a local model is answered by its own weights."""
    policies: Policies
    routes: DynamicRoutes
    auto_router: AutoRouter
    domains: CustomDomains
    evaluations: Evaluations
