"""What of a request's headers goes to a provider, and what is for the gateway (spec ai-gateway §1.2, §3.2)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Literal

from groundfog.gateway.options import Options
from groundfog.gateway.options import read as read_options
from groundfog.gateway.request import Headers
from groundfog.store.keys import PREFIX

_Use = Literal["drop", "credential", "control", "agent", "cookie", "connection"]
_USES: Mapping[bytes, _Use] = {
    # Of this connection (RFC 9110, §7.6.1), or made anew for the next.
    b"host": "drop",
    b"content-length": "drop",
    b"transfer-encoding": "drop",
    b"keep-alive": "drop",
    b"proxy-authenticate": "drop",
    b"proxy-authorization": "drop",
    b"proxy-connection": "drop",
    b"te": "drop",
    b"trailer": "drop",
    b"upgrade": "drop",
    b"expect": "drop",
    b"connection": "connection",
    # The gateway has to read the answer (usage, guards, cache), so it asks for an uncompressed one.
    b"accept-encoding": "drop",
    b"cf-access-jwt-assertion": "drop",
    b"authorization": "credential",
    b"x-api-key": "credential",
    b"x-goog-api-key": "credential",
    b"api-key": "credential",
    b"xi-api-key": "credential",
    b"x-auth-key": "credential",
    b"cf-aig-authorization": "credential",
    b"cf-cache-ttl": "control",
    b"cf-skip-cache": "control",
    b"payment-method": "drop",
    b"payment-signature": "drop",
    b"user-agent": "agent",
    b"cookie": "cookie",
}
_KEY = PREFIX.encode()
_PLAIN = (b"accept-encoding", b"identity")
_ACCESS_COOKIE = b"CF_Authorization="


@dataclasses.dataclass(slots=True)
class Incoming:
    """`headers` go on; `control` are the gateway's own; `secrets` are what looks like a groundfog key: those never go
    on, valid or not.
    """

    headers: Headers = dataclasses.field(default_factory=list)
    control: Headers = dataclasses.field(default_factory=list)
    secrets: list[str] = dataclasses.field(default_factory=list)
    user_agent: str = ""

    def options(self, base: Options | None = None) -> Options:
        """What the request asks of the gateway, over what `base` asks."""
        return read_options(self.control, base)


def read(pairs: Sequence[tuple[bytes, bytes]]) -> Incoming:
    """Take a request's headers (lower-case names) apart."""
    incoming = Incoming()
    headers, control = incoming.headers, incoming.control
    for pair in pairs:
        name, value = pair
        use = _USES.get(name)
        if use is None:
            (control if name.startswith(b"cf-aig-") else headers).append(pair)
        elif use == "credential":
            secret = value.rpartition(b" ")[2]
            if secret.startswith(_KEY):
                incoming.secrets.append(secret.decode("latin-1"))
            elif name != b"cf-aig-authorization":
                headers.append(pair)
        elif use == "agent":
            headers.append(pair)
            incoming.user_agent = value.decode("latin-1")
        elif use == "control":
            control.append(pair)
        elif use == "cookie":
            if cookies := _without_access(value):
                headers.append((name, cookies))
        elif use == "connection" and value.lower() not in (b"keep-alive", b"close"):
            # What it names is of this connection too.
            named = {b"connection", *(part.strip().lower() for part in value.split(b","))}
            return read([kept for kept in pairs if kept[0] not in named])
    headers.append(_PLAIN)
    return incoming


def local_headers(headers: Headers) -> Headers:
    """What of the headers matters to a local model. Nothing else may make two requests differ for the cache."""
    return [pair for pair in headers if pair[0] == b"content-type"]


def _without_access(cookies: bytes) -> bytes:
    """Cloudflare Access's cookie is a credential for us and for nobody behind us."""
    if _ACCESS_COOKIE not in cookies:
        return cookies
    kept = [part.strip() for part in cookies.split(b";") if not part.strip().startswith(_ACCESS_COOKIE)]
    return b"; ".join(kept)


def without_keys(query: bytes, secrets: list[str]) -> str:
    """A query string without parameters whose value is a groundfog key (Google's clients send `key=`); those are added
    to `secrets`.
    """
    text = query.decode("latin-1")
    if PREFIX not in text:
        return text
    kept = []
    for part in text.split("&"):
        value = part.partition("=")[2]
        if value.startswith(PREFIX):
            secrets.append(value)
        else:
            kept.append(part)
    return "&".join(kept)
