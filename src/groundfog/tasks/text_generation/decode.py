"""Native requests → `Inputs`: which form it is, what it may have, and what follows from the model.

Sources: spec workers-ai §3.1, §3.3–§3.6, §8.1. The fields are in `requests`; OpenAI's own endpoints use the same
functions: `chat`, `completion` and `responses`.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

import msgspec

from groundfog import errors
from groundfog.catalog import Model
from groundfog.tasks import validate
from groundfog.tasks.base import BinaryBody, Body, JsonBody, Policy
from groundfog.tasks.text_generation import decode_messages, decode_options, facts, requests, schema
from groundfog.tasks.text_generation.decode_responses import responses_inputs
from groundfog.tasks.text_generation.requests import ChatRequest, ClassicRequest, CompletionRequest, ResponsesRequest
from groundfog.tasks.text_generation.types import Inputs, Message

_R = TypeVar("_R", bound=msgspec.Struct)


def native(model: Model, body: Body, policy: Policy) -> tuple[Inputs, bool]:
    """The inputs of `ai/run` and whether to stream. Raises BAD_INPUT, STREAM_WITH_SCHEMA, INVALID_BASE64."""
    picture: bytes | None = None
    beside = isinstance(body, BinaryBody)
    if isinstance(body, JsonBody):
        data = body.data
        if "image" in data and isinstance(data["image"], bytes | bytearray):
            picture = bytes(data["image"])
            data = {name: value for name, value in data.items() if name != "image"}
    elif isinstance(body, BinaryBody):
        # Query parameters: texts, and those that are not inputs are ignored (spec §1.4).
        data = {name: value for name, value in body.extra.items() if name in requests.CHAT}
        picture = body.content
    else:
        raise errors.BAD_INPUT(what=f"{model.id} takes JSON, not a form")
    if data.get("requests") is not None:
        raise errors.NOT_IMPLEMENTED(what="Asynchronous batches (`requests`) are not answered: send them one by one")
    allowed = facts.forms(model)
    if "input" in allowed and data.get("input") is not None:
        return responses(model, data, policy)
    prompted = data.get("prompt") is not None
    if prompted and data.get("messages") is not None:
        raise errors.BAD_INPUT(what="prompt and messages are mutually exclusive")
    if not prompted and data.get("messages") is None:
        validate.check(schema.input_schema(model), _without_nulls(data))
        raise errors.BAD_INPUT(what=f"required properties at '/' are '{','.join(sorted(allowed))}'")
    if prompted and "prompt" not in allowed:
        raise errors.BAD_INPUT(what=validate.extra_properties(["prompt"], ""))
    required: Literal["prompt", "messages"] = "prompt" if prompted else "messages"
    request: ClassicRequest | ChatRequest
    if facts.shape(model) == "classic":
        known = requests.CLASSIC_STRICT if policy.unknown_fields == "strict" else requests.CLASSIC
        request = read(ClassicRequest, known, data, policy, required, beside)
        inputs = Inputs(form="classic")
    else:
        request = read(ChatRequest, requests.CHAT, data, policy, required, beside)
        inputs = Inputs(form="completion" if prompted else "chat")
    return _fill(inputs, request, data, model, policy, picture)


def chat(model: Model, data: dict[str, Any], policy: Policy) -> tuple[Inputs, bool]:
    """OpenAI's Chat Completions, for any model (spec §4)."""
    if data.get("prompt") is not None:
        raise errors.BAD_INPUT(what=validate.extra_properties(["prompt"], ""))
    if data.get("messages") is None:
        raise errors.BAD_INPUT(what="required properties at '/' are 'messages'")
    request = read(ChatRequest, requests.CHAT, data, policy, "messages")
    return _fill(Inputs(form="chat"), request, data, model, policy, None)


def completion(model: Model, data: dict[str, Any], policy: Policy) -> tuple[list[Inputs], bool]:
    """OpenAI's legacy Completions: one `Inputs` for each prompt of the request."""
    if data.get("prompt") is None:
        raise errors.BAD_INPUT(what="required properties at '/' are 'prompt'")
    request = read(CompletionRequest, requests.COMPLETION, data, policy, "prompt")
    inputs = decode_options.completion_inputs(request, model)
    stream = bool(request.stream)
    _refuse_json_stream(inputs, stream, policy)
    return [msgspec.structs.replace(inputs, prompt=prompt) for prompt in decode_options.prompts(request)], stream


def responses(model: Model, data: dict[str, Any], policy: Policy) -> tuple[Inputs, bool]:
    """OpenAI's Responses (spec §3.5)."""
    if data.get("input") is None:
        raise errors.BAD_INPUT(what="required properties at '/' are 'input'")
    request = read(ResponsesRequest, requests.RESPONSES, data, policy, "input")
    inputs = responses_inputs(request, data, model)
    stream = bool(request.stream)
    _refuse_json_stream(inputs, stream, policy)
    return inputs, stream


def read(
    request: type[_R],
    known: frozenset[str],
    data: dict[str, Any],
    policy: Policy,
    required: str,
    texts: bool = False,
) -> _R:
    """The body as its struct. Raises BAD_INPUT in the wording of spec §5.3; nulls are read as absent.

    `texts`: numbers and flags may be written as text, as in a query string.
    """
    if policy.unknown_fields != "ignore" and not known.issuperset(data):
        unknown = [name for name in data if name not in known and data[name] is not None]
        if unknown:
            raise errors.BAD_INPUT(what=validate.extra_properties(unknown, ""))
    try:
        return msgspec.convert(data, request, strict=not texts)
    except msgspec.ValidationError as problem:
        return _read_slowly(request, data, required, str(problem))


def _read_slowly(request: type[_R], data: dict[str, Any], required: str, problem: str) -> _R:
    """What the fast way refused: find the words for it, or accept 256.0, which is an integer for JSON Schema."""
    try:
        validate.check(schema.form(request, required), _without_nulls(data))
        return msgspec.convert(_whole_numbers(data), request)
    except msgspec.ValidationError:
        raise errors.BAD_INPUT(what=problem) from None
    except RecursionError:
        raise errors.BAD_INPUT(what="the body is nested too deeply") from None


def _fill(
    inputs: Inputs,
    request: ClassicRequest | ChatRequest,
    data: dict[str, Any],
    model: Model,
    policy: Policy,
    picture: bytes | None,
) -> tuple[Inputs, bool]:
    """The fields of a classic or chat request, written into `inputs`."""
    if request.messages is not None:
        inputs.messages = decode_messages.messages(request.messages, model)
        if facts.is_guard(model):
            decode_messages.check_turns(inputs.messages)
    else:
        inputs.prompt = request.prompt
    part = decode_messages.image_part(picture, "/image", model) if picture is not None else None
    if request.image is not None:
        part = decode_messages.image(request.image, model)
    if part is not None:
        if request.raw:
            raise errors.BAD_INPUT(what="raw and image are mutually exclusive")
        turns = inputs.messages or [Message("user", inputs.prompt)]
        inputs.messages, inputs.prompt = decode_messages.with_image(turns, part), None
    decode_options.write(inputs, request, data, model)
    if isinstance(request, ChatRequest):
        decode_options.write_chat(inputs, request)
    stream = bool(request.stream)
    _refuse_json_stream(inputs, stream, policy)
    return inputs, stream


def _refuse_json_stream(inputs: Inputs, stream: bool, policy: Policy) -> None:
    if stream and inputs.json_format is not None and not policy.allow_json_stream:
        raise errors.STREAM_WITH_SCHEMA()


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _whole_numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _whole_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(item) for item in value]
    return value
