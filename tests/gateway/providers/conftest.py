"""A store with one gateway in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from groundfog.clock import SystemClock
from groundfog.gateway import schema
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.configs import Configs
from groundfog.gateway.providers.keys import ProviderKeys
from groundfog.settings import Settings
from groundfog.store import MIGRATIONS, Store

GATEWAY = {
    "id": "g",
    "cache_invalidate_on_update": True,
    "cache_ttl": 0,
    "collect_logs": True,
    "rate_limiting_interval": 0,
    "rate_limiting_limit": 0,
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path, gateway_provider_keys={"openai": "sk-operator", "google_ai_studio": "g-operator"})


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = Store(settings.state, migrations=(*MIGRATIONS, *schema.MIGRATIONS))
    yield store
    store.close()


@pytest.fixture
def configs(store: Store) -> Configs:
    return Configs(store, SystemClock())


@pytest.fixture
def config(configs: Configs) -> GatewayConfig:
    return configs.create("a", GATEWAY)


@pytest.fixture
def keys(store: Store, settings: Settings) -> ProviderKeys:
    return ProviderKeys(store, SystemClock(), settings)
