"""What all OpenAI endpoints read the same way: the body, the model it names, request options, headers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from groundfog import errors, tasks
from groundfog.call import Call, Reply
from groundfog.catalog import Model
from groundfog.tasks import Task
from groundfog.wire.body import json_object
from groundfog.wire.exchange import Answer, Exchange, Headers
from groundfog.wire.gateway import account
from groundfog.wire.http import reply_headers
from groundfog.wire.native import read_options


async def body(exchange: Exchange, path: str) -> tuple[dict[str, Any], Answer | None]:
    """The JSON object of the request, and the answer where it goes through a gateway instead.

    Raises TOO_LARGE, INCOMPLETE_REQUEST, BAD_INPUT, and what the gateway raises.
    """
    content = await exchange.body()
    data = json_object(content)
    gateway = account.gateway_of(exchange, data)
    return data, None if gateway is None else await account.endpoint(exchange, gateway, path, content, data)


def model_and_task(exchange: Exchange, data: dict[str, Any], wanted: str) -> tuple[Model, Task]:
    """The model that the body names and its task. Raises BAD_INPUT when that is not the endpoint's task."""
    name = data.get("model")
    if name is None:
        raise errors.BAD_INPUT(what="required properties at '/' are 'model'")
    if not isinstance(name, str):
        raise errors.BAD_INPUT(what="Type mismatch of '/model', not in 'string'")
    model = exchange.platform.model(name)
    task = tasks.for_model(model)
    if task.name != wanted:
        raise errors.BAD_INPUT(what=f"{model.id} is a model for {task.cloudflare_task}, which this endpoint is not for")
    return model, task


def call(
    exchange: Exchange, data: dict[str, Any], model: Model, task: Task, inputs: msgspec.Struct, stream: bool = False
) -> Call:
    """The call with what its `options` and headers say (spec §4, §8.4)."""
    options = read_options(data.get("options"), exchange.query)
    return Call(
        exchange.account,
        model,
        task,
        inputs,
        stream=stream,
        reject_if_busy=options.reject_if_busy,
        tags=options.tags,
        dialect="openai",
    )


def headers(reply: Reply, outputs: Sequence[msgspec.Struct] | None = None) -> Headers:
    """Headers of an answer; OpenAI's SDKs read the request id from `x-request-id`. `outputs`: see `reply_headers`."""
    return [*reply_headers(reply, outputs), (b"x-request-id", reply.call.request_id.encode())]
