"""The beginning of a WebSocket: for which gateway it is, who opens it, what its sub-protocols say (spec §1.9, §1.10).

Browsers cannot send headers with a WebSocket, so credentials come in the names of sub-protocols; those are consumed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from groundfog import errors
from groundfog.gateway.request import Identity
from groundfog.store.keys import PREFIX
from groundfog.wire.exchange import Exchange, Whole
from groundfog.wire.gateway import incoming
from groundfog.wire.gateway.incoming import Incoming
from groundfog.wire.gateway.surfaces import Address, identify

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

_TOKEN = "cf-aig-authorization."
_CREDENTIALS: Mapping[str, tuple[bytes, bytes]] = {
    "xi-api-key.": (b"xi-api-key", b""),
    "fal-api-key.": (b"authorization", b"Key "),
    "openai-insecure-api-key.": (b"authorization", b"Bearer "),
}
"""Sub-protocols that carry a provider's key: the header it becomes, and what stands before it."""


@dataclasses.dataclass(slots=True)
class Opening:
    """A handshake that may go on."""

    exchange: Exchange
    address: Address
    came: Incoming
    """`headers` with the provider's credentials of the sub-protocols, and without the handshake's own."""
    query: str
    protocols: list[str]
    """Sub-protocols that are none of ours; they go to the provider."""
    offered: list[str]
    identity: Identity
    receive: Receive
    send: Send

    def chosen(self, upstream: str | None = None) -> str | None:
        """The sub-protocol that the answer has to name, where any was offered."""
        if upstream is not None and upstream in self.offered:
            return upstream
        return next(iter([*self.protocols, *self.offered]), None)


def open_socket(exchange: Exchange, address: Address, receive: Receive, send: Send) -> Opening:
    """Read a handshake. Raises GATEWAY_UNAUTHORIZED: WebSockets are for known callers only (spec §1.9)."""
    exchange.parameters = {"account": address.account}
    pairs = [pair for pair in exchange.scope["headers"] if not pair[0].startswith(b"sec-websocket-")]
    came = incoming.read(pairs)
    query = incoming.without_keys(exchange.scope["query_string"], came.secrets)
    offered = list(exchange.scope["subprotocols"])
    protocols = _read_protocols(offered, came)
    identity = identify(exchange, came)
    if not identity.authenticated:
        raise errors.GATEWAY_UNAUTHORIZED()
    return Opening(exchange, address, came, query, protocols, offered, identity, receive, send)


def _read_protocols(offered: Sequence[str], came: Incoming) -> list[str]:
    """Take the credentials out of sub-protocols; gives the others."""
    kept: list[str] = []
    for protocol in offered:
        if protocol.startswith(_TOKEN):
            came.secrets.append(protocol.removeprefix(_TOKEN))
            continue
        if incoming.carries_key(protocol) and not protocol.startswith(tuple(_CREDENTIALS)):
            # Nobody behind us is to see it, however it is spelled.
            continue
        name = next((name for name in _CREDENTIALS if protocol.startswith(name)), None)
        if name is None:
            kept.append(protocol)
            continue
        secret = protocol.removeprefix(name)
        if secret.startswith(PREFIX):
            came.secrets.append(secret)
        else:
            header, before = _CREDENTIALS[name]
            came.headers = [pair for pair in came.headers if pair[0] != header]
            came.headers.append((header, before + secret.encode("latin-1")))
    return kept


def lower_case(scope: Scope) -> Scope:
    """The scope with the names of headers as ASGI wants them; the server's WebSocket side leaves them as they came."""
    return {**scope, "method": "GET", "headers": [(name.lower(), value) for name, value in scope["headers"]]}


class Refusal:
    """Sends the messages of an HTTP answer to a handshake."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        kind = "start" if message["type"] == "http.response.start" else "body"
        await self._send({**message, "type": f"websocket.http.response.{kind}"})


async def refuse(answer: Whole, exchange: Exchange, send: Send) -> None:
    """Answer a handshake with an HTTP error."""
    exchange.send_raw = Refusal(send)
    await answer.send(exchange)
