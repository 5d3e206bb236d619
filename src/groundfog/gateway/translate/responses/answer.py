"""Chat completions as answers of OpenAI's Responses."""

from __future__ import annotations

from groundfog.gateway.translate.chat.answer import Head, Raw
from groundfog.gateway.translate.responses.stream import Writer
from groundfog.gateway.translate.responses.whole import ended, output

_ECHOED = ("instructions", "max_output_tokens", "metadata", "temperature", "top_p", "user")


def _head(head: Head, request: Raw) -> Raw:
    """The members that an answer has from its beginning."""
    return {
        "id": f"resp_{head.id.removeprefix('chatcmpl-')}",
        "object": "response",
        "created_at": head.created,
        "status": "in_progress",
        "error": None,
        "incomplete_details": None,
        **{name: request.get(name) for name in _ECHOED},
        "model": head.model,
        "output": [],
        "parallel_tool_calls": request.get("parallel_tool_calls") is not False,
        "previous_response_id": None,
        "reasoning": request.get("reasoning") or {"effort": None, "summary": None},
        "store": False,
        "text": request.get("text") or {"format": {"type": "text"}},
        "tool_choice": request.get("tool_choice") or "auto",
        "tools": request.get("tools") or [],
        "truncation": "disabled",
        "usage": None,
    }


class ResponsesSink:
    """Writes one answer of Responses."""

    __slots__ = ("_head", "_writer")

    def __init__(self, head: Head, request: Raw) -> None:
        self._head = _head(head, request)
        self._writer = Writer(self._head)

    def whole(self, completion: Raw) -> Raw:
        choice = completion["choices"][0]
        whole = {**self._head, "model": completion.get("model") or self._head["model"]}
        items = output(self._head["id"], choice["message"], choice.get("logprobs"))
        return ended(whole, items, choice.get("finish_reason"), completion.get("usage"))

    def error(self, status: int, error: Raw) -> Raw:
        return error

    def feed(self, chunks: list[Raw]) -> bytes:
        out: list[bytes] = []
        for chunk in chunks:
            if "error" in chunk:
                self._writer.fail(chunk["error"], out)
            else:
                self._writer.take(chunk, out)
        return b"".join(out)

    def finish(self) -> bytes:
        out: list[bytes] = []
        self._writer.end(out)
        return b"".join(out)
