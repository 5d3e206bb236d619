"""Items and ends of an answer of OpenAI's Responses."""

from __future__ import annotations

from typing import Any

from groundfog.gateway.translate.chat.answer import Raw


def text_part(text: str, logprobs: list[Any] | None = None) -> Raw:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": logprobs or []}


def message(id: str, content: list[Raw], status: str) -> Raw:
    return {"id": id, "type": "message", "status": status, "role": "assistant", "content": content}


def reasoning(id: str, text: str | None) -> Raw:
    content = [] if text is None else [{"type": "reasoning_text", "text": text}]
    return {"id": id, "type": "reasoning", "summary": [], "content": content}


def call(id: str, call_id: str, name: str, arguments: str, status: str) -> Raw:
    return {
        "id": id,
        "type": "function_call",
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
        "status": status,
    }


def output(id: str, said: Raw, logprobs: Any) -> list[Raw]:
    """The items of a whole answer. `id` is the response's."""
    items: list[Raw] = []
    name = id.removeprefix("resp_")
    thought = said.get("reasoning_content") or said.get("reasoning")
    if thought:
        items.append(reasoning(f"rs_{name}", thought))
    if said.get("content"):
        tokens = logprobs.get("content") if isinstance(logprobs, dict) else None
        items.append(message(f"msg_{name}", [text_part(said["content"], tokens)], "completed"))
    if said.get("refusal"):
        refusal = {"type": "refusal", "refusal": said["refusal"]}
        items.append(message(f"msg_{name}_refusal", [refusal], "completed"))
    for number, made in enumerate(said.get("tool_calls") or []):
        function = made["function"]
        arguments = function.get("arguments") or ""
        items.append(call(f"fc_{name}_{number}", made["id"], function["name"], arguments, "completed"))
    return items


_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


def ended(head: Raw, items: list[Raw], finish_reason: str | None, usage: Any) -> Raw:
    """The whole answer: complete, or cut short for a reason."""
    reason = _INCOMPLETE.get(finish_reason or "")
    return {
        **head,
        "status": "completed" if reason is None else "incomplete",
        "incomplete_details": None if reason is None else {"reason": reason},
        "output": items,
        "usage": _usage(usage),
    }


def _usage(raw: Any) -> Raw | None:
    if not isinstance(raw, dict):
        return None
    prompt = raw.get("prompt_tokens") or 0
    completion = raw.get("completion_tokens") or 0
    details = raw.get("prompt_tokens_details") or {}
    cached = {name: details.get(name) or 0 for name in ("cached_tokens", "cache_write_tokens")}
    thought = (raw.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0
    return {
        "input_tokens": prompt,
        "input_tokens_details": cached,
        "output_tokens": completion,
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": prompt + completion,
    }
