"""Calls from web pages: which origins may, and the answer to a preflight. Credentials (cookies) are never allowed."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from groundfog.wire.exchange import Exchange, Headers, Whole

LOOPBACK = ("localhost", "127.0.0.1", "::1")
EXPOSED = (
    b"cf-ai-req-id, cf-ai-neurons, x-request-id, groundfog-source, groundfog-engine, groundfog-hint, deprecation,"
    b" retry-after, cf-aig-cache-status, cf-aig-log-id, cf-aig-request-id, cf-aig-event-id, cf-aig-step, cf-aig-model,"
    b" cf-aig-provider, cf-aig-dlp, cf-aig-run-id, cf-aig-routed-model, cf-aig-routing-reason,"
    b" cf-aig-routing-decision-id, groundfog-overhead-ms"
)


class Cors:
    """`origins` are exact origins, `*` (any), or `loopback` (pages served from this machine)."""

    def __init__(self, origins: Sequence[str]) -> None:
        self._any = "*" in origins
        self._loopback = "loopback" in origins
        self._exact = frozenset(origin.rstrip("/").lower() for origin in origins)

    def allows(self, origin: str) -> bool:
        if self._any or origin.lower() in self._exact:
            return True
        return self._loopback and _host(origin) in LOOPBACK

    def headers(self, origin: str) -> Headers:
        """What an answer to an allowed origin carries."""
        allowed = b"*" if self._any else origin.encode("latin-1")
        return [
            (b"access-control-allow-origin", allowed),
            (b"access-control-expose-headers", EXPOSED),
            (b"vary", b"origin"),
        ]

    def preflight(self, exchange: Exchange, methods: Sequence[str]) -> Whole:
        """204 with what may be sent; without the allowing headers where the origin is not allowed."""
        headers: Headers = []
        if exchange.extra_headers:
            asked = exchange.header(b"access-control-request-headers") or "authorization, content-type"
            names = ["GET", "POST", "PUT", "PATCH", "DELETE"] if "*" in methods else [*methods]
            headers = [
                (b"access-control-allow-methods", ", ".join(names).encode()),
                (b"access-control-allow-headers", asked.encode("latin-1")),
                (b"access-control-max-age", b"600"),
            ]
        return Whole(b"", status=204, headers=headers)


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).hostname
    except ValueError:
        return None
