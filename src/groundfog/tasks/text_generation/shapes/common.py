"""Pieces that several shapes share: ids, usage, tool calls, log probabilities."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import orjson

from groundfog.catalog import Model
from groundfog.tasks.text_generation.types import Inputs, TokenLogprob, ToolCall, Usage


def compact(request_id: str) -> str:
    """A request id without its dashes, for ids made from it."""
    return request_id.replace("-", "")


def call_id(given: str | None, request_id: str, choice: int, index: int) -> str:
    """The id of a tool call: the engine's, or one made from the request, the choice and the call's place."""
    return given or f"call_{compact(request_id)[:16]}{choice}{index}"


def openai_call(call: ToolCall, request_id: str, choice: int, index: int) -> dict[str, Any]:
    return {
        "id": call_id(call.id, request_id, choice, index),
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }


def usage(given: Usage) -> dict[str, Any]:
    """Usage as classic and chat answers show it."""
    shown: dict[str, Any] = {
        "prompt_tokens": given.prompt_tokens,
        "completion_tokens": given.completion_tokens,
        "total_tokens": given.total_tokens,
        "prompt_tokens_details": {"cached_tokens": given.cached_tokens},
    }
    if given.reasoning_tokens:
        shown["completion_tokens_details"] = {"reasoning_tokens": given.reasoning_tokens}
    return shown


def logprobs(given: Sequence[TokenLogprob] | None) -> dict[str, Any] | None:
    """Log probabilities as Chat Completions shows them."""
    if given is None:
        return None
    content = [{**_token(one), "top_logprobs": [_token(other) for other in one.top]} for one in given]
    return {"content": content, "refusal": None}


def _token(one: TokenLogprob) -> dict[str, Any]:
    data = list(one.token.encode()) if one.bytes is None else one.bytes
    return {"token": one.token, "logprob": one.logprob, "bytes": data}


def head(model: Model, request_id: str, prefix: str, name: str) -> dict[str, Any]:
    """The first members of an OpenAI object; `created` is in seconds since 1970."""
    return {"id": f"{prefix}-{request_id}", "object": name, "created": int(time.time()), "model": model.id}


def with_usage(events: list[bytes], head: bytes, inputs: Inputs, used: Usage | None) -> list[bytes]:
    """The last chunks of an OpenAI stream with the usage where the caller wants it (`stream_options.include_usage`).

    None: on the last chunk (spec §3.3); True: in a chunk of its own without choices, as OpenAI does; False: nowhere.
    `head` is the open object that every chunk begins with.
    """
    if used is None or inputs.include_usage is False:
        return events
    shown = b',"usage":' + orjson.dumps(usage(used)) + b"}"
    if inputs.include_usage or not events:
        return [*events, head + b',"choices":[]' + shown]
    return [*events[:-1], events[-1][:-1] + shown]
