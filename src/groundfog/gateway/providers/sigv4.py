"""AWS Signature Version 4, for Bedrock."""

from __future__ import annotations

import datetime
import hashlib
import hmac
from urllib.parse import quote, unquote, urlsplit

import msgspec

from groundfog.gateway.request import Headers

_ALGORITHM = "AWS4-HMAC-SHA256"
_NOT_SIGNED = frozenset((b"user-agent", b"accept-encoding", b"connection", b"expect", b"x-amzn-trace-id"))
"""Headers that somebody on the way may change."""


class AwsKey(msgspec.Struct, frozen=True, rename="camel"):
    """As it is stored (spec §3.3)."""

    access_key_id: str
    secret_access_key: str
    region: str = "us-east-1"
    session_token: str | None = None


def sign(
    method: str, url: str, headers: Headers, body: bytes, key: AwsKey, service: str, region: str, now: float
) -> Headers:
    """The headers to add to a request that is otherwise complete. `now` in seconds since the epoch."""
    parts = urlsplit(url)
    stamp = datetime.datetime.fromtimestamp(now, datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    added: Headers = [(b"x-amz-date", stamp.encode())]
    if key.session_token is not None:
        added.append((b"x-amz-security-token", key.session_token.encode()))
    signed: dict[str, list[str]] = {"host": [parts.netloc]}
    for name, value in [*headers, *added]:
        if name not in _NOT_SIGNED and name != b"host":
            signed.setdefault(name.decode(), []).append(" ".join(value.decode("latin-1").split()))
    names = sorted(signed)
    canonical = "\n".join(
        (
            method,
            _canonical_path(parts.path),
            _canonical_query(parts.query),
            *(f"{name}:{','.join(signed[name])}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        )
    )
    to_sign = "\n".join((_ALGORITHM, stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    secret = f"AWS4{key.secret_access_key}".encode()
    for part in (*scope.split("/"), to_sign):
        secret = hmac.digest(secret, part.encode(), "sha256")
    credential = f"Credential={key.access_key_id}/{scope}"
    text = f"{_ALGORITHM} {credential}, SignedHeaders={';'.join(names)}, Signature={secret.hex()}"
    return [*added, (b"authorization", text.encode())]


def _canonical_path(path: str) -> str:
    """The path as it is sent, encoded once more: every service but S3 wants it so."""
    return quote(path, safe="/-_.~") or "/"


def _canonical_query(query: str) -> str:
    pairs = []
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((quote(unquote(name), safe="-_.~"), quote(unquote(value), safe="-_.~")))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))
