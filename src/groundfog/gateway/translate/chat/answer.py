"""Parts of OpenAI's answers: completions, chunks, usage, errors – as plain objects, for whoever renders them."""

from __future__ import annotations

import dataclasses
from typing import Any

import orjson

from groundfog.metering.usage import Usage

Raw = dict[str, Any]


@dataclasses.dataclass(slots=True)
class Head:
    """What stands at the top of every answer. `created` in seconds since the epoch."""

    id: str
    created: int
    model: str

    def completion(self, choices: list[Raw], usage: Raw | None) -> Raw:
        """A whole answer."""
        whole: Raw = {
            "id": self.id,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": choices,
        }
        if usage is not None:
            whole["usage"] = usage
        return whole

    def chunk(self, delta: Raw, finish_reason: str | None = None, index: int = 0) -> Raw:
        """A piece of a stream."""
        return {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": [{"index": index, "delta": delta, "finish_reason": finish_reason}],
        }

    def counted(self, usage: Raw) -> Raw:
        """The last piece of a stream whose caller asked for `include_usage`."""
        return {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": [],
            "usage": usage,
        }


def usage(counted: Usage, reasoning: int | None = None) -> Raw | None:
    """OpenAI's usage: `prompt_tokens` include those of the cache. None where nothing was counted."""
    if counted.tokens_in is None and counted.tokens_out is None:
        return None
    prompt = (counted.tokens_in or 0) + counted.cache_read + counted.cache_write
    completion = counted.tokens_out or 0
    whole: Raw = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": counted.cache_read},
    }
    if counted.cache_write:
        whole["prompt_tokens_details"]["cache_write_tokens"] = counted.cache_write
    if reasoning is not None:
        whole["completion_tokens_details"] = {"reasoning_tokens": reasoning}
    return whole


def tool_call(id: str, name: str, arguments: Any) -> Raw:
    """A whole call. `arguments` is what the provider gave: an object, or JSON text."""
    text = arguments if isinstance(arguments, str) else orjson.dumps(arguments).decode()
    return {"id": id, "type": "function", "function": {"name": name, "arguments": text}}


def error(message: str, kind: str | None, code: str | int | None = None) -> Raw:
    """OpenAI's shape of an error."""
    return {"error": {"message": message, "type": kind or "api_error", "param": None, "code": code}}


BROKEN = error("The provider's stream ended before the answer was whole", "server_error", "stream_broken")
