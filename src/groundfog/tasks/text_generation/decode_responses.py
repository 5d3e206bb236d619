"""Responses requests → `Inputs` (spec workers-ai §3.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundfog import errors
from groundfog.catalog import Model
from groundfog.tasks.text_generation import decode_messages, decode_options, facts, json_schemas
from groundfog.tasks.text_generation.parts import ItemIn, MessageIn, PartIn, ToolCallIn
from groundfog.tasks.text_generation.requests import ResponsesRequest, TextFormatIn
from groundfog.tasks.text_generation.types import Inputs, JsonFormat, Message

# What the answer repeats of the request.
_REPEATED = (
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "parallel_tool_calls",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_p",
    "truncation",
    "user",
)
# Asked for by clients that replay reasoning; ours is never encrypted, so there is nothing to add.
_INCLUDABLE = "reasoning.encrypted_content"


def responses_inputs(request: ResponsesRequest, data: dict[str, Any], model: Model) -> Inputs:
    """Raises BAD_INPUT for what would need a store of earlier answers, or tools that this server does not have."""
    _refuse(request)
    inputs = Inputs(form="responses", messages=_messages(request, model))
    inputs.temperature = request.temperature
    inputs.top_p = request.top_p
    inputs.max_tokens = request.max_output_tokens or facts.default_max_tokens(model)
    inputs.parallel_tool_calls = request.parallel_tool_calls is not False
    decode_options.tools(inputs, request.tools, request.tool_choice)
    if request.text is not None and request.text.format is not None:
        inputs.json_format = _json_format(request.text.format)
    decode_options.reasoning(inputs, request.reasoning.effort if request.reasoning else None, None, model)
    inputs.responses = {name: data[name] for name in _REPEATED if data.get(name) is not None}
    return inputs


def _refuse(request: ResponsesRequest) -> None:
    for name in ("previous_response_id", "conversation", "prompt"):
        if getattr(request, name) is not None:
            raise errors.BAD_INPUT(what=f"'/{name}' is not supported: answers are not stored, send the whole input")
    if request.background:
        raise errors.BAD_INPUT(what="'/background' is not supported: answers are not stored")
    if request.truncation == "auto":
        raise errors.BAD_INPUT(what="enum auto not in disabled at '/truncation': nothing is cut silently")
    if request.top_logprobs:
        raise errors.BAD_INPUT(what="'/top_logprobs' is not supported in Responses: use Chat Completions")
    for name in request.include or ():
        if name != _INCLUDABLE:
            raise errors.BAD_INPUT(what=f"enum {name} not in {_INCLUDABLE} at '/include'")


def _json_format(given: TextFormatIn) -> JsonFormat | None:
    if given.type == "text":
        return None
    if given.type == "json_schema" and given.schema is None:
        raise errors.BAD_INPUT(what="required properties at '/text/format' are 'type,name,schema'")
    if given.schema is not None:
        json_schemas.check(given.schema, "/text/format/schema")
    return JsonFormat(given.schema, given.name, bool(given.strict))


def _messages(request: ResponsesRequest, model: Model) -> list[Message]:
    turns: list[MessageIn] = []
    places: list[str] = []
    if request.instructions:
        turns.append(MessageIn("system", request.instructions))
        places.append("/instructions")
    if isinstance(request.input, str):
        turns.append(MessageIn("user", request.input))
        places.append("/input")
    else:
        if not request.input:
            raise errors.BAD_INPUT(what="Length of '/input' must be >= 1")
        _read_items(request.input, turns, places)
    return decode_messages.messages(turns, model, places)


def _read_items(items: Sequence[ItemIn], turns: list[MessageIn], places: list[str]) -> None:
    """Items in order; calls and reasoning join the assistant's turn that they belong to."""
    thought: str | None = None
    for index, item in enumerate(items):
        place = f"/input/{index}"
        match item.type or "message":
            case "message":
                if item.role is None or item.content is None:
                    raise errors.BAD_INPUT(what=f"required properties at '{place}' are 'role,content'")
                turn = MessageIn(item.role, item.content)
            case "function_call":
                if item.name is None or item.call_id is None:
                    raise errors.BAD_INPUT(what=f"required properties at '{place}' are 'call_id,name,arguments'")
                call = ToolCallIn(item.call_id, "function", item.name, item.arguments)
                if turns and turns[-1].role == "assistant" and thought is None:
                    turns[-1].tool_calls = [*(turns[-1].tool_calls or ()), call]
                    continue
                turn = MessageIn("assistant", tool_calls=[call])
            case "function_call_output":
                if item.call_id is None or item.output is None:
                    raise errors.BAD_INPUT(what=f"required properties at '{place}' are 'call_id,output'")
                turn = MessageIn("tool", item.output, tool_call_id=item.call_id)
            case "reasoning":
                thought = _thought(item.content)
                continue
            case other:
                names = "message,function_call,function_call_output,reasoning"
                raise errors.BAD_INPUT(what=f"enum {other} not in {names} at '{place}/type'")
        if turn.role == "assistant":
            turn.reasoning, thought = thought, None
        turns.append(turn)
        places.append(place)


def _thought(content: str | list[PartIn] | None) -> str | None:
    if content is None or isinstance(content, str):
        return content or None
    return "".join(part.text or "" for part in content) or None
