"""Chat completions as Anthropic's answers, whole and streamed."""

from __future__ import annotations

from typing import Any

import orjson

from groundfog.gateway.translate.chat.answer import Head, Raw
from groundfog.gateway.translate.sse import named

STOP = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "refusal",
}
_ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


def _id(id: str) -> str:
    return id if id.startswith("msg_") else f"msg_{id.removeprefix('chatcmpl-')}"


def _usage(raw: Any) -> Raw:
    """Anthropic counts the cache's tokens apart."""
    if not isinstance(raw, dict):
        return {"input_tokens": 0, "output_tokens": 0}
    details = raw.get("prompt_tokens_details") or {}
    read = details.get("cached_tokens") or 0
    write = details.get("cache_write_tokens") or 0
    return {
        "input_tokens": max(0, (raw.get("prompt_tokens") or 0) - read - write),
        "output_tokens": raw.get("completion_tokens") or 0,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": write,
    }


def _input(arguments: str | None) -> Any:
    """What a tool is called with; a model's broken JSON is handed on as it is, under `_raw`."""
    try:
        value = orjson.loads(arguments or "{}")
    except orjson.JSONDecodeError:
        return {"_raw": arguments}
    return value if isinstance(value, dict) else {"_raw": arguments}


class MessagesSink:
    """Writes one answer of Messages. Only the first choice can be said."""

    __slots__ = ("_begun", "_block", "_blocks", "_head", "_kind", "_stop", "_tools", "_usage")

    def __init__(self, head: Head) -> None:
        self._head = head
        self._begun = False
        self._blocks = 0
        self._block = -1
        self._kind: str | None = None
        self._tools: dict[int, int] = {}
        self._stop: str | None = None
        self._usage: Raw | None = None

    def whole(self, completion: Raw) -> Raw:
        choice = completion["choices"][0]
        message = choice["message"]
        content: list[Raw] = list(message.get("thinking_blocks") or [])
        reasoning = message.get("reasoning_content") or message.get("reasoning")
        if reasoning and not content:
            content.append({"type": "thinking", "thinking": reasoning, "signature": ""})
        text = message.get("content") or message.get("refusal")
        if text:
            content.append({"type": "text", "text": text})
        for call in message.get("tool_calls") or []:
            function = call["function"]
            use = {"type": "tool_use", "id": call["id"], "name": function["name"]}
            content.append({**use, "input": _input(function.get("arguments"))})
        return {
            "id": _id(completion.get("id") or self._head.id),
            "type": "message",
            "role": "assistant",
            "model": completion.get("model") or self._head.model,
            "content": content,
            "stop_reason": STOP.get(choice.get("finish_reason") or "stop", "end_turn"),
            "stop_sequence": None,
            "usage": _usage(completion.get("usage")),
        }

    def error(self, status: int, error: Raw) -> Raw:
        kind = _ERRORS.get(status, "api_error" if status >= 500 else "invalid_request_error")
        return {"type": "error", "error": {"type": kind, "message": error["error"]["message"]}}

    def feed(self, chunks: list[Raw]) -> bytes:
        out: list[bytes] = []
        for chunk in chunks:
            if "error" in chunk:
                out.append(_event("error", self.error(500, chunk)))
                continue
            if not self._begun:
                self._begin(chunk, out)
            if chunk.get("usage"):
                self._usage = chunk["usage"]
            for choice in chunk.get("choices") or []:
                if choice.get("index", 0) == 0:
                    self._choice(choice, out)
        return b"".join(out)

    def finish(self) -> bytes:
        out: list[bytes] = []
        if not self._begun:
            self._begin({}, out)
        self._close(out)
        delta = {"stop_reason": self._stop or "end_turn", "stop_sequence": None}
        out.append(_event("message_delta", {"type": "message_delta", "delta": delta, "usage": _usage(self._usage)}))
        out.append(_event("message_stop", {"type": "message_stop"}))
        return b"".join(out)

    def _begin(self, chunk: Raw, out: list[bytes]) -> None:
        self._begun = True
        message: Raw = {
            "id": _id(chunk.get("id") or self._head.id),
            "type": "message",
            "role": "assistant",
            "model": chunk.get("model") or self._head.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": _usage(chunk.get("usage")),
        }
        out.append(_event("message_start", {"type": "message_start", "message": message}))

    def _choice(self, choice: Raw, out: list[bytes]) -> None:
        delta = choice.get("delta") or {}
        reasoning = delta.get("reasoning_content") or delta.get("reasoning")
        if reasoning:
            self._enter("thinking", {"type": "thinking", "thinking": "", "signature": ""}, out)
            self._piece({"type": "thinking_delta", "thinking": reasoning}, out)
        for block in delta.get("thinking_blocks") or []:
            self._signed(block, out)
        text = delta.get("content") or delta.get("refusal")
        if text:
            self._enter("text", {"type": "text", "text": ""}, out)
            self._piece({"type": "text_delta", "text": text}, out)
        for call in delta.get("tool_calls") or []:
            self._call(call, out)
        if choice.get("finish_reason"):
            self._stop = STOP.get(choice["finish_reason"], "end_turn")

    def _signed(self, block: Raw, out: list[bytes]) -> None:
        """The end of a thought, with its signature; a redacted one comes whole."""
        if block.get("type") == "redacted_thinking":
            self._enter("redacted", block, out)
        else:
            self._enter("thinking", {"type": "thinking", "thinking": "", "signature": ""}, out)
            self._piece({"type": "signature_delta", "signature": block.get("signature", "")}, out)
        self._close(out)

    def _call(self, call: Raw, out: list[bytes]) -> None:
        index = call.get("index", 0)
        function = call.get("function") or {}
        if index not in self._tools:
            self._close(out)
            id = call.get("id") or f"toolu_{self._head.id}_{index}"
            self._open("tool", {"type": "tool_use", "id": id, "name": function.get("name") or "", "input": {}}, out)
            self._tools[index] = self._block
        arguments = function.get("arguments")
        if arguments:
            piece = {"type": "input_json_delta", "partial_json": arguments}
            event = {"type": "content_block_delta", "index": self._tools[index], "delta": piece}
            out.append(_event("content_block_delta", event))

    def _piece(self, delta: Raw, out: list[bytes]) -> None:
        event = {"type": "content_block_delta", "index": self._block, "delta": delta}
        out.append(_event("content_block_delta", event))

    def _enter(self, kind: str, block: Raw, out: list[bytes]) -> None:
        """Open a block of this kind unless one is open."""
        if self._kind != kind:
            self._close(out)
            self._open(kind, block, out)

    def _open(self, kind: str, block: Raw, out: list[bytes]) -> None:
        self._kind = kind
        self._block = self._blocks
        self._blocks += 1
        event = {"type": "content_block_start", "index": self._block, "content_block": block}
        out.append(_event("content_block_start", event))

    def _close(self, out: list[bytes]) -> None:
        if self._kind is not None:
            self._kind = None
            out.append(_event("content_block_stop", {"type": "content_block_stop", "index": self._block}))


def _event(name: str, data: Raw) -> bytes:
    return named(name, orjson.dumps(data))
