"""Anthropic's answers as chat completions, whole and streamed.

Thinking becomes `reasoning_content`; the signed blocks, which must come back with the next request, `thinking_blocks`.
"""

from __future__ import annotations

from typing import Any

import orjson

from groundfog.gateway.translate.chat import answer, errors
from groundfog.gateway.translate.chat.answer import Head, Raw
from groundfog.gateway.translate.sse import NOTHING, Splitter
from groundfog.gateway.translate.usage import shapes

FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}


def _usage(raw: Any) -> Raw | None:
    if not isinstance(raw, dict):
        return None
    # The cache's tokens stand beside `input_tokens` in this dialect, also where none are named.
    details = raw.get("output_tokens_details")
    reasoning = details.get("thinking_tokens") if isinstance(details, dict) else None
    counted = shapes.usage({"cache_read_input_tokens": 0, **raw})
    return answer.usage(counted, reasoning if isinstance(reasoning, int) else None)


class MessagesSource:
    """Reads one answer of `v1/messages`."""

    __slots__ = ("_ended", "_head", "_include_usage", "_pieces", "_splitter", "_thinking", "_tools", "_usage")

    def __init__(self, head: Head, include_usage: bool) -> None:
        self._head = head
        self._include_usage = include_usage
        self._splitter = Splitter()
        self._tools: dict[int, int] = {}
        self._thinking: Raw | None = None
        self._pieces: list[str] = []
        self._usage: Raw = {}
        self._ended = False

    def whole(self, body: bytes) -> Raw:
        data: Raw = orjson.loads(body)
        if data.get("type") == "error":
            return errors.of(data, "api_error") or answer.BROKEN
        self._named(data)
        text: list[str] = []
        reasoning: list[str] = []
        thinking: list[Raw] = []
        calls: list[Raw] = []
        for block in data["content"]:
            kind = block["type"]
            if kind == "text":
                text.append(block["text"])
            elif kind == "tool_use":
                calls.append(answer.tool_call(block["id"], block["name"], block["input"]))
            elif kind in ("thinking", "redacted_thinking"):
                thinking.append(block)
                reasoning.append(block.get("thinking", ""))
        message: Raw = {"role": "assistant", "content": "".join(text) if text else None, "refusal": None}
        if calls:
            message["tool_calls"] = calls
        if thinking:
            message["reasoning_content"] = "".join(reasoning)
            message["thinking_blocks"] = thinking
        finish = FINISH.get(data.get("stop_reason") or "", "stop")
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
        return self._head.completion([choice], _usage(data.get("usage")))

    def _named(self, message: Raw) -> None:
        self._head.id = message.get("id") or self._head.id
        self._head.model = message.get("model") or self._head.model

    def feed(self, chunk: bytes, out: list[Raw]) -> None:
        for event in self._splitter.feed(chunk):
            self._take(event, out)

    def finish(self, out: list[Raw]) -> None:
        for event in self._splitter.finish():
            self._take(event, out)
        if not self._ended:
            out.append(answer.BROKEN)

    def _take(self, event: bytes, chunks: list[Raw]) -> None:
        if event in NOTHING:
            return
        data: Raw = orjson.loads(event)
        kind = data["type"]
        if kind == "content_block_delta":
            self._delta(data["index"], data["delta"], chunks)
        elif kind == "content_block_start":
            self._block(data["index"], data["content_block"], chunks)
        elif kind == "content_block_stop":
            if self._thinking is not None:
                if self._pieces:
                    self._thinking["thinking"] = "".join(self._pieces)
                    self._pieces.clear()
                chunks.append(self._head.chunk({"thinking_blocks": [self._thinking]}))
                self._thinking = None
        elif kind == "message_start":
            message = data["message"]
            self._named(message)
            self._usage = message.get("usage") or {}
            chunks.append(self._head.chunk({"role": "assistant", "content": ""}))
        elif kind == "message_delta":
            self._usage = shapes.merge(self._usage, data.get("usage")) or {}
            reason = data["delta"].get("stop_reason")
            if reason is not None:
                chunks.append(self._head.chunk({}, FINISH.get(reason, "stop")))
        elif kind == "message_stop":
            self._ended = True
            usage = _usage(self._usage) if self._include_usage else None
            if usage is not None:
                chunks.append(self._head.counted(usage))
        elif kind == "error":
            self._ended = True
            chunks.append(errors.of(data, "api_error") or answer.BROKEN)

    def _block(self, index: int, block: Raw, chunks: list[Raw]) -> None:
        kind = block["type"]
        if kind == "tool_use":
            number = self._tools[index] = len(self._tools)
            call = answer.tool_call(block["id"], block["name"], "")
            chunks.append(self._head.chunk({"tool_calls": [{"index": number, **call}]}))
        elif kind == "text":
            if block.get("text"):
                chunks.append(self._head.chunk({"content": block["text"]}))
        elif kind == "thinking":
            self._thinking = {"type": "thinking", "thinking": block.get("thinking", ""), "signature": ""}
        elif kind == "redacted_thinking":
            self._thinking = {"type": "redacted_thinking", "data": block.get("data", "")}

    def _delta(self, index: int, delta: Raw, chunks: list[Raw]) -> None:
        kind = delta["type"]
        if kind == "text_delta":
            chunks.append(self._head.chunk({"content": delta["text"]}))
        elif kind == "input_json_delta":
            if index in self._tools and delta["partial_json"]:
                call = {"index": self._tools[index], "function": {"arguments": delta["partial_json"]}}
                chunks.append(self._head.chunk({"tool_calls": [call]}))
        elif kind == "thinking_delta":
            self._pieces.append(delta["thinking"])
            chunks.append(self._head.chunk({"reasoning_content": delta["thinking"]}))
        elif kind == "signature_delta" and self._thinking is not None:
            self._thinking["signature"] += delta["signature"]
