"""OpenAI's dialect (spec workers-ai §4): answers without envelope, errors that OpenAI's and Cloudflare's SDKs can read.

The same endpoints stand under Cloudflare's base and under the short base `/v1`, where the account is the server's own.
"""

from __future__ import annotations

from groundfog.platform import Platform
from groundfog.wire.openai import chat, completions, embeddings, messages, models, responses
from groundfog.wire.route import Handler, Route, Scope, route

BASES = ("/client/v4/accounts/{account}/ai/v1", "/v1")

_ENDPOINTS: tuple[tuple[str, str, Handler, Scope, str], ...] = (
    ("POST", "/chat/completions", chat.create, "run", "OpenAI chat completion"),
    ("POST", "/completions", completions.create, "run", "OpenAI legacy completion"),
    ("POST", "/embeddings", embeddings.create, "run", "OpenAI embeddings"),
    ("POST", "/responses", responses.create, "run", "OpenAI response"),
    ("GET", "/models", models.every, "read", "List the models in OpenAI's form"),
    ("GET", "/models/{model:path}", models.one, "read", "One model in OpenAI's form"),
)


def routes(platform: Platform) -> list[Route]:
    rows = [
        route(method, base + path, handler, dialect="openai", scope=scope, summary=summary)
        for base in BASES
        for method, path, handler, scope, summary in _ENDPOINTS
    ]
    # Anthropic's SDK adds /v1 to whatever base it is given.
    rows += [
        route("POST", path, messages.create, dialect="anthropic", summary="Anthropic message")
        for path in (*(base + "/messages" for base in BASES), BASES[0] + "/v1/messages")
    ]
    return rows
