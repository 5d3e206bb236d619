"""JSON Schemas of text generation, made from the request structs of `requests` (spec workers-ai §1.8)."""

from __future__ import annotations

import functools
from typing import Any

import msgspec

from groundfog.catalog import Model
from groundfog.tasks.text_generation import facts, requests

_Schema = dict[str, Any]

# Keys that say nothing to a caller.
_NOISE = ("title", "default")


@functools.cache
def of(request: type[msgspec.Struct]) -> _Schema:
    """The schema of one request struct: no references, no `null` alternatives (null is read as absent)."""
    whole = msgspec.json.schema(request)
    simplified = _simplify(whole, whole["$defs"])
    for key in ("required", "description"):
        simplified.pop(key, None)
    return simplified


def _simplify(node: _Schema, definitions: _Schema) -> _Schema:
    if "$ref" in node:
        return _simplify(definitions[node["$ref"].rsplit("/", 1)[-1]], definitions)
    if "anyOf" in node:
        branches = [_simplify(branch, definitions) for branch in node["anyOf"] if branch.get("type") != "null"]
        lifted = {key: branch.pop("description") for branch in branches for key in ("description",) if key in branch}
        return {**lifted, **(branches[0] if len(branches) == 1 else {"anyOf": branches})}
    out = {key: value for key, value in node.items() if key not in _NOISE and key not in ("$defs", "discriminator")}
    if "properties" in out:
        out["properties"] = {name: _simplify(part, definitions) for name, part in out["properties"].items()}
        if not out.get("required"):
            out.pop("required", None)
    for key in ("items", "additionalProperties"):
        if isinstance(out.get(key), dict):
            out[key] = _simplify(out[key], definitions)
    return out


def form(request: type[msgspec.Struct], required: str) -> _Schema:
    """The schema of one form of a request: `required` is the field that makes it that form."""
    schema = dict(of(request))
    other = {"prompt": "messages", "messages": "prompt"}.get(required)
    properties = {name: part for name, part in schema["properties"].items() if name != other}
    titles = {"prompt": "Prompt", "messages": "Messages", "input": "Responses"}
    return {"title": titles[required], **schema, "properties": properties, "required": [required]}


def native_request(model: Model) -> type[requests.ClassicRequest] | type[requests.ChatRequest]:
    return requests.ChatRequest if facts.shape(model) == "chat" else requests.ClassicRequest


def input_schema(model: Model) -> _Schema:
    """What `ai/run` takes for `model`."""
    request = native_request(model)
    allowed = facts.forms(model)
    branches = [form(request, name) for name in ("prompt", "messages") if name in allowed]
    if "input" in allowed:
        branches.append(form(requests.ResponsesRequest, "input"))
    branches = [_for_model(branch, model) for branch in branches]
    return branches[0] if len(branches) == 1 else {"type": "object", "oneOf": branches}


def _for_model(branch: _Schema, model: Model) -> _Schema:
    """The branch with the model's own defaults, levels and inputs."""
    properties = dict(branch["properties"])
    default = facts.default_max_tokens(model)
    if default is not None and "max_tokens" in properties:
        properties["max_tokens"] = {**properties["max_tokens"], "default": default}
    temperature = facts.default_temperature(model)
    if temperature is not None and "temperature" in properties:
        properties["temperature"] = {**properties["temperature"], "default": temperature}
    if not facts.sees_images(model):
        properties.pop("image", None)
    effort = facts.effort(model)
    if effort is not None and "reasoning_effort" in properties:
        names = [*effort.levels, *(alias for alias, _ in effort.aliases)]
        properties["reasoning_effort"] = {"type": "string", "enum": names, "default": effort.default}
    return {**branch, "properties": properties}


_USAGE: _Schema = {
    "type": "object",
    "properties": {
        "prompt_tokens": {"type": "integer"},
        "completion_tokens": {"type": "integer"},
        "total_tokens": {"type": "integer"},
        "prompt_tokens_details": {"type": "object", "properties": {"cached_tokens": {"type": "integer"}}},
    },
    "required": ["prompt_tokens", "completion_tokens", "total_tokens"],
}
_CLASSIC_CALL: _Schema = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "arguments": {"type": ["object", "string"]}},
    "required": ["name", "arguments"],
}
_OPENAI_CALL: _Schema = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "type": {"type": "string", "enum": ["function"]},
        "function": _CLASSIC_CALL,
    },
    "required": ["id", "type", "function"],
}
_STREAM: _Schema = {"type": "string", "contentType": "text/event-stream", "format": "binary"}


def output_schema(model: Model) -> _Schema:
    """What `ai/run` answers for `model`, one alternative for each form it can be asked in."""
    if facts.shape(model) == "classic":
        return {"oneOf": [_classic_output(model), _STREAM]}
    allowed = facts.forms(model)
    branches = [_chat_output(model)]
    if "prompt" in allowed:
        branches.append(_completion_output())
    if "input" in allowed:
        branches.append(_responses_output())
    return {"oneOf": [*branches, _STREAM]}


def _classic_output(model: Model) -> _Schema:
    return {
        "type": "object",
        "contentType": "application/json",
        "properties": {
            "response": {"description": "The answer; the parsed value in JSON mode; null when only tools are called."},
            "tool_calls": {"type": "array", "items": _OPENAI_CALL if facts.openai_tool_calls(model) else _CLASSIC_CALL},
            "usage": _USAGE,
        },
        "required": ["response"],
    }


def _choices(item: _Schema) -> _Schema:
    properties = {"index": {"type": "integer"}, "finish_reason": {"type": ["string", "null"]}, **item}
    return {
        "type": "array",
        "items": {"type": "object", "properties": properties, "required": ["index", *item, "finish_reason"]},
    }


def _openai_object(name: str, properties: _Schema) -> _Schema:
    return {
        "type": "object",
        "contentType": "application/json",
        "properties": {
            "id": {"type": "string"},
            "object": {"type": "string", "enum": [name]},
            "model": {"type": "string"},
            **properties,
        },
        "required": ["id", "object", "model", *properties],
    }


def _chat_output(model: Model) -> _Schema:
    text: _Schema = {"type": ["string", "null"]}
    message: _Schema = {
        "type": "object",
        "properties": {
            "role": {"type": "string"},
            "content": text,
            **dict.fromkeys(facts.reasoning_fields(model), text),
            "tool_calls": {"type": "array", "items": _OPENAI_CALL},
        },
        "required": ["role", "content"],
    }
    return _openai_object(
        "chat.completion",
        {"created": {"type": "integer"}, "choices": _choices({"message": message}), "usage": _USAGE},
    )


def _completion_output() -> _Schema:
    choices = _choices({"text": {"type": "string"}})
    return _openai_object("text_completion", {"created": {"type": "integer"}, "choices": choices, "usage": _USAGE})


def _responses_output() -> _Schema:
    usage = {name: {"type": "integer"} for name in ("input_tokens", "output_tokens", "total_tokens")}
    return _openai_object(
        "response",
        {
            "created_at": {"type": "number"},
            "status": {"type": "string"},
            "output": {"type": "array", "items": {"type": "object"}},
            "usage": {"type": "object", "properties": usage, "required": list(usage)},
        },
    )
