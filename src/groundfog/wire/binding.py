"""The binding protocol of `env.AI` in workerd (spec §2): the same calls by three ways in.

- `/_remote?account=&token=&index=`: miniflare's and wrangler's tunnel; the meant URL is in `MF-URL`, headers are
  prefixed with `MF-Header-`. workerd sends no credentials, so the key is in the URL.
- `…/ai/run/proxy`: older wrangler; the meant URL is in `X-Forwarded`.
- requests whose Host is `workers-binding.ai`: workerd with this server as an external service.

JSON answers are the bare model output, with the content type exactly `application/json`. A call that names a gateway
goes through it (`wire/gateway/bindings.py`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote, urlsplit

from groundfog import errors
from groundfog.platform import Platform
from groundfog.tasks import BinaryBody, Body, FormBody, JsonBody, multipart
from groundfog.wire.body import json_object
from groundfog.wire.catalogue import models_page
from groundfog.wire.exchange import Answer, Exchange, Headers
from groundfog.wire.gateway import account, bindings
from groundfog.wire.http import envelope
from groundfog.wire.native import Options, read_options, run_native
from groundfog.wire.route import Route, route

HOST = "workers-binding.ai"
GATEWAY_RUN = "/ai-gateway/run"
MF_HEADER = b"mf-header-"
VERSIONS = (None, "2", "3")
LATER = {
    "/to-everything/": "toMarkdown is not available on this server",
    "/autorag/": "AI Search is not available on this server",
}


def routes(platform: Platform) -> list[Route]:
    return [
        route("*", "/_remote", remote, dialect="binding", scope=None, summary="Tunnel of miniflare and wrangler"),
        route(
            "*",
            "/client/v4/accounts/{account}/ai/run/proxy",
            proxy,
            dialect="binding",
            scope=None,
            summary="Tunnel of older wrangler",
        ),
    ]


@dataclasses.dataclass(frozen=True, slots=True)
class Inner:
    """The request that the binding meant; `header` takes lower-case names.

    `carries_key`: its `authorization` is for this server.
    """

    host: str
    path: str
    query: dict[str, str]
    header: Callable[[bytes], str | None]
    headers: Callable[[], Headers]
    carries_key: bool = True


async def remote(exchange: Exchange) -> Answer:
    """Spec clients §1. The account comes from the connection string's query."""
    exchange.parameters = {"account": exchange.query.get("account")}
    meant = exchange.header(b"mf-url")
    if meant is None:
        if exchange.header(b"upgrade") is not None:
            # Miniflare asks for an RPC session before each call, and takes "no" for an answer.
            exchange.quiet = True
            raise errors.NOT_ROUTABLE(uri=exchange.path)
        exchange.authorise("run")
        raise errors.INCOMPLETE_REQUEST(what="MF-URL")
    inner = _inner(
        meant,
        lambda name: exchange.header(MF_HEADER + name),
        lambda: [
            (name[len(MF_HEADER) :], value) for name, value in exchange.scope["headers"] if name.startswith(MF_HEADER)
        ],
        carries_key=False,
    )
    return await _answer(exchange, inner)


async def proxy(exchange: Exchange) -> Answer:
    """Spec §2.9."""
    meant = exchange.header(b"x-forwarded")
    if meant is None:
        exchange.authorise("run")
        raise errors.INCOMPLETE_REQUEST(what="X-Forwarded")
    return await _answer(exchange, _inner(meant, exchange.header, lambda: list(exchange.scope["headers"])))


async def direct(exchange: Exchange) -> Answer:
    """Host `workers-binding.ai`; the account may be named in `x-groundfog-account`."""
    exchange.parameters = {"account": exchange.header(b"x-groundfog-account")}
    inner = Inner(HOST, exchange.path, exchange.query, exchange.header, lambda: list(exchange.scope["headers"]))
    return await _answer(exchange, inner)


HOST_ROUTE = route("*", "/{path:path}", direct, dialect="binding", scope=None)


def _inner(
    meant: str,
    header: Callable[[bytes], str | None],
    headers: Callable[[], Headers],
    *,
    carries_key: bool = True,
) -> Inner:
    try:
        url = urlsplit(meant)
    except ValueError:
        raise errors.INCOMPLETE_REQUEST(
            what="a URL that can be read, in the header that says which one is meant"
        ) from None
    return Inner(
        (url.hostname or "").lower(),
        unquote(url.path),
        dict(parse_qsl(url.query, keep_blank_values=True)),
        header,
        headers,
        carries_key,
    )


async def _answer(exchange: Exchange, inner: Inner) -> Answer:
    """Authorise by what was meant, then answer it."""
    running = inner.path in ("/run", GATEWAY_RUN)
    if not running:
        exchange.dialect = "binding-list"
    exchange.authorise("run" if running or bindings.takes_run(exchange.method, inner.path) else "read")
    if inner.host != HOST:
        raise errors.NOT_IMPLEMENTED(what=f"The binding behind {inner.host or 'that URL'} is not available here")
    if running:
        return await _run(exchange, inner)
    if inner.path == "/ai-api/models/search" and exchange.method == "GET":
        page, info = models_page(exchange.platform.catalog, inner.query)
        return envelope(page, info=info)
    if inner.path.startswith(bindings.PREFIX):
        return await bindings.other(exchange, inner)
    for prefix, what in LATER.items():
        if inner.path.startswith(prefix):
            raise errors.NOT_IMPLEMENTED(what=what)
    raise errors.NOT_ROUTABLE(uri=inner.path)


async def _run(exchange: Exchange, inner: Inner) -> Answer:
    """`run(model, inputs, options)` (spec §2.1–§2.5). The model's id travels in a header."""
    if inner.query.get("version") not in VERSIONS:
        raise errors.DEPRECATED_SDK()
    if exchange.method == "GET" or exchange.header(b"upgrade") is not None:
        raise errors.NOT_IMPLEMENTED(what="websocket: realtime models are not available on this server")
    if exchange.method != "POST":
        raise errors.METHOD_NOT_ALLOWED(method=exchange.method)
    model = inner.header(b"cf-consn-model-id")
    if not model:
        raise errors.INCOMPLETE_REQUEST(what="cf-consn-model-id")
    content = await exchange.body()
    body, options = _read(inner, content)
    # `options.prefix` stands before the id, with a colon; ids of local models have none.
    plain = model.rpartition(":")[2] if "@" in model else model
    if inner.path == GATEWAY_RUN or options.gateway is not None or account.is_elsewhere(plain):
        if not isinstance(body, JsonBody):
            raise errors.BAD_INPUT(what="a gateway takes no streamed inputs")
        return await bindings.run(exchange, inner, plain, content, {"gateway": options.gateway})
    return await run_native(exchange, plain, body, options, dialect="binding", enveloped=False)


def _read(inner: Inner, content: bytes) -> tuple[Body, Options]:
    """`{inputs, options}`, or a streamed input with the others in `userInputs` (spec §2.4)."""
    user_inputs = inner.query.get("userInputs")
    if user_inputs is None:
        data = json_object(content)
        inputs = data.get("inputs", {})
        if not isinstance(inputs, dict):
            raise errors.BAD_INPUT(what="Type mismatch of '/inputs', not in 'object'")
        return JsonBody(inputs), read_options(data.get("options"), {})
    extra = json_object(user_inputs.encode()) if user_inputs else {}
    options = read_options(None, inner.query)
    content_type = inner.header(b"content-type") or "application/octet-stream"
    kind = content_type.partition(";")[0].strip().lower()
    if not content:
        raise errors.INCOMPLETE_REQUEST(what="body")
    if kind == "multipart/form-data":
        return FormBody(multipart.parse(content, content_type), extra), options
    return BinaryBody(content, kind, extra), options
