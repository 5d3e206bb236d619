"""Short ways to ask a provider in tests."""

from __future__ import annotations

from typing import Any

from groundfog.gateway.upstream.base import UpstreamRequest, UpstreamResponse


def post(url: str, body: bytes = b'{"model":"m"}', **rest: Any) -> UpstreamRequest:
    headers = rest.pop("headers", [(b"content-type", b"application/json")])
    return UpstreamRequest("a", rest.pop("method", "POST"), url, headers, body, **rest)


async def whole(response: UpstreamResponse) -> bytes:
    if response.chunks is None:
        assert response.body is not None
        return response.body
    return b"".join([chunk async for chunk in response.chunks])
