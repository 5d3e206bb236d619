"""The server side of the SDK: Cloudflare's REST API over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import aiohttp
import msgspec
import orjson

from groundfog import errors
from groundfog.client.errors import AIError, envelope_error, from_answer, overdue, typed
from groundfog.client.request import GATEWAY_HEADERS, Request
from groundfog.client.transport import Answer
from groundfog.tasks import BinaryBody, FormBody, JsonBody

API = "/client/v4"


def base_url(url: str, account: str) -> str:
    """`…/client/v4/accounts/ID/ai` of a server's URL, with or without its `/client/v4`."""
    root = url.rstrip("/")
    if not root.endswith(API):
        root += API
    return f"{root}/accounts/{quote(account, safe='')}/ai"


class HttpTransport:
    """`timeout` in seconds: for a whole answer, or for a stream's next event."""

    def __init__(self, url: str, account: str, api_key: str | None, timeout: float) -> None:
        self.url = url
        self._base = base_url(url, account)
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def run(self, request: Request) -> Answer:
        url = f"{self._base}/run/{quote(request.model, safe='/@')}"
        headers = _option_headers(request)
        body: Any
        match request.body:
            case JsonBody(data=data):
                headers["Content-Type"] = "application/json"
                body = orjson.dumps(data)
            case BinaryBody(content=content, content_type=content_type):
                headers["Content-Type"] = content_type
                body = content
            case FormBody(parts=parts):
                body = aiohttp.FormData(default_to_multipart=True)
                for part in parts:
                    value = part.content if part.filename else part.content.decode()
                    body.add_field(part.name, value, filename=part.filename, content_type=part.content_type)
        async with self._troubles():
            async with asyncio.timeout(self._timeout):
                response = await self._open().post(url, data=body, headers=headers, params=request.query)
                if response.status == 200 and response.content_type == "text/event-stream":
                    frames = HttpFrames(self, response)
                    return Answer(*_who(response), frames=frames)
                async with response:
                    content = await response.read()
        if response.status != 200:
            raise _error(response, content)
        is_json = response.content_type == "application/json"
        return Answer(*_who(response), _result(content) if is_json else content, is_json)

    async def models(self, query: Mapping[str, str], page: int, per_page: int) -> list[dict[str, Any]]:
        params = {**query, "page": str(page), "per_page": str(per_page)}
        rows: list[dict[str, Any]] = await self._get("/models/search", params)
        return rows

    async def schema(self, model: str) -> dict[str, Any]:
        found: dict[str, Any] = await self._get("/models/schema", {"model": model})
        return found

    async def aclose(self) -> None:
        self._closed = True
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _get(self, path: str, params: Mapping[str, str]) -> Any:
        async with (
            self._troubles(),
            asyncio.timeout(self._timeout),
            self._open().get(self._base + path, params=params) as response,
        ):
            content = await response.read()
        if response.status != 200:
            raise _error(response, content)
        return orjson.loads(_result(content))

    def _open(self) -> aiohttp.ClientSession:
        if self._closed:
            raise RuntimeError("this AI is closed")
        if self._session is None:
            # The timeouts are ours: aiohttp's own total would end a long stream.
            self._session = aiohttp.ClientSession(
                headers=self._headers, timeout=aiohttp.ClientTimeout(total=None), auto_decompress=True
            )
        return self._session

    @asynccontextmanager
    async def _troubles(self) -> AsyncIterator[None]:
        """Turns what goes wrong on the way into errors of the table."""
        try:
            yield
        except TimeoutError:
            raise overdue(None) from None
        except (aiohttp.ClientError, ConnectionError) as error:
            raise typed(errors.CONNECTION_FAILED(url=self.url, what=str(error) or type(error).__name__)) from error


class HttpFrames:
    """The frames of one response."""

    def __init__(self, transport: HttpTransport, response: aiohttp.ClientResponse) -> None:
        self._timeout = transport._timeout
        self._response = response
        self._rest = b""

    async def batch(self) -> list[bytes] | None:
        while True:
            try:
                async with asyncio.timeout(self._timeout):
                    content = await self._response.content.readany()
            except TimeoutError:
                raise overdue(_id(self._response)) from None
            except (aiohttp.ClientError, ConnectionError) as error:
                raise typed(errors.STREAM_BROKEN(), _id(self._response)) from error
            if not content:
                return None
            *frames, self._rest = (self._rest + content).replace(b"\r\n", b"\n").split(b"\n\n")
            if frames:
                return frames

    async def aclose(self) -> None:
        """Hanging up is what cancels the work on the server."""
        self._response.close()


def _option_headers(request: Request) -> dict[str, str]:
    headers: dict[str, str] = {}
    if "sessionAffinity" in request.options:
        headers["x-session-affinity"] = request.options["sessionAffinity"]
    gateway = dict(request.options.get("gateway", {}))
    for name, value in {**gateway, **gateway.pop("retries", {})}.items():
        if name in GATEWAY_HEADERS:
            headers[GATEWAY_HEADERS[name]] = value if isinstance(value, str) else orjson.dumps(value).decode()
    return headers


def _who(response: aiohttp.ClientResponse) -> tuple[str | None, str | None, str | None]:
    """(request id, source, engine)."""
    return _id(response), response.headers.get("groundfog-source"), response.headers.get("groundfog-engine")


def _id(response: aiohttp.ClientResponse) -> str | None:
    return response.headers.get("cf-ai-req-id")


class _Envelope(msgspec.Struct):
    result: msgspec.Raw


def _result(content: bytes) -> bytes:
    """The encoded `result` of Cloudflare's envelope; a body without one is the result itself."""
    try:
        return bytes(msgspec.json.decode(content, type=_Envelope).result)
    except msgspec.ValidationError:
        return content


def _error(response: aiohttp.ClientResponse, content: bytes) -> AIError:
    try:
        found = envelope_error(orjson.loads(content))
    except orjson.JSONDecodeError:
        found = None
    code, message = found or (0, content.decode("utf-8", "replace")[:500] or str(response.reason))
    return from_answer(
        response.status,
        code,
        message,
        request_id=_id(response),
        hint=response.headers.get("groundfog-hint"),
        retry_after=_seconds(response.headers.get("Retry-After")),
    )


def _seconds(value: str | None) -> float | None:
    """`Retry-After` in seconds; dates are not waited for."""
    try:
        return float(value) if value is not None else None
    except ValueError:
        return None
