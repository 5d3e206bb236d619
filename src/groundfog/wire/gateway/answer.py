"""A request goes to its gateway, and the gateway's answer to the caller: whole, or in pieces as they come."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.gateway.request import Request
from groundfog.gateway.response import Response
from groundfog.gateway.waiting import in_task
from groundfog.wire.exchange import Answer, ClientGone, Exchange, Headers

Render = Callable[[int, bytes], bytes]
"""Turns a whole JSON answer (status, body) into the form of the surface it was asked on."""
EMPTY = frozenset({204, 304})
"""Statuses whose answers have no body."""
_DROPPED = frozenset(
    {
        # Of the provider's connection, or made anew for ours.
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"date",
        b"alt-svc",
        # Which pages may call this server, this server says.
        b"access-control-allow-origin",
        b"access-control-allow-credentials",
        b"access-control-allow-headers",
        b"access-control-allow-methods",
        b"access-control-expose-headers",
        b"access-control-max-age",
    }
)


async def deliver(exchange: Exchange, request: Request, render: Render | None = None) -> Answer:
    """Send a request through its gateway. Raises `GroundfogError`, with the headers that belong to its answer noted."""
    exchange.via = request
    try:
        response = await exchange.unless_gone(exchange.platform.gateways.run(request))
        if response.body is None and render is not None and _is_json(response.headers):
            response.body, response.chunks = await response.whole(), None
        if response.body is not None:
            body = await response.whole()
            if render is not None and _is_json(response.headers):
                body = render(response.status, body)
            return Delivered(response.status, response.headers, body)
    except GroundfogError:
        exchange.extra_headers.extend(request.extra_headers)
        raise
    return Streamed(response)


def _is_json(headers: Headers) -> bool:
    return any(name == b"content-type" and value.startswith(b"application/json") for name, value in headers)


class Delivered:
    """A whole answer, recorded already."""

    __slots__ = ("_body", "_headers", "status")

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status = status
        self._headers = headers
        self._body = body

    async def send(self, exchange: Exchange) -> None:
        headers = [pair for pair in self._headers if pair[0] not in _DROPPED and pair[0] != b"content-length"]
        if self.status not in EMPTY:
            headers.append((b"content-length", b"%d" % len(self._body)))
        headers += exchange.extra_headers
        await exchange.send_whole(self.status, headers, self._body)


class Streamed:
    """An answer in pieces. What breaks off is not ended: the caller's connection is closed in the middle."""

    __slots__ = ("_response", "status")

    def __init__(self, response: Response) -> None:
        self._response = response
        self.status = response.status

    async def send(self, exchange: Exchange) -> None:
        response = self._response
        headers = [pair for pair in response.headers if pair[0] not in _DROPPED]
        headers += exchange.extra_headers
        await in_task()
        pieces = response.drain()
        watch = exchange.watch()
        await watch.start()
        try:
            await exchange.send_raw({"type": "http.response.start", "status": self.status, "headers": headers})
            async for piece in pieces:
                await exchange.send_raw({"type": "http.response.body", "body": piece, "more_body": True})
            await exchange.send_raw({"type": "http.response.body", "body": b""})
        except asyncio.CancelledError:
            with contextlib.suppress(ClientGone):
                exchange.end_of_cancellation()
            # Whether the caller hung up or the server stops: there is nothing to add to half an answer.
            raise ClientGone from None
        except GroundfogError as error:
            exchange.error = error
        except OSError as error:
            exchange.error = errors.PROVIDER_FAILED(what=str(error) or type(error).__name__)
        except Exception:
            logging.getLogger("groundfog.wire").exception("stream %s failed", exchange.request_id)
            exchange.error = errors.GATEWAY_INTERNAL()
        finally:
            watch.stop()
            await pieces.aclose()
            await response.aclose()
