"""With whose key a provider is asked: the caller's, then a stored one, then the operator's (spec ai-gateway §3.3)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from groundfog.errors import GroundfogError
from groundfog.gateway.config import Extension, GatewayConfig
from groundfog.gateway.custom_providers import CustomProvider
from groundfog.gateway.options import Options
from groundfog.gateway.providers import Providers
from groundfog.gateway.providers.credentials import Credentials
from groundfog.gateway.providers.keys import ProviderKeys
from groundfog.gateway.record import Draft, Record
from groundfog.gateway.request import Headers, Step
from groundfog.gateway.upstream.base import UpstreamRequest, UpstreamResponse
from groundfog.metering.ledger import Ledger
from groundfog.settings import Settings
from tests.support.ledger import StillClock, ledger_database

AWS = {"accessKeyId": "AKID", "secretAccessKey": "SECRET", "region": "eu-central-1"}
BEDROCK = "bedrock-runtime/{region}/model/m/converse"


class NobodyUpstream:
    async def send(self, request: UpstreamRequest) -> UpstreamResponse:
        raise AssertionError(f"{request.url} was asked")


class Desk:
    """Resolves a step and puts a key on it, as an attempt does."""

    def __init__(self, settings: Settings, keys: ProviderKeys, ledger: Ledger) -> None:
        self.providers = Providers(settings)
        self.keys = keys
        self.credentials = Credentials(keys, ledger, StillClock(), NobodyUpstream())
        self.draft = Draft(Record(id="1", account="a", gateway="g", created_at=0, provider=""))

    def store(self, provider: str, secret: Any, alias: str = "default", **rest: Any) -> None:
        text = secret if isinstance(secret, str) else json.dumps(secret)
        body = {"provider_slug": provider, "alias": alias, "default_config": False, "secret": text, **rest}
        self.keys.add("a", "g", body)

    async def send(
        self,
        provider: str,
        endpoint: str = "v1/x",
        headers: Headers | None = None,
        config: GatewayConfig | None = None,
        custom: CustomProvider | None = None,
        **options: Any,
    ) -> UpstreamRequest:
        config = config or GatewayConfig(id="g", account="a")
        path, _, query = endpoint.partition("?")
        step = Step(provider, path, "POST", headers or [], b"{}", Options(**options), query)
        target = self.providers.resolve(config, custom, step)
        sent = UpstreamRequest("a", "POST", target.url, target.headers, step.body)
        await self.credentials.apply(config, target, step, sent, self.draft)
        return sent

    async def headers(self, *given: Any, **rest: Any) -> dict[str, str]:
        sent = await self.send(*given, **rest)
        return {name.decode(): value.decode() for name, value in sent.headers}


@pytest.fixture
async def desk(settings: Settings, keys: ProviderKeys, config: GatewayConfig, tmp_path: Path) -> AsyncIterator[Desk]:
    with ledger_database(tmp_path) as store:
        ledger = Ledger(store, StillClock())
        yield Desk(settings, keys, ledger)
        await ledger.stop()


async def test_the_callers_key_goes_on_unchanged(desk: Desk) -> None:
    desk.store("openai", "sk-stored")
    sent = await desk.send("openai", headers=[(b"authorization", b"Bearer sk-mine"), (b"x", b"1")], byok_alias="nope")
    assert sent.headers == [(b"authorization", b"Bearer sk-mine"), (b"x", b"1")]
    assert not desk.draft.record.wholesale


@pytest.mark.parametrize(
    ("provider", "header"),
    [
        ("anthropic", b"x-api-key"),
        ("anthropic", b"authorization"),
        ("google-ai-studio", b"x-goog-api-key"),
        ("google-ai-studio", b"authorization"),
        ("elevenlabs", b"xi-api-key"),
        ("ideogram", b"api-key"),
        ("cartesia", b"x-api-key"),
    ],
)
async def test_the_callers_key_may_stand_in_the_providers_header(desk: Desk, provider: str, header: bytes) -> None:
    desk.store(provider, "stored-key-of-provider")
    assert (await desk.send(provider, headers=[(header, b"mine")])).headers == [(header, b"mine")]


async def test_googles_key_may_stand_in_the_query(desk: Desk) -> None:
    desk.store("google-ai-studio", "stored")
    sent = await desk.send("google-ai-studio", "v1beta/models/m:x?key=mine")
    assert sent.headers == []
    assert sent.url.endswith("?key=mine")


@pytest.mark.parametrize("empty", [b"Bearer ", b"Bearer", b"", b"  "])
async def test_an_empty_key_is_none(desk: Desk, empty: bytes) -> None:
    desk.store("openai", "sk-stored")
    headers = await desk.headers("openai", headers=[(b"authorization", empty)])
    assert headers == {"authorization": "Bearer sk-stored"}


@pytest.mark.parametrize(
    ("provider", "header", "value"),
    [
        ("openai", "authorization", "Bearer KEY"),
        ("anthropic", "x-api-key", "KEY"),
        ("google-ai-studio", "x-goog-api-key", "KEY"),
        ("elevenlabs", "xi-api-key", "KEY"),
        ("deepgram", "authorization", "Token KEY"),
        ("fal", "authorization", "Key KEY"),
        ("ideogram", "api-key", "KEY"),
        ("cartesia", "x-api-key", "KEY"),
        ("parallel", "x-api-key", "KEY"),
        ("replicate", "authorization", "Bearer KEY"),
        ("cohere", "authorization", "Bearer KEY"),
    ],
)
async def test_a_stored_key_goes_into_the_providers_header(desk: Desk, provider: str, header: str, value: str) -> None:
    desk.store(provider, "KEY")
    assert await desk.headers(provider) == {header: value}
    assert not desk.draft.record.wholesale


async def test_azure(desk: Desk) -> None:
    desk.store("azure-openai", "KEY")
    assert await desk.headers("azure-openai", "r/d/chat/completions") == {"api-key": "KEY"}


async def test_aliases(desk: Desk) -> None:
    desk.store("openai", "one", "one")
    desk.store("openai", "two", "two", default_config=True)
    assert await desk.headers("openai", byok_alias="one") == {"authorization": "Bearer one"}
    assert await desk.headers("openai") == {"authorization": "Bearer two"}
    with pytest.raises(GroundfogError) as refused:
        await desk.send("openai", byok_alias="three")
    assert (refused.value.code, refused.value.status) == (2040, 400)
    assert "one, two" in refused.value.description


async def test_the_operators_key_is_last(desk: Desk) -> None:
    assert await desk.headers("openai") == {"authorization": "Bearer sk-operator"}
    assert desk.draft.record.wholesale


@pytest.mark.parametrize("how", ["config", "header"])
async def test_own_keys_only(desk: Desk, how: str) -> None:
    config = GatewayConfig(id="g", account="a", byok_only=how == "config")
    with pytest.raises(GroundfogError) as refused:
        await desk.send("openai", config=config, no_wholesale=how == "header")
    assert (refused.value.code, refused.value.status) == (2021, 400)
    desk.store("openai", "sk-stored")
    headers = await desk.headers("openai", config=config, no_wholesale=how == "header")
    assert headers == {"authorization": "Bearer sk-stored"}


async def test_no_key_at_all(desk: Desk) -> None:
    with pytest.raises(GroundfogError) as refused:
        await desk.send("anthropic")
    assert (refused.value.code, refused.value.status) == (2021, 402)


async def test_the_operators_key_is_not_sent_where_a_gateway_points(desk: Desk) -> None:
    """Who may set a gateway's base URL must not be able to read the operator's key there."""
    config = GatewayConfig(id="g", account="a", groundfog=Extension(base_urls={"openai": "https://evil.example"}))
    with pytest.raises(GroundfogError) as refused:
        await desk.send("openai", config=config)
    assert refused.value.code == 2021
    desk.store("openai", "sk-stored")
    assert await desk.headers("openai", config=config) == {"authorization": "Bearer sk-stored"}


async def test_local_models_need_none(desk: Desk) -> None:
    sent = await desk.send("workers-ai", "@cf/a/b", config=GatewayConfig(id="g", account="a", byok_only=True))
    assert sent.headers == []


async def test_custom_providers(desk: Desk) -> None:
    custom = CustomProvider(id="1", account="a", slug="acme", name="A", base_url="https://h", enable=True)
    sent = await desk.send("custom-acme", custom=custom, no_wholesale=True)
    assert (sent.headers, sent.public_only) == ([], True)
    desk.store("custom-acme", "KEY")
    assert await desk.headers("custom-acme", custom=custom) == {"authorization": "Bearer KEY"}
    mine = [(b"x-api-key", b"mine")]
    assert (await desk.send("custom-acme", headers=list(mine), custom=custom)).headers == mine


async def test_stored_aws_keys_sign_for_their_region(desk: Desk) -> None:
    desk.store("aws-bedrock", {**AWS, "sessionToken": "T"})
    sent = await desk.send("aws-bedrock", BEDROCK, [(b"content-type", b"application/json")])
    assert sent.url == "https://bedrock-runtime.eu-central-1.amazonaws.com/model/m/converse"
    headers = {name.decode(): value.decode() for name, value in sent.headers}
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/20270115/eu-central-1/bedrock/")
    assert "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token" in headers["authorization"]
    assert headers["x-amz-security-token"] == "T"
    assert "SECRET" not in str(sent.headers)


async def test_a_region_in_the_path_wins(desk: Desk) -> None:
    desk.store("aws-bedrock", AWS)
    sent = await desk.send("aws-bedrock", "bedrock-mantle/us-east-2/anthropic/v1/messages")
    assert sent.url == "https://bedrock-mantle.us-east-2.api.aws/anthropic/v1/messages"
    assert b"/us-east-2/bedrock-mantle/aws4_request" in dict(sent.headers)[b"authorization"]


async def test_bedrocks_own_keys(desk: Desk) -> None:
    desk.store("aws-bedrock", "bedrock-key")
    sent = await desk.send("aws-bedrock", BEDROCK)
    assert sent.url.startswith("https://bedrock-runtime.us-east-1.")
    assert sent.headers == [(b"authorization", b"Bearer bedrock-key")]
    mantle = "bedrock-mantle/us-east-1/anthropic/v1/messages"
    assert (await desk.send("aws-bedrock", mantle)).headers == [(b"x-api-key", b"bedrock-key")]
    mine = [(b"authorization", b"Bearer mine")]
    assert (await desk.send("aws-bedrock", mantle, mine)).headers == [(b"x-api-key", b"mine")]


async def test_a_callers_own_signature_stays(desk: Desk) -> None:
    desk.store("aws-bedrock", AWS)
    mine = [(b"authorization", b"AWS4-HMAC-SHA256 Credential=X/1"), (b"x-amz-date", b"20260101T000000Z")]
    for endpoint in ("bedrock-runtime/us-east-1/model/m/invoke", "bedrock-mantle/us-east-1/anthropic/v1/messages"):
        assert (await desk.send("aws-bedrock", endpoint, list(mine))).headers == mine


async def test_a_stored_keys_rate_limit(desk: Desk) -> None:
    desk.store("openai", "sk-stored", rate_limit=2, rate_limit_period=60)
    for _ in range(2):
        await desk.send("openai")
    with pytest.raises(GroundfogError) as refused:
        await desk.send("openai")
    assert refused.value.status == 429
    assert refused.value.retry_after is not None
    assert sum(settlement.amount for settlement in desk.draft.record.settlements) == 2
    await desk.send("openai", headers=[(b"authorization", b"Bearer mine")])


async def test_secrets_are_named(desk: Desk) -> None:
    assert (await desk.send("openai")).secrets == (b"authorization",)
