"""Dynamic routes for tests, written short, and the requests that ask them."""

from __future__ import annotations

from typing import Any

import orjson

from groundfog.gateway.options import Options
from groundfog.gateway.request import Identity, Request, Step
from tests.support.gateways import ACCOUNT, Bench

Element = dict[str, Any]
MESSAGES = [{"role": "user", "content": "Hello"}]


def element(id: str, kind: str, properties: dict[str, Any] | None = None, **outputs: str) -> Element:
    """`outputs`: name → id of the element that comes next."""
    made: Element = {"id": id, "type": kind, "outputs": {name: {"elementId": to} for name, to in outputs.items()}}
    return made if properties is None else {**made, "properties": properties}


def start(to: str) -> Element:
    return element("start", "start", next=to)


def end(id: str = "end") -> Element:
    return element(id, "end")


def model(id: str, name: str = "", provider: str = "openai", fallback: str | None = None, **more: Any) -> Element:
    """Goes to `end` when it answers."""
    outputs = {"success": "end"} if fallback is None else {"success": "end", "fallback": fallback}
    return element(
        id, "model", {"provider": provider, "model": name or id, "timeout": 30_000, "retries": 1, **more}, **outputs
    )


def request(
    name: str = "dynamic/r",
    metadata: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
    options: Options | None = None,
    identity: Identity | None = None,
    surface: Any = "compat",
    **body: Any,
) -> Request:
    """A chat completion for `name` on the compat surface of gateway `g`."""
    options = options or Options()
    options.metadata = metadata
    content = orjson.dumps({"model": name, "messages": MESSAGES, **body})
    pairs = [(b"content-type", b"application/json"), (b"authorization", b"Bearer sk-test")]
    pairs += [(key.encode(), value.encode()) for key, value in (headers or {}).items()]
    step = Step("compat", "chat/completions", "POST", pairs, content, options)
    return Request(ACCOUNT, "g", surface, identity or Identity(True), options, [step])


async def ask(bench: Bench, given: Request) -> tuple[int, Any, dict[str, str]]:
    """Status, JSON and headers of the answer, drained."""
    response = await bench.gateways.run(given)
    body = await response.whole()
    return response.status, orjson.loads(body), {name.decode(): value.decode() for name, value in response.headers}
