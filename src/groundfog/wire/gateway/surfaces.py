"""The gateway host's paths: provider-native, universal, and compat (spec ai-gateway §1.1–§1.4).

`/v1/{account}/{gateway}[/{provider}/{rest}]`. The path is taken apart as it came, percent signs and all, since what is
behind the provider's name goes on unchanged.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote

from groundfog import errors
from groundfog.gateway.options import Options
from groundfog.gateway.request import Identity, Request, Step, Surface
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.gateway import incoming, steps
from groundfog.wire.gateway.answer import deliver
from groundfog.wire.gateway.incoming import Incoming
from groundfog.wire.gateway.models import models_list
from groundfog.wire.route import Route, route

BASE = "/v1/{account}/{gateway}"
SHORT = frozenset(
    {
        "assistants",
        "audio",
        "batches",
        "chat",
        "completions",
        "containers",
        "conversations",
        "embeddings",
        "evals",
        "files",
        "fine_tuning",
        "images",
        "messages",
        "models",
        "moderations",
        "organization",
        "realtime",
        "rerank",
        "responses",
        "score",
        "threads",
        "uploads",
        "vector_stores",
        "videos",
    }
)
"""First segments below `/v1/` that belong to OpenAI's short base, and so are no account's."""

ECHOING = frozenset({"TRACE", "TRACK", "CONNECT"})
"""Methods by which a provider would send back what it was sent, a stored key too, or open a tunnel."""


class Address(NamedTuple):
    account: str
    gateway: str
    provider: str
    """Empty for the universal endpoint."""
    rest: str
    """What is behind the provider's name, as it came."""


def routes() -> list[Route]:
    return [
        _row("POST", BASE, "AI Gateway: universal endpoint"),
        _row("*", BASE + "/{provider}", "AI Gateway: a provider's root"),
        _row("*", BASE + "/{provider}/{rest:path}", "AI Gateway: a provider's own API, and compat"),
    ]


def _row(methods: str, path: str, summary: str) -> Route:
    return route(methods, path, on_path, dialect="gateway", scope=None, summary=summary)


def is_gateway_path(path: str) -> bool:
    """Whether a decoded path that begins with `/v1/` is a gateway's, and not OpenAI's short base."""
    parts = path.split("/", 4)
    return len(parts) > 3 and parts[2] not in SHORT and parts[2] != "" and parts[3] != ""


def address_of(raw_path: bytes) -> Address | None:
    """The parts of `/v1/{account}/{gateway}[/{provider}[/{rest}]]`, of the path as it came."""
    parts = raw_path.decode("latin-1").split("/", 5)
    if len(parts) < 4 or parts[1] != "v1":
        return None
    account, gateway, provider, rest = (*parts[2:], "", "")[:4]
    if "%" in account or "%" in gateway or "%" in provider:
        account, gateway, provider = unquote(account), unquote(gateway), unquote(provider)
    if not account or not gateway or account in SHORT:
        return None
    return Address(account, gateway, provider, rest)


async def on_path(exchange: Exchange) -> Answer:
    """A request to `/v1/{account}/{gateway}…`. Raises NOT_ROUTABLE."""
    address = address_of(exchange.scope["raw_path"])
    if address is None:
        exchange.dialect = "openai"
        raise errors.NOT_ROUTABLE(uri=exchange.path)
    return await answer(exchange, address)


async def on_domain(exchange: Exchange) -> Answer:
    """A request to a custom domain."""
    account, gateway = exchange.parameters["account"], exchange.parameters["gateway"]
    return await answer(exchange, domain_address(exchange.scope["raw_path"], account, gateway))


def domain_address(raw_path: bytes, account: str, gateway: str) -> Address:
    """Paths of a custom domain begin with the provider (spec §1.8)."""
    provider, _, rest = raw_path.decode("latin-1").removeprefix("/").partition("/")
    return Address(account, gateway, unquote(provider), rest)


DOMAIN_ROUTE = route("*", "/{path:path}", on_domain, dialect="gateway", scope=None)


async def answer(exchange: Exchange, address: Address) -> Answer:
    """Answer on the surface that the address is of."""
    exchange.parameters = {"account": address.account}
    if exchange.method in ECHOING:
        raise errors.METHOD_NOT_ALLOWED(method=exchange.method)
    if address.provider == steps.COMPAT:
        return await _compat(exchange, address)
    if not address.provider:
        return await _universal(exchange, address)
    body = await exchange.body()
    came = incoming.read(exchange.scope["headers"])
    query = incoming.without_keys(exchange.scope["query_string"], came.secrets)
    options = came.options()
    headers = incoming.local_headers(came.headers) if address.provider == steps.LOCAL else came.headers
    step = Step(address.provider, address.rest, exchange.method, headers, body, options, query)
    return await deliver(exchange, build(exchange, address.gateway, "native", came, options, [step]))


async def _universal(exchange: Exchange, address: Address) -> Answer:
    if exchange.method != "POST":
        raise errors.METHOD_NOT_ALLOWED(method=exchange.method)
    content = await exchange.body()
    came = incoming.read(exchange.scope["headers"])
    options = came.options()
    given = steps.universal_steps(content, options, came.secrets, came.user_agent)
    return await deliver(exchange, build(exchange, address.gateway, "universal", came, options, given))


async def _compat(exchange: Exchange, address: Address) -> Answer:
    if address.rest.strip("/") in ("models", "v1/models") and exchange.method == "GET":
        came = incoming.read(exchange.scope["headers"])
        return models_list(exchange.platform, identify(exchange, came))
    endpoint = steps.compat_endpoint(address.rest)
    if exchange.method != "POST":
        raise errors.METHOD_NOT_ALLOWED(method=exchange.method)
    body = await exchange.body()
    came = incoming.read(exchange.scope["headers"])
    return await deliver(exchange, compat_request(exchange, address.gateway, endpoint, "compat", came, body))


def compat_request(
    exchange: Exchange, gateway: str, endpoint: str, surface: Surface, came: Incoming, body: bytes
) -> Request:
    """A request in OpenAI's (or Anthropic's) form whose body names provider and model."""
    options = came.options()
    step = Step(steps.COMPAT, endpoint, "POST", came.headers, body, options)
    return build(exchange, gateway, surface, came, options, [step])


def build(
    exchange: Exchange, gateway: str, surface: Surface, came: Incoming, options: Options, given: list[Step]
) -> Request:
    """The request, with who makes it."""
    return Request(
        exchange.account,
        gateway,
        surface,
        identify(exchange, came),
        options,
        given,
        user_agent=came.user_agent,
    )


def identify(exchange: Exchange, came: Incoming) -> Identity:
    """Who calls, as far as it is known. Raises STORE_DOWN."""
    principal = exchange.identify(came.secrets)
    if principal is None:
        return NOBODY
    return Identity(True, principal.key.id if principal.key is not None else None)


NOBODY = Identity(False)
