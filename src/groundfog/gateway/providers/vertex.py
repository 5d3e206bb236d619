"""Google service accounts: a signed claim is exchanged for an access token, which is kept until it is nearly over."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import importlib
from typing import Any
from urllib.parse import urlencode

import msgspec
import orjson

from groundfog import errors
from groundfog.clock import Clock
from groundfog.gateway.upstream.base import Upstream, UpstreamRequest

TOKEN_URL = "https://oauth2.googleapis.com/token"
"""The account's own `token_uri` is not asked: a caller could let it lead anywhere."""
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
LIFETIME_S = 3600
EARLY_S = 120
"""A token is renewed this long before its end."""
MOST_TOKENS = 1024
_TIMEOUT_S = 10.0


class ServiceAccount(msgspec.Struct, frozen=True):
    """What is needed of the JSON document; `region` is the gateway's addition (spec §1.6)."""

    client_email: str
    private_key: str
    project_id: str = ""
    private_key_id: str = ""
    region: str = ""


def service_account(text: str) -> ServiceAccount | None:
    """From JSON, or the base64 of JSON; None when it is neither, so it is an access token."""
    document = text.strip().encode("latin-1", "replace")
    if not document.startswith(b"{"):
        try:
            document = base64.b64decode(document + b"=" * (-len(document) % 4), altchars=b"-_", validate=True)
        except ValueError:
            return None
    try:
        return msgspec.json.decode(document, type=ServiceAccount)
    except msgspec.DecodeError:
        return None


class Tokens:
    """Access tokens by account. Callers that need the same one at the same time wait for one exchange."""

    def __init__(self, upstream: Upstream, clock: Clock, url: str = TOKEN_URL) -> None:
        self._upstream = upstream
        self._clock = clock
        self._url = url
        self._kept: dict[bytes, tuple[str, float]] = {}
        self._pending: dict[bytes, asyncio.Task[str]] = {}

    async def get(self, account: ServiceAccount) -> str:
        """Raises PROVIDER_FAILED when Google refuses, KEYS_UNAVAILABLE without the package `cryptography`."""
        key = hashlib.sha256(f"{account.client_email}\n{account.private_key}".encode()).digest()
        kept = self._kept.get(key)
        if kept is not None and kept[1] > self._clock.time():
            return kept[0]
        task = self._pending.get(key)
        if task is None:
            task = self._pending[key] = asyncio.create_task(self._exchange(key, account))
            task.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(task)

    def _forget(self, key: bytes, done: asyncio.Task[str]) -> None:
        self._pending.pop(key, None)
        if not done.cancelled():
            done.exception()  # Whoever still waits has it; nobody may be left.

    async def _exchange(self, key: bytes, account: ServiceAccount) -> str:
        now = self._clock.time()
        form = urlencode(
            {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": self._assertion(account, now)}
        )
        request = UpstreamRequest(
            "",
            "POST",
            self._url,
            [(b"content-type", b"application/x-www-form-urlencoded"), (b"accept-encoding", b"identity")],
            form.encode(),
            first_byte_s=_TIMEOUT_S,
        )
        try:
            response = await self._upstream.send(request)
            body = response.body
            if body is None:
                assert response.chunks is not None
                body = b"".join([chunk async for chunk in response.chunks])
        except OSError as error:
            raise errors.PROVIDER_FAILED(what=f"Google's token endpoint: {error}") from error
        answer = _object(body)
        token = answer.get("access_token")
        if response.status != 200 or not isinstance(token, str):
            why = answer.get("error_description") or answer.get("error") or f"HTTP {response.status}"
            raise errors.PROVIDER_FAILED(what=f"Google refuses the service account: {why}")
        seconds = answer.get("expires_in")
        lifetime = seconds if isinstance(seconds, int | float) else LIFETIME_S
        if len(self._kept) >= MOST_TOKENS:
            self._kept = {name: entry for name, entry in self._kept.items() if entry[1] > now}
        self._kept[key] = (token, now + max(lifetime - EARLY_S, 0))
        return token

    def _assertion(self, account: ServiceAccount, now: float) -> str:
        """A JWT signed with RS256 (RFC 7523)."""
        header = {"alg": "RS256", "typ": "JWT"} | ({"kid": account.private_key_id} if account.private_key_id else {})
        claims = {
            "iss": account.client_email,
            "scope": SCOPE,
            "aud": self._url,
            "iat": int(now),
            "exp": int(now) + LIFETIME_S,
        }
        signed = f"{_base64url(orjson.dumps(header))}.{_base64url(orjson.dumps(claims))}"
        return f"{signed}.{_base64url(_rs256(account.private_key, signed.encode()))}"


def _rs256(private_key: str, message: bytes) -> bytes:
    try:
        serialization = importlib.import_module("cryptography.hazmat.primitives.serialization")
    except ImportError:
        raise errors.KEYS_UNAVAILABLE(what="the package cryptography is not installed") from None
    padding = importlib.import_module("cryptography.hazmat.primitives.asymmetric.padding")
    hashes = importlib.import_module("cryptography.hazmat.primitives.hashes")
    try:
        key = serialization.load_pem_private_key(private_key.encode(), password=None)
        signature: bytes = key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    except (ValueError, TypeError, AttributeError):
        raise errors.PROVIDER_FAILED(what="the service account's private_key is no RSA key in PEM") from None
    return signature


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}
