"""The Responses object (spec workers-ai §3.5)."""

from __future__ import annotations

import time
from typing import Any

import orjson

from groundfog.catalog import Model
from groundfog.tasks.text_generation.shapes import common
from groundfog.tasks.text_generation.types import Choice, Inputs, Output, Usage

Item = dict[str, Any]


def render(model: Model, inputs: Inputs, output: Output, request_id: str) -> bytes:
    """A `response` object with everything in it."""
    choice = output.choices[0]
    answer = head(model, inputs, request_id)
    return orjson.dumps(ended(answer, items(choice, request_id), choice.finish_reason, output.usage))


def head(model: Model, inputs: Inputs, request_id: str) -> dict[str, Any]:
    """The object as it is when the answer begins: in progress, without output."""
    asked = inputs.responses or {}
    return {
        "id": f"resp_{common.compact(request_id)}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "metadata": {},
        "model": model.id,
        "output": [],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "temperature": None,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "truncation": "disabled",
        "usage": None,
        **asked,
        "reasoning": {"effort": inputs.reasoning_effort, "summary": None},
        "store": False,
    }


def ended(answer: dict[str, Any], output: list[Item], finish_reason: str | None, used: Usage | None) -> dict[str, Any]:
    """The object when the answer is whole, or was cut at `max_output_tokens`."""
    cut = finish_reason == "length"
    return {
        **answer,
        "status": "incomplete" if cut else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "output": output,
        "usage": None if used is None else usage(used),
    }


def usage(given: Usage) -> dict[str, Any]:
    return {
        "input_tokens": given.prompt_tokens,
        "input_tokens_details": {"cached_tokens": given.cached_tokens, "cache_write_tokens": 0},
        "output_tokens": given.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": given.reasoning_tokens},
        "total_tokens": given.total_tokens,
    }


def items(choice: Choice, request_id: str) -> list[Item]:
    """The output items of a whole answer: reasoning, message, calls."""
    out: list[Item] = []
    cut = choice.finish_reason == "length"
    if choice.reasoning:
        out.append(reasoning_item(request_id, len(out), choice.reasoning))
    if choice.text or not choice.tool_calls:
        out.append(message_item(request_id, len(out), choice.text, "incomplete" if cut else "completed"))
    for index, call in enumerate(choice.tool_calls):
        made = common.call_id(call.id, request_id, 0, index)
        out.append(call_item(request_id, len(out), made, call.name, call.arguments, "completed"))
    return out


def reasoning_item(request_id: str, index: int, text: str | None) -> Item:
    """`text` None: the item has just begun."""
    content = [] if text is None else [{"type": "reasoning_text", "text": text}]
    return {"id": f"rs_{common.compact(request_id)}{index}", "type": "reasoning", "summary": [], "content": content}


def message_item(request_id: str, index: int, text: str | None, status: str) -> Item:
    """`text` None: the item has just begun."""
    return {
        "id": f"msg_{common.compact(request_id)}{index}",
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": [] if text is None else [text_part(text)],
    }


def text_part(text: str) -> Item:
    return {"type": "output_text", "text": text, "annotations": []}


def call_item(request_id: str, index: int, call_id: str, name: str, arguments: str, status: str) -> Item:
    return {
        "id": f"fc_{common.compact(request_id)}{index}",
        "type": "function_call",
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
        "status": status,
    }
