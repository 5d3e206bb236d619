"""What `env.AI` asks of gateways: `run` with `options.gateway`, `env.AI.gateway(id)` (spec ai-gateway §1.11).

Callers are those of the tunnel, whose key has been checked. Errors have every field that the runtime reads.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import msgspec
import orjson

from groundfog import errors
from groundfog.gateway.options import Options
from groundfog.gateway.request import Headers, Identity, Request, Step
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.gateway import account, incoming, steps
from groundfog.wire.gateway.answer import deliver
from groundfog.wire.gateway.incoming import Incoming
from groundfog.wire.gateway.management import logs
from groundfog.wire.gateway.management.answers import json_body
from groundfog.wire.gateway.management.gateways import gateway_url
from groundfog.wire.http import envelope, json_answer

if TYPE_CHECKING:
    from groundfog.wire.binding import Inner

PREFIX = "/ai-gateway/"
_UNIVERSAL = re.compile(r"/ai-gateway/universal/run/([^/]+)/?\Z")
_URL = re.compile(r"/ai-gateway/gateways/([^/]+)/url(?:/([^/]+))?/?\Z")
_LOG = re.compile(r"/ai-gateway/gateways/([^/]+)/logs/([^/]+)/?\Z")
_RESUME = re.compile(r"/ai-gateway/gateways/([^/]+)/run/([^/]+)/resume/?\Z")
_REQUEST_ID = re.compile(r" \([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\)\Z")
_NAME = re.compile(r"(?:(?:AiError|Ai): )+")
_ENVELOPED = b'{"result":'
_AFTER = b',"success":true,"errors":[],"messages":[]'


def takes_run(method: str, path: str) -> bool:
    """Whether a path of `/ai-gateway/` takes a key that may run models: universal calls, and feedback on an answer."""
    return _UNIVERSAL.match(path) is not None or (method == "PATCH" and _LOG.match(path) is not None)


async def run(exchange: Exchange, inner: Inner, model: str, content: bytes, options: Any) -> Answer:
    """`env.AI.run(model, inputs, {gateway: {id, …}})`; answers the bare output."""
    exchange.dialect = "gateway"
    given = options.get("gateway") if isinstance(options, dict) else None
    given = given if isinstance(given, dict) else {}
    gateway = str(given.get("id") or account.DEFAULT)
    came = _came(inner)
    wanted = steps.binding_options(given, came.options())
    inputs = bytes(msgspec.json.decode(content, type=_Inputs).inputs)
    headers = _outgoing(inner, came)
    if not account.is_elsewhere(model):
        step = Step(steps.LOCAL, model, "POST", incoming.local_headers(headers), inputs, wanted)
        return await deliver(exchange, _request(exchange, gateway, came, wanted, [step]), bare)
    endpoint, body = account.run_form(model, orjson.loads(inputs))
    step = Step(steps.COMPAT, endpoint, "POST", headers, orjson.dumps(body), wanted)
    request = _request(exchange, gateway, came, wanted, [step])

    def render(status: int, body: bytes) -> bytes:
        return body if status >= 400 else account.with_source(request, body)

    return await deliver(exchange, request, render)


async def other(exchange: Exchange, inner: Inner) -> Answer:
    """The paths below `/ai-gateway/` that are no `run(model, …)`. Raises NOT_ROUTABLE, METHOD_NOT_ALLOWED."""
    exchange.dialect = "gateway"
    if found := _UNIVERSAL.match(inner.path):
        _only(exchange, "POST")
        return await _universal(exchange, inner, unquote(found[1]))
    if found := _URL.match(inner.path):
        _only(exchange, "GET")
        url = gateway_url(exchange, unquote(found[1]), unquote(found[2]) if found[2] else None)
        return envelope({"url": url})
    if found := _LOG.match(inner.path):
        exchange.parameters |= {"gateway": unquote(found[1]), "log": unquote(found[2])}
        if exchange.method == "PATCH":
            gateway, log = exchange.parameters["gateway"], exchange.parameters["log"]
            await logs.patch_log(exchange, gateway, log, await json_body(exchange))
            return envelope({})
        _only(exchange, "GET")
        return await logs.show(exchange)
    if _RESUME.match(inner.path):
        # No stream is offered for resuming (there is no cf-aig-run-id), so that every id is an unknown one.
        return json_answer({"error": "Request not found"}, status=404)
    raise errors.NOT_ROUTABLE(uri=inner.path)


async def _universal(exchange: Exchange, inner: Inner, gateway: str) -> Answer:
    content = await exchange.body()
    came = _came(inner)
    options = came.options()
    given = steps.universal_steps(content, options, came.secrets, came.user_agent)
    return await deliver(exchange, _request(exchange, gateway, came, options, given))


def bare(status: int, body: bytes) -> bytes:
    """A local model's answer without REST's envelope, an error in the binding's form (spec workers-ai §2.6)."""
    if body.startswith(_ENVELOPED):
        end = body.rfind(_AFTER)
        return body[len(_ENVELOPED) : end] if end > 0 else body
    return body if status < 400 else _error(body)


def _error(body: bytes) -> bytes:
    """The REST envelope's message has prefixes before it and the request's id behind it (spec workers-ai §5.2)."""
    try:
        first = orjson.loads(body)["errors"][0]
        code, text = first["code"], first["message"]
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        return body
    text = _REQUEST_ID.sub("", _NAME.sub("", text, count=1))
    return orjson.dumps(
        {
            "internalCode": code,
            "message": f"AiError: {text}",
            "name": "AiError",
            "description": text,
            "errors": [{"code": code, "message": text}],
        }
    )


def _came(inner: Inner) -> Incoming:
    return incoming.read(inner.headers())


def _outgoing(inner: Inner, came: Incoming) -> Headers:
    """What goes on: not the tunnel's own headers, and not its key."""
    dropped = {b"authorization", b"x-api-key"} if inner.carries_key else set()
    headers = [
        pair
        for pair in came.headers
        if not pair[0].startswith((b"cf-consn-", b"x-forwarded", b"x-groundfog-")) and pair[0] not in dropped
    ]
    if not any(name == b"content-type" for name, _ in headers):
        headers.append((b"content-type", b"application/json"))
    return headers


def _request(exchange: Exchange, gateway: str, came: Incoming, options: Options, given: list[Step]) -> Request:
    key = exchange.principal.key if exchange.principal is not None else None
    identity = Identity(True, key.id if key is not None else None)
    return Request(exchange.account, gateway, "binding", identity, options, given, user_agent=came.user_agent)


def _only(exchange: Exchange, method: str) -> None:
    if exchange.method != method:
        raise errors.METHOD_NOT_ALLOWED(method=exchange.method)


class _Inputs(msgspec.Struct):
    inputs: msgspec.Raw = msgspec.Raw(b"{}")
