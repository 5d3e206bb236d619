"""The ASGI application: the one table of dialects, and the way of every request through it.

Request → row of the route table → key → handler → answer or error in the dialect's form → log line and metrics.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.gateway.waiting import in_task
from groundfog.platform import Platform
from groundfog.wire import admin, binding, gateway, health, openai, openapi, rest
from groundfog.wire.auth import Auth
from groundfog.wire.cors import Cors
from groundfog.wire.exchange import Answer, ClientGone, Exchange, no_body
from groundfog.wire.gateway import handshake, realtime_socket, surfaces
from groundfog.wire.gateway.local import LocalUpstream
from groundfog.wire.gateway.universal_socket import UniversalSocket
from groundfog.wire.http import error_response
from groundfog.wire.logs import RequestLog
from groundfog.wire.metrics import Metrics
from groundfog.wire.network import is_loopback
from groundfog.wire.request_ids import RequestIds
from groundfog.wire.route import Route, RouteTable

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

log = logging.getLogger("groundfog.wire")

DIALECTS: tuple[ModuleType, ...] = (binding, rest, openai, gateway, health, admin)
"""Every dialect is a module with `routes(platform) -> list[Route]`; a new one is a new name here."""

HOT_PREFIX = "/client/v4/accounts/"
HOT_SEGMENT = "/ai/run/"
SWITCHED = 101
"""Status in the log and the metrics of a WebSocket."""
LONGEST_FRAME = 16 << 20
"""Bytes of a message on a WebSocket, either way; a longer one closes it with 1009."""
CLIENT_CLOSED = 499
"""Status in the log and the metrics of a request whose caller hung up; nobody receives it."""


def create_app(platform: Platform) -> App:
    """The application over a platform. Its lifespan starts and stops the platform."""
    return App(platform)


class App:
    """An ASGI 3 application (http, websocket and lifespan)."""

    def __init__(self, platform: Platform, dialects: Sequence[ModuleType] = DIALECTS) -> None:
        settings = platform.settings
        self.platform = platform
        self.auth = Auth(platform.store, platform.clock, local=is_loopback(settings.host))
        self._next_id = RequestIds()
        self.metrics = Metrics(platform)
        self.request_log = RequestLog(settings.log_format, settings.log_level)
        self.cors = Cors(settings.cors_origins)
        rows = [row for dialect in dialects for row in dialect.routes(platform)]
        self.table = RouteTable([*rows, *health.metrics_routes(self.metrics), *openapi.document_routes(platform, rows)])
        self._gateway = next(row for row in self.table.routes if row.handler is surfaces.on_path)
        self._domains = platform.gateways.domains
        platform.gateways.parts.local = LocalUpstream(platform, self.auth, self._next_id)
        self._hot = next(row for row in self.table.routes if row.handler is rest.run_model)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Gateways have WebSockets; everything else is answered as the same request without the upgrade."""
        exchange = Exchange(self.platform, self.auth, handshake.lower_case(scope), receive, send, self._next_id())
        await receive()
        address = self._socket_address(exchange)
        if address is None:
            await self._http({**exchange.scope, "type": "http"}, no_body(), handshake.Refusal(send))
            return
        started = time.perf_counter()
        exchange.dialect = "gateway"
        status = SWITCHED
        try:
            self._check_origin(exchange)
            opening = handshake.open_socket(exchange, address, receive, send)
            if address.provider:
                await realtime_socket.serve(opening, LONGEST_FRAME)
            else:
                await UniversalSocket(opening).serve()
        except GroundfogError as error:
            exchange.error, status = error, error.status
            await handshake.refuse(error_response(error, "gateway", exchange.request_id), exchange, send)
        finally:
            seconds = time.perf_counter() - started
            self.metrics.add(exchange, status, seconds)
            if self.request_log.enabled:
                self.request_log.add(exchange, status, seconds)

    def _socket_address(self, exchange: Exchange) -> surfaces.Address | None:
        domain = self._domains.find(_hostname(exchange)) if self._domains.any else None
        if domain is not None:
            return surfaces.domain_address(exchange.scope["raw_path"], *domain)
        path = exchange.path
        if not path.startswith("/v1/") or not surfaces.is_gateway_path(path):
            return None
        return surfaces.address_of(exchange.scope["raw_path"])

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        exchange = Exchange(self.platform, self.auth, scope, receive, send, self._next_id())
        status = CLIENT_CLOSED
        answer: Answer
        try:
            try:
                row = self._find(exchange)
                exchange.dialect = row.dialect
                if row is not self._gateway and row is not surfaces.DOMAIN_ROUTE:
                    await in_task()
                self._check_origin(exchange)
                if exchange.method == "OPTIONS" and exchange.header(b"access-control-request-method"):
                    methods = ["*"] if "*" in row.methods else self.table.methods(exchange.path)
                    answer = self.cors.preflight(exchange, methods)
                else:
                    if row.scope is not None:
                        exchange.authorise(row.scope, any_account=row.any_account)
                    answer = await row.handler(exchange)
            except GroundfogError as error:
                exchange.error = error
                if error.kind is errors.METHOD_NOT_ALLOWED:
                    allowed = ", ".join(self.table.methods(exchange.path))
                    exchange.extra_headers.append((b"allow", allowed.encode()))
                answer = error_response(error, exchange.dialect, exchange.request_id)
            except asyncio.CancelledError:
                exchange.end_of_cancellation()
                exchange.error = errors.ABORTED()
                answer = error_response(exchange.error, exchange.dialect, exchange.request_id)
            except ClientGone:
                raise
            except Exception:
                log.exception("request %s failed", exchange.request_id)
                exchange.error = errors.EXECUTION_FAILED(what="internal error")
                answer = error_response(exchange.error, exchange.dialect, exchange.request_id)
            await answer.send(exchange)
            status = answer.status
        except ClientGone:
            pass
        except asyncio.CancelledError:
            # The caller hung up in the very moment when the work was done.
            with contextlib.suppress(ClientGone):
                exchange.end_of_cancellation()
        finally:
            seconds = time.perf_counter() - started
            self.metrics.add(exchange, status, seconds)
            if self.request_log.enabled and not exchange.quiet:
                self.request_log.add(exchange, status, seconds)

    def _find(self, exchange: Exchange) -> Route:
        """The row of a request. The hottest path is taken apart by hand; everything else goes through the table."""
        path = exchange.path
        if exchange.method == "POST" and path.startswith(HOT_PREFIX):
            account, found, model = path[len(HOT_PREFIX) :].partition(HOT_SEGMENT)
            if found and "/" not in account and account and model.startswith("@"):
                exchange.parameters = {"account": account, "model": model.rstrip("/")}
                return self._hot
        if self._domains.any:
            domain = self._domains.find(_hostname(exchange))
            if domain is not None:
                exchange.parameters = {"account": domain[0], "gateway": domain[1]}
                return surfaces.DOMAIN_ROUTE
        if path.startswith("/v1/") and exchange.method != "OPTIONS" and surfaces.is_gateway_path(path):
            return self._gateway
        if exchange.header(b"host") == binding.HOST:
            return binding.HOST_ROUTE
        method = exchange.method
        if method == "OPTIONS":
            method = exchange.header(b"access-control-request-method") or method
        try:
            row, exchange.parameters = self.table.find(method, path)
        except GroundfogError:
            exchange.dialect = self.table.dialect(path)
            raise
        return row

    def _check_origin(self, exchange: Exchange) -> None:
        """CORS headers for an allowed page. Raises ORIGIN_REFUSED for another one on a server without keys: a web site
        that somebody visits must not use the models on that person's machine.
        """
        origin = exchange.header(b"origin")
        if origin is None:
            return
        if self.cors.allows(origin):
            exchange.extra_headers.extend(self.cors.headers(origin))
        elif self.auth.is_open:
            raise errors.ORIGIN_REFUSED(origin=origin)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        message = await receive()
        assert message["type"] == "lifespan.startup"
        try:
            await self.platform.start()
        except Exception as error:
            log.exception("start-up failed")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.platform.stop()
        await send({"type": "lifespan.shutdown.complete"})


def _hostname(exchange: Exchange) -> str:
    """The host that was asked for, without a port."""
    host = (exchange.header(b"host") or "").lower()
    return host if host.endswith("]") else host.rpartition(":")[0] or host
