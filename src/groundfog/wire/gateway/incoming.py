"""What of a request's headers goes to a provider, and what is for the gateway (spec ai-gateway §1.2, §3.2)."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import unquote

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
    b"cf-access-token": "drop",
    b"cf-access-client-id": "drop",
    b"cf-access-client-secret": "drop",
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
_WORD = re.compile(rb"(?<![0-9A-Za-z_-])" + _KEY + rb"[0-9A-Za-z_-]*")
"""What looks like a key of ours where a credential is expected."""
_WHOLE = re.compile(_KEY + rb"[0-9a-f]{8}_[0-9A-Za-z_-]{40}")
"""A key of ours, wherever it stands."""
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
            if name.startswith(b"cf-aig-"):
                control.append(pair)
            elif _KEY not in value or not _WHOLE.search(value):
                headers.append(pair)
        elif use == "credential":
            ours = _ours(value)
            if ours:
                incoming.secrets.extend(ours)
            elif name != b"cf-aig-authorization":
                headers.append(pair)
        elif use == "agent":
            if _KEY not in value or not _WHOLE.search(value):
                headers.append(pair)
                incoming.user_agent = value.decode("latin-1")
        elif use == "control":
            control.append(pair)
        elif use == "cookie":
            if cookies := _without_ours(value):
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


def _ours(value: bytes) -> list[str]:
    """Keys of ours in a header that carries credentials, whatever stands around them."""
    if value[:6].lower() == b"basic ":
        try:
            value = base64.b64decode(value[6:].strip(), validate=True)
        except binascii.Error:
            return []
    if _KEY not in value:
        return []
    return [found.decode("latin-1") for found in _WORD.findall(value) or _WHOLE.findall(value)]


def _without_ours(cookies: bytes) -> bytes:
    """Cloudflare Access's cookie, like a key, is a credential for us and for nobody behind us."""
    if _ACCESS_COOKIE not in cookies and _KEY not in cookies:
        return cookies
    parts = [part.strip() for part in cookies.split(b";")]
    return b"; ".join([part for part in parts if not part.startswith(_ACCESS_COOKIE) and not _WHOLE.search(part)])


def without_keys(query: bytes, secrets: list[str]) -> str:
    """A query string without parameters whose value is a groundfog key (Google's clients send `key=`); those are added
    to `secrets`.
    """
    text = query.decode("latin-1")
    if PREFIX not in (unquote(text) if "%" in text else text):
        return text
    kept = []
    for part in text.split("&"):
        ours = _ours(unquote(part).encode("latin-1", "replace"))
        secrets.extend(ours)
        if not ours:
            kept.append(part)
    return "&".join(kept)


def carries_key(text: str) -> bool:
    """Whether a key of ours stands in a text."""
    return _WHOLE.search(text.encode("utf-8", "replace")) is not None
