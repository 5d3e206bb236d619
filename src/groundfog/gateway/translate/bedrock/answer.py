"""Bedrock's Converse and ConverseStream answers as chat completions. They name neither an id nor the model."""

from __future__ import annotations

from typing import Any

import orjson

from groundfog.gateway.translate.chat import answer
from groundfog.gateway.translate.chat.answer import Head, Raw
from groundfog.gateway.translate.eventstream import Decoder, Message
from groundfog.gateway.translate.usage import shapes

FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
}


def _usage(raw: Any) -> Raw | None:
    return answer.usage(shapes.usage(raw)) if isinstance(raw, dict) else None


def _block(reasoning: Raw) -> Raw:
    """A signed thought as Anthropic writes it, so that it can come back with the next request."""
    if "redactedContent" in reasoning:
        return {"type": "redacted_thinking", "data": reasoning["redactedContent"]}
    text = reasoning["reasoningText"]
    return {"type": "thinking", "thinking": text["text"], "signature": text.get("signature", "")}


class ConverseSource:
    """Reads one answer of `converse` or `converse-stream`."""

    __slots__ = (
        "_decoder",
        "_ended",
        "_head",
        "_include_usage",
        "_redacted",
        "_signature",
        "_thoughts",
        "_tools",
        "_usage",
    )

    def __init__(self, head: Head, include_usage: bool) -> None:
        self._head = head
        self._include_usage = include_usage
        self._decoder = Decoder()
        self._tools: dict[int, int] = {}
        self._thoughts: list[str] = []
        self._signature: list[str] = []
        self._redacted: list[str] = []
        self._usage: Raw | None = None
        self._ended = False

    def whole(self, body: bytes) -> Raw:
        data: Raw = orjson.loads(body)
        text: list[str] = []
        calls: list[Raw] = []
        thinking: list[Raw] = []
        for block in data["output"]["message"]["content"]:
            if "text" in block:
                text.append(block["text"])
            elif "toolUse" in block:
                use = block["toolUse"]
                calls.append(answer.tool_call(use["toolUseId"], use["name"], use["input"]))
            elif "reasoningContent" in block:
                thinking.append(_block(block["reasoningContent"]))
        message: Raw = {"role": "assistant", "content": "".join(text) if text else None, "refusal": None}
        if calls:
            message["tool_calls"] = calls
        if thinking:
            message["reasoning_content"] = "".join(each.get("thinking", "") for each in thinking)
            message["thinking_blocks"] = thinking
        finish = FINISH.get(data.get("stopReason") or "", "stop")
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
        return self._head.completion([choice], _usage(data.get("usage")))

    def feed(self, chunk: bytes, out: list[Raw]) -> None:
        for message in self._decoder.feed(chunk):
            self._take(message, out)

    def finish(self, out: list[Raw]) -> None:
        if not self._ended:
            out.append(answer.BROKEN)
            return
        usage = _usage(self._usage) if self._include_usage else None
        if usage is not None:
            out.append(self._head.counted(usage))

    def _take(self, message: Message, chunks: list[Raw]) -> None:
        kind = message.headers.get(":event-type")
        if kind is None:
            chunks.append(_exception(message))
            return
        data: Raw = orjson.loads(message.payload)
        if kind == "contentBlockDelta":
            self._delta(data.get("contentBlockIndex", 0), data["delta"], chunks)
        elif kind == "contentBlockStart":
            use = data.get("start", {}).get("toolUse")
            if use is not None:
                number = self._tools[data.get("contentBlockIndex", 0)] = len(self._tools)
                call = answer.tool_call(use["toolUseId"], use["name"], "")
                chunks.append(self._head.chunk({"tool_calls": [{"index": number, **call}]}))
        elif kind == "contentBlockStop":
            self._end_thought(chunks)
        elif kind == "messageStart":
            chunks.append(self._head.chunk({"role": "assistant", "content": ""}))
        elif kind == "messageStop":
            self._ended = True
            chunks.append(self._head.chunk({}, FINISH.get(data["stopReason"], "stop")))
        elif kind == "metadata":
            self._usage = data.get("usage")

    def _delta(self, index: int, delta: Raw, chunks: list[Raw]) -> None:
        if "text" in delta:
            chunks.append(self._head.chunk({"content": delta["text"]}))
        elif "toolUse" in delta:
            if index in self._tools:
                call = {"index": self._tools[index], "function": {"arguments": delta["toolUse"]["input"]}}
                chunks.append(self._head.chunk({"tool_calls": [call]}))
        elif "reasoningContent" in delta:
            reasoning = delta["reasoningContent"]
            if "text" in reasoning:
                self._thoughts.append(reasoning["text"])
                chunks.append(self._head.chunk({"reasoning_content": reasoning["text"]}))
            elif "signature" in reasoning:
                self._signature.append(reasoning["signature"])
            elif "redactedContent" in reasoning:
                self._redacted.append(reasoning["redactedContent"])

    def _end_thought(self, chunks: list[Raw]) -> None:
        if self._redacted:
            block: Raw = {"type": "redacted_thinking", "data": "".join(self._redacted)}
        elif self._thoughts or self._signature:
            block = {"type": "thinking", "thinking": "".join(self._thoughts), "signature": "".join(self._signature)}
        else:
            return
        self._thoughts.clear()
        self._signature.clear()
        self._redacted.clear()
        chunks.append(self._head.chunk({"thinking_blocks": [block]}))


def _exception(message: Message) -> Raw:
    """What ends a stream: an exception of the model's, or an error of the transport's."""
    kind = message.headers.get(":exception-type") or message.headers.get(":error-code")
    text = message.headers.get(":error-message")
    if text is None:
        try:
            data: Any = orjson.loads(message.payload)
            text = str(data["message"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            text = message.payload.decode("utf-8", "replace")
    return answer.error(text or "The stream failed", kind, None)
