"""With whose key a provider is asked: the caller's, a stored one, or the operator's (spec ai-gateway §3.3)."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from groundfog import errors
from groundfog.clock import Clock
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.providers.forms import MANTLE, REGION, region_label, vertex_base
from groundfog.gateway.providers.keys import ProviderKeys, StoredKey
from groundfog.gateway.providers.provider import Provider
from groundfog.gateway.providers.sigv4 import AwsKey, sign
from groundfog.gateway.providers.target import Target
from groundfog.gateway.providers.vertex import TOKEN_URL, Tokens, service_account
from groundfog.gateway.record import Draft
from groundfog.gateway.request import Step
from groundfog.gateway.upstream.base import Upstream, UpstreamRequest
from groundfog.metering.ledger import Claim, Ledger, LimitReached

_CUSTOM_AUTH = ("authorization", "x-api-key", "api-key", "x-goog-api-key", "xi-api-key")
_CUSTOM = Provider(base="", usage="openai", auth=_CUSTOM_AUTH)
DEFAULT_PERIOD_S = 60
"""Of a stored key's rate limit that names none."""
_AWS_REGION, _GOOGLE_REGION = "us-east-1", "us-central1"


class Credentials:
    """Puts a key on what is about to be sent. A key goes to the host that the target names, and nowhere else."""

    def __init__(
        self, keys: ProviderKeys, ledger: Ledger, clock: Clock, http: Upstream, *, token_url: str = TOKEN_URL
    ) -> None:
        self._keys = keys
        self._ledger = ledger
        self._clock = clock
        self._tokens = Tokens(http, clock, token_url)

    async def apply(
        self,
        config: GatewayConfig,
        target: Target,
        step: Step,
        sent: UpstreamRequest,
        draft: Draft | None,
        *,
        known: bool = True,
    ) -> None:
        """Edit `sent`: headers, and the URL where the credentials say project or region. Once for each attempt.

        Who is not `known` is lent nothing: stored keys are for authenticated callers (spec §3.3).

        Raises GATEWAY_UNAUTHORIZED, NO_SUCH_ALIAS, BYOK_ONLY, NO_CREDENTIALS, KEY_RATE_LIMITED, KEYS_UNAVAILABLE,
        PROVIDER_FAILED (no token from Google).
        """
        if target.lends and not known:
            raise errors.GATEWAY_UNAUTHORIZED()
        row = target.row
        sent.public_only = target.public_only
        if row is not None and row.local:
            return
        auth = row or _CUSTOM
        sent.secrets = tuple(name.encode() for name in auth.auth)
        given = _given(auth, sent)
        if given is None:
            if not known and self._keys.has(config.account, config.id, target.slug):
                raise errors.GATEWAY_UNAUTHORIZED()
            given = await self._own(config, target, step, draft)
            if given is None:
                return
            _inject(auth, sent, given)
        if row is not None and row.form == "bedrock":
            self._bedrock(target, sent, given)
        elif row is not None and row.form == "vertex":
            await self._vertex(target, sent, given)

    async def _own(self, config: GatewayConfig, target: Target, step: Step, draft: Draft | None) -> str | None:
        """A stored key, else the operator's; None for a custom provider without any, which may need none."""
        options = step.options
        stored = self._keys.find(config.account, config.id, target.slug, options.byok_alias)
        if stored is not None:
            if stored.rate_limit:
                await self._count(target.slug, stored, draft)
            return self._keys.secret(stored)
        if target.row is None:
            return None
        if config.byok_only or options.no_wholesale:
            raise errors.BYOK_ONLY(provider=target.slug)
        # An address that the gateway's administrator chose must not be sent what is the operator's.
        operator = None if target.overridden else self._keys.operator(target.slug)
        if operator is None:
            raise errors.NO_CREDENTIALS(provider=target.slug)
        if draft is not None:
            draft.record.wholesale = True
        return operator

    async def _count(self, provider: str, stored: StoredKey, draft: Draft | None) -> None:
        """A key's own rate limit: each attempt with it counts, in every process. Raises KEY_RATE_LIMITED."""
        period = round(stored.rate_limit_period or DEFAULT_PERIOD_S) or 1
        claims = (Claim(f"key:{stored.id}:{period}", max(1, int(stored.rate_limit or 0)), period, "fixed"),)
        reservation = self._ledger.try_reserve(claims, 1)
        if reservation is None:
            try:
                reservation = await self._ledger.reserve(claims, 1)
            except LimitReached as reached:
                raise errors.KEY_RATE_LIMITED(provider=provider, retry_after=reached.retry_after) from reached
        settlements = reservation.settle(1)
        if draft is not None:
            draft.record.settlements += settlements

    def _bedrock(self, target: Target, sent: UpstreamRequest, key: str) -> None:
        """AWS keys sign; a Bedrock key is a bearer, which Mantle takes as `x-api-key` (spec §1.6)."""
        aws = _aws_key(key)
        region = target.region
        if region == REGION:
            region = region_label(aws.region if aws is not None else _AWS_REGION)
            sent.url = sent.url.replace(REGION, region, 2)
        if aws is not None:
            _drop(sent, b"authorization", b"x-api-key")
            added = sign(
                sent.method, sent.url, sent.headers, sent.body, aws, target.service, region, self._clock.time()
            )
            sent.headers.extend(added)
        elif target.service == MANTLE and not key.startswith("AWS4-"):
            _drop(sent, b"authorization", b"x-api-key")
            sent.headers.append((b"x-api-key", key.encode("latin-1", "replace")))

    async def _vertex(self, target: Target, sent: UpstreamRequest, key: str) -> None:
        """A service account is exchanged for a token; the account fills project and region."""
        account = service_account(key)
        project = account.project_id if account is not None else ""
        if target.region == REGION:
            region = region_label((account.region if account is not None else "") or _GOOGLE_REGION)
            if not target.overridden:
                sent.url = vertex_base(region) + sent.url[sent.url.index("/", 8) :]
            sent.url = sent.url.replace(REGION, region)
        if "{project}" in sent.url:
            if not project:
                raise errors.NO_CREDENTIALS(provider=f"{target.slug} with a project (a service account's JSON)")
            sent.url = sent.url.replace("{project}", region_label(project))
        if account is not None:
            token = await self._tokens.get(account)
            _drop(sent, b"authorization")
            sent.headers.append((b"authorization", f"Bearer {token}".encode()))


def _given(provider: Provider, sent: UpstreamRequest) -> str | None:
    """The caller's own key, without its scheme. An empty one (`Bearer `) is none, and is dropped."""
    names = provider.auth
    for index, (name, value) in enumerate(sent.headers):
        text = name.decode("latin-1")
        if text in names:
            key = value.decode("latin-1").strip()
            scheme, _, rest = key.partition(" ")
            if text == "authorization" and scheme.lower() in ("bearer", "token", "key", "api-key", "basic"):
                key = rest.strip()
            if key:
                return key
            del sent.headers[index]
            return _given(provider, sent)
    if provider.query_keys:
        for part in urlsplit(sent.url).query.split("&"):
            parameter, _, given = part.partition("=")
            if given and parameter in provider.query_keys:
                return given
    return None


def _inject(provider: Provider, sent: UpstreamRequest, key: str) -> None:
    scheme = provider.scheme
    if scheme and not key.lower().startswith(f"{scheme.lower()} "):
        key = f"{scheme} {key}"
    sent.headers.append((provider.auth[0].encode(), key.encode("latin-1", "replace")))


def _drop(sent: UpstreamRequest, *names: bytes) -> None:
    sent.headers = [pair for pair in sent.headers if pair[0] not in names]


def _aws_key(text: str) -> AwsKey | None:
    if not text.startswith("{"):
        return None
    try:
        return msgspec.json.decode(text, type=AwsKey)
    except msgspec.DecodeError:
        return None
