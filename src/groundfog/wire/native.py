"""What the native surfaces (REST, binding) share: request options, and running a model with its native inputs."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from groundfog import catalog, errors
from groundfog.call import checked_tags
from groundfog.tasks import Body, JsonBody
from groundfog.wire.exchange import Answer, Exchange, Whole
from groundfog.wire.http import reply_headers
from groundfog.wire.sse import NativeFrames, open_stream

OPTION_NAMES = frozenset(
    {"gateway", "queueRequest", "rejectIfBusy", "websocket", "returnRawResponse", "tags", "version", "userInputs"}
)
"""Query parameters that are not inputs of a model."""


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    """Request options (spec §2.3). Options of no meaning to a server are ignored, as on the original."""

    reject_if_busy: bool = False
    tags: tuple[str, ...] = ()
    gateway: Mapping[str, Any] | None = None


NO_OPTIONS = Options()


def read_options(given: Any, query: Mapping[str, str]) -> Options:
    """Options of the body and of the query string together. Raises BAD_INPUT, NOT_IMPLEMENTED."""
    if (given is None or given == {}) and not query:
        return NO_OPTIONS
    if given is None:
        given = {}
    if not isinstance(given, dict):
        raise errors.BAD_INPUT(what="Type mismatch of '/options', not in 'object'")
    if _flag(given.get("queueRequest")) or _flag(query.get("queueRequest")):
        raise errors.NOT_IMPLEMENTED(what="queueRequest: asynchronous batches are not available on this server")
    if _flag(given.get("websocket")):
        raise errors.NOT_IMPLEMENTED(what="websocket: realtime models are not available on this server")
    gateway, tags = given.get("gateway"), given.get("tags", query.get("tags"))
    return Options(
        reject_if_busy=_flag(given.get("rejectIfBusy")) or _flag(query.get("rejectIfBusy")),
        tags=checked_tags(tags.split(",") if isinstance(tags, str) else tags),
        gateway=gateway if isinstance(gateway, dict) else None,
    )


def inputs_of(query_string: bytes) -> dict[str, Any]:
    """Inputs beside a raw body (spec §1.4): query parameters that are no options; one that is repeated is a list."""
    inputs: dict[str, Any] = {}
    for name, value in parse_qsl(query_string.decode("latin-1"), keep_blank_values=True) if query_string else ():
        if name in OPTION_NAMES:
            continue
        if name in inputs:
            before = inputs[name]
            inputs[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            inputs[name] = value
    return inputs


def _flag(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in ("true", "1"))


async def run_native(
    exchange: Exchange, model_id: str, body: Body, options: Options, *, dialect: str, enveloped: bool
) -> Answer:
    """Run a model with its native inputs: JSON (in the REST envelope or bare), raw bytes, or an event stream."""
    if isinstance(body, JsonBody) and body.data.keys() == {"request_id"}:
        raise errors.NO_SUCH_REQUEST(request_id=body.data["request_id"])
    call = exchange.platform.call(model_id, body, account=exchange.account, dialect=dialect)
    call.reject_if_busy = options.reject_if_busy
    call.tags = options.tags
    reply = await exchange.run(call)
    if reply.deltas is not None:
        frames = NativeFrames(call.task.streamer(call.model, call.inputs, call.request_id))
        return await open_stream(exchange, reply, frames)
    assert reply.output is not None
    exchange.tokens = tokens_of(reply.output)
    rendered = call.task.render(call.model, call.inputs, reply.output, call.request_id)
    content = rendered.content
    if rendered.is_json and enveloped:
        dated = _deprecation(call.model.id)
        content = b'{"result":' + content + b',"success":true,"errors":[],"messages":[]' + dated + b"}"
    return Whole(content, content_type=rendered.content_type.encode(), headers=reply_headers(reply))


@functools.cache
def _deprecation(model_id: str) -> bytes:
    """The envelope's field `deprecation` for a model that is or will be withdrawn; nothing for the others."""
    models = catalog.default()
    found = models.deprecation(models.find(model_id))
    return b"" if found is None else b',"deprecation":' + msgspec.json.encode(found)


def tokens_of(output: msgspec.Struct) -> tuple[int, int]:
    """Prompt and completion tokens of a whole answer; zeros where its task does not count any."""
    usage = getattr(output, "usage", None)
    if usage is not None:
        return getattr(usage, "prompt_tokens", 0), getattr(usage, "completion_tokens", 0)
    return getattr(output, "prompt_tokens", 0), 0
