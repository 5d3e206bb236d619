"""Every part of the gateways, put together. Nothing is opened before it is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from groundfog.clock import Clock
from groundfog.gateway.cache import Cache
from groundfog.gateway.config import GatewayConfig, Otel
from groundfog.gateway.configs import Configs
from groundfog.gateway.custom_domains import CustomDomains
from groundfog.gateway.custom_providers import CustomProviders
from groundfog.gateway.evaluations import Evaluations
from groundfog.gateway.ids import Ids
from groundfog.gateway.parts import AskModel, Parts
from groundfog.gateway.policies import Policies
from groundfog.gateway.providers import Providers
from groundfog.gateway.providers.credentials import Credentials
from groundfog.gateway.providers.keys import ProviderKeys
from groundfog.gateway.records import Records
from groundfog.gateway.records.otel import Exporter
from groundfog.gateway.routing import AutoRouter, DynamicRoutes
from groundfog.gateway.service import Gateways
from groundfog.gateway.upstream.http import HttpUpstream
from groundfog.metering.ledger import Ledger
from groundfog.settings import Settings
from groundfog.store import Store


def gateways(
    settings: Settings, clock: Clock, store: Store, ask_model: AskModel, has_weights: Callable[[str], bool]
) -> Gateways:
    """`store` holds the settings of gateways; logs and limits, and kept answers, have databases of their own."""
    configs = Configs(store, clock)
    records = Records(settings.state, clock, settings)
    ledger = Ledger(records.store, clock)
    records.process = ledger.process
    records.retention = lambda account, gateway: _kept(configs, account, gateway)
    keys = ProviderKeys(store, clock, settings)
    http = HttpUpstream()
    exporter = Exporter(http, lambda account, gateway: _collectors(configs, account, gateway))
    records.listeners.append(exporter)
    records.closing.append(exporter.aclose)
    cache = Cache(settings.state, clock, settings.gateway_cache_bytes)
    configs.listeners.append(lambda old, new: _forget(cache, old, new))
    parts = Parts(
        settings=settings,
        clock=clock,
        ids=Ids(clock),
        configs=configs,
        custom_providers=CustomProviders(
            store, clock, allow_http=settings.gateway_allow_http, allow_private=settings.gateway_allow_private
        ),
        records=records,
        ledger=ledger,
        providers=Providers(settings),
        keys=keys,
        credentials=Credentials(keys, ledger, clock, http),
        cache=cache,
        http=http,
        local=None,
        ask_model=ask_model,
        has_weights=has_weights,
        policies=Policies(store, clock),
        routes=DynamicRoutes(store, clock, ledger),
        auto_router=AutoRouter(clock, configs, keys.has, has_weights),
        domains=CustomDomains(store, clock),
        evaluations=Evaluations(store, clock),
    )
    return Gateways(parts)


def _collectors(configs: Configs, account: str, gateway: str) -> tuple[Otel, ...] | None:
    """Where a gateway's spans go."""
    config = configs.get(account, gateway)
    return None if config is None else config.otel


def _kept(
    configs: Configs, account: str, gateway: str
) -> tuple[int, Literal["STOP_INSERTING", "DELETE_OLDEST"]] | None:
    """How many logs a gateway keeps, and what happens at that number."""
    config = configs.get(account, gateway)
    if config is None or config.log_management is None:
        return None
    return config.log_management, config.log_management_strategy or "DELETE_OLDEST"


def _forget(cache: Cache, old: GatewayConfig, new: GatewayConfig | None) -> None:
    """Answers that no request can find any more give their bytes back at once."""
    if new is None or new.cache_generation != old.cache_generation:
        cache.clear(old.account, old.id)
