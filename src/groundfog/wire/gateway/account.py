"""The account's REST API on its way through a gateway (spec ai-gateway §1.5).

Models of other providers always go through one; local models when `cf-aig-gateway-id` (or `options.gateway` of the
body) names one, and without it they are run directly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec
import orjson

from groundfog import errors
from groundfog.gateway.options import Options
from groundfog.gateway.request import Headers, Identity, Request, Step
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.gateway import incoming, steps
from groundfog.wire.gateway.answer import Render, deliver

DEFAULT = "default"
_CALLER_KEYS = frozenset({b"authorization", b"x-api-key"})
"""On REST they carry this server's key, so that none of a provider's can be meant."""


def is_elsewhere(model: Any) -> bool:
    """Whether a model's name is another provider's (`author/model`), or a dynamic route's."""
    return isinstance(model, str) and "/" in model and not model.startswith(("@", "%40"))


def named_gateway(exchange: Exchange, options: Any) -> str | None:
    """The gateway that the header or a body's `options` name; the header wins."""
    named = exchange.header(b"cf-aig-gateway-id")
    if named is None and type(options) is dict and type(gateway := options.get("gateway")) is dict:
        named = str(gateway.get("id") or DEFAULT)
    return None if named is None or exchange.inside else named


def gateway_of(exchange: Exchange, data: Mapping[str, Any]) -> str | None:
    """The gateway that a request with this body goes through; None for the direct way."""
    named = named_gateway(exchange, data.get("options"))
    if named is None and is_elsewhere(data.get("model")) and not exchange.inside:
        return DEFAULT
    return named


async def run_model(
    exchange: Exchange, gateway: str, model: str, content: bytes, given: Any = None, render: Render | None = None
) -> Answer:
    """`ai/run/{model}` of a local model. `given` are the body's `options`."""
    return await deliver(exchange, _local(exchange, gateway, model, content, given), render)


async def run_unified(exchange: Exchange, gateway: str, content: bytes, data: dict[str, Any]) -> Answer:
    """`ai/run` with the model in the body. Other providers' answers come in the envelope (spec §1.5)."""
    model, given = data["model"], data.get("options")
    if not is_elsewhere(model):
        inputs = bytes(msgspec.json.decode(content, type=_Unified).input)
        return await run_model(exchange, gateway, model, inputs, given)
    endpoint, body = run_form(model, data["input"])
    request = _compat(exchange, gateway, endpoint, orjson.dumps(body), given)
    return await deliver(exchange, request, partial(in_envelope, request))


async def endpoint(exchange: Exchange, gateway: str, path: str, content: bytes, data: dict[str, Any]) -> Answer:
    """`ai/v1/{path}`: chat/completions, completions, embeddings, responses, messages."""
    given = data.get("options")
    if path != "messages" and not is_elsewhere(data.get("model")):
        return await deliver(exchange, _local(exchange, gateway, f"v1/{path}", content, given))
    if path not in steps.COMPAT_ENDPOINTS:
        raise errors.BAD_INPUT(what=f"this endpoint is not for {data['model']}")
    if not is_elsewhere(data.get("model")):
        content = orjson.dumps({**data, "model": f"{steps.LOCAL}/{data.get('model')}"})
    return await deliver(exchange, _compat(exchange, gateway, path, content, given))


def run_form(model: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The compat endpoint and body of `run(model, inputs)` for a model of another provider.

    Anthropic's stay in their own form (spec §1.5); the others are chat completions, or what the inputs look like.
    """
    body = {**inputs, "model": model}
    if model.startswith("anthropic/") and "messages" in inputs:
        return "messages", body
    if "messages" not in inputs:
        prompt = body.pop("prompt", None)
        if isinstance(prompt, str):
            body["messages"] = [{"role": "user", "content": prompt}]
        elif "input" in inputs:
            return ("embeddings" if "embed" in model else "responses"), body
    return "chat/completions", body


def in_envelope(request: Request, status: int, body: bytes) -> bytes:
    """A provider's answer as the run path shows it; a failed one stays what the provider said."""
    if status >= 400:
        return body
    return b'{"result":' + with_source(request, body) + b',"success":true,"errors":[],"messages":[]}'


def with_source(request: Request, body: bytes) -> bytes:
    """An object with `gatewayMetadata`, which says whose key was used: the caller's, the operator's or a stored one."""
    text = body.strip()
    if not (text.startswith(b"{") and text.endswith(b"}")):
        return text
    given = any(name in _CALLER_KEYS for name, _ in request.steps[0].headers)
    whose = b"Request" if given else b"Unified" if request.unified else b"BYOK"
    source = b'"gatewayMetadata":{"keySource":"' + whose + b'"}}'
    inner = text[1:-1].strip()
    return b"{" + (inner + b"," if inner else b"") + source


class _Unified(msgspec.Struct):
    input: msgspec.Raw


def _local(exchange: Exchange, gateway: str, path: str, content: bytes, given: Any) -> Request:
    query = exchange.scope["query_string"].decode("latin-1")

    def make(headers: Headers, options: Options) -> Step:
        return Step(steps.LOCAL, path, "POST", incoming.local_headers(headers), content, options, query)

    return _request(exchange, gateway, given, make)


def _compat(exchange: Exchange, gateway: str, path: str, content: bytes, given: Any) -> Request:
    def make(headers: Headers, options: Options) -> Step:
        return Step(steps.COMPAT, path, "POST", headers, content, options)

    return _request(exchange, gateway, given, make)


def _request(exchange: Exchange, gateway: str, given: Any, make: Callable[[Headers, Options], Step]) -> Request:
    """The request of a caller whose key has been checked already."""
    came = incoming.read(exchange.scope["headers"])
    headers = [pair for pair in came.headers if pair[0] not in _CALLER_KEYS]
    options = came.options()
    if isinstance(given, dict) and isinstance(given.get("gateway"), dict):
        options = steps.binding_options(given["gateway"], options)
    # Custom cost is not offered on these endpoints (spec §3.11).
    options.custom_cost = None
    key = exchange.principal.key if exchange.principal is not None else None
    return Request(
        exchange.account,
        gateway,
        "rest",
        Identity(True, key.id if key is not None else None),
        options,
        [make(headers, options)],
        user_agent=came.user_agent,
    )
