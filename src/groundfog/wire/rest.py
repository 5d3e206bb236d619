"""Cloudflare's REST API: running models, the catalogue, and what wrangler asks about the account (spec §1)."""

from __future__ import annotations

from groundfog import errors, tasks
from groundfog.catalog import search
from groundfog.platform import Platform
from groundfog.tasks import JsonBody
from groundfog.wire.body import json_object, read_body
from groundfog.wire.catalogue import models_page, paged
from groundfog.wire.exchange import Answer, Exchange
from groundfog.wire.gateway import account
from groundfog.wire.http import envelope, json_answer
from groundfog.wire.native import inputs_of, read_options, run_native
from groundfog.wire.route import Route, route

BASE = "/client/v4"
AI = BASE + "/accounts/{account}/ai"


def routes(platform: Platform) -> list[Route]:
    return [
        route("POST", AI + "/run", run_unified, summary="Run the model that the body names"),
        route("POST", AI + "/run/{model:path}", run_model, summary="Run a model"),
        route("GET", AI + "/models/search", search_models, scope="read", summary="Search the catalogue"),
        route("GET", AI + "/models/schema", model_schema, scope="read", summary="JSON Schemas of a model"),
        route("GET", AI + "/tasks/search", list_tasks, scope="read", summary="List the tasks"),
        route("GET", AI + "/authors/search", list_authors, scope="read", summary="List the authors"),
        route("GET", AI + "/finetunes", no_finetunes, scope="read", summary="List fine-tunes"),
        route("GET", AI + "/finetunes/public", no_finetunes, scope="read", summary="List public fine-tunes"),
        route("POST", AI + "/finetunes", create_finetune, summary="Create a fine-tune"),
        route("POST", AI + "/finetunes/{finetune}/finetune-assets", create_finetune, summary="Upload an adapter"),
        route("POST", AI + "/tomarkdown", no_markdown, summary="Convert files to Markdown"),
        route("GET", AI + "/tomarkdown/supported", no_markdown, scope="read", summary="Formats that can be converted"),
        *(
            route("GET", BASE + path, handler, scope="read", summary=summary, any_account=True)
            for path, handler, summary in (
                ("/user/tokens/verify", verify_token, "Is this key valid?"),
                ("/user", user, "The caller"),
                ("/accounts", accounts, "Accounts of the caller"),
                ("/memberships", memberships, "Memberships of the caller"),
            )
        ),
    ]


async def run_model(exchange: Exchange) -> Answer:
    """`POST ai/run/{model}` (spec §1.4, §1.5)."""
    content = await exchange.body()
    body = read_body(content, exchange.header(b"content-type"), inputs_of(exchange.scope["query_string"]))
    given = body.data.pop("options", None) if isinstance(body, JsonBody) else None
    gateway = account.named_gateway(exchange, given)
    if gateway is not None:
        return await account.run_model(exchange, gateway, exchange.parameters["model"], content, given)
    options = read_options(given, exchange.query)
    return await run_native(exchange, exchange.parameters["model"], body, options, dialect="rest", enveloped=True)


async def run_unified(exchange: Exchange) -> Answer:
    """`POST ai/run` with `{"model": …, "input": {…}}` (spec §1.6)."""
    content = await exchange.body()
    data = json_object(content)
    missing = [name for name in ("model", "input") if name not in data]
    if missing:
        raise errors.BAD_INPUT(what=f"required properties at '/' are '{','.join(missing)}'")
    model, inputs = data["model"], data["input"]
    if not isinstance(model, str):
        raise errors.BAD_INPUT(what="Type mismatch of '/model', not in 'string'")
    if not isinstance(inputs, dict):
        raise errors.BAD_INPUT(what="Type mismatch of '/input', not in 'object'")
    gateway = account.gateway_of(exchange, data)
    if gateway is not None:
        return await account.run_unified(exchange, gateway, content, data)
    options = read_options(data.get("options"), exchange.query)
    return await run_native(exchange, model, JsonBody(inputs), options, dialect="rest", enveloped=True)


async def search_models(exchange: Exchange) -> Answer:
    """`GET ai/models/search` with every documented parameter (spec §1.7)."""
    query = exchange.query
    page, info = models_page(exchange.platform.catalog, query)
    if query.get("format") == "openrouter":
        return json_answer({"data": search.openrouter(exchange.platform.catalog, page)})
    return envelope(page, info=info)


async def model_schema(exchange: Exchange) -> Answer:
    """`GET ai/models/schema?model=` (spec §1.8)."""
    model_id = exchange.query.get("model")
    if not model_id:
        raise errors.INVALID_INPUT(what="give the model's id in the query parameter `model`")
    model = exchange.platform.catalog.find(model_id)
    task = tasks.for_model(model)
    return envelope({"input": task.input_schema(model), "output": task.output_schema(model)})


async def list_tasks(exchange: Exchange) -> Answer:
    page, info = paged(search.tasks(), exchange.query)
    return envelope(page, info=info)


async def list_authors(exchange: Exchange) -> Answer:
    page, info = paged(search.authors(exchange.platform.catalog), exchange.query)
    return envelope(page, info=info)


async def no_finetunes(exchange: Exchange) -> Answer:
    """Adapters are files in the settings on this server; none is uploaded."""
    page, info = paged([], exchange.query)
    return envelope(page, info=info)


async def create_finetune(exchange: Exchange) -> Answer:
    raise errors.NOT_IMPLEMENTED(
        what="adapters cannot be uploaded to this server; give them as files in its settings (models.<id>.lora)"
    )


async def no_markdown(exchange: Exchange) -> Answer:
    raise errors.NOT_IMPLEMENTED(what="toMarkdown is not available on this server")


async def verify_token(exchange: Exchange) -> Answer:
    """wrangler asks before anything else; a key that got here is valid."""
    key = exchange.principal.key if exchange.principal else None
    return envelope({"id": key.id if key else "anonymous", "status": "active"})


async def user(exchange: Exchange) -> Answer:
    key = exchange.principal.key if exchange.principal else None
    name = key.id if key else "anonymous"
    return envelope({"id": name, "email": f"{name}@groundfog.invalid", "first_name": None, "last_name": None})


async def accounts(exchange: Exchange) -> Answer:
    page, info = paged([{"id": name, "name": name, "type": "standard"} for name in _accounts(exchange)], exchange.query)
    return envelope(page, info=info)


async def memberships(exchange: Exchange) -> Answer:
    rows = [
        {"id": name, "status": "accepted", "account": {"id": name, "name": name}, "roles": ["Administrator"]}
        for name in _accounts(exchange)
    ]
    page, info = paged(rows, exchange.query)
    return envelope(page, info=info)


def _accounts(exchange: Exchange) -> list[str]:
    """The accounts of the key; a key for any account shows the server's own."""
    key = exchange.principal.key if exchange.principal else None
    own = exchange.platform.settings.account
    return [own] if key is None or key.covers(own) else list(key.accounts)
