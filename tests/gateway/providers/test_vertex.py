"""Google service accounts: claims are signed, exchanged once, and fill project and region."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from groundfog.errors import GroundfogError
from groundfog.gateway.config import Extension, GatewayConfig
from groundfog.gateway.options import Options
from groundfog.gateway.providers import Providers
from groundfog.gateway.providers.credentials import Credentials
from groundfog.gateway.providers.keys import ProviderKeys
from groundfog.gateway.request import Headers, Step
from groundfog.gateway.upstream.base import UpstreamRequest
from groundfog.gateway.upstream.http import HttpUpstream
from groundfog.metering.ledger import Ledger
from groundfog.settings import Settings
from tests.support.fake_upstream import FakeUpstream, closed_port, json_answer
from tests.support.ledger import StillClock, ledger_database

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
ACCOUNT = {
    "type": "service_account",
    "client_email": "robot@p1.iam.gserviceaccount.com",
    "private_key": PEM,
    "private_key_id": "kid1",
    "project_id": "p1",
    "token_uri": "http://evil.example/token",
    "region": "europe-west4",
}
PATH = "v1/projects/{project}/locations/{region}/publishers/google/models/m:generateContent"


class Desk:
    def __init__(self, settings: Settings, keys: ProviderKeys, ledger: Ledger, google: FakeUpstream) -> None:
        self.clock = StillClock()
        self.http = HttpUpstream()
        self.google = google
        self.providers = Providers(settings)
        self.keys = keys
        self.url = google.url + "/token"
        self.credentials = Credentials(keys, ledger, self.clock, self.http, token_url=self.url)

    async def send(
        self, headers: Headers, endpoint: str = PATH, config: GatewayConfig | None = None
    ) -> UpstreamRequest:
        config = config or GatewayConfig(id="g", account="a")
        step = Step("google-vertex-ai", endpoint, "POST", headers, b"{}", Options())
        target = self.providers.resolve(config, None, step)
        sent = UpstreamRequest("a", "POST", target.url, target.headers, step.body)
        await self.credentials.apply(config, target, step, sent, None)
        return sent


@pytest.fixture
async def desk(settings: Settings, keys: ProviderKeys, config: GatewayConfig, tmp_path: Path) -> AsyncIterator[Desk]:
    async with FakeUpstream() as google:
        google.otherwise(json_answer({"access_token": "ya29.token", "expires_in": 3600}))
        with ledger_database(tmp_path) as store:
            desk = Desk(settings, keys, Ledger(store, StillClock()), google)
            yield desk
            await desk.http.aclose()


def bearer(account: Any = ACCOUNT, *, urlsafe: bool = False) -> Headers:
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    return [(b"authorization", b"Bearer " + encode(json.dumps(account).encode()))]


async def test_a_callers_account_becomes_a_token(desk: Desk) -> None:
    sent = await desk.send(bearer())
    assert sent.headers == [(b"authorization", b"Bearer ya29.token")]
    assert sent.url == (
        "https://europe-west4-aiplatform.googleapis.com/v1/projects/p1/locations/europe-west4"
        "/publishers/google/models/m:generateContent"
    )
    form = parse_qs(desk.google.requests[0].body.decode())
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    signed, _, signature = form["assertion"][0].rpartition(".")
    KEY.public_key().verify(_decode(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    header, claims = (json.loads(_decode(part)) for part in signed.split("."))
    assert header == {"alg": "RS256", "typ": "JWT", "kid": "kid1"}
    assert claims == {
        "iss": ACCOUNT["client_email"],
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "aud": desk.url,
        "iat": 1_800_000_000,
        "exp": 1_800_003_600,
    }


async def test_a_token_is_asked_for_once_and_renewed(desk: Desk) -> None:
    await asyncio.gather(*[desk.send(bearer(urlsafe=bool(number % 2))) for number in range(10)])
    assert len(desk.google.requests) == 1
    desk.clock.now += 3400
    await desk.send(bearer())
    assert len(desk.google.requests) == 1
    desk.clock.now += 100
    await desk.send(bearer())
    assert len(desk.google.requests) == 2


async def test_accounts_do_not_share_tokens(desk: Desk) -> None:
    """Who knows an account's e-mail but not its key gets no token of it."""
    await desk.send(bearer())
    with pytest.raises(GroundfogError, match="no RSA key"):
        await desk.send(bearer({**ACCOUNT, "private_key": "guess"}))


async def test_a_stored_account(desk: Desk) -> None:
    body = {"provider_slug": "google-vertex-ai", "alias": "default", "default_config": True}
    desk.keys.add("a", "g", {**body, "secret": json.dumps({**ACCOUNT, "region": "global"})})
    sent = await desk.send([])
    assert sent.url.startswith("https://aiplatform.googleapis.com/v1/projects/p1/locations/global/")
    assert sent.headers == [(b"authorization", b"Bearer ya29.token")]


async def test_an_access_token_goes_on_unchanged(desk: Desk) -> None:
    path = "v1/projects/p/locations/us-central1/publishers/google/models/m:x"
    sent = await desk.send([(b"authorization", b"Bearer ya29.mine")], path)
    assert sent.headers == [(b"authorization", b"Bearer ya29.mine")]
    assert desk.google.requests == []
    with pytest.raises(GroundfogError, match="project"):
        await desk.send([(b"authorization", b"Bearer ya29.mine")])


async def test_without_a_region_it_is_googles_first(desk: Desk) -> None:
    account = {name: value for name, value in ACCOUNT.items() if name != "region"}
    assert (await desk.send(bearer(account))).url.startswith("https://us-central1-aiplatform.googleapis.com/")


@pytest.mark.parametrize("changes", [{"region": "evil.example/"}, {"project_id": "p/../x"}])
async def test_an_account_does_not_choose_the_host(desk: Desk, changes: dict[str, str]) -> None:
    with pytest.raises(GroundfogError) as refused:
        await desk.send(bearer({**ACCOUNT, **changes}))
    assert refused.value.code == 2008


async def test_a_base_url_keeps_its_host(desk: Desk) -> None:
    extension = Extension(base_urls={"google-vertex-ai": "http://127.0.0.1:1"})
    sent = await desk.send(bearer(), config=GatewayConfig(id="g", account="a", groundfog=extension))
    assert sent.url.startswith("http://127.0.0.1:1/v1/projects/p1/locations/europe-west4/")


async def test_what_google_refuses(desk: Desk) -> None:
    desk.google.queue(json_answer({"error": "invalid_grant", "error_description": "Invalid JWT"}, status=400))
    with pytest.raises(GroundfogError, match="Invalid JWT") as refused:
        await desk.send(bearer())
    assert refused.value.code == 2005
    desk.google.queue(json_answer([1]))
    with pytest.raises(GroundfogError, match="HTTP 200"):
        await desk.send(bearer())
    assert (await desk.send(bearer())).headers, "a failure is not kept"


async def test_google_cannot_be_reached(desk: Desk, tmp_path: Path) -> None:
    with ledger_database(tmp_path) as store:
        url = f"http://127.0.0.1:{closed_port()}/token"
        desk.credentials = Credentials(desk.keys, Ledger(store, desk.clock), desk.clock, desk.http, token_url=url)
        with pytest.raises(GroundfogError, match="token endpoint"):
            await desk.send(bearer())


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
